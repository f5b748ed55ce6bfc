import re
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib import colors
from matplotlib import pyplot as plt

from cnnguide import charts

NAMES = ("coat", "shirt", "bag")
PICTURES = np.arange(3 * 28 * 28).reshape(3, 28, 28) % 256
HISTORY = {
    "loss": [0.9, 0.6, 0.3],
    "val_loss": [0.8, 0.5, 0.7],
    "accuracy": [0.5, 0.7, 0.9],
    "val_accuracy": [0.55, 0.75, 0.72],
}
CHANCES = np.array([[0.7, 0.2, 0.1], [0.8, 0.15, 0.05], [0.1, 0.3, 0.6]])
LABELS = np.array([0, 1, 2])


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def luminance(color: str) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colors.to_rgb(color)
    ]
    return float(np.dot((0.2126, 0.7152, 0.0722), parts))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def texts(figure: plt.Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(plt.Text) if text.get_text())


@pytest.mark.parametrize("ground", ["#ffffff", "#1e2129"])
@pytest.mark.parametrize("color", charts.PALETTE)
def test_series_stand_out_on_light_and_dark(color: str, ground: str) -> None:
    assert contrast(color, ground) >= 3


def test_right_and_wrong_differ_in_colour() -> None:
    assert charts.RIGHT != charts.WRONG


def test_an_empty_description_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        charts.describe(plt.figure(), "  ")


def test_pictures_have_their_titles_and_their_own_pixels() -> None:
    figure = charts.picture_grid(PICTURES, NAMES, columns=2)
    assert all(name in figure.description and name in texts(figure) for name in NAMES)
    assert [axes.images[0].get_array().shape for axes in figure.axes[:3]] == [(28, 28)] * 3
    assert not figure.axes[3].images


def test_class_balance_tells_the_spread() -> None:
    assert "from 5 to 9" in charts.class_balance([5, 9, 7], NAMES).description
    assert "each has 5" in charts.class_balance([5, 5, 5], NAMES).description


def test_curves_tell_where_validation_was_best() -> None:
    assert "lowest at epoch 2, 0.50" in charts.training_curves(HISTORY).description
    later = HISTORY | {"val_loss": [0.8, 0.5, 0.2]}
    assert "lowest at epoch 3, 0.20" in charts.training_curves(later).description


def test_curves_differ_by_more_than_colour() -> None:
    for axes in charts.training_curves(HISTORY).axes:
        training, validation = axes.lines
        assert training.get_linestyle() != validation.get_linestyle()
        assert training.get_marker() != validation.get_marker()


def test_predictions_are_marked_by_colour_hatch_and_sign() -> None:
    figure = charts.prediction_bars(PICTURES, CHANCES, LABELS, NAMES)
    assert re.findall("[✓✗]", texts(figure)) == ["✓", "✗", "✓"]
    for axes in figure.axes:
        for bar in axes.patches:
            right = bar.get_facecolor() == colors.to_rgba(charts.RIGHT)
            assert right != bool(bar.get_hatch())
    assert "coat at 70%, right" in figure.description
    assert "coat at 80%, wrong, it is shirt" in figure.description


def test_confusion_tells_the_most_frequent_mistake() -> None:
    counts = np.array([[8, 2, 0], [5, 4, 1], [0, 0, 10]])
    figure = charts.confusion_matrix(counts, NAMES)
    assert "22 of 30" in figure.description
    assert "shirt taken for coat, 5 times" in figure.description
    assert {"8", "2", "5", "4", "1", "10"} <= set(texts(figure).split())


def test_feature_maps_name_the_answer() -> None:
    maps = np.random.default_rng(0).random((28, 28, 16))
    figure = charts.feature_maps(PICTURES[0], maps, CHANCES[0], NAMES)
    assert "12 of the 16" in figure.description
    assert "coat, 70%" in figure.description


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.picture_grid(PICTURES, NAMES[:2]),
        lambda: charts.class_balance([1, 2], NAMES),
        lambda: charts.training_curves({"loss": [1.0]}),
        lambda: charts.prediction_bars(PICTURES, CHANCES[:2], LABELS, NAMES),
        lambda: charts.confusion_matrix(np.ones((2, 3)), NAMES),
    ],
)
def test_what_does_not_fit_is_an_error(draw: object) -> None:
    with pytest.raises(ValueError, match=r"expected .*; got "):
        draw()


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_the_brightest_colour_stays_bright(dtype: str) -> None:
    white = np.full((1, 4, 4, 3), 255, dtype)
    figure = charts.colour_grid(white, ["white"])
    assert figure.axes[0].images[0].get_array().min() > 245
