"""What the model looked at: cover a part of the picture, and see how its answer changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PLACES = 14  # along each axis, at most
PIXELS = 200_000  # of a batch: a deep network keeps hundreds of maps of each picture


@dataclass(frozen=True)
class Occlusion:
    """How an answer changes when parts of the picture are covered.

    Args:
        drops: (rows, columns): how far it falls when the patch lies over this pixel, as the
            mean over all patches that do. Negative where it rises.
        patch: rows and columns of the patch.
        before: the answer to the whole picture.
        lowest: the lowest answer to a covered one.
        place: the first row and column of the patch that led to it.
    """

    drops: np.ndarray
    patch: tuple[int, int]
    before: float
    lowest: float
    place: tuple[int, int]

    @property
    def text(self) -> str:
        """What was found, in words."""
        if self.lowest >= self.before:
            return f"No patch lowers it from {self.before:.3g}"
        top, left = self.place
        bottom, right = top + self.patch[0] - 1, left + self.patch[1] - 1
        return (
            f"Covering rows {top} to {bottom} and columns {left} to {right} lowers it "
            f"most, from {self.before:.3g} to {self.lowest:.3g}"
        )


def look(
    answer: Callable[[np.ndarray], np.ndarray], picture: np.ndarray, fill: float
) -> Occlusion:
    """Cover a picture patch by patch, and ask for the answer each time.

    A patch has a fifth of the picture's sides. It lies at 14×14 places at most.

    Args:
        answer: gives a number for each picture of a batch, (n, rows, columns, channels).
        picture: (rows, columns, channels).
        fill: what the patch is filled with.

    >>> picture = np.zeros((10, 10, 1)); picture[4, 6] = 1
    >>> found = look(lambda batch: batch.max(axis=(1, 2, 3)), picture, 0)
    >>> found.patch, found.before, found.lowest, found.place
    ((2, 2), 1.0, 0.0, (3, 5))
    """
    rows, columns = picture.shape[:2]
    patch = max(1, rows // 5), max(1, columns // 5)
    places = [(r, c) for r in _starts(rows, patch[0]) for c in _starts(columns, patch[1])]
    answers = []
    size = max(1, PIXELS // (rows * columns))
    for first in range(0, len(places), size):
        some = places[first : first + size]
        batch = np.stack([_covered(picture, place, patch, fill) for place in some])
        answers.extend(map(float, answer(batch)))
    before = float(answer(picture[np.newaxis])[0])
    lowest = int(np.argmin(answers))
    drops = _spread(before - np.array(answers), places, patch, (rows, columns))
    return Occlusion(drops, patch, before, answers[lowest], places[lowest])


def _starts(side: int, patch: int) -> list[int]:
    """Where patches begin along an axis: evenly, from one end to the other.

    >>> _starts(10, 2)
    [0, 1, 2, 3, 4, 5, 6, 7, 8]
    >>> _starts(28, 5)[:3], _starts(28, 5)[-1]
    ([0, 2, 4], 23)
    """
    last = side - patch
    spots = np.linspace(0, last, min(last + 1, PLACES))
    return [int(spot) for spot in np.round(spots)]


def _covered(
    picture: np.ndarray, place: tuple[int, int], patch: tuple[int, int], fill: float
) -> np.ndarray:
    covered = picture.copy()
    covered[place[0] : place[0] + patch[0], place[1] : place[1] + patch[1]] = fill
    return covered


def _spread(
    drops: np.ndarray,
    places: list[tuple[int, int]],
    patch: tuple[int, int],
    size: tuple[int, int],
) -> np.ndarray:
    """The mean drop over all patches that cover a pixel."""
    total, times = np.zeros(size), np.zeros(size)
    for drop, (row, column) in zip(drops, places, strict=True):
        window = np.s_[row : row + patch[0], column : column + patch[1]]
        total[window] += drop
        times[window] += 1
    return total / times
