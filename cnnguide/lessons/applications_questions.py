"""The answers to the questions of Where CNNs are used, computed."""

import keras
import numpy as np
from keras import layers

from cnnguide.lessons import garments
from cnnguide.lessons.applications import nearest, overlap


def boxes_in_percent() -> tuple[int, ...]:
    """Let Keras count what a detector found.

    >>> boxes_in_percent()
    (75, 50)
    """
    # Six boxes on garments, two on nothing, and six garments without a box.
    there = [1] * 6 + [0] * 2 + [1] * 6
    found = [1] * 6 + [1] * 2 + [0] * 6
    metrics = [keras.metrics.Precision(), keras.metrics.Recall()]
    return tuple(round(100 * float(metric(there, found))) for metric in metrics)


def half_beside() -> float:
    """Measure how much two boxes have in common.

    >>> half_beside()
    0.33
    """
    return overlap((0, 0, 28, 28), (0, 14, 28, 42))


def dense_as_convolution() -> tuple[int, ...]:
    """Look at the kernel of the convolution that stands for a dense layer.

    >>> dense_as_convolution()
    (7, 7, 64, 24)
    """
    layer = layers.Conv2D(24, 7)
    layer.build((None, 7, 7, 64))
    return tuple(layer.kernel.shape)


def better_neighbours() -> str:
    """See which description of garments finds more of the same class near by.

    >>> better_neighbours()
    'the learned features'
    """
    _, labels = garments.prepare("test")
    right = {
        "the pixels": np.mean(labels[nearest("pixels")] == labels[:, None]),
        "the learned features": np.mean(labels[nearest("learned")] == labels[:, None]),
    }
    return max(right, key=right.get)
