"""Drawings of words: what leads to what."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib import pyplot as plt

from cnnguide.charts.base import PALETTE, check, describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def road(steps: Sequence[tuple[str, str]]) -> Figure:
    """Draw steps below each other, each leading to the next.

    Args:
        steps: a short name and a sentence for each step.

    Raises:
        ValueError: there is no step.

    >>> road([("read", "from a file"), ("show", "on a page")]).description
    '2 steps, each leading to the next. read: from a file; show: on a page.'
    """
    check(len(steps) > 0, "at least one step", "none")
    height = 0.77 * len(steps)
    figure, axes = plt.subplots(figsize=(4.4, height), layout="constrained")
    axes.set(xlim=(0, 8.6), ylim=(-len(steps) + 0.5, 0.5))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "none", "edgecolor": PALETTE[0]}
    for row, (name, what) in enumerate(steps):
        axes.text(1, -row, name, ha="center", va="center", weight="bold", bbox=box)
        axes.text(2.3, -row, "\n".join(textwrap.wrap(what, 34)), va="center")
        if row:
            arrow = {"arrowstyle": "->", "color": PALETTE[0]}
            axes.annotate("", (1, -row + 0.28), (1, -row + 0.72), arrowprops=arrow)
    said = "; ".join(f"{name}: {what}" for name, what in steps)
    return describe(figure, f"{len(steps)} steps, each leading to the next. {said}.")
