"""What a convolution reads, what it makes of a picture, and what a network has learned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colors
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARK = PALETTE[1]  # the frame of the window that a figure is about


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
    _frame(left, row, column, side)
    left.set_title(f"picture, {_size(image)}", fontsize=11)
    picture(right, result, _around_zero(result))
    _frame(right, row, column, 1)
    right.set_title(f"map, {_size(result)}", fontsize=11)
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
    _frame(panels[0], 0, 0, side)
    return describe(
        figure,
        f"A window of {_size(window)} pixels on a picture of {_size(image)}, and the map "
        f"of {_size(result)} that a kernel makes of it. The window times the kernel gives "
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
        f"A window of {_size(window)} pixels with {len(names)} channels, times a kernel of "
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
            picture(axes, _few_greys(result), (0, 1))
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


def pictures_in_a_row(images: Mapping[str, np.ndarray]) -> Figure:
    """Show pictures side by side, on one scale from 0 (black) to 1 (white).

    Args:
        images: for each title a picture, (rows, columns). A smaller one is shown smaller.
    """
    size = (WIDTH, WIDTH / len(images) + 0.35)
    figure, panels = plt.subplots(
        1, len(images), figsize=size, layout="constrained", squeeze=False
    )
    largest = np.max([image.shape for image in images.values()], axis=0)
    said = []
    for axes, (name, image) in zip(panels.flat, images.items(), strict=True):
        picture(axes, _few_greys(image), (0, 1))
        rows, columns = (largest - image.shape) / 2
        height, width = image.shape
        axes.set(xlim=(-0.5 - columns, width - 0.5 + columns))
        axes.set(ylim=(height - 0.5 + rows, -0.5 - rows))
        axes.set_title(f"{name}\n{_size(image)}", fontsize=11)
        said.append(f"{name}, {_size(image)}, {image[0].mean():.2f}")
    return describe(
        figure,
        f"{len(images)} pictures. Their size, and the mean brightness of their first row: "
        f"{'; '.join(said)}.",
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
        outputs = _size(weights[0])
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


def frames_and_changes(frames: np.ndarray, changes: np.ndarray) -> Figure:
    """Show the frames of a moving picture, and between each two how it changed.

    Args:
        frames: (n, rows, columns), from 0 (black) to 1 (white).
        changes: (n - 1, rows, columns); zero is shown as grey.

    Raises:
        ValueError: there is not one change less than frames.
    """
    check(len(changes) == len(frames) - 1, f"{len(frames) - 1} changes", len(changes))
    count = len(frames)
    tall = WIDTH / count * frames.shape[1] / frames.shape[2]
    figure = plt.figure(figsize=(WIDTH, 2 * tall + 0.7), layout="constrained")
    grid = figure.add_gridspec(2, 2 * count)
    for i, frame in enumerate(frames):
        axes = figure.add_subplot(grid[0, 2 * i : 2 * i + 2])
        picture(axes, frame, (0, 1))
        axes.set_title(f"frame {i}", fontsize=10)
    for i, change in enumerate(changes):
        axes = figure.add_subplot(grid[1, 2 * i + 1 : 2 * i + 3])
        picture(axes, change, (-1, 1))
        axes.set_title(f"{i} to {i + 1}", fontsize=10)
    shares = ", ".join(f"{np.mean(np.abs(change) > 0.01):.0%}" for change in changes)
    return describe(
        figure,
        f"{count} frames of a moving picture, and below them {len(changes)} maps of what "
        f"changed from each to the next. The share of pixels that changed: {shares}.",
    )


def receptive_fields(image: np.ndarray, influence: Mapping[int, np.ndarray]) -> Figure:
    """Show how much each pixel counts for one output, after more and more layers.

    Args:
        image: (rows, columns), from 0 (black) to 1 (white).
        influence: for each number of layers, (rows, columns), zero or more.
    """
    size = (WIDTH, WIDTH / len(influence) + 0.55)
    figure, panels = plt.subplots(1, len(influence), figsize=size, layout="constrained")
    color = np.array(colors.to_rgb(MARK))
    grey = np.repeat(0.6 * image[..., np.newaxis], 3, axis=-1)
    said = []
    for axes, (depth, weights) in zip(panels, influence.items(), strict=True):
        strength = (weights / weights.max())[..., np.newaxis]
        picture(axes, (1 - strength) * grey + strength * color)
        top, left = np.argwhere(weights).min(axis=0)
        bottom, right = np.argwhere(weights).max(axis=0)
        side = bottom - top + 1
        _frame(axes, top, left, side)
        layers = "layer" if depth == 1 else "layers"
        axes.set_title(f"{depth} {layers}\n{side}×{right - left + 1}", fontsize=11)
        half = np.sort(weights, axis=None)[::-1].cumsum()
        pixels = int(np.searchsorted(half, half[-1] / 2)) + 1
        said.append(
            f"after {depth} {layers} {side}×{right - left + 1} pixels, of which the "
            f"{pixels} strongest make up half of the sum"
        )
    return describe(
        figure,
        f"A picture with the pixels marked that one output depends on: {'; '.join(said)}.",
    )


def kernels_and_maps(kernels: np.ndarray, maps: np.ndarray) -> Figure:
    """Show kernels, and in the same order the maps that they make.

    Args:
        kernels: (k, k, n). Zero is shown as grey, and each kernel's largest number as
            black or white.
        maps: (rows, columns, n), zero or more. Zero is shown as black, and each map's
            largest number as white.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 5.3), layout="constrained")
    most = np.abs(kernels).max(axis=(0, 1))
    # Each number of a kernel becomes a square of 8×8, so that both stand in step.
    large = (kernels / most / 2 + 0.5).repeat(8, axis=0).repeat(8, axis=1)
    picture(left, _mosaic(large, 4, gap=5), (0, 1))
    picture(right, _mosaic(_brightened(maps), 4), (0, 1))
    count = kernels.shape[-1]
    left.set_title(f"{count} kernels", fontsize=11)
    right.set_title(f"their {count} maps", fontsize=11)
    dark = np.count_nonzero(maps.max(axis=(0, 1)) <= 0)
    return describe(
        figure,
        f"{count} kernels of {_size(kernels)}, with numbers from {kernels.min():.1f} to "
        f"{kernels.max():.1f}, and beside them their maps of one picture. Black all over: "
        f"{dark} of the maps.",
    )


