"""Which numbers a normalization averages, and what it does to values and to pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.collections import PolyCollection

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture
from cnnguide.charts.readings import curve_readings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DEPTH = 0.45  # how far each channel stands behind the one before it, in cells
GAP = 1.1  # between the blocks of two pictures


def averaged_parts(shape: Sequence[int], parts: Mapping[str, Any]) -> Figure:
    """Draw a batch as blocks, one for each picture, once for each part, which is coloured.

    Of each block the front, the top and the right side can be seen, so a part that is to be
    seen should reach the first channel and, if it is but a few cells, the right side.

    Args:
        shape: (batch, height, width, channels).
        parts: under each panel's name an index of the batch, such as `np.s_[0, :, :, 0]`.

    Raises:
        ValueError: there are not four axes.
    """
    check(len(shape) == 4, "four axes", tuple(shape))
    rows = -(-len(parts) // 2)
    size = (WIDTH, 1.4 + 1.15 * rows)
    figure = plt.figure(figsize=size, layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.4, 1.15 * rows))
    _named_axes(above.subplots(), shape)
    panels = below.subplots(rows, 2, squeeze=False)
    for axes in panels.flat:
        axes.axis("off")
    said = []
    for axes, (name, index) in zip(panels.flat, parts.items(), strict=False):
        part = np.zeros(shape, bool)
        part[index] = True
        _blocks(axes, part)
        axes.set_title(name, fontsize=10)
        pictures = int(part.any(axis=(1, 2, 3)).sum())
        channels = int(part.any(axis=(0, 1, 2)).sum())
        said.append(
            f"{' '.join(name.split())}: {part.sum()} numbers, from {pictures} of "
            f"{shape[0]} pictures and {channels} of {shape[3]} channels"
        )
    return describe(
        figure,
        f"A batch of {shape[0]} pictures, each a block of {shape[1]} by {shape[2]} pixels "
        f"and {shape[3]} channels, drawn once for each kind. Coloured are numbers that "
        f"share one mean. {'; '.join(said)}.",
    )


def _blocks(axes: Axes, part: np.ndarray) -> None:
    """One block for each picture, the part in colour."""
    batch, height, width, channels = part.shape
    faces, coloured = [], []
    for number in range(batch):
        start = number * (width + channels * DEPTH + GAP)
        for row, column in np.ndindex(height, width):
            left, low = start + column, height - row - 1.0
            faces.append(
                [(left, low), (left + 1, low), (left + 1, low + 1), (left, low + 1)]
            )
            coloured.append(part[number, row, column, 0])
        for channel in range(channels):
            near, far = channel * DEPTH, (channel + 1) * DEPTH
            for column in range(width):
                left, low = start + column, float(height)
                faces.append(
                    [
                        (left + near, low + near),
                        (left + 1 + near, low + near),
                        (left + 1 + far, low + far),
                        (left + far, low + far),
                    ]
                )
                coloured.append(part[number, 0, column, channel])
            for row in range(height):
                left, low = start + width, height - row - 1.0
                faces.append(
                    [
                        (left + near, low + near),
                        (left + far, low + far),
                        (left + far, low + 1 + far),
                        (left + near, low + 1 + near),
                    ]
                )
                coloured.append(part[number, row, width - 1, channel])
    # The axes' colour is the page's; it is drawn thin, so that the part stands out.
    edge = plt.rcParams["axes.edgecolor"]
    fills = [PALETTE[1] if inside else "none" for inside in coloured]
    axes.add_collection(
        PolyCollection(faces, facecolors=fills, edgecolors=edge, linewidths=0.4)
    )
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.axis("off")


def _named_axes(axes: Axes, shape: Sequence[int]) -> None:
    """The blocks without colour, and the name of each axis beside them."""
    batch, height, width, channels = shape
    _blocks(axes, np.zeros(shape, bool))
    end = (batch - 1) * (width + channels * DEPTH + GAP)
    axes.text(-0.4, height / 2, "height", rotation=90, ha="right", va="center", fontsize=10)
    axes.text(width / 2, -0.3, "width", ha="center", va="top", fontsize=10)
    axes.text(
        end + width + channels * DEPTH / 2 + 0.5,
        channels * DEPTH / 2 - 0.3,
        "channels",
        ha="left",
        va="center",
        fontsize=10,
    )
    axes.annotate(
        "",
        (end + width, -0.9),
        (width + GAP, -0.9),
        arrowprops={"arrowstyle": "->", "color": plt.rcParams["axes.edgecolor"]},
    )
    axes.text(
        (end + 2 * width + GAP) / 2, -1.3, "batch", ha="center", va="top", fontsize=10
    )
    axes.set_ylim(-2.9, None)
    axes.set_xlim(-1.8, end + width + channels * DEPTH + 4)


def picture_rows(
    rows: Mapping[str, Sequence[np.ndarray]],
    titles: Sequence[str],
    limits: Mapping[str, tuple[float, float] | None],
) -> Figure:
    """Show rows of pictures, each row with its name and a scale of its own.

    Args:
        rows: under each row's name its pictures, (height, width) each.
        titles: one for each column.
        limits: for each row the numbers shown as black and as white, or None for each
            picture's own smallest and largest.

    Raises:
        ValueError: a row has more or fewer pictures than there are titles.
    """
    for name, images in rows.items():
        check(
            len(images) == len(titles), f"{len(titles)} pictures", f"{len(images)}: {name}"
        )
    side = WIDTH / len(titles)
    figure, grid = plt.subplots(
        len(rows),
        len(titles),
        figsize=(WIDTH, len(rows) * (side + 0.18) + 0.2),
        layout="constrained",
        squeeze=False,
    )
    said = []
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        for axes, image in zip(line, images, strict=True):
            picture(axes, image, limits[name])
        line[0].set_title(" " if name else "", fontsize=10)
        # Longer than its picture is wide, the name must not push the next one away.
        words = line[0].text(0, 1.06, name, transform=line[0].transAxes, fontsize=10)
        words.set_in_layout(False)
        spreads = ", ".join(
            f"{title}: {round(float(np.mean(image)), 2) + 0:.2f} ± {np.std(image):.2f}"
            for title, image in zip(titles, images, strict=True)
        )
        said.append(f"{name} (mean ± standard deviation): {spreads}")
    for axes, title in zip(grid[-1], titles, strict=True):
        axes.text(
            0.5, -0.04, title, transform=axes.transAxes, ha="center", va="top", fontsize=10
        )
    return describe(
        figure,
        f"Rows of {len(titles)} pictures each: {len(rows)}. {'. '.join(said)}.",
    )


def spread_by_layer(spreads: Mapping[str, Sequence[float]]) -> Figure:
    """Draw how widely the values are spread after each layer, on a logarithmic scale.

    Args:
        spreads: under each name a standard deviation for the input and for each layer.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4), layout="constrained")
    said = []
    for (name, values), color, style in zip(
        spreads.items(), PALETTE, ("o-", "s--", "^-.", "D:"), strict=False
    ):
        axes.semilogy(range(len(values)), values, style, color=color, label=name)
        said.append(f"{name}: from {values[0]:.2g} to {values[-1]:.2g}")
    axes.set(xlabel="layer (0: the pictures)", ylabel="standard deviation")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(visible=True)
    figure.legend(loc="outside upper center", ncols=2, fontsize=10)
    layers = len(next(iter(spreads.values()))) - 1
    caption = "Standard deviation of the values after each layer; layer 0: the pictures"
    curves = [(name, axes, values) for name, values in spreads.items()]
    curve_readings(figure, caption, ("layer", range(layers + 1)), curves, ".3g")
    return describe(
        figure,
        f"The standard deviation of the values after each of {layers} layers, on a "
        f"logarithmic scale. {'; '.join(said)}.",
    )


