"""Training against unseen pictures, and what narrows the gap between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import MaxNLocator

from cnnguide.charts.base import PALETTE, WIDTH, check, describe, picture
from cnnguide.charts.readings import readings
from cnnguide.charts.training import training_curves
from cnnguide.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRAINING, UNSEEN = PALETTE[0], PALETTE[1]


def turning_point(history: dict[str, list[float]]) -> Figure:
    """Show training curves, with the epoch marked at which validation loss turns upwards.

    Args:
        history: as for `training_curves`.

    Raises:
        ValueError: one of the four measures is missing.
    """
    figure = training_curves(history)
    best = int(np.argmin(history["val_loss"])) + 1
    for axes in figure.axes:
        axes.axvline(best, linestyle=":", color=PALETTE[2])
    upper, lower = figure.axes
    upper.get_legend().remove()
    lower.legend(loc="lower right")
    # Above both curves, which have come down by then.
    place = upper.get_xaxis_transform()
    upper.text(best + 0.3, 0.9, f"lowest at epoch {best}", transform=place)
    final = {what: history[what][-1] for what in ("loss", "val_loss")}
    return describe(
        figure,
        f"{figure.description} A dotted line marks that epoch. From there to the last, "
        f"validation loss climbs to {final['val_loss']:.2f} while training loss sinks to "
        f"{final['loss']:.2f}.",
    )


def picture_variants(
    rows: Mapping[str, Sequence[np.ndarray]], limits: tuple[float, float]
) -> Figure:
    """Show rows of pictures, each row under its name, the original in front.

    Args:
        rows: under each row's name the original and then its variants, each of
            (height, width).
        limits: the numbers shown as black and as white, the same for all.

    Raises:
        ValueError: a row is longer or shorter than another.
    """
    lengths = {len(pictures) for pictures in rows.values()}
    check(len(lengths) == 1, "rows of one length", sorted(lengths))
    columns = lengths.pop()
    figure, grid = plt.subplots(
        len(rows),
        columns,
        figsize=(WIDTH, len(rows) * (WIDTH / columns + 0.3)),
        layout="constrained",
        squeeze=False,
    )
    said = []
    for line, (name, pictures) in zip(grid, rows.items(), strict=True):
        for axes, image in zip(line, pictures, strict=True):
            picture(axes, image, limits)
        line[0].set_title(" ", fontsize=10)
        # Longer than its picture is wide, the name must not push the next one away.
        words = line[0].text(0, 1.06, name, transform=line[0].transAxes, fontsize=10)
        words.set_in_layout(False)
        changed = sum(not np.allclose(image, pictures[0]) for image in pictures[1:])
        said.append(f"{name}: {changed} of {columns - 1} differ from the original")
    return describe(
        figure,
        f"{len(rows)} rows of {columns} pictures, the original first. {'; '.join(said)}.",
    )


def remedies(results: Mapping[str, Sequence[Sequence[float]]]) -> Figure:
    """Show training and unseen pictures side by side for each remedy, every seed a mark.

    Args:
        results: under each remedy's name for each seed the loss and accuracy on training
            pictures, then the loss and accuracy on unseen ones.
    """
    figure, panels = plt.subplots(
        1, 2, figsize=(WIDTH, 0.5 * len(results) + 1.2), sharey=True, layout="constrained"
    )
    said = []
    for row, (name, scores) in enumerate(results.items()):
        numbers = np.asarray(scores)
        for axes, column in zip(panels, (1, 0), strict=True):
            seen, unseen = numbers[:, column], numbers[:, column + 2]
            axes.plot([seen.mean(), unseen.mean()], [row, row], color="gray", linewidth=1)
            for values, sign, colour, label in (
                (seen, "o", TRAINING, "training"),
                (unseen, "s", UNSEEN, "unseen"),
            ):
                axes.plot(
                    values,
                    _heights(row, len(values)),
                    sign,
                    markersize=4.5,
                    color=colour,
                    label=label if row == 0 else None,
                )
        _, known, loss, accuracy = numbers.mean(axis=0)
        said.append(
            f"{name}: {known:.0%} of the training and {accuracy:.0%} of the unseen "
            f"pictures right, loss on the unseen {loss:.2f}"
        )
    for axes, what in zip(panels, ("accuracy", "loss"), strict=True):
        axes.set_xlabel(what)
        axes.grid(visible=True, axis="x")
        axes.xaxis.set_major_locator(MaxNLocator(4))
    panels[0].set_yticks(range(len(results)), list(results))
    panels[0].invert_yaxis()
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside upper right", ncols=2
    )
    _read_remedies(figure, results)
    seeds = len(next(iter(results.values())))
    return describe(
        figure,
        f"Two panels, accuracy and loss, with {seeds} marks for {seeds} seeds in each row, "
        f"for training and for unseen pictures. Means: {'; '.join(said)}.",
    )


def _heights(row: int, seeds: int) -> np.ndarray:
    """Side by side, seeds with the same result stay visible."""
    return row + np.linspace(-0.2, 0.2, seeds)


def _read_remedies(
    figure: Figure, results: Mapping[str, Sequence[Sequence[float]]]
) -> None:
    """Let readers step through the seeds of all remedies."""
    left, right = figure.axes
    panels = left, left, right, right
    rows, marks = [], []
    for row, (name, scores) in enumerate(results.items()):
        for seed, height in enumerate(_heights(row, len(scores))):
            loss, known, unseen_loss, unseen = scores[seed]
            values = known, unseen, loss, unseen_loss
            rows.append((name, seed + 1, *(f"{value:.4f}" for value in values)))
            marks.append([(a, v, height) for a, v in zip(panels, values, strict=True)])
    columns = (
        *("remedy", "run", "training accuracy", "unseen accuracy"),
        *("training loss", "unseen loss"),
    )
    caption = "Accuracy and loss with each remedy, a row for each seed"
    readings(figure, Table(columns, rows, caption), "y", marks)
