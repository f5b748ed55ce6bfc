"""The answers to the questions of Downsampling, computed."""

import numpy as np
from keras import layers


def odd_rows() -> tuple[int, ...]:
    """Pool maps whose rows do not come out even.

    >>> odd_rows()
    (32, 13, 13, 16)
    """
    return layers.MaxPooling2D(2).compute_output_shape((32, 27, 27, 16))


def overlapping() -> tuple[int, ...]:
    """Pool with windows that overlap and may hang over the border.

    >>> overlapping()
    (1, 14, 14, 8)
    """
    layer = layers.MaxPooling2D(3, strides=2, padding="same")
    return layer.compute_output_shape((1, 28, 28, 8))


def kept_of_a_corner() -> tuple[int, ...]:
    """Pool one window in both ways.

    >>> kept_of_a_corner()
    (8, 2)
    """
    window = np.array([[0, 0], [0, 8]], "float32").reshape(1, 2, 2, 1)
    poolings = [layers.MaxPooling2D(2), layers.AveragePooling2D(2)]
    return tuple(int(pool(window)[0, 0, 0, 0]) for pool in poolings)


def shifted_by_two() -> int:
    """Find by how much pooled maps move when the picture moves by two pixels.

    >>> shifted_by_two()
    1
    """
    picture = np.random.default_rng(0).random((1, 28, 28, 1))
    pool = layers.MaxPooling2D(2)
    before, after = pool(picture), pool(np.roll(picture, 2, axis=2))
    moves = [np.allclose(np.roll(before, places, axis=2), after) for places in range(14)]
    return moves.index(True)


def shifted_by_one() -> str:
    """See whether pooled maps only move when the picture moves by one pixel.

    >>> shifted_by_one()
    'they become other maps'
    """
    picture = np.random.default_rng(0).random((1, 28, 28, 1))
    pool = layers.MaxPooling2D(2)
    before, after = pool(picture), pool(np.roll(picture, 1, axis=2))
    moves = [np.allclose(np.roll(before, places, axis=2), after) for places in range(14)]
    return "they move by one place" if any(moves) else "they become other maps"
