"""The figures behind a chart: a table, and where in the drawing each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from cnnguide.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 72  # of an SVG's own units to the inch
NOTHING = "–"

# A mark: on which axes, and its x and y in their numbers. None where nothing is drawn.
Mark = tuple["Axes", float, float] | None


@dataclass(frozen=True)
class Readings:
    """What can be read off a chart.

    Args:
        table: its figures.
        along: "x" if readers go through the rows from left to right, "y" if downwards.
        marks: for each row of the table a mark for each of its last columns.
    """

    table: Table
    along: str
    marks: Sequence[Sequence[Mark]]

    def placed(self, figure: Figure) -> dict[str, object]:
        """The readings as data, with their places in the figure's SVG.

        Args:
            figure: theirs, after it was drawn: only then its parts have their places.

        Returns:
            `table` as HTML. `axis`, 0 for along x and 1 for along y. `marks`, for each row
            [x, y] or None of each mark, in the SVG's units. `spans`, for each column of
            marks where its axes begin and end across that direction.
        """
        axis = "xy".index(self.along)
        marks = [[mark and _place(figure, *mark) for mark in row] for row in self.marks]
        spans = []
        for column in zip(*self.marks, strict=True):
            axes = next(mark[0] for mark in column if mark)
            ends = [_units(figure, axes.transAxes.transform(c)) for c in ((0, 1), (1, 0))]
            spans.append([end[1 - axis] for end in ends])
        html = self.table._repr_html_()
        return {"table": html, "axis": axis, "spans": spans, "marks": marks}


def readings(
    figure: Figure, table: Table, along: str = "x", marks: Sequence[Sequence[Mark]] = ()
) -> Figure:
    """Give a figure the table of what it shows, and let readers step through its rows.

    Args:
        figure: a Matplotlib figure.
        table: its figures, with a caption that names them.
        along: "x" or "y", the direction in which the rows follow one another.
        marks: for each row the (axes, x, y) of each mark, or None. They belong to the
            table's last columns. Without any, there is only the table.

    Returns:
        The same figure.

    Raises:
        ValueError: the table has no caption, or not as many rows as there are marks.
    """
    if not table.caption:
        raise ValueError("a chart's table must be named by a caption; it has none")
    if marks and len(marks) != len(table.rows):
        raise ValueError(f"expected marks for {len(table.rows)} rows; got {len(marks)}")
    figure.readings = Readings(table, along, marks)
    return figure


def curve_readings(
    figure: Figure,
    caption: str,
    over: tuple[str, Sequence[float]],
    curves: Sequence[tuple[str, Axes, Sequence[float]]],
    form: str = ".4f",
) -> Figure:
    """Let readers step through curves from left to right.

    Args:
        figure: a Matplotlib figure.
        caption: what the table of the curves' points shows.
        over: the name and the numbers of the x axis.
        curves: of each its name, its axes and its values. A shorter one ends earlier.
        form: how values are written.

    Returns:
        The same figure.
    """
    what, places = over
    rows, marks = [], []
    for x, *values in zip_longest(places, *(values for *_, values in curves)):
        rows.append((x, *(NOTHING if v is None else f"{v:{form}}" for v in values)))
        marks.append(
            [
                None if value is None else (axes, x, value)
                for (_, axes, _), value in zip(curves, values, strict=True)
            ]
        )
    columns = (what, *(name for name, *_ in curves))
    return readings(figure, Table(columns, rows, caption), "x", marks)


def _place(figure: Figure, axes: Axes, x: float, y: float) -> list[float]:
    return _units(figure, axes.transData.transform((x, y)))


def _units(figure: Figure, pixel: Sequence[float]) -> list[float]:
    """A pixel of the drawing in the units of its SVG, whose y goes downwards."""
    across, up = figure.transFigure.inverted().transform(pixel)
    width, height = POINTS * figure.get_size_inches()
    return [round(float(across * width), 1), round(float((1 - up) * height), 1)]
