"""What the windows of a convolution read, and what its kernels make of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colors
from matplotlib import pyplot as plt

from cnnguide.charts.base import (
    PALETTE,
    WIDTH,
    check,
    describe,
    few_greys,
    frame_window,
    picture,
    sides,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def window_at_work(
    image: np.ndarray, kernel: np.ndarray, place: tuple[int, int], result: np.ndarray
) -> Figure:
    """Show one window on a picture, its products with a kernel, and the map of all sums.

    Args:
        image: (rows, columns), from 0 (black) to 1 (white).
        kernel: (k, k).
        place: row and column of the window's first pixel, and of its sum in the map.
        result: the map, (rows, columns); zero is shown as grey.
    """
    row, column = place
    side = len(kernel)
    window = image[row : row + side, column : column + side]
    products = window * kernel
    figure = plt.figure(figsize=(WIDTH, 4.5), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(2.45, 2.05))
    left, right = above.subplots(1, 2)
    picture(left, image, (0, 1))
    frame_window(left, row, column, side)
    left.set_title(f"picture, {sides(image)}", fontsize=11)
    picture(right, result, _around_zero(result))
    frame_window(right, row, column, 1)
    right.set_title(f"map, {sides(result)}", fontsize=11)
    panels = below.subplots(1, 5, width_ratios=(3, 0.4, 3, 0.4, 3))
    for axes, sign in zip(panels[1::2], "×=", strict=True):
        axes.text(0.5, 0.5, sign, ha="center", va="center", fontsize=16)
        axes.axis("off")
    blocks = {"window": window, "kernel": kernel, "products": products}
    for axes, (name, numbers) in zip(panels[::2], blocks.items(), strict=True):
        _numbers(axes, numbers)
        axes.set_title(name, fontsize=11)
    total = products.sum()
    panels[-1].text(
        1, 2.62, f"sum: {_short(total)}", ha="center", va="top", fontsize=11, weight="bold"
    )
    frame_window(panels[0], 0, 0, side)
    return describe(
        figure,
        f"A window of {sides(window)} pixels on a picture of {sides(image)}, and the map "
        f"of {sides(result)} that a kernel makes of it. The window times the kernel gives "
        f"{', '.join(_short(product) for product in products.flat)}. Their sum, "
        f"{_short(total)}, is one spot of the map, in row {row} and column {column}.",
    )


def channels_at_work(
    window: np.ndarray, kernel: np.ndarray, bias: float, names: Sequence[str]
) -> Figure:
    """Show how a window of several channels becomes one number.

    Args:
        window: (k, k, channels).
        kernel: (k, k, channels).
        bias: added at the end.
        names: the channels' names.

    Raises:
        ValueError: there are not as many names as channels.
    """
    check(len(names) == window.shape[-1], f"{window.shape[-1]} names", len(names))
    sums = (window * kernel).sum(axis=(0, 1))
    figure, grid = plt.subplots(
        len(names) + 1,
        5,
        figsize=(WIDTH, 1.32 * len(names) + 0.75),
        layout="constrained",
        width_ratios=(3, 0.4, 3, 0.4, 1.3),
        height_ratios=(*(3 for _ in names), 0.9),
    )
    for axes in grid[:, 1::2].flat:
        axes.axis("off")
    for i, (line, name) in enumerate(zip(grid, names, strict=False)):
        _numbers(line[0], window[..., i])
        _numbers(line[2], kernel[..., i])
        style = {"rotation": 90, "ha": "right", "va": "center"}
        line[0].text(-0.08, 0.5, name, transform=line[0].transAxes, **style)
        for axes, text in ((line[1], "×"), (line[3], "="), (line[4], _short(sums[i]))):
            axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=12)
            axes.axis("off")
    grid[0, 0].set_title("window", fontsize=11)
    grid[0, 2].set_title("kernel", fontsize=11)
    total = sums.sum() + bias
    for axes, text in zip(
        grid[-1, [2, 4]], (f"bias {_short(bias)}, all together", _short(total)), strict=True
    ):
        weight = "bold" if axes is grid[-1, 4] else "normal"
        axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=12, weight=weight)
    for axes in grid[-1]:
        axes.axis("off")
    said = ", ".join(
        f"{name} {_short(part)}" for name, part in zip(names, sums, strict=True)
    )
    return describe(
        figure,
        f"A window of {sides(window)} pixels with {len(names)} channels, times a kernel of "
        f"the same shape. The sums of the products: {said}. Together with the bias "
        f"{_short(bias)} they make one number, {_short(total)}.",
    )


def kernel_gallery(
    kernels: Mapping[str, np.ndarray], rows: Sequence[Sequence[np.ndarray]]
) -> Figure:
    """Show kernels, and below each what it makes of some pictures.

    Args:
        kernels: for each name a kernel of (3, 3).
        rows: for each picture: the picture, then what each kernel makes of it; (rows,
            columns) each. All from 0 (black) to 1 (white); what lies outside is cut.

    Raises:
        ValueError: a row does not have a result for each kernel.
    """
    columns = len(kernels) + 1
    side = WIDTH / columns
    figure, grid = plt.subplots(
        len(rows) + 1,
        columns,
        figsize=(WIDTH, (len(rows) + 1) * (side + 0.08) + 0.2),
        layout="constrained",
    )
    grid[0, 0].axis("off")
    for axes, (name, kernel) in zip(grid[0, 1:], kernels.items(), strict=True):
        _numbers(axes, kernel)
        axes.set_title(name, fontsize=11)
    for line, results in zip(grid[1:], rows, strict=True):
        check(len(results) == columns, f"{columns} pictures", len(results))
        for axes, result in zip(line, results, strict=True):
            picture(axes, few_greys(result), (0, 1))
    grid[1, 0].set_title("picture", fontsize=11)
    said = [
        f"{name} from {rows[0][i].std():.2f} to {rows[-1][i].std():.2f}"
        for i, name in enumerate(("picture", *kernels))
    ]
    return describe(
        figure,
        f"{len(rows)} pictures, each followed by what {len(kernels)} kernels make of it: "
        f"{', '.join(kernels)}. How much the pixels differ (standard deviation), from the "
        f"first to the last picture: {'; '.join(said)}.",
    )


def window_places(reads: Mapping[str, np.ndarray]) -> Figure:
    """Show on a grid of pixels which of them windows read, and where all windows stand.

    Args:
        reads: for each title, (pixels, rows, columns): with which number of the kernel 1
            to 9 each output reads each pixel of a square picture, or 0.
    """
    figure, panels = plt.subplots(2, 2, figsize=(WIDTH, 5.9), layout="constrained")
    said = []
    for axes, (name, weights) in zip(panels.flat, reads.items(), strict=True):
        side = math.isqrt(len(weights))
        first, following = (weights[:, 0, i].reshape(side, side) for i in (0, 1))
        for (row, column), number in np.ndenumerate(first):
            style = {"facecolor": "none", "linewidth": 0.6, "alpha": 0.5}
            _cell(axes, row, column, edgecolor=plt.rcParams["axes.edgecolor"], **style)
            if number:
                _cell(axes, row, column, facecolor=colors.to_rgba(PALETTE[0], 0.35))
                axes.text(column, row, f"{number:.0f}", ha="center", va="center")
            if following[row, column]:
                hatch = {"hatch": "///", "facecolor": "none", "linewidth": 0}
                _cell(axes, row, column, **hatch)
        middles = np.argwhere((weights == 5).any(axis=(1, 2)).reshape(side, side))
        free = [spot for spot in middles if not first[tuple(spot)]]
        dots = {"markersize": 4, "color": PALETTE[1]}
        axes.plot([c for _, c in free], [r for r, _ in free], "o", **dots)
        outputs = sides(weights[0])
        axes.set_title(f"{name}\nmap: {outputs}", fontsize=11)
        axes.set(xlim=(-0.6, side - 0.4), ylim=(side - 0.4, -0.6), aspect="equal")
        axes.axis("off")
        pixels = np.count_nonzero(first)
        said.append(
            f"with {name} the first window reads {pixels} pixels, and the map is {outputs}"
        )
    return describe(
        figure,
        f"A picture of {side}×{side} pixels, {len(reads)} times: {'; '.join(said)}.",
    )


def _numbers(axes: Axes, numbers: np.ndarray) -> None:
    """Write numbers into squares: tinted if positive, tinted otherwise if negative."""
    for (row, column), number in np.ndenumerate(numbers):
        tint = PALETTE[0] if number > 0 else PALETTE[1]
        strength = 0.3 if abs(number) > 0.005 else 0
        _cell(axes, row, column, facecolor=colors.to_rgba(tint, strength))
        axes.text(column, row, _short(number), ha="center", va="center", fontsize=10)
    rows, columns = numbers.shape
    axes.set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6), aspect="equal")
    axes.axis("off")


def _cell(axes: Axes, row: int, column: int, **style: object) -> None:
    style = {"edgecolor": plt.rcParams["axes.edgecolor"], "linewidth": 0.6} | style
    axes.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, **style))


def _around_zero(values: np.ndarray) -> tuple[float, float]:
    most = float(np.abs(values).max())
    return -most, most


def _short(number: float) -> str:
    """A number as short as it can be, with a true minus.

    >>> _short(-1.0), _short(0.984), _short(-0.0)
    ('−1', '0.98', '0')
    """
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
