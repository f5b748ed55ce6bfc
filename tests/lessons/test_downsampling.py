import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnguide import charts
from cnnguide.data import fashion_mnist
from cnnguide.lessons import downsampling, garments

Capture = pytest.CaptureFixture[str]
MAXIMUM = [[5, 7], [13, 15]]
AVERAGE = [[2.5, 4.5], [10.5, 12.5]]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.?\d*", text)]


def percents(row: tuple[str, ...]) -> list[int]:
    return [int(cell.rstrip("%")) for cell in row[1:]]


def test_all_ways_pool_to_the_same_numbers(capsys: Capture) -> None:
    expected = [*np.ravel(MAXIMUM), *np.ravel(AVERAGE)]
    for way in (downsampling.by_hand, downsampling.by_reshape):
        way()
        assert numbers(capsys.readouterr().out) == expected
    assert f"maximum {np.array(MAXIMUM, float).tolist()}" in (
        downsampling.windows().description
    )
    assert f"average {AVERAGE}" in downsampling.windows().description


def test_keras_pools_as_by_hand_and_learns_nothing(capsys: Capture) -> None:
    downsampling.in_keras()
    largest, average = capsys.readouterr().out.split("AveragePooling2D")
    for said, expected in ((largest, MAXIMUM), (average, AVERAGE)):
        pooled = said.partition(")")[2]
        assert numbers(pooled) == [*np.ravel(expected), 0]


def test_max_pooling_brightens_and_average_pooling_does_not() -> None:
    brightness = re.findall(
        r"from (\d\.\d+) to (\d\.\d+)", downsampling.shrinking().description
    )
    (before, largest), (_, average) = [(float(a), float(b)) for a, b in brightness]
    assert largest > 1.2 * before
    assert average == pytest.approx(before, abs=0.011)


@pytest.mark.parametrize("side", [5, 7, 8, 28])
def test_sizes_by_hand_are_those_of_keras(side: int) -> None:
    rows = downsampling.sizes(side).rows
    assert len(rows) == 8
    assert all(by_hand == keras_says for *_, by_hand, keras_says in rows)


def test_strides_of_none_are_the_pool_size() -> None:
    for layer in (layers.MaxPooling2D(3), layers.AveragePooling3D((2, 3, 4))):
        assert tuple(layer.strides) == tuple(layer.pool_size)


def test_the_rest_is_dropped(capsys: Capture) -> None:
    downsampling.rest_is_dropped()
    assert capsys.readouterr().out == "output: (1, 2, 2, 1)\nunchanged: True\n"


def test_same_divides_by_the_cells_inside(capsys: Capture) -> None:
    downsampling.same_counts_valid_cells()
    expected = [1, 1, 1, 1, 1, 0.5, 0.5, 0.25, 1, 1]
    assert numbers(capsys.readouterr().out) == expected
    pictures = np.random.default_rng(0).random((1, 7, 7, 1)).astype("float32")
    pooled = layers.AveragePooling2D(3, strides=2, padding="same")(pictures).numpy()
    assert pooled[0, 0, 0, 0] == pytest.approx(pictures[0, :2, :2].mean(), rel=1e-5)
    assert pooled[0, 1, 1, 0] == pytest.approx(pictures[0, 1:4, 1:4].mean(), rel=1e-5)


def test_the_garment_moves_a_pixel_with_each_frame() -> None:
    film = downsampling.moving()
    assert film.shape == (1, 16, 28, 28, 1)
    columns = film[0].sum(axis=(1, 3))
    middles = (columns * np.arange(28)).sum(axis=1) / columns.sum(axis=1)
    assert np.diff(middles) == pytest.approx(np.ones(15), abs=1e-3)


def test_the_call_of_the_lecture_halves_all_three(capsys: Capture) -> None:
    downsampling.in_three_dimensions()
    said = numbers(capsys.readouterr().out)
    assert said == [
        *(1, 16, 28, 28, 1, 1, 8, 14, 14, 1),
        *(1, 15, 27, 27, 1, 1, 7, 13, 13, 1),
        *(2, 2, 2),
    ]
    film = downsampling.moving()
    pooled = layers.AveragePooling3D((2, 2, 2))(film)
    by_hand = film.reshape(1, 8, 2, 14, 2, 14, 2, 1).mean(axis=(2, 4, 6))
    np.testing.assert_allclose(pooled, by_hand, atol=1e-6)
    dense = layers.AveragePooling3D((2, 2, 2), strides=1)(film)
    assert dense.shape == (1, 15, 27, 27, 1)
    assert "4 pairs of frames" in downsampling.frames().description


def test_global_pooling_is_a_mean_and_a_maximum(capsys: Capture) -> None:
    downsampling.global_by_hand()
    said = capsys.readouterr().out
    assert said == "(1, 7, 7, 64) -> (1, 64)\naverage: True\nmaximum: True\n"


def test_global_pooling_takes_any_size_and_flatten_does_not(capsys: Capture) -> None:
    downsampling.any_size()
    assert capsys.readouterr().out.count("-> (5, 10)") == 2
    downsampling.flatten_needs_a_size()
    assert capsys.readouterr().out.startswith("ValueError: ")


def test_what_global_pooling_saves() -> None:
    flat, pooled = downsampling.heads().rows
    assert flat[1:] == (f"{7 * 7 * 64:,}", f"{(7 * 7 * 64 + 1) * 10:,}")
    assert pooled[1:] == ("64", f"{(64 + 1) * 10}")