def map_mosaic(maps: np.ndarray, columns: int = 8) -> Figure:
    """Show many maps at once.

    Args:
        maps: (rows, columns, n), zero or more. Zero is shown as black, and each map's
            largest number as white.
        columns: how many stand side by side.
    """
    tiles = _mosaic(_brightened(maps), columns)
    height = WIDTH * tiles.shape[0] / tiles.shape[1]
    figure, axes = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    picture(axes, tiles, (0, 1))
    dark = np.count_nonzero(maps.max(axis=(0, 1)) <= 0)
    return describe(
        figure,
        f"{maps.shape[-1]} maps of {_size(maps)}. {np.mean(maps > 0):.0%} of all their "
        f"spots are above zero. Black all over: {dark} of the maps.",
    )


def strongest_pieces(pieces: Mapping[int, Sequence[np.ndarray]]) -> Figure:
    """Show for each map the pieces of pictures for which it is brightest.

    Args:
        pieces: for each number of a map its pieces, (rows, columns) each, from 0 to 1.
    """
    columns = len(next(iter(pieces.values())))
    figure, grid = plt.subplots(
        len(pieces),
        columns,
        figsize=(WIDTH, len(pieces) * WIDTH / (columns + 1)),
        layout="constrained",
        squeeze=False,
    )
    for line, (number, images) in zip(grid, pieces.items(), strict=True):
        for axes, image in zip(line, images, strict=True):
            picture(axes, image, (0, 1))
        style = {"ha": "right", "va": "center", "transform": line[0].transAxes}
        line[0].text(-0.15, 0.5, f"map {number}", **style)
    said = []
    for number, images in pieces.items():
        mean = np.mean(images, axis=0)
        alike = np.mean([np.corrcoef(mean.flat, image.flat)[0, 1] for image in images])
        said.append(f"map {number}: {alike:.2f}")
    return describe(
        figure,
        f"{len(pieces)} rows of {columns} pieces of pictures, {_size(images[0])} pixels "
        "each. How much the pieces of a row resemble their mean (correlation): "
        f"{'; '.join(said)}.",
    )


def _brightened(maps: np.ndarray) -> np.ndarray:
    """Maps that go up to 1 each, but for those that are zero everywhere."""
    most = maps.max(axis=(0, 1))
    return maps / np.where(most > 0, most, 1)


def _mosaic(tiles: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
    """Tiles of grey, (rows, columns, n), beside and below each other with clear gaps.

    >>> _mosaic(np.zeros((3, 3, 5)), 2).shape
    (11, 7, 4)
    """
    height, width, count = tiles.shape
    rows = math.ceil(count / columns)
    down, right = height + gap, width + gap
    joined = np.zeros((rows * down - gap, columns * right - gap, 4))
    for i in range(count):
        top, left = i // columns * down, i % columns * right
        spot = joined[top : top + height, left : left + width]
        spot[..., :3] = _few_greys(tiles[..., i, np.newaxis])
        spot[..., 3] = 1
    return joined


def _few_greys(image: np.ndarray) -> np.ndarray:
    """A picture in 33 shades of grey: the eye hardly sees it, and the page is far smaller.

    >>> _few_greys(np.array([-1, 0, 0.1, 0.5, 1]))
    array([0.   , 0.   , 0.09375, 0.5  , 1.   ])
    """
    return np.round(np.clip(image, 0, 1) * 32) / 32


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


def _frame(axes: Axes, row: int, column: int, side: int) -> None:
    corner = (column - 0.5, row - 0.5)
    style = {"facecolor": "none", "edgecolor": MARK, "linewidth": 2.2}
    axes.add_patch(plt.Rectangle(corner, side, side, **style))


def _around_zero(values: np.ndarray) -> tuple[float, float]:
    most = float(np.abs(values).max())
    return -most, most


def _size(image: np.ndarray) -> str:
    return f"{image.shape[0]}×{image.shape[1]}"


def _short(number: float) -> str:
    """A number as short as it can be, with a true minus.

    >>> _short(-1.0), _short(0.984), _short(-0.0)
    ('−1', '0.98', '0')
    """
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
