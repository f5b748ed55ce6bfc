"""Things found in a larger picture, and things that lie near each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture, sides

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def boxes(
    image: np.ndarray,
    places: np.ndarray,
    names: Sequence[str],
    truth: Sequence[str] | None = None,
) -> Figure:
    """Show boxes in a picture, each with its name.

    Args:
        image: (rows, columns), from 0 to 1.
        places: (n, 4): top, left, bottom, right, in pixels.
        names: a name for each box.
        truth: for each box the true name, "" where nothing is. A box with another name is
            dashed and marked ✗.

    Raises:
        ValueError: there are not as many names as boxes.
    """
    check(len(places) == len(names), f"{len(places)} names", len(names))
    height = WIDTH * image.shape[0] / image.shape[1]
    figure, axes = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    picture(axes, image, limits=(0, 1))
    for number, (place, name) in enumerate(zip(places, names, strict=True)):
        _box(axes, place, name, right=truth is None or truth[number] == name)
    said = f"{len(places)} boxes in a picture: {', '.join(names)}."
    if truth is not None:
        agreeing = sum(a == b for a, b in zip(names, truth, strict=True))
        said += f" {agreeing} of the names are right."
    return describe(figure, said)


def heat(scores: np.ndarray, title: str) -> Figure:
    """Show where in a picture something was found: bright is sure, dark is not.

    Args:
        scores: (rows, columns), from 0 to 1.
        title: what the scores say.
    """
    height = WIDTH * scores.shape[0] / scores.shape[1] + 0.3
    figure, axes = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    picture(axes, scores, limits=(0, 1))
    axes.set_title(title, fontsize=10)
    return describe(
        figure,
        f"A map of {sides(scores)} cells that shows {title}: above one "
        f"half in {(scores > 0.5).mean():.0%} of them.",
    )


def overlaps(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], values: Sequence[float]
) -> Figure:
    """Show pairs of boxes, each with how far they overlap.

    Args:
        pairs: two boxes for each panel: top, left, bottom, right.
        values: a number for each pair, written above it.
    """
    figure, panels = plt.subplots(
        1, len(pairs), figsize=(WIDTH, 1.9), layout="constrained", sharex=True, sharey=True
    )
    for axes, (first, second), value in zip(panels, pairs, values, strict=True):
        for (top, left, bottom, right), colour, hatch in (
            (first, PALETTE[0], "//"),
            (second, PALETTE[1], "\\\\"),
        ):
            size = (right - left, bottom - top)
            axes.add_patch(
                Rectangle(
                    (left, top), *size, fill=False, edgecolor=colour, hatch=hatch, lw=2
                )
            )
        axes.set(xlim=(-2, 52), ylim=(52, -2), aspect="equal")
        axes.axis("off")
        axes.set_title(f"{value:.2f}", fontsize=11)
    said = ", ".join(f"{value:.2f}" for value in values)
    return describe(figure, f"{len(pairs)} pairs of boxes that overlap by {said}.")


def neighbours(
    queries: np.ndarray, found: np.ndarray, same: np.ndarray, title: str
) -> Figure:
    """Show pictures, and in each row what was found for the first.

    Args:
        queries: (n, rows, columns), from 0 to 1.
        found: (n, k, rows, columns), from 0 to 1.
        same: (n, k), true where class of query and found picture agree.
        title: what "near" means.
    """
    count, near = same.shape
    figure, grid = plt.subplots(
        count,
        near + 1,
        figsize=(WIDTH, count * WIDTH / (near + 1) + 0.4),
        layout="constrained",
    )
    for row, query, others, agreeing in zip(grid, queries, found, same, strict=True):
        picture(row[0], query, limits=(0, 1))
        for axes, other, is_same in zip(row[1:], others, agreeing, strict=True):
            picture(axes, other, limits=(0, 1))
            if not is_same:
                axes.set_title("✗", fontsize=10, color=PALETTE[1], pad=1)
    grid[0, 0].set_title("searched", fontsize=10)
    figure.suptitle(title, fontsize=10)
    return describe(
        figure,
        f"{count} garments, and beside each the {near} nearest {title}. "
        f"{same.mean():.0%} of these are of the same class.",
    )


def _box(axes: Axes, place: np.ndarray, name: str, *, right: bool) -> None:
    top, left, bottom, right_side = place
    colour = PALETTE[0] if right else PALETTE[1]
    size = (right_side - left, bottom - top)
    style = "-" if right else "--"
    corner = (left - 0.5, top - 0.5)
    axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colour, lw=2, ls=style))
    axes.text(
        left,
        top - 1.5,
        name if right else f"{name} ✗",
        fontsize=7.5,
        color="white",
        bbox={"facecolor": "#14202f", "edgecolor": "none", "pad": 1},
    )
