import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnnguide import charts
from cnnguide.lessons import why_convolution

Capture = pytest.CaptureFixture[str]


def numbers(text: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)]


def test_a_dense_layer_has_a_weight_for_each_line_and_a_convolution_three() -> None:
    description = why_convolution.connections().description
    assert (
        "Dense, from 8 inputs to 6 outputs, has 48 lines with 48 different" in description
    )
    assert "has 18 lines with 3 different weights" in description


def test_a_neuron_by_hand_is_that_of_keras(capsys: Capture) -> None:
    why_convolution.neuron()
    by_hand, keras_says = re.findall(r"-?\d+\.\d+", capsys.readouterr().out)
    expected = 0.2 * 0.5 + 0.9 * -1.0 + 0.4 * 2.0 + 0.5
    assert float(by_hand) == float(keras_says) == pytest.approx(expected)


def test_a_neuron_has_a_weight_for_each_number_of_a_picture(capsys: Capture) -> None:
    why_convolution.one_neuron()
    per_neuron = 200 * 200 * 3 + 1
    counts = numbers(capsys.readouterr().out)
    assert counts == [1, per_neuron, 128, 128 * per_neuron] == [1, 120_001, 128, 15_360_128]


def test_dense_without_flatten_is_a_convolution_of_1x1(capsys: Capture) -> None:
    why_convolution.without_flatten()
    dense_says, convolution_says = capsys.readouterr().out.split("Conv2D")
    assert numbers(dense_says) == numbers(convolution_says) == [4, 200, 200, 1]
    pictures = np.random.default_rng(0).random((2, 20, 20, 3)).astype("float32")
    dense, convolution = layers.Dense(1), layers.Conv2D(1, 1)
    dense.build(pictures.shape)
    convolution.build(pictures.shape)
    kernel, bias = dense.get_weights()
    convolution.set_weights([kernel.reshape(1, 1, 3, 1), bias])
    np.testing.assert_allclose(dense(pictures), convolution(pictures), atol=1e-5)


@pytest.mark.parametrize(("row", "side"), [(0, 28), (1, 200)])
def test_the_growing_counts_are_those_of_keras(row: int, side: int) -> None:
    _, dense, convolution = why_convolution.growth().rows[row]
    picture = keras.Input((side, side, 3))
    layer = layers.Dense(128)
    layer(layers.Flatten()(picture))
    assert numbers(dense) == [layer.count_params()]
    layer = layers.Conv2D(16, 3)
    layer(picture)
    assert numbers(convolution) == [layer.count_params()] == [448]


def test_two_ways_to_one_output() -> None:
    dense, convolution = why_convolution.two_ways()
    assert dense.output_shape == convolution.output_shape == (None, 26, 26, 16)
    rows = [numbers(" ".join(row[1:])) for row in why_convolution.same_output().rows]
    assert rows == [[8_490_560, 10_816 * 784], [160, 10_816 * 9]]
    assert dense.count_params() == 10_816 * (784 + 1)
    assert convolution.count_params() == 16 * (9 + 1)


def test_what_an_output_sees() -> None:
    description = why_convolution.sees().description
    seen = re.findall(r"(\d+) of 784", description)
    assert seen == ["784", "9", "49"]


def test_what_an_output_sees_is_what_changes_it() -> None:
    _, convolution = why_convolution.two_ways()
    picture = np.random.default_rng(0).random((28, 28, 1)).astype("float32")
    changed = np.repeat(picture[np.newaxis], 784, axis=0)
    changed.reshape(784, 784)[np.arange(784), np.arange(784)] += 1
    outputs = convolution(changed).numpy()[:, 11, 11, 0]
    still = convolution(picture[np.newaxis]).numpy()[0, 11, 11, 0]
    places = np.argwhere(np.abs(outputs - still).reshape(28, 28) > 1e-6)
    assert len(places) == 9
    assert places.min() == 11
    assert places.max() == 13


