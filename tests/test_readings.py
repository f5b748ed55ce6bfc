"""What can be read off charts: the numbers they were given, where they are drawn."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape

import numpy as np
import pytest
from matplotlib import pyplot as plt

from cnnguide import charts
from cnnguide.charts.readings import curve_readings, readings
from cnnguide.engine import figures
from cnnguide.table import Table

NAMES = ("coat", "shirt", "<bag>")
HISTORY = {
    "loss": [0.9, 0.6, 0.34567],
    "val_loss": [0.8, 0.5, 0.7],
    "accuracy": [0.5, 0.7, 0.9],
    "val_accuracy": [0.55, 0.75, 0.72],
}
LONGER = {"accuracy": [0.1, 0.2, 0.3, 0.4], "val_accuracy": [0.2, 0.3, 0.4, 0.5]}
PICTURES = np.zeros((2, 28, 28))
CHANCES = np.array([[0.71234, 0.2, 0.08766], [0.1, 0.3, 0.6]])
SCORES = {"none": [(1, 0.7, 2, 0.6), (0.9, 0.7, 2, 0.6)], "decay": [(1, 0.8, 1, 0.7)]}


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    with plt.rc_context(figures.STYLE):
        yield
    plt.close("all")


def collected(_: plt.Figure) -> tuple[str, dict[str, object]]:
    """A figure as SVG, and its readings as data."""
    [(svg, _, found)] = figures.collect("tiny.look")
    return svg, json.loads(found)


def cells(table: str) -> list[list[str]]:
    """The rows of a table, its head among them."""
    return [
        [unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall("<tr>(.*?)</tr>", table)
    ]


def drawn_marks(svg: str) -> set[tuple[float, float]]:
    """Where the SVG draws the marks of curves."""
    found = re.findall(r'<use [^>]*?x="([\d.]+)" y="([\d.]+)"', svg)
    return {(round(float(x), 1), round(float(y), 1)) for x, y in found}


def drawn_bars(svg: str) -> list[tuple[float, float]]:
    """Where the bars of an SVG end, and the middle of each."""
    shape = r'd="M ([\d.]+) ([\d.]+) L ([\d.]+) \2 L \3 ([\d.]+) L \1 \4 z ?"[^>]*?'
    colours = "|".join(charts.PALETTE)
    bars = re.findall(rf"{shape}fill: (?:{colours}|url)", svg)
    return [(float(x), (float(y) + float(end)) / 2) for _, y, x, end in bars]


def test_curves_give_each_number_of_each_epoch() -> None:
    _, found = collected(charts.training_curves(HISTORY))
    assert "<caption>Loss and accuracy after each epoch</caption>" in found["table"]
    head, *rows = cells(found["table"])
    wheres = [f"{w} {m}" for m in ("loss", "accuracy") for w in ("training", "validation")]
    assert head == ["epoch", *wheres]
    assert rows[2] == ["3", "0.3457", "0.7000", "0.9000", "0.7200"]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert found["axis"] == 0


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.training_curves(HISTORY),
        lambda: charts.turning_point(HISTORY),
        lambda: charts.shift_curves(range(3), {"flat": [1, 0.5, 0], "mean": [1, 1, 0.9]}),
        lambda: charts.spread_by_layer({"a": [1, 10, 1000], "b": [1, 0.5, 0.001]}),
        lambda: charts.accuracies_by_epoch({"none": HISTORY, "batch": LONGER}),
        lambda: charts.accuracy_gaps({"plain": HISTORY, "augmented": LONGER}),
        lambda: charts.remedies(SCORES),
    ],
)
def test_marks_stand_where_the_drawing_has_them(draw: Callable[[], plt.Figure]) -> None:
    svg, found = collected(draw())
    _, *rows = cells(found["table"])
    assert len(found["marks"]) == len(rows)
    drawn = drawn_marks(svg)
    for row, marks in zip(rows, found["marks"], strict=True):
        for cell, mark, (low, high) in zip(
            row[-len(marks) :], marks, found["spans"], strict=True
        ):
            assert (mark is None) == (cell == "–")
            if mark:
                assert tuple(mark) in drawn
                assert low <= mark[1 - found["axis"]] <= high


def test_a_training_that_ends_earlier_leaves_its_cells_empty() -> None:
    _, found = collected(charts.accuracies_by_epoch({"none": HISTORY, "batch": LONGER}))
    assert cells(found["table"])[-1] == ["4", "–", "0.4000", "–", "0.5000"]
    assert [mark is None for mark in found["marks"][-1]] == [True, False, True, False]


def test_remedies_have_a_row_for_each_seed() -> None:
    _, found = collected(charts.remedies(SCORES))
    head, *rows = cells(found["table"])
    assert rows[1] == ["none", "2", "0.7000", "0.6000", "0.9000", "2.0000"]
    assert ", ".join(head[2:]) == (
        "training accuracy, unseen accuracy, training loss, unseen loss"
    )
    assert [row[:2] for row in rows] == [["none", "1"], ["none", "2"], ["decay", "1"]]


def test_bars_are_read_where_they_end() -> None:
    svg, found = collected(charts.class_balance([5, 9000, 7], NAMES))
    head, *rows = cells(found["table"])
    assert head == ["class", "pictures"]
    assert rows == [["coat", "5"], ["shirt", "9,000"], ["<bag>", "7"]]
    assert found["axis"] == 1
    marks = [mark for [mark] in found["marks"]]
    assert np.allclose(marks, drawn_bars(svg), atol=0.06)


def test_predictions_are_read_bar_by_bar() -> None:
    svg, found = collected(charts.prediction_bars(PICTURES, CHANCES, [0, 0], NAMES))
    head, *rows = cells(found["table"])
    assert head == ["picture", "truth", "class", "probability"]
    assert rows[0] == ["1", "coat", "coat", "71.23%"]
    assert rows[3] == ["2", "coat", "<bag>", "60.00%"]
    marks = [mark for [mark] in found["marks"]]
    assert np.allclose(marks, drawn_bars(svg), atol=0.06)


def test_answers_are_read_beside_other_panels() -> None:
    maps = np.random.default_rng(0).random((28, 28, 16))
    svg, found = collected(charts.feature_maps(PICTURES[0], maps, CHANCES[1], NAMES))
    _, *rows = cells(found["table"])
    assert rows == [["<bag>", "60.00%"], ["shirt", "30.00%"], ["coat", "10.00%"]]
    assert np.allclose([m for [m] in found["marks"]], drawn_bars(svg), atol=0.06)
    colours = np.zeros((2, 8, 8, 3))
    _, found = collected(
        charts.answers_without_truth(colours, ["grey", "stripes"], CHANCES, NAMES)
    )
    assert cells(found["table"])[4] == ["stripes", "<bag>", "60.00%"]


def test_a_confusion_matrix_has_its_table_alone() -> None:
    counts = np.array([[8, 2, 0], [5, 4, 1], [0, 0, 10]])
    _, found = collected(charts.confusion_matrix(counts, NAMES))
    assert cells(found["table"])[1:3] == [["coat", "8", "2", "0"], ["shirt", "5", "4", "1"]]
    assert not found["marks"]


def test_other_figures_have_no_readings() -> None:
    charts.picture_grid(PICTURES, NAMES[:2])
    assert figures.collect("tiny.look")[0][2] == ""


def test_what_does_not_fit_is_an_error() -> None:
    table = Table(("a", "b"), [(1, 2)], "some")
    with pytest.raises(ValueError, match="caption"):
        readings(plt.figure(), Table(("a", "b"), [(1, 2)]))
    with pytest.raises(ValueError, match="expected marks for 1 rows; got 2"):
        readings(plt.figure(), table, "x", [[None], [None]])


def test_numbers_are_written_as_asked() -> None:
    figure, axes = plt.subplots()
    curve_readings(figure, "shares", ("step", [0]), [("one", axes, [0.256])], ".1%")
    assert cells(figure.readings.table._repr_html_()) == [["step", "one"], ["0", "25.6%"]]
