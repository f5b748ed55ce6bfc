"""Data on their way to a network."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The figure is so many rows wide.
_ACROSS = WIDTH / 0.68
_MARKS = ("o", "s", "^", "D")


def pipeline(stages: dict[str, tuple[str, list[np.ndarray]]]) -> Figure:
    """Draw the way of pictures through a pipeline, from top to bottom.

    Args:
        stages: a step's name → what it does, in words, and the pictures that it hands on,
            each (rows, columns, 3) of floats from 0 to 1: up to four, or one of any width.

    Raises:
        ValueError: there is no stage.
    """
    check(bool(stages), "at least one stage", "none")
    last = len(stages) - 1
    figure, axes = plt.subplots(figsize=(WIDTH, 0.68 * len(stages)), layout="constrained")
    axes.set(xlim=(0, _ACROSS), ylim=(-last - 0.5, 0.5))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": PALETTE[0]}
    arrow = {"arrowstyle": "->", "color": PALETTE[0]}
    for row, (name, (what, images)) in enumerate(stages.items()):
        axes.text(0.75, -row, name, ha="center", va="center", weight="bold", bbox=box)
        axes.text(1.6, -row, textwrap.fill(what, 18), va="center")
        _row_of_pictures(axes, -row, images)
        if row < last:
            axes.annotate("", (0.75, -row - 0.71), (0.75, -row - 0.29), arrowprops=arrow)
    steps = "; ".join(
        f"{name}: {what}{f' ({len(images)} shown)' if images else ''}"
        for name, (what, images) in stages.items()
    )
    return describe(figure, f"{len(stages)} steps, each leading to the next. {steps}.")


def _row_of_pictures(axes: Axes, middle: float, images: list[np.ndarray]) -> None:
    """Put pictures side by side, the last at the right end, all equally high."""
    right = _ACROSS
    for image in reversed(images):
        rows, columns, _ = image.shape
        width = 0.86 * columns / rows
        place = (right - width, middle - 0.43, width, 0.86)
        picture(axes.inset_axes(place, transform=axes.transData), image)
        right -= width + 0.06


def shuffle_reach(orders: dict[int, np.ndarray]) -> Figure:
    """Show where a shuffle puts each element.

    Args:
        orders: the buffer's size → the elements 0, 1, 2, … in the order in which they came.

    Raises:
        ValueError: an order lacks an element, or has one twice.
    """
    figure, panels = plt.subplots(
        1, len(orders), figsize=(WIDTH, 3), sharey=True, layout="constrained", squeeze=False
    )
    said = []
    for axes, (size, order), colour, mark in zip(
        panels.flat, orders.items(), PALETTE, _MARKS, strict=False
    ):
        places = np.arange(len(order))
        check(
            np.array_equal(np.sort(order), places),
            "each element once",
            f"{len(order)} of which {len(np.unique(order))} differ",
        )
        axes.plot(places, order, mark, color=colour, markersize=2.5)
        axes.set_title(f"buffer of {size:,}", fontsize=10)
        axes.set_xlabel("place after")
        axes.set_aspect("equal")
        ahead = int(np.max(np.asarray(order) - places))
        said.append(f"with a buffer of {size:,}, at most {ahead} places forward")
    panels.flat[0].set_ylabel("place before")
    return describe(
        figure,
        f"{len(orders)} panels of dots, the place of each element before a shuffle over "
        f"its place after it. An element moves, {'; '.join(said)}.",
    )