def accuracies_by_epoch(histories: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """Compare trainings by their accuracy, on training and on validation pictures.

    Args:
        histories: for each training "accuracy" and "val_accuracy", a number for each epoch.
    """
    figure, panels = plt.subplots(
        1, 2, figsize=(WIDTH, 2.9), sharey=True, layout="constrained"
    )
    said, curves = [], []
    for axes, measure, where in zip(
        panels, ("accuracy", "val_accuracy"), ("training", "validation"), strict=True
    ):
        for (name, history), color, style in zip(
            histories.items(), PALETTE, ("o-", "s--", "^-.", "D:"), strict=False
        ):
            values = history[measure]
            epochs = range(1, len(values) + 1)
            axes.plot(epochs, values, style, color=color, label=name)
            curves.append((f"{name}, {where}", axes, values))
            said.append(f"{name}, {where}: from {values[0]:.2f} to {values[-1]:.2f}")
        axes.set(title=where, xlabel="epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(visible=True)
    longest = max(len(values) for *_, values in curves)
    over = "epoch", range(1, longest + 1)
    curve_readings(figure, "Accuracy after each epoch", over, curves)
    panels[0].set_ylabel("accuracy")
    panels[1].legend(loc="lower right")
    return describe(figure, f"Accuracy over the epochs. {'; '.join(said)}.")
