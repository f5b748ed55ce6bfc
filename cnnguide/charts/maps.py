"""What layers make of pictures: maps, side by side, and what they depend on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colors
from matplotlib import pyplot as plt

from cnnguide.charts.base import (
    MARK,
    WIDTH,
    check,
    describe,
    few_greys,
    frame_window,
    picture,
    sides,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
        picture(axes, few_greys(image), (0, 1))
        rows, columns = (largest - image.shape) / 2
        height, width = image.shape
        axes.set(xlim=(-0.5 - columns, width - 0.5 + columns))
        axes.set(ylim=(height - 0.5 + rows, -0.5 - rows))
        axes.set_title(f"{name}\n{sides(image)}", fontsize=11)
        said.append(f"{name}, {sides(image)}, {image[0].mean():.2f}")
    return describe(
        figure,
        f"{len(images)} pictures. Their size, and the mean brightness of their first row: "
        f"{'; '.join(said)}.",
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
        frame_window(axes, top, left, side)
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
        f"{count} kernels of {sides(kernels)}, with numbers from {kernels.min():.1f} to "
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
        f"{maps.shape[-1]} maps of {sides(maps)}. {np.mean(maps > 0):.0%} of all their "
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
        f"{len(pieces)} rows of {columns} pieces of pictures, {sides(images[0])} pixels "
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
        spot[..., :3] = few_greys(tiles[..., i, np.newaxis])
        spot[..., 3] = 1
    return joined
