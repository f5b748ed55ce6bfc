import re

import keras
import numpy as np
import pytest
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.lessons import convolution, convolution_seen, convolution_windows, garments


def ours(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The valid map, by windows that NumPy cuts out at once."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))


def said(snippet: object, capsys: pytest.CaptureFixture[str]) -> str:
    snippet()
    return capsys.readouterr().out


def test_the_map_by_hand_is_that_of_keras() -> None:
    kernel = np.tile([-1, 0, 1], (3, 1))
    by_keras = convolution.with_kernel()(convolution.bag()[np.newaxis]).numpy()
    by_hand = convolution.by_hand()
    assert by_hand == pytest.approx(by_keras[0, ..., 0], abs=1e-5)
    assert by_hand == pytest.approx(ours(convolution.bag()[..., 0], kernel), abs=1e-5)
    assert by_hand.max() > 2 and by_hand.min() < -2  # both kinds of edge are found


def test_a_flat_picture_gives_zero_everywhere_with_the_edge_kernel() -> None:
    flat = np.full((1, 9, 9, 1), 0.7, "float32")
    assert np.allclose(convolution.with_kernel()(flat), 0, atol=1e-6)


def test_the_figure_of_a_window_adds_up() -> None:
    description = convolution.sliding().description
    numbers = re.search(r"gives (.*?)\. Their sum, (\S+), ", description)
    products = [float(text.replace("−", "-")) for text in numbers[1].split(", ")]
    total = float(numbers[2].replace("−", "-"))
    assert len(products) == 9
    assert sum(products) == pytest.approx(total, abs=0.05)
    row, column = map(int, re.search(r"row (\d+) and column (\d+)", description).groups())
    assert convolution.by_hand()[row, column] == pytest.approx(total, abs=0.01)


@pytest.mark.parametrize(
    "snippet",
    [convolution.same_as_keras, convolution.several, convolution_windows.every_second],
)
def test_comparisons_with_keras_hold(
    snippet: object, capsys: pytest.CaptureFixture[str]
) -> None:
    last = said(snippet, capsys).splitlines()[-1]
    assert last.endswith(": True")


def test_shapes_of_several_channels(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(convolution.several, capsys)
    assert "kernels (3, 3, 3, 4) and biases (4,)" in out
    assert "maps    (18, 28, 4)" in out


def test_the_number_of_a_coloured_window_is_what_a_layer_gives() -> None:
    layer = layers.Conv2D(1, 3)
    layer.build((None, 3, 3, 3))
    kernel = np.full((3, 3, 3, 1), -0.1)
    kernel[:, :, 0] = 0.2
    layer.set_weights([kernel, np.array([-0.5])])
    window = convolution.photograph()[40:43, 37:40]
    number = float(layer(window[np.newaxis])[0, 0, 0, 0])
    shown = re.search(r"one number, (\S+)\.$", convolution.one_number().description)[1]
    assert float(shown.replace("−", "-")) == pytest.approx(number, abs=0.006)


def test_keras_does_not_flip_the_kernel(capsys: pytest.CaptureFixture[str]) -> None:
    keras_says, correlate, convolve = said(convolution.no_flip, capsys).splitlines()
    assert keras_says[-10:] == correlate[-10:] == "[3. 2. 1.]"
    assert convolve.endswith("[1. 2. 3.]")


def test_classic_kernels_do_what_the_page_says() -> None:
    flat = np.full((1, 7, 7, 1), 0.6, "float32")
    blur = np.ones((3, 3)) / 9
    sharpen = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    edges = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    for kernel, stays in ((blur, 0.6), (sharpen, 0.6), (edges, 0)):
        assert np.allclose(convolution.with_kernel(kernel)(flat), stays, atol=1e-5)
    # The bag differs less from pixel to pixel when blurred, more when sharpened.
    description = convolution.classics().description
    spread = {
        name: float(number)
        for name, number in re.findall(r"(\w+) from (\d\.\d+)", description)
    }
    assert spread["blur"] < spread["picture"] < spread["sharpen"]


def test_parameters_do_not_depend_on_the_size_of_the_picture() -> None:
    rows = convolution.how_many().rows
    assert all(small == large for _, small, large in rows)
    assert [row[1] for row in rows] == [f"{28 * kernels:,}" for kernels, *_ in rows]


def test_places_of_windows_are_those_that_the_figure_tells() -> None:
    description = convolution_windows.settings().description
    assert 'padding="valid" the first window reads 9 pixels, and the map is 5×5' in (
        description
    )
    assert 'padding="same" the first window reads 4 pixels, and the map is 7×7' in (
        description
    )
    assert "strides=2 the first window reads 9 pixels, and the map is 3×3" in description
    assert "dilation_rate=2 the first window reads 9 pixels, and the map is 3×3" in (
        description
    )


def test_without_padding_a_corner_counts_once_and_the_middle_nine_times() -> None:
    lit = np.eye(49, dtype="float32").reshape(49, 7, 7, 1)
    read = convolution.with_kernel(np.ones((3, 3)))(lit).numpy().sum(axis=(1, 2, 3))
    times = read.reshape(7, 7)
    assert (times[0, 0], times[3, 3]) == (1, 9)


def test_ones_count_four_six_and_nine() -> None:
    counts = convolution_windows.all_ones()
    assert counts[0].tolist() == [4, 6, 6, 6, 4]
    assert counts[1].tolist() == counts[3].tolist() == [6, 9, 9, 9, 6]


def test_sizes_shrink_without_padding_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(convolution_windows.shrinking, capsys).splitlines() == [
        "valid 28 26 24 22 20 18",
        "same 28 28 28 28 28 28",
    ]


def test_errors_say_what_the_page_shows(capsys: pytest.CaptureFixture[str]) -> None:
    name, pair = said(convolution_windows.only_two, capsys).splitlines()
    assert "must be a list/tuple or one of" in name
    assert "must be either `'valid'` or `'same'`" in pair
    out = said(convolution_windows.strides_with_dilation, capsys)
    assert out.startswith("ValueError: `strides > 1` not supported in conjunction")
    out = said(convolution_seen.video_without_batch, capsys)
    assert "expected min_ndim=5, found ndim=4" in out
    assert out.endswith("(1, 15, 26, 26, 8)\n")


def test_padding_before_the_layer(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(convolution_windows.pad_first, capsys)
    row = np.array([1, 2, 3, 4])
    for mode in ("constant", "reflect", "symmetric"):
        assert f"{mode:9} {np.pad(row, 2, mode=mode)}" in out
    assert out.endswith("True\n")


def test_zeros_darken_the_border_and_a_mirror_does_not() -> None:
    found = re.findall(r"×\d+, (0\.\d+)", convolution_windows.borders().description)
    inside, zeros, mirrored = map(float, found)
    assert zeros < 0.7 * mirrored
    assert mirrored == pytest.approx(inside, abs=0.1)


def test_same_with_strides_stands_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(convolution_windows.where_windows_stand, capsys).splitlines()
    places = [line.partition("[")[2] for line in lines if "[" in line]
    assert places == ["0 2 4 6]", "0 2 4 6]", "1 3 5 7]", "0 2 4 6]"]


def test_the_example_of_the_lecture(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(convolution_windows.dilated, capsys) == "(4, 24, 24, 2)\nparameters: 56\n"
    assert layers.Conv2D(2, 3, dilation_rate=1).dilation_rate == (1, 1)
    plain = layers.Conv2D(2, 3)
    plain.build((None, 28, 28, 3))
    assert plain.count_params() == 56
    with pytest.warns(UserWarning, match="Do not pass an `input_shape`"):
        convolution_windows.as_in_the_lecture()


def test_zeros_between_the_numbers_are_dilation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = said(convolution_windows.zeros_between, capsys)
    assert "largest difference: 0.0\n" in out
    assert "parameters: 56 and 152" in out


def test_the_formula_is_that_of_keras(capsys: pytest.CaptureFixture[str]) -> None:
    # 5 kernels with 5 pairs of strides and dilation, 2 paddings, 3 pictures, 2 axes.
    assert (
        said(convolution_windows.formula_checked, capsys) == "300 sizes checked, 0 wrong\n"
    )


def test_the_formula_fails_where_the_layer_refuses() -> None:
    assert convolution_windows.output_size(4, kernel=5) == 0
    with pytest.raises(ValueError):
        layers.Conv2D(1, 5)(np.zeros((1, 4, 4, 1), "float32"))


def test_sizes_in_the_table_are_those_of_keras() -> None:
    picture = np.zeros((1, 28, 28, 1), "float32")
    for kernel, strides, dilation_rate, valid, same in convolution_windows.sizes().rows:
        size = int(kernel.partition("×")[0])
        for padding, expected in (("valid", valid), ("same", same)):
            layer = layers.Conv2D(1, size, strides, padding, dilation_rate=dilation_rate)
            assert layer(picture).shape[1] == expected


def test_one_two_and_three_axes() -> None:
    rows = convolution_seen.along_axes().rows
    assert [row[2] for row in rows] == [(1, 26, 8), (1, 26, 26, 8), (1, 15, 26, 26, 8)]
    assert [row[3] for row in rows] == [8 * 4, 8 * 10, 8 * 19]


def test_causal_outputs_do_not_depend_on_what_comes_later() -> None:
    row = np.random.random((1, 10, 1)).astype("float32")
    later = row.copy()
    later[0, 6:] += 1
    layer = layers.Conv1D(4, 3, padding="causal")
    before, after = layer(row).numpy()[0], layer(later).numpy()[0]
    assert len(before) == 10
    assert before[:6] == pytest.approx(after[:6], abs=1e-6)
    assert not np.allclose(before[6:], after[6:])
    with pytest.raises(ValueError):
        layers.Conv2D(4, 3, padding="causal")


def test_motion_is_seen_only_where_something_moves() -> None:
    description = convolution_seen.motion().description
    shares = [int(text) for text in re.findall(r"(\d+)%", description)]
    assert shares[0] == shares[3] == 0
    assert 0 < shares[1] < shares[2]


@pytest.mark.parametrize(
    "stack",
    [
        [(3, 1, 1)] * 3,
        [(3, 2, 1), (3, 1, 1), (3, 1, 1)],
        [(3, 1, 1), (3, 1, 2), (3, 1, 3)],
        [(5, 1, 1), (3, 2, 1), (3, 1, 2), (1, 1, 1)],
    ],
)
def test_the_receptive_field_is_what_one_output_depends_on(stack: list) -> None:
    values = np.eye(41, dtype="float32").reshape(41, 41, 1)
    for kernel, strides, dilation_rate in stack:
        ones = {"kernel_initializer": "ones", "use_bias": False}
        layer = layers.Conv1D(1, kernel, strides, dilation_rate=dilation_rate, **ones)
        values = layer(values).numpy()
    seen = np.flatnonzero(values[:, values.shape[1] // 2, 0])
    assert seen[-1] - seen[0] + 1 == convolution_seen.receptive_field(stack)


def test_the_fields_of_the_garment_network() -> None:
    rows = convolution_seen.fields_of_the_network().rows
    assert [row[1:] for row in rows] == [(3, 3), (4, 4), (8, 8), (10, 10)]


def test_the_middle_of_the_field_counts_most() -> None:
    found = re.findall(
        r"layers? (\d+)×\d+ pixels, of which the (\d+) strongest",
        convolution_seen.fields().description,
    )
    assert [int(side) for side, _ in found] == [3, 5, 9, 17]
    # Half of the sum comes from fewer than a tenth of the 17×17 pixels.
    assert int(found[-1][1]) < 17 * 17 / 10


def test_many_kernels_learned_to_ignore_plain_areas(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, after = re.findall(r": (\d+) of 32", said(convolution_seen.balanced, capsys))
    # 4 and 16, 3 and 17, 1 and 14, 1 and 12 with the seeds 0 to 3.
    assert int(before) < 8
    assert int(after) > 8


def test_the_second_maps_are_darker() -> None:
    second, first = (
        int(text) for text in re.findall(r"(\d+)%", convolution_seen.above_zero())
    )
    # 46 and 57, 42 and 64, 42 and 68, 46 and 66 with the seeds 0 to 3.
    assert second < first - 5


def test_maps_shown_are_those_of_the_model() -> None:
    model, _ = garments.train()
    first = keras.Model(model.layers[0].input, model.layers[2].output)
    maps = first(convolution.bag()[np.newaxis]).numpy()[0]
    assert maps.shape == (14, 14, 64)
    assert f"{np.mean(maps > 0):.0%} of all their spots" in (
        convolution_seen.second_maps().description
    )


def test_pieces_of_a_map_are_alike_and_others_are_not() -> None:
    found = re.findall(r"map \d+: (\d\.\d+)", convolution_seen.found().description)
    images = garments.prepare("test")[0][:48, 10:18, 10:18, 0] + 1e-3 * np.arange(8)
    pieces = {i: list(images[8 * i : 8 * i + 8]) for i in range(6)}
    by_chance = re.findall(
        r"map \d+: (\d\.\d+)", charts.strongest_pieces(pieces).description
    )
    # 0.89, 0.86, 0.93 and 0.91 with the seeds 0 to 3; 0.12 to 0.42 by chance.
    assert len(found) == 6
    assert np.mean([float(text) for text in found]) > 0.7
    assert np.mean([float(text) for text in by_chance]) < 0.6


def test_pieces_are_what_the_output_sees() -> None:
    # Changing a pixel of the 8×8 piece may change the output, one beside it never.
    model, _ = garments.train()
    second = keras.Model(model.layers[0].input, model.layers[2].output)
    image = np.random.random((1, 28, 28, 1)).astype("float32")
    row, column = 5, 7
    outside = np.ones((28, 28), bool)
    outside[2 * row - 3 : 2 * row + 5, 2 * column - 3 : 2 * column + 5] = False
    changed = image.copy()
    changed[0, outside] = 0.5
    before, after = (second(x).numpy()[0, row, column] for x in (image, changed))
    assert before == pytest.approx(after, abs=1e-4)
    corner = image.copy()
    corner[0, 2 * row - 3, 2 * column - 3] += 30
    assert not np.allclose(second(corner).numpy()[0, row, column], before, atol=1e-3)


@pytest.mark.parametrize(
    ("shape", "layer", "expected", "parameters"),
    [
        ((32, 32, 3), lambda: layers.Conv2D(16, 5, strides=2), (14, 14, 16), 1216),
        ((9, 9, 32), lambda: layers.Conv2D(64, 3), (7, 7, 64), 18496),
        ((9, 9, 32), lambda: layers.Conv2D(64, 3, dilation_rate=3), (3, 3, 64), 18496),
        ((9, 9, 3), lambda: layers.Conv2D(8, 1), (9, 9, 8), 32),
    ],
)
def test_answers_to_the_questions(
    shape: tuple, layer: object, expected: tuple, parameters: int
) -> None:
    made = layer()
    assert made(np.zeros((1, *shape), "float32")).shape[1:] == expected
    assert made.count_params() == parameters
    assert convolution_seen.receptive_field([(3, 2, 1), (3, 1, 1), (3, 1, 1)]) == 11


def test_charts_refuse_what_does_not_fit() -> None:
    images = np.zeros((3, 4, 4))
    with pytest.raises(ValueError, match="2 changes"):
        charts.frames_and_changes(images, images)
    with pytest.raises(ValueError, match="2 names"):
        charts.channels_at_work(np.ones((3, 3, 2)), np.ones((3, 3, 2)), 0, ("one",))
    with pytest.raises(ValueError, match="2 pictures"):
        charts.kernel_gallery({"blur": np.ones((3, 3))}, [images])


def test_every_figure_is_described() -> None:
    for snippet in (convolution.sliding, convolution_seen.learned, convolution_seen.motion):
        figure = snippet()
        assert isinstance(figure, Figure)
        assert len(figure.description) > 80