def test_pooling_has_no_parameters_and_a_convolution_has() -> None:
    rows = downsampling.strided().rows
    assert [row[1] for row in rows] == ["14×14×16"] * 3
    assert [row[2] for row in rows] == ["0", "0", f"{16 * (3 * 3 * 16 + 1):,}"]


def test_average_pooling_is_a_convolution_and_max_pooling_is_not(capsys: Capture) -> None:
    downsampling.average_is_a_convolution()
    assert capsys.readouterr().out == "same: True\n"
    one = np.array([1, 0, 0, 0], "float32").reshape(1, 2, 2, 1)
    other = np.array([0, 1, 0, 0], "float32").reshape(1, 2, 2, 1)
    average, largest = layers.AveragePooling2D(2), layers.MaxPooling2D(2)
    assert np.array_equal(average(one + other), average(one) + average(other))
    assert not np.array_equal(largest(one + other), largest(one) + largest(other))


def test_shifting_cuts_nothing_off() -> None:
    pictures, labels = downsampling.with_room()
    assert len(pictures) == len(labels) == downsampling.how_many()
    assert not np.roll(pictures, 4, axis=2)[:, :, :4].any()
    counts = np.bincount(labels, minlength=10)
    narrow = [fashion_mnist.CLASS_NAMES.index(name) for name in ("Trouser", "Dress")]
    assert counts[narrow].sum() > len(labels) / 2
    assert set(narrow) == set(np.argsort(counts)[-2:])


def test_pooling_softens_shifts_and_does_not_remove_them() -> None:
    rows = {row[0]: percents(row) for row in downsampling.changes().rows}
    nothing, second = rows["nothing else"], rows["every second"]
    largest, average = rows["max pooling"], rows["average pooling"]
    # For 1, 2 and 4 pixels, in percent: nothing else 59 81 94, 53 75 91, 53 74 90 and
    # 53 74 90 with the seeds 0 to 3; max pooling 49 74 93, 44 68 89, 44 68 88, 44 68 88;
    # average pooling 42 69 88, 38 64 85, 38 64 84, 38 64 84; global average 0 0 1.
    assert second == pytest.approx(nothing, abs=4)
    for shift in range(3):
        assert average[shift] < largest[shift] <= nothing[shift]
        assert average[shift] > 30
    assert largest[0] < nothing[0] - 5
    assert nothing[0] - largest[0] > nothing[2] - largest[2]
    assert nothing[0] - average[0] > nothing[2] - average[2]
    assert max(rows["global average"]) <= 5


def test_pooled_maps_move_along_by_whole_strides_only(capsys: Capture) -> None:
    downsampling.steps()
    said = re.findall(r"True|False", capsys.readouterr().out)
    assert said == ["False", "False", "False", "True"]


def test_the_shares_under_the_maps_are_of_their_differences() -> None:
    description = downsampling.shifted().description
    shares = [int(share) for share in re.findall(r": (\d+)%", description)]
    assert len(shares) == 4
    still = downsampling.with_room()[0][0]
    moved = np.roll(still, 1, axis=1)
    share = np.linalg.norm(moved - still) / np.linalg.norm(still)
    assert shares[0] == pytest.approx(100 * share, abs=0.51)


def test_answers_under_shifts() -> None:
    shares = downsampling.right_answers()
    flat, pooled = shares["Flatten"], shares["global average"]
    # With the seeds 0 to 3 and no shift: Flatten 0.880, 0.869, 0.863, 0.872, and the global
    # average 0.732, 0.720, 0.726, 0.717. Shifted by 4 pixels: Flatten 0.184, 0.157, 0.058,
    # 0.073, and the global average 0.636, 0.606, 0.638, 0.647.
    assert flat[0] > 0.83
    assert flat[4] < 0.3
    assert 0.65 < pooled[0] < flat[0] - 0.05
    assert pooled[4] > flat[4] + 0.3
    assert f"{flat[4]:.0%}" in downsampling.flatten_falls()
    assert f"{pooled[4]:.0%}" in downsampling.global_falls()
    assert "Flatten goes from" in downsampling.answers().description


def test_both_networks_have_the_same_convolutions() -> None:
    model, _ = garments.train()
    front = downsampling.global_network().layers[0]
    for ours, theirs in zip(model.layers[:4], front.layers, strict=False):
        for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            assert np.array_equal(one, other)


def test_the_traps() -> None:
    with pytest.raises(TypeError, match="pool_size"):
        layers.AveragePooling2D()
    assert layers.MaxPooling2D().pool_size == (2, 2)
    maps = np.zeros((1, 28, 28, 8), "float32")
    assert layers.MaxPooling2D(2, padding="same")(maps).shape == (1, 14, 14, 8)
    for side in (14, 7, 3, 1):
        maps = layers.MaxPooling2D(2)(maps)
        assert maps.shape == (1, side, side, 8)
    with pytest.raises(ValueError, match="size"):
        keras.Sequential([keras.Input((1, 1, 8)), layers.MaxPooling2D(2)])


def test_answers_to_the_questions() -> None:
    first = layers.MaxPooling2D(2).compute_output_shape((32, 27, 27, 16))
    assert first == (32, 13, 13, 16)
    second = layers.MaxPooling2D(3, strides=2, padding="same")
    assert second.compute_output_shape((1, 28, 28, 8)) == (1, 14, 14, 8)
    window = np.array([0, 0, 0, 8], "float32").reshape(1, 2, 2, 1)
    assert layers.MaxPooling2D(2)(window) == 8
    assert layers.AveragePooling2D(2)(window) == 2


def test_windows_that_leave_other_than_four_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        charts.pooled_windows(np.ones((6, 6)), {"maximum": np.ones((3, 3))})
