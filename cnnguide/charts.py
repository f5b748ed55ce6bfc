"""Figures that lessons share. Each carries a description made from its data.

Axes and words are left in the colour of the style in use, so that on a page they follow its
palette. What a colour tells, a marker, a hatch or a word tells too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Contrast of at least 3:1 on white and on the dark page's ground.
PALETTE = ("#3d7fd0", "#c96a10", "#2e9150", "#c2508f")
RIGHT, WRONG = PALETTE[0], PALETTE[1]
WIDTH = 5.2  # inches; a phone shows it at two thirds of its size


def describe(figure: Figure, description: str) -> Figure:
    """Give a figure the words that stand for it where it cannot be seen.

    Args:
        figure: a Matplotlib figure.
        description: what it shows, with its most telling numbers.

    Returns:
        The same figure.

    Raises:
        ValueError: the description is empty.

    >>> describe(plt.figure(), "Nothing yet.").description
    'Nothing yet.'
    """
    if not description.strip():
        raise ValueError(
            "a figure's description must say what the figure shows; it is empty"
        )
    figure.description = description
    return figure


def picture_grid(images: np.ndarray, titles: Sequence[str], columns: int = 4) -> Figure:
    """Show pictures in a grid, each under its title.

    Args:
        images: (n, rows, columns), of any numbers from 0 (black) to the largest (white).
        titles: n titles.
        columns: how many stand side by side.

    Raises:
        ValueError: there are not as many titles as images.
    """
    _check(len(titles) == len(images), f"{len(images)} titles", f"{len(titles)}")
    rows = math.ceil(len(images) / columns)
    size = (WIDTH, rows * (WIDTH / columns + 0.25))
    figure, grid = plt.subplots(
        rows, columns, figsize=size, layout="constrained", squeeze=False
    )
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, title in zip(grid.flat, images, titles, strict=False):
        _picture(axes, image)
        axes.set_title(title, fontsize=10)
    names = ", ".join(titles)
    return describe(figure, f"{len(images)} pictures in {rows} rows: {names}.")


def class_balance(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """Show how many examples each class has.

    Args:
        counts: (classes,) of whole numbers.
        names: the classes' names.

    Raises:
        ValueError: there are not as many names as counts.
    """
    _check(len(names) == len(counts), f"{len(counts)} names", f"{len(names)}")
    figure, axes = plt.subplots(
        figsize=(WIDTH, 0.28 * len(names) + 0.8), layout="constrained"
    )
    bars = axes.barh(names, counts, color=PALETTE[0])
    axes.bar_label(bars, [f"{count:,}" for count in counts], padding=3)
    axes.invert_yaxis()
    axes.set_xlabel("number of pictures")
    axes.margins(x=0.15)
    least, most = int(np.min(counts)), int(np.max(counts))
    spread = f"each has {least:,}" if least == most else f"from {least:,} to {most:,}"
    return describe(
        figure, f"Bars for the number of pictures of {len(names)} classes: {spread}."
    )


def training_curves(history: dict[str, list[float]]) -> Figure:
    """Show loss and accuracy of each epoch, on training and on validation pictures.

    Args:
        history: "loss", "val_loss", "accuracy" and "val_accuracy", a number for each epoch,
            as in the `history` of what Keras's `fit` returns.

    Raises:
        ValueError: one of the four is missing.
    """
    wanted = {"loss", "val_loss", "accuracy", "val_accuracy"}
    _check(wanted <= history.keys(), sorted(wanted), sorted(history))
    figure, panels = plt.subplots(
        2, 1, figsize=(WIDTH, 5.4), sharex=True, layout="constrained"
    )
    epochs = range(1, len(history["loss"]) + 1)
    for axes, what in zip(panels, ("loss", "accuracy"), strict=True):
        axes.plot(epochs, history[what], "o-", color=PALETTE[0], label="training")
        axes.plot(
            epochs, history[f"val_{what}"], "s--", color=PALETTE[1], label="validation"
        )
        axes.set_ylabel(what)
        axes.grid(visible=True)
    panels[0].legend()
    panels[1].set_xlabel("epoch")
    panels[1].xaxis.get_major_locator().set_params(integer=True)
    best = int(np.argmin(history["val_loss"]))
    after = "." if best + 1 == len(epochs) else ", and higher after."
    final = {what: history[what][-1] for what in wanted}
    return describe(
        figure,
        f"Two panels over {len(epochs)} epochs. Training loss goes from "
        f"{history['loss'][0]:.2f} to {final['loss']:.2f}. Validation loss is lowest at "
        f"epoch {best + 1}, {history['val_loss'][best]:.2f}{after} At the end accuracy is "
        f"{final['accuracy']:.3f} in training, {final['val_accuracy']:.3f} in validation.",
    )


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
    _check(
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
    said = []
    for (left, right), image, chances, label in zip(
        rows, images, probabilities, labels, strict=True
    ):
        _picture(left, image)
        _top_three(right, chances, label, names)
        guess = int(np.argmax(chances))
        verdict = "right" if guess == label else f"wrong, it is {names[label]}"
        said.append(f"{names[guess]} at {chances[guess]:.0%}, {verdict}")
    return describe(figure, f"Predictions for {len(images)} pictures: {'; '.join(said)}.")


def confusion_matrix(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """Show how often each class was taken for each.

    Args:
        counts: (classes, classes); row: the true class, column: the predicted class.
        names: the classes' names.

    Raises:
        ValueError: the counts are not square, or there are not as many names.
    """
    _check(counts.shape == (len(names), len(names)), (len(names), len(names)), counts.shape)
    figure, axes = plt.subplots(figsize=(WIDTH, WIDTH), layout="constrained")
    strength = np.sqrt(counts / counts.sum(axis=1, keepdims=True).clip(1))
    red, green, blue = (int(PALETTE[0][i : i + 2], 16) / 255 for i in (1, 3, 5))
    shades = np.stack(np.broadcast_arrays(red, green, blue, 0.6 * strength), axis=-1)
    axes.imshow(shades, interpolation="none")
    for row, column in np.argwhere(counts):
        axes.text(
            column, row, f"{counts[row, column]}", ha="center", va="center", fontsize=9
        )
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
    picture, maps_beside = above.subfigures(1, 2, width_ratios=(3, 4))
    _picture(picture.subplots(), image)
    chosen = np.sort(np.argsort(maps.std(axis=(0, 1)))[::-1][:12])
    for axes, channel in zip(maps_beside.subplots(3, 4).flat, chosen, strict=False):
        axes.axis("off")
        _picture(axes, maps[..., channel])
    guess = int(np.argmax(probabilities))
    _top_three(below.subplots(), probabilities, guess, names, verdict=False)
    return describe(
        figure,
        f"A small grey picture; beside it {len(chosen)} of the {maps.shape[-1]} maps that "
        "the first convolution makes of it, each lit where its kernel finds what it looks "
        f"for; below, the answer: {names[guess]}, {probabilities[guess]:.0%}.",
    )


def _top_three(
    axes: Axes,
    probabilities: np.ndarray,
    label: int,
    names: Sequence[str],
    *,
    verdict: bool = True,
) -> None:
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


def _picture(axes: Axes, image: np.ndarray) -> None:
    # "none" puts the picture's own pixels into the SVG; the browser enlarges them.
    axes.imshow(image, cmap="gray", interpolation="none")
    axes.axis("off")


def _check(holds: bool, expected: object, got: object) -> None:
    if not holds:
        raise ValueError(f"expected {expected}; got {got}")
