"""Flips, rotations, zooms and shifts, with each way to fill what lies outside."""

from collections.abc import Iterator

import keras
import numpy as np
from keras import layers

from cnnguide.golden.case import Call, Case

SIZES = ((28, 28, 1), (9, 14, 3), (6, 5, 2))
FILLS = ("constant", "nearest", "reflect", "wrap")
ANGLES = (0, 10, -37, 45, 100, 200.5, 359)
# With "wrap", the pixel just outside is far from the one just inside. Turned by these, the
# picture's edge falls upon itself, and the last digit of a cosine would decide.
ON_THE_EDGE = (90, 180, -90)
ZOOMS = ((0.3, 0.3), (-0.4, 0.2), (0.9, -0.8), (0, 0))
SHIFTS = ((0.25, -0.1), (-0.5, 0.5), (0.37, 0.9), (0, 0))
# Whole numbers fall on the edge exactly, on every machine.
MATRICES = (
    (-1, 0, 4, 0, 1, 0),
    (0, 1, 2, 1, 0, -3),
    (1, 0, 100, 0, 1, -77),
    (0.31, 1.73, -40.257, -2.23, 0.64, 33.307),
)


def cases() -> Iterator[Case]:
    """All cases of this module, the same whenever it is called."""
    random = np.random.default_rng(8)
    for size in SIZES:
        x = random.random(size, dtype="float32")
        yield from _flips(x)
        for fill in FILLS:
            options = {"fill": fill, "value": 0.5}
            for matrix in MATRICES:
                yield _given(x, matrix, options)
            for layer, call in _layers(size, fill):
                expected = layer(x[np.newaxis], training=True)[0].numpy()
                yield Case(
                    "augmentation", Call("affine.affine", (x, call, options)), expected
                )


def _layers(size: tuple[int, ...], fill: str) -> Iterator[tuple[layers.Layer, Call]]:
    """Layers that leave nothing to chance, and what gives the same matrix."""
    filled = {"fill_mode": fill, "fill_value": 0.5}
    sides = size[:2]
    for angle in ANGLES if fill == "wrap" else ANGLES + ON_THE_EDGE:
        turn = angle / 360
        layer = layers.RandomRotation((turn, turn), **filled)
        yield layer, Call("affine.rotation", (angle, sides))
    for high, wide in ZOOMS:
        layer = layers.RandomZoom((high, high), (wide, wide), **filled)
        yield layer, Call("affine.zoom", ([high, wide], sides))
    for down, right in SHIFTS:
        layer = layers.RandomTranslation((down, down), (right, right), **filled)
        yield layer, Call("affine.shift", ([down, right], sides))


def _given(x: np.ndarray, matrix: tuple[float, ...], options: dict) -> Case:
    expected = keras.ops.image.affine_transform(
        x,
        np.array([*matrix, 0, 0], "float32"),
        fill_mode=options["fill"],
        fill_value=options["value"],
    )
    return Case(
        "augmentation", Call("affine.affine", (x, matrix, options)), expected.numpy()
    )


def _flips(x: np.ndarray) -> Iterator[Case]:
    # A flip is chosen by chance: the batch holds a picture often enough to meet one.
    batch = np.stack([x] * 16)
    for direction in ("horizontal", "vertical"):
        flipped = layers.RandomFlip(direction, seed=1)(batch, training=True).numpy()
        changed = next(y for y in flipped if not np.array_equal(x, y))
        yield Case("augmentation", Call("affine.flip", (x, direction)), changed)
