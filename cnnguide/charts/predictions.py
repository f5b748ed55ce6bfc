"""What a network answers, and where it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, RIGHT, WIDTH, WRONG, check, describe, picture
from cnnguide.charts.readings import Mark, readings
from cnnguide.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def prediction_bars(
    images: np.ndarray, probabilities: np.ndarray, labels: np.ndarray, names: Sequence[str]
) -> Figure:
    """Show each picture beside the three most probable classes.

    The bar of the true class is in one colour. The bar of a wrong answer is in another, and
    hatched; a ✓ or ✗ says the same.

    Args:
        images: (n, rows, columns).
        probabilities: (n, classes), from 0 to 1.
        labels: (n,), the true classes.
        names: the classes' names.

    Raises:
        ValueError: the arrays' lengths differ.
    """
    check(
        len(images) == len(probabilities) == len(labels),
        "as many images as probabilities and labels",
        f"{len(images)}, {len(probabilities)} and {len(labels)}",
    )
    size = (WIDTH, 1.15 * len(images))
    figure, rows = plt.subplots(
        len(images),
        2,
        figsize=size,
        layout="constrained",
        width_ratios=(1, 3.2),
        squeeze=False,
    )
    said, bars = [], []
    for number, ((left, right), image, chances, label) in enumerate(
        zip(rows, images, probabilities, labels, strict=True), start=1
    ):
        picture(left, image)
        top = top_three(right, chances, label, names)
        bars += [((number, names[label], *row), mark) for row, mark in top]
        guess = int(np.argmax(chances))
        verdict = "right" if guess == label else f"wrong, it is {names[label]}"
        said.append(f"{names[guess]} at {chances[guess]:.0%}, {verdict}")
    bar_readings(figure, ("picture", "truth"), bars)
    return describe(figure, f"Predictions for {len(images)} pictures: {'; '.join(said)}.")


def bar_readings(
    figure: Figure, heads: tuple[str, ...], bars: Sequence[tuple[tuple, Mark]]
) -> Figure:
    """Let readers step through the bars that `top_three` has drawn.

    Args:
        figure: the bars' figure.
        heads: the names of what stands before a bar's class in its row.
        bars: from top to bottom the row and the mark of each.
    """
    table = Table(
        (*heads, "class", "probability"),
        [row for row, _ in bars],
        "The three most probable classes",
    )
    return readings(figure, table, "y", [[mark] for _, mark in bars])


def confusion_matrix(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """Show how often each class was taken for each.

    Args:
        counts: (classes, classes); row: the true class, column: the predicted class.
        names: the classes' names.

    Raises:
        ValueError: the counts are not square, or there are not as many names.
    """
    check(counts.shape == (len(names), len(names)), (len(names), len(names)), counts.shape)
    figure, axes = plt.subplots(figsize=(WIDTH, WIDTH), layout="constrained")
    strength = np.sqrt(counts / counts.sum(axis=1, keepdims=True).clip(1))
    red, green, blue = (int(PALETTE[0][i : i + 2], 16) / 255 for i in (1, 3, 5))
    shades = np.stack(np.broadcast_arrays(red, green, blue, 0.6 * strength), axis=-1)
    axes.imshow(shades, interpolation="none")
    for row, column in np.argwhere(counts):
        axes.text(
            column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=9
        )
    rows = [(name, *line) for name, line in zip(names, counts.tolist(), strict=True)]
    caption = "Number of pictures of each true class, in a row, by predicted class"
    readings(figure, Table(("true", *names), rows, caption))
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="true")
    axes.spines[:].set_visible(False)
    wrong = np.where(np.eye(len(names), dtype=bool), 0, counts)
    row, column = np.unravel_index(np.argmax(wrong), wrong.shape)
    return describe(
        figure,
        f"A table of {len(names)} true by {len(names)} predicted classes. "
        f"{np.trace(counts):,} of {counts.sum():,} lie on the diagonal, where both agree. "
        f"The most frequent mistake: {names[row]} taken for {names[column]}, "
        f"{wrong.max()} times.",
    )


def top_three(
    axes: Axes,
    probabilities: np.ndarray,
    label: int,
    names: Sequence[str],
    *,
    verdict: bool = True,
) -> list[tuple[tuple[str, str], Mark]]:
    """Draw bars for the three most probable classes, as in `prediction_bars`.

    Args:
        axes: where.
        probabilities: (classes,), from 0 to 1.
        label: the true class.
        names: the classes' names.
        verdict: say ✓ or ✗ at the first bar.

    Returns:
        For each bar its class and probability in words, and where it ends.
    """
    top = np.argsort(probabilities)[::-1][:3]
    bars = axes.barh(
        [names[i] for i in top],
        probabilities[top],
        color=[RIGHT if i == label else WRONG for i in top],
    )
    for bar, i in zip(bars, top, strict=True):
        bar.set_hatch("" if i == label else "////")
        sign = f" {'✓' if i == label else '✗'}" if verdict and i == top[0] else ""
        axes.text(
            bar.get_width() + 0.02,
            bar.get_y() + 0.4,
            f"{probabilities[i]:.0%}{sign}",
            va="center",
        )
    axes.set_xlim(0, 1.25)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.tick_params(left=False)
    return [
        ((names[i], f"{probabilities[i]:.2%}"), (axes, probabilities[i], place))
        for place, i in enumerate(top)
    ]
