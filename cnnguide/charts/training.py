"""How training went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, WIDTH, check, describe
from cnnguide.charts.readings import curve_readings, readings
from cnnguide.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def class_balance(counts: np.ndarray, names: Sequence[str]) -> Figure:
    """Show how many examples each class has.

    Args:
        counts: (classes,) of whole numbers.
        names: the classes' names.

    Raises:
        ValueError: there are not as many names as counts.
    """
    check(len(names) == len(counts), f"{len(counts)} names", f"{len(names)}")
    figure, axes = plt.subplots(
        figsize=(WIDTH, 0.28 * len(names) + 0.8), layout="constrained"
    )
    bars = axes.barh(names, counts, color=PALETTE[0])
    axes.bar_label(bars, [f"{count:,}" for count in counts], padding=3)
    axes.invert_yaxis()
    axes.set_xlabel("number of pictures")
    axes.margins(x=0.15)
    rows = [(name, f"{count:,}") for name, count in zip(names, counts, strict=True)]
    table = Table(("class", "pictures"), rows, "Number of pictures of each class")
    readings(figure, table, "y", [[(axes, n, row)] for row, n in enumerate(counts)])
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
    check(wanted <= history.keys(), sorted(wanted), sorted(history))
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
    curves = [
        (f"{where} {what}", axes, history[f"{key}{what}"])
        for axes, what in zip(panels, ("loss", "accuracy"), strict=True)
        for where, key in (("training", ""), ("validation", "val_"))
    ]
    caption = "Loss and accuracy after each epoch"
    curve_readings(figure, caption, ("epoch", epochs), curves)
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
