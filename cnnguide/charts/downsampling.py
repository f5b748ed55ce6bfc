"""What pooling makes of numbers, of pictures and of moving pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colors
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture, sides
from cnnguide.charts.readings import curve_readings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = ("o-", "s--", "^:", "D-.")


def pooled_windows(numbers: np.ndarray, pooled: Mapping[str, np.ndarray]) -> Figure:
    """Show numbers with the window that each pooled number comes from.

    Args:
        numbers: (rows, columns), in four windows.
        pooled: for each way of pooling its name and its (2, 2) numbers.

    Raises:
        ValueError: something else than four numbers is left.
    """
    for result in pooled.values():
        check(result.shape == (2, 2), (2, 2), result.shape)
    widths = (4, *(2.4 for _ in pooled))
    figure, panels = plt.subplots(
        1, len(widths), figsize=(WIDTH, 2.2), layout="constrained", width_ratios=widths
    )
    _windows(panels[0], numbers)
    panels[0].set_title("numbers", fontsize=11)
    for axes, (name, result) in zip(panels[1:], pooled.items(), strict=True):
        _windows(axes, result)
        axes.set_title(name, fontsize=11)
    said = [f"{name} {result.tolist()}" for name, result in pooled.items()]
    return describe(
        figure,
        f"The numbers {numbers.min():g} to {numbers.max():g} in {len(numbers)} rows, in "
        f"four windows. Of each window one number is left: {'; '.join(said)}.",
    )


def _windows(axes: Axes, numbers: np.ndarray) -> None:
    """Write numbers into squares; each quarter of them has its colour and frame."""
    rows, columns = numbers.shape
    edge = plt.rcParams["axes.edgecolor"]
    for i, (top, left) in enumerate(np.ndindex(2, 2)):
        corner = (left * columns / 2, top * rows / 2)
        style = {"facecolor": colors.to_rgba(PALETTE[i], 0.3), "linewidth": 1.5}
        square = plt.Rectangle(corner, columns / 2, rows / 2, edgecolor=edge, **style)
        axes.add_patch(square)
    for (row, column), number in np.ndenumerate(numbers):
        axes.text(column + 0.5, row + 0.5, f"{number:g}", ha="center", va="center")
    axes.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal")
    axes.axis("off")


def shrunk_pictures(rows: Mapping[str, Sequence[np.ndarray]]) -> Figure:
    """Show pictures getting smaller, all at one size on the page and on one scale.

    Args:
        rows: for each way of shrinking its name and its pictures, from large to small.
    """
    columns = len(next(iter(rows.values())))
    figure, grid = _grid(len(rows), columns)
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        for axes, image in zip(line, images, strict=True):
            picture(axes, image, (0, 1))
            axes.set_title(sides(image), fontsize=10)
        _name_row(line[0], name)
    said = [
        f"{name} from {np.mean(images[0]):.2f} to {np.mean(images[-1]):.2f}"
        for name, images in rows.items()
    ]
    return describe(
        figure,
        f"The same picture getting smaller in {len(rows)} ways. Its mean brightness "
        f"goes with {', with '.join(said)}.",
    )


def pooled_frames(before: np.ndarray, after: np.ndarray, chosen: Sequence[int]) -> Figure:
    """Show pairs of frames of a moving picture, and the frame that each pair becomes.

    Args:
        before: (frames, rows, columns), from 0 to 1.
        after: (frames // 2, …), from 0 to 1.
        chosen: which frames of `after` to show.
    """
    figure, grid = _grid(3, len(chosen))
    for column, frame in enumerate(chosen):
        for row, (image, number) in enumerate(
            (
                (before[2 * frame], 2 * frame),
                (before[2 * frame + 1], 2 * frame + 1),
                (after[frame], frame),
            )
        ):
            picture(grid[row, column], image, (0, 1))
            grid[row, column].set_title(f"frame {number}", fontsize=10)
    for row, name in enumerate(("before", "before", "after")):
        _name_row(grid[row, 0], name)
    middles = [
        float(np.average(np.arange(after.shape[2]), weights=after[frame].sum(axis=0)))
        for frame in chosen
    ]
    return describe(
        figure,
        f"{len(chosen)} pairs of frames of {before.shape[1]}×{before.shape[2]} pixels, and "
        f"below each pair the frame of {after.shape[1]}×{after.shape[2]} that it becomes. "
        f"The garment moves: its middle is in the columns "
        f"{', '.join(f'{middle:.1f}' for middle in middles)} of the frames below.",
    )


def shifted_maps(
    columns: Mapping[str, Sequence[np.ndarray]], names: tuple[str, str]
) -> Figure:
    """Show maps of a picture and of the shifted picture, and how much they differ.

    Args:
        columns: for each stage its name and two (rows, columns).
        names: what the two are called.
    """
    figure, grid = _grid(3, len(columns))
    said = []
    for (title, pair), line in zip(columns.items(), grid.T, strict=True):
        difference = np.abs(pair[0] - pair[1])
        share = np.linalg.norm(difference) / np.linalg.norm(pair[0])
        most = max(np.max(pair[0]), np.max(pair[1]))
        for axes, image in zip(line, (*pair, difference), strict=True):
            picture(axes, image, (0, most))
        line[0].set_title(title, fontsize=10)
        line[2].set_title(f"{share:.0%}", fontsize=10)
        said.append(f"{title}: {share:.0%}")
    for axes, name in zip(grid[:, 0], (*names, "difference"), strict=True):
        _name_row(axes, name)
    return describe(
        figure,
        f"Three rows of pictures: {names[0]}, {names[1]}, and the difference of the two. "
        f"Size of the difference, compared with the first: {'; '.join(said)}.",
    )


def shift_curves(shifts: Sequence[int], shares: Mapping[str, Sequence[float]]) -> Figure:
    """Show how the share of right answers falls as pictures are shifted.

    Args:
        shifts: the shifts in pixels.
        shares: for each network its name and a share from 0 to 1 for each shift.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2), layout="constrained")
    said = []
    for (name, values), mark, color in zip(shares.items(), MARKS, PALETTE, strict=False):
        axes.plot(shifts, values, mark, color=color, label=name)
        said.append(f"{name} goes from {values[0]:.0%} to {values[-1]:.0%}")
    curves = [(name, axes, values) for name, values in shares.items()]
    caption = "Share of right answers by shift in pixels"
    curve_readings(figure, caption, ("shift", shifts), curves, ".1%")
    axes.set(xlabel="shift in pixels", ylabel="share of right answers", ylim=(0, 1))
    axes.set_xticks(shifts)
    axes.grid(visible=True)
    axes.legend()
    return describe(
        figure,
        f"Share of right answers for shifts from {shifts[0]} to {shifts[-1]} pixels: "
        f"{'; '.join(said)}.",
    )


def _grid(rows: int, columns: int) -> tuple[Figure, np.ndarray]:
    side = WIDTH / columns
    return plt.subplots(
        rows,
        columns,
        figsize=(WIDTH, rows * (min(side, 1.4) + 0.15)),
        layout="constrained",
        squeeze=False,
    )


def _name_row(axes: Axes, name: str) -> None:
    place = {"rotation": 90, "ha": "right", "va": "center", "transform": axes.transAxes}
    axes.text(-0.08, 0.5, name, **place)
