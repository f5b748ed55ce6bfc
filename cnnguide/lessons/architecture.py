"""The engine on one page: the way from a page to its outputs, and the package's tree."""

import inspect
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.data import house

STEPS = (
    ("page", "a fence names a snippet: garments.train"),
    ("find", "the function, read as text; nothing is imported"),
    ("script", "the function as the script that you see and copy"),
    ("key", "all that its result depends on, as one hash"),
    ("store", "is there a result under that key?"),
    ("run", "if not: a fresh process executes the script"),
    ("render", "code and output, as part of the page"),
)


def road() -> Figure:
    """Draw the way from a page to its outputs."""
    figure, axes = plt.subplots(figsize=(4.4, 5.4), layout="constrained")
    axes.set(xlim=(0, 8.6), ylim=(-len(STEPS) + 0.5, 0.5))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "none", "edgecolor": charts.PALETTE[0]}
    for row, (name, what) in enumerate(STEPS):
        axes.text(1, -row, name, ha="center", va="center", weight="bold", bbox=box)
        axes.text(2.3, -row, "\n".join(textwrap.wrap(what, 34)), va="center")
        if row:
            arrow = {"arrowstyle": "->", "color": charts.PALETTE[0]}
            axes.annotate("", (1, -row + 0.28), (1, -row + 0.72), arrowprops=arrow)
    steps = "; ".join(f"{name}: {what}" for name, what in STEPS)
    return charts.describe(figure, f"Seven steps, each leading to the next. {steps}.")


def tree() -> None:
    """Print the package's modules, each with what it is for."""
    folder = None
    for path, summary in house.load():
        place = Path(path)
        if place.parent != folder:
            folder = place.parent
            print(f"{folder}/")
        print(f"    {place.name:<18} {summary}")


def source() -> None:
    """Print the source of the function that the page explains."""
    print(inspect.getsource(hello))


def hello(name: str = "reader") -> str:
    """Show what becomes of a function.

    >>> hello("you")
    Printed lines come first.
    'Hello, you!'
    """
    # This comment stands in the function, and so it stands in the script.
    greeting = f"Hello, {name}!"
    print("Printed lines come first.")
    return greeting
