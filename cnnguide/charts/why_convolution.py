"""What is connected to what, with which weights, and what one output sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colors
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DASHES = ("-", "--", ":", "-.")
# A line for each weight would be a tangle of colours; so many are told apart at most.
FEW = len(PALETTE)


def connections(layers: Mapping[str, np.ndarray]) -> Figure:
    """Draw layers as lines from inputs, below, to outputs, above.

    There is no line for a weight of zero. Where a layer has few different weights, each of
    them has a colour and a dash of its own.

    Args:
        layers: for each name the weights, (inputs, outputs).
    """
    size = (WIDTH, 2.3)
    figure, panels = plt.subplots(
        1, len(layers), figsize=size, layout="constrained", squeeze=False
    )
    said = []
    for axes, (name, weights) in zip(panels.flat, layers.items(), strict=True):
        lines, different = np.count_nonzero(weights), len(_different(weights))
        _lines(axes, weights)
        axes.set_title(f"{name}\n{lines} lines, {different} weights", fontsize=11)
        inputs, outputs = weights.shape
        said.append(
            f"{name}, from {inputs} inputs to {outputs} outputs, has {lines} lines with "
            f"{different} different weights"
        )
    return describe(figure, f"Inputs joined to outputs by lines. {'; '.join(said)}.")


def _different(weights: np.ndarray) -> np.ndarray:
    """The weights that are not zero, each once, in the order in which they appear."""
    found, first = np.unique(weights[weights != 0].round(6), return_index=True)
    return found[np.argsort(first)]


def _lines(axes: Axes, weights: np.ndarray) -> None:
    inputs, outputs = weights.shape
    different = _different(weights)
    above = np.arange(outputs) + (inputs - outputs) / 2
    edge = plt.rcParams["axes.edgecolor"]
    for start, end in np.argwhere(weights):
        style = {"color": edge, "linewidth": 0.6, "alpha": 0.7}
        if len(different) <= FEW:
            i = int(np.argmin(np.abs(different - weights[start, end])))
            style = {"color": PALETTE[i], "linestyle": DASHES[i], "linewidth": 1.8}
        axes.plot([start, above[end]], [0, 1], **style)
    axes.plot(range(inputs), np.zeros(inputs), "o", color=edge)
    axes.plot(above, np.ones(outputs), "s", color=edge)
    axes.axis("off")
    axes.margins(0.05, 0.12)


def weight_matrix(weights: np.ndarray) -> Figure:
    """Draw weights as a table in which equal ones have the same number.

    Args:
        weights: (inputs, outputs). A weight of zero is left empty; the others are numbered
            in the order in which the first output has them.
    """
    table = weights.T.round(6)
    different = list(dict.fromkeys(table[table != 0].tolist()))
    outputs, inputs = table.shape
    size = (WIDTH, WIDTH * outputs / inputs + 0.5)
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    shades = np.tile(colors.to_rgba(PALETTE[0], 0.3), (outputs, inputs, 1))
    shades[table == 0, 3] = 0.04
    axes.imshow(shades, interpolation="none")
    for row, column in np.argwhere(table):
        number = different.index(table[row, column]) + 1
        axes.text(column, row, number, ha="center", va="center", fontsize=10)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set(xlabel=f"{inputs} inputs", ylabel=f"{outputs} outputs")
    axes.spines[:].set_visible(False)
    used = np.count_nonzero(table)
    return describe(
        figure,
        f"A table of {outputs} outputs by {inputs} inputs. {table.size - used} of its "
        f"{table.size} weights are zero. The other {used} repeat {len(different)} numbers, "
        f"in each row the same ones, further right.",
    )


def seen_inputs(image: np.ndarray, seen: Mapping[str, np.ndarray]) -> Figure:
    """Mark on a picture which of its pixels an output depends on.

    Args:
        image: (rows, columns), from 0 (black) to 1 (white).
        seen: for each name, (rows, columns) of bool.

    Raises:
        ValueError: a mask is not as large as the picture.
    """
    size = (WIDTH, WIDTH / len(seen) + 0.55)
    figure, panels = plt.subplots(
        1, len(seen), figsize=size, layout="constrained", squeeze=False
    )
    color = np.array(colors.to_rgb(PALETTE[1]))
    said = []
    for axes, (name, mask) in zip(panels.flat, seen.items(), strict=True):
        check(mask.shape == image.shape, image.shape, mask.shape)
        grey = np.repeat(image[..., np.newaxis], 3, axis=-1)
        lit = mask[..., np.newaxis]
        picture(axes, np.where(lit, 0.25 * grey + 0.75 * color, grey))
        count = np.count_nonzero(mask)
        axes.set_title(f"{name}\n{count} of {mask.size}", fontsize=11)
        said.append(f"{name}: {count} of {mask.size}")
    return describe(
        figure,
        "A picture for each network, with the pixels marked that one output in the middle "
        f"depends on. {'; '.join(said)}.",
    )


def moved_maps(rows: Mapping[str, Sequence[np.ndarray]], titles: Sequence[str]) -> Figure:
    """Show pictures and what layers make of them, before and after a move.

    Args:
        rows: for each row's name its pictures, (rows, columns) each. The pictures of a
            column have one scale, from their smallest to their largest number.
        titles: the columns' titles.

    Raises:
        ValueError: a row has more or fewer pictures than there are titles.
    """
    size = (WIDTH, len(rows) * 0.93 * WIDTH / len(titles) + 0.3)
    figure, grid = plt.subplots(
        len(rows), len(titles), figsize=size, layout="constrained", squeeze=False
    )
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        check(len(images) == len(titles), f"{len(titles)} pictures", f"{len(images)}")
        for column, (axes, image) in enumerate(zip(line, images, strict=True)):
            both = [row[column] for row in rows.values()]
            picture(axes, image, (np.min(both), np.max(both)))
        label = {"rotation": 90, "ha": "right", "va": "center"}
        line[0].text(-0.05, 0.5, name, transform=line[0].transAxes, **label)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title, fontsize=11)
    first, *_, last = rows.values()
    said = [
        f"{title} differs at {np.mean(np.abs(one - other) > 1e-4):.0%} of its pixels"
        for title, one, other in zip(titles, first, last, strict=True)
    ]
    return describe(
        figure,
        f"{len(rows)} rows of {len(titles)} pictures: {', '.join(rows)}. "
        f"Between the first and the last row, {'; '.join(said)}.",
    )
