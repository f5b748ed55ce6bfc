"""Coloured pictures: what a folder holds, and what a network says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture
from cnnguide.charts.pictures import picture_grid
from cnnguide.charts.predictions import bar_readings, prediction_bars, top_three
from cnnguide.charts.readings import curve_readings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def colour_grid(images: np.ndarray, titles: Sequence[str], columns: int = 5) -> Figure:
    """Show coloured pictures as `picture_grid` shows grey ones.

    Args:
        images: (n, rows, columns, 3) of any numbers from 0 to 255.
        titles: n titles.
        columns: how many stand side by side.

    Raises:
        ValueError: there are not as many titles as images.
    """
    return picture_grid(_coarse(images), titles, columns)


def colour_bars(
    images: np.ndarray, probabilities: np.ndarray, labels: np.ndarray, names: Sequence[str]
) -> Figure:
    """Show coloured pictures as `prediction_bars` shows grey ones.

    Args:
        images: (n, rows, columns, 3) of any numbers from 0 to 255.
        probabilities: (n, classes), from 0 to 1.
        labels: (n,), the true classes.
        names: the classes' names.
    """
    return prediction_bars(_coarse(images), probabilities, labels, names)


def answers_without_truth(
    images: np.ndarray,
    titles: Sequence[str],
    probabilities: np.ndarray,
    names: Sequence[str],
) -> Figure:
    """Show pictures beside the three most probable classes, none of which is true.

    Args:
        images: (n, rows, columns, 3) of any numbers from 0 to 255.
        titles: what each picture is.
        probabilities: (n, classes), from 0 to 1.
        names: the classes' names.

    Raises:
        ValueError: the arrays' lengths differ.
    """
    check(
        len(images) == len(titles) == len(probabilities),
        "as many images as titles and probabilities",
        f"{len(images)}, {len(titles)} and {len(probabilities)}",
    )
    figure, rows = plt.subplots(
        len(images),
        2,
        figsize=(WIDTH, 1.35 * len(images)),
        layout="constrained",
        width_ratios=(1, 3.2),
        squeeze=False,
    )
    said, bars = [], []
    for (left, right), image, title, chances in zip(
        rows, _coarse(images), titles, probabilities, strict=True
    ):
        picture(left, image)
        left.set_title(title, fontsize=9)
        top = top_three(right, chances, -1, names, verdict=False)
        bars += [((title, *row), mark) for row, mark in top]
        guess = int(np.argmax(chances))
        said.append(f"{title} is called {names[guess]} at {chances[guess]:.0%}")
    bar_readings(figure, ("picture",), bars)
    return describe(figure, f"Pictures of no flower, and the answers: {'; '.join(said)}.")


def accuracy_gaps(histories: dict[str, dict[str, list[float]]]) -> Figure:
    """Show training and validation accuracy of several models, a panel for each.

    Args:
        histories: a model's name → what `fit` returned of it: "accuracy" and
            "val_accuracy", a number for each epoch.
    """
    figure, panels = plt.subplots(
        len(histories),
        1,
        figsize=(WIDTH, 2.5 * len(histories)),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    said, curves = [], []
    for axes, (name, history) in zip(panels[:, 0], histories.items(), strict=True):
        epochs = np.arange(1, len(history["accuracy"]) + 1)
        lines = ("accuracy", "training", "o-"), ("val_accuracy", "validation", "s--")
        for colour, (what, label, style) in zip(PALETTE, lines, strict=False):
            axes.plot(epochs, history[what], style, color=colour, label=label, markersize=4)
            curves.append((f"{name}, {label}", axes, history[what]))
        axes.fill_between(
            epochs, history["accuracy"], history["val_accuracy"], color="gray", alpha=0.2
        )
        axes.set_title(name, fontsize=11)
        axes.set_ylabel("accuracy")
        axes.grid(visible=True)
        axes.xaxis.get_major_locator().set_params(integer=True)
        final = [history[what][-1] for what, _, _ in lines]
        said.append(
            f"{name}: after {len(epochs)} epochs {final[0]:.2f} in training and "
            f"{final[1]:.2f} in validation"
        )
    longest = max(len(values) for *_, values in curves)
    over = "epoch", range(1, longest + 1)
    curve_readings(figure, "Accuracy after each epoch", over, curves)
    panels[0, 0].legend()
    panels[-1, 0].set_xlabel("epoch")
    return describe(figure, f"Accuracy after each epoch. {'; '.join(said)}.")


def _coarse(images: np.ndarray) -> np.ndarray:
    # 22 shades of each colour in place of 256: half the bytes, and one hardly sees it.
    # In int, as bytes would begin again after 255.
    levels = np.clip(images, 0, 255).astype(int) // 12 * 12 + 6
    return np.minimum(levels, 255).astype("uint8")
