"""Scenes of scattered garments, for learning to find things in a larger picture.

A scene is put together from Fashion-MNIST garments on a soft pattern. Everything is drawn
from the seed, so the same seed gives the same scene.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnguide.data import fashion_mnist

if TYPE_CHECKING:
    import numpy as np

SIDE = 28  # of a garment, in pixels
BACKGROUND = len(fashion_mnist.CLASS_NAMES)  # the class of windows without a whole garment
CLASS_NAMES = (*fashion_mnist.CLASS_NAMES, "background")


@dataclass(frozen=True)
class Scene:
    """A large picture with garments, and where they are.

    Args:
        picture: (rows, columns), float32 from 0 to 1.
        boxes: (n, 4), int: top, left, bottom, right of each garment, in pixels; bottom and
            right are the first row and column outside.
        labels: (n,), uint8, from 0 to 9.
    """

    picture: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def scatter(
    seed: int = 0, split: str = "test", count: int = 9, shape: tuple[int, int] = (128, 192)
) -> Scene:
    """Scatter garments over a picture, none on top of another.

    Args:
        seed: which scene.
        split: which garments, "train" or "test".
        count: how many garments.
        shape: rows and columns of the picture.

    Raises:
        ValueError: there is no room for so many garments.

    >>> scene = scatter(count=3)
    >>> scene.picture.shape, scene.boxes.shape
    ((128, 192), (3, 4))
    """
    import numpy as np

    images, labels = fashion_mnist.load(split)
    rng = np.random.default_rng(seed)
    places: list[tuple[int, int]] = []
    for _ in range(1000 * count):
        top, left = (int(rng.integers(0, side - SIDE + 1)) for side in shape)
        if all(max(abs(top - y), abs(left - x)) >= SIDE for y, x in places):
            places.append((top, left))
        if len(places) == count:
            break
    else:
        raise ValueError(
            f"expected room for {count} garments in a picture of {shape}; found it for "
            f"{len(places)}; ask for fewer or for a larger picture"
        )
    chosen = rng.choice(len(images), count, replace=False)
    picture = _pattern(rng, shape)
    for (top, left), garment in zip(places, images[chosen], strict=True):
        _paste(picture, garment, top, left)
    corners = np.array(places).reshape(-1, 2)
    return Scene(picture, np.hstack([corners, corners + SIDE]), labels[chosen])


def windows(
    seed: int = 0, split: str = "train", count: int = 6000
) -> tuple[np.ndarray, np.ndarray]:
    """Cut windows as they come up in scenes: half with a whole garment, half without.

    Args:
        seed: which windows.
        split: which garments, "train" or "test".
        count: how many windows.

    Returns:
        Pictures, float32 of shape (count, 28, 28, 1) from 0 to 1, and labels, uint8 of
        shape (count,) from 0 to 10, where 10 means background.

    >>> pictures, labels = windows(count=10)
    >>> pictures.shape, int((labels == BACKGROUND).sum())
    ((10, 28, 28, 1), 5)
    """
    import numpy as np

    images, classes = fashion_mnist.load(split)
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(images), (count, 2))
    pictures = np.empty((count, SIDE, SIDE, 1), "float32")
    labels = classes[chosen[:, 0]].copy()
    labels[1::2] = BACKGROUND
    for number, (first, second) in enumerate(chosen):
        canvas = _pattern(rng, (3 * SIDE, 3 * SIDE))
        _paste(canvas, images[first], SIDE, SIDE)
        # A neighbour that touches the first garment's window on one side.
        beside = int(rng.integers(0, 2 * SIDE + 1))
        side = [(0, beside), (2 * SIDE, beside), (beside, 0), (beside, 2 * SIDE)]
        _paste(canvas, images[second], *side[rng.integers(4)])
        top, left = SIDE + (_off_centre(rng) if number % 2 else rng.integers(-2, 3, 2))
        pictures[number, ..., 0] = canvas[top : top + SIDE, left : left + SIDE]
    return pictures, labels


def _off_centre(rng: np.random.Generator) -> np.ndarray:
    """A shift after which the window holds no more than a part of the garment."""
    while True:
        shift = rng.integers(-SIDE, SIDE + 1, 2)
        if abs(shift).max() >= 7:
            return shift


def _pattern(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Soft waves, float32 from 0 to 0.4, in few steps so that pictures stay small files."""
    import numpy as np

    rows, columns = np.mgrid[: shape[0], : shape[1]].astype("float32")
    waves = sum(
        np.sin(rng.uniform(-0.3, 0.3) * rows + rng.uniform(-0.3, 0.3) * columns + phase)
        for phase in rng.uniform(0, 6.3, 3)
    )
    return (np.rint((waves + 3) * 5) / 75).astype("float32")


def _paste(picture: np.ndarray, garment: np.ndarray, top: int, left: int) -> None:
    """Put a garment into the picture; its black ground lets the picture through."""
    import numpy as np

    place = picture[top : top + SIDE, left : left + SIDE]
    place[:] = np.where(garment > 0, garment.astype("float32") / 255, place)
