"""What a model consists of, and which way of saving keeps what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from matplotlib import pyplot as plt
from matplotlib.patches import FancyBboxPatch

from cnnguide.charts.base import RIGHT, WIDTH, WRONG, check, describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# How a verdict looks: face, edge (nothing: the colour of words), hatch, mark.
LOOKS = {
    "yes": (RIGHT, RIGHT, "", "✓"),
    "partly": ("none", WRONG, "////", ""),
    "no": ("none", "", "", "–"),
}


def kept_parts(parts: Mapping[str, str], kept: Mapping[str, Mapping[str, str]]) -> Figure:
    """Show which way of saving keeps which part of a model.

    Args:
        parts: the parts' names, each with a few words on what it is.
        kept: for each way of saving and each part a verdict, which begins with "yes",
            "partly" or "no".

    Raises:
        ValueError: a way has other parts, or a verdict begins otherwise.
    """
    for way, found in kept.items():
        check(list(found) == list(parts), f"the parts {list(parts)}", f"{found} for {way}")
    figure, axes = plt.subplots(
        figsize=(WIDTH, 0.7 * len(parts) + 1.2), layout="constrained"
    )
    axes.set(xlim=(-3.75, len(kept) - 0.45), ylim=(len(parts) - 0.4, -1.35))
    axes.axis("off")
    for row, (part, what) in enumerate(parts.items()):
        axes.text(-3.75, row - 0.14, part, va="center", weight="bold", fontsize=12)
        axes.text(-3.75, row + 0.21, what, va="center", fontsize=10)
    for column, (way, found) in enumerate(kept.items()):
        axes.text(column - 0.1, -0.55, way, rotation=40, ha="left", fontsize=12)
        for row, verdict in enumerate(found.values()):
            _cell(axes, column, row, verdict.partition(":")[0])
    said = "; ".join(
        f"{way}: " + ", ".join(f"{part} {verdict}" for part, verdict in found.items())
        for way, found in kept.items()
    )
    return describe(
        figure,
        f"A grid of {len(parts)} parts of a model by {len(kept)} ways of saving; a filled "
        f"box is kept, a hatched one partly, an empty one not. {said}.",
    )


def _cell(axes: plt.Axes, column: int, row: int, verdict: str) -> None:
    check(verdict in LOOKS, f"one of {list(LOOKS)}", verdict)
    face, edge, hatch, mark = LOOKS[verdict]
    axes.add_patch(
        FancyBboxPatch(
            (column - 0.3, row - 0.22),
            0.6,
            0.44,
            boxstyle="round,pad=0.06",
            facecolor=face,
            edgecolor=edge or plt.rcParams["text.color"],
            hatch=hatch,
        )
    )
    colour = "white" if verdict == "yes" else None
    axes.text(column, row, mark, ha="center", va="center", color=colour, fontsize=12)