def test_a_kernel_of_two_sees_the_next_two(capsys: Capture) -> None:
    why_convolution.next_two()
    assert numbers(capsys.readouterr().out) == [13, 14]


def test_a_kernel_on_a_colour_picture_has_27_weights() -> None:
    picture = tf.random.normal((1, 9, 9, 3))
    layer = layers.Conv2D(1, 3)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        output = layer(picture)[0, 3, 3, 0]
    assert np.count_nonzero(tape.gradient(output, picture)) == 27


def test_a_convolution_is_a_dense_layer(capsys: Capture) -> None:
    description = why_convolution.as_matrix().description
    assert capsys.readouterr().out == "same outputs for 100 pictures: True\n"
    assert "144 of its 225 weights are zero" in description
    assert "The other 81 repeat 9 numbers" in description


@pytest.mark.parametrize(("down", "right"), [(0, 1), (4, 6), (-6, -3)])
def test_maps_of_a_convolution_move_along(down: int, right: int, capsys: Capture) -> None:
    why_convolution.moved_along(down, right)
    said = capsys.readouterr().out
    assert said == "Conv2D moved along: True\nDense moved along: False\n"


def test_both_ways_are_measured() -> None:
    rows = why_convolution.forward_times(rounds=1).rows
    assert [name for name, _ in rows] == ["Dense", "Conv2D"]
    assert all(float(milliseconds) >= 0 for _, milliseconds in rows)


def test_the_small_network_is_counted_right() -> None:
    *rows, together = why_convolution.counted().rows
    assert all(ours == theirs for _, ours, theirs in rows)
    assert together == ("together", "5,253", "5,253")
    # "fewer parameters than a twentieth of a single dense neuron"
    assert why_convolution.small_network().count_params() < 120_001 / 20


def test_a_network_is_its_layers_one_after_the_other(capsys: Capture) -> None:
    why_convolution.one_way()
    *shapes, same = capsys.readouterr().out.splitlines()
    assert same == "same as the model: True"
    assert [line.split()[-1] for line in shapes] == [
        type(layer).__name__ for layer in why_convolution.small_network().layers
    ]


def test_every_block_of_weights_is_listed(capsys: Capture) -> None:
    why_convolution.listed()
    lines = capsys.readouterr().out.splitlines()
    sizes = [np.prod(numbers(line.partition(" ")[2])) for line in lines]
    assert sum(sizes) == why_convolution.small_network().count_params()
    assert lines[2].endswith("kernel (3, 3, 16, 32)")


def test_drawing_tells_what_is_missing(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keras.src.utils import model_visualization

    monkeypatch.setattr(model_visualization, "check_pydot", lambda: False)
    why_convolution.drawn()
    assert re.match(r"ImportError: .*pydot", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("layer", "picture", "count"),
    [(layers.Dense(10), (784,), 7850), (layers.Conv2D(8, 5), (64, 64, 3), 608)],
)
def test_answers_to_the_questions(
    layer: keras.Layer, picture: tuple[int, ...], count: int
) -> None:
    layer.build((None, *picture))
    assert layer.count_params() == count


def test_two_convolutions_see_25_pixels() -> None:
    picture = tf.random.normal((1, 28, 28, 1))
    network = keras.Sequential([layers.Conv2D(4, 3), layers.Conv2D(1, 3)])
    with tf.GradientTape() as tape:
        tape.watch(picture)
        output = network(picture)[0, 9, 9, 0]
    assert np.count_nonzero(tape.gradient(output, picture)) == 25


def test_figures_refuse_what_does_not_fit() -> None:
    image = np.zeros((4, 4))
    with pytest.raises(ValueError, match="expected"):
        charts.seen_inputs(image, {"Dense": np.zeros((3, 3), bool)})
    with pytest.raises(ValueError, match="expected 2 pictures; got 1"):
        charts.moved_maps({"before": [image], "moved": [image]}, ("picture", "map"))
