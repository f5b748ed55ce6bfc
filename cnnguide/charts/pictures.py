"""Pictures side by side, and what a convolution makes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from cnnguide.charts.base import WIDTH, check, describe, picture
from cnnguide.charts.predictions import bar_readings, top_three

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def picture_grid(images: np.ndarray, titles: Sequence[str], columns: int = 4) -> Figure:
    """Show pictures in a grid, each under its title.

    Args:
        images: (n, rows, columns) of any numbers from 0 (black) to the largest (white), or
            (n, rows, columns, 3) of colours, uint8, or floats from 0 to 1.
        titles: n titles.
        columns: how many stand side by side.

    Raises:
        ValueError: there are not as many titles as images.
    """
    check(len(titles) == len(images), f"{len(images)} titles", f"{len(titles)}")
    rows = math.ceil(len(images) / columns)
    size = (WIDTH, rows * (WIDTH / columns + 0.25))
    figure, grid = plt.subplots(
        rows, columns, figsize=size, layout="constrained", squeeze=False
    )
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, title in zip(grid.flat, images, titles, strict=False):
        picture(axes, image)
        axes.set_title(title, fontsize=10)
    names = ", ".join(titles)
    return describe(figure, f"{len(images)} pictures in {rows} rows: {names}.")


def feature_maps(
    image: np.ndarray, maps: np.ndarray, probabilities: np.ndarray, names: Sequence[str]
) -> Figure:
    """Show a picture, what a convolution makes of it, and the network's answer.

    Args:
        image: (rows, columns).
        maps: (rows, columns, n), of which the twelve that vary most are shown.
        probabilities: (classes,), from 0 to 1.
        names: the classes' names.
    """
    figure = plt.figure(figsize=(WIDTH, 3.9), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(3, 1))
    left, right = above.subfigures(1, 2, width_ratios=(3, 4))
    picture(left.subplots(), image)
    chosen = np.sort(np.argsort(maps.std(axis=(0, 1)))[::-1][:12])
    for axes, channel in zip(right.subplots(3, 4).flat, chosen, strict=False):
        axes.axis("off")
        picture(axes, maps[..., channel])
    guess = int(np.argmax(probabilities))
    top = top_three(below.subplots(), probabilities, guess, names, verdict=False)
    bar_readings(figure, (), top)
    return describe(
        figure,
        f"A small grey picture; beside it {len(chosen)} of the {maps.shape[-1]} maps that "
        "the first convolution makes of it, each lit where its kernel finds what it looks "
        f"for; below, the answer: {names[guess]}, {probabilities[guess]:.0%}.",
    )
