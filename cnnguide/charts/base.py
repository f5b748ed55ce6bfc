"""What every figure of ours is made with: colours, width, description, pictures.

Axes and words are left in the colour of the style in use, so that on a page they follow its
palette. What a colour tells, a marker, a hatch or a word tells too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Contrast of at least 3:1 on white and on the dark page's ground.
PALETTE = ("#3d7fd0", "#c96a10", "#2e9150", "#c2508f")
RIGHT, WRONG = PALETTE[0], PALETTE[1]
MARK = PALETTE[1]  # the frame of the window that a figure is about
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

    >>> from matplotlib import pyplot as plt
    >>> describe(plt.figure(), "Nothing yet.").description
    'Nothing yet.'
    """
    if not description.strip():
        raise ValueError(
            "a figure's description must say what the figure shows; it is empty"
        )
    figure.description = description
    return figure


def picture(
    axes: Axes, image: np.ndarray, limits: tuple[float, float] | None = None
) -> None:
    """Show a picture without a frame, its own pixels and no others.

    Args:
        axes: where.
        image: (rows, columns) of any numbers, or (rows, columns, 3) of colours, uint8, or
            floats from 0 to 1.
        limits: the numbers shown as black and as white; without them, the picture's own
            smallest and largest. Pictures to be compared need the same.
    """
    low, high = limits or (None, None)
    # "none" puts the picture's own pixels into the SVG; the browser enlarges them.
    axes.imshow(image, cmap="gray", interpolation="none", vmin=low, vmax=high)
    axes.axis("off")


def few_greys(image: np.ndarray) -> np.ndarray:
    """A picture in 33 shades of grey: the eye hardly sees it, and the page is far smaller.

    >>> few_greys(np.array([-1, 0, 0.1, 0.5, 1]))
    array([0.   , 0.   , 0.09375, 0.5  , 1.   ])
    """
    return np.round(np.clip(image, 0, 1) * 32) / 32


def frame_window(axes: Axes, row: int, column: int, side: int) -> None:
    """Mark the square of pixels that begins in this row and column."""
    corner = (column - 0.5, row - 0.5)
    style = {"facecolor": "none", "edgecolor": MARK, "linewidth": 2.2}
    axes.add_patch(plt.Rectangle(corner, side, side, **style))


def sides(image: np.ndarray) -> str:
    """Rows and columns, in words.

    >>> sides(np.zeros((3, 4, 5)))
    '3×4'
    """
    return f"{image.shape[0]}×{image.shape[1]}"


def check(holds: bool, expected: object, got: object) -> None:
    """Refuse an argument that makes no sense.

    Raises:
        ValueError: it does not hold.
    """
    if not holds:
        raise ValueError(f"expected {expected}; got {got}")
