"""The engine on one page: the way from a page to its outputs, and the package's tree."""

import inspect
from pathlib import Path

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
    return charts.road(STEPS)


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


def modules() -> int:
    """Count the package's modules."""
    return len(house.load())
