"""What stands in the place of Dropout to try."""

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments


def averaged() -> Figure:
    """Drop pixels of a boot once, and take the mean of many draws.

    >>> averaged().description
    '4 pictures in 1 rows: before, one draw, mean of 10, mean of 100.'
    """
    images, labels = garments.prepare("test")
    boot = images[
        np.flatnonzero(labels == fashion_mnist.CLASS_NAMES.index("Ankle boot"))[0]
    ]
    layer = layers.Dropout(0.4, seed=0)
    drawn = layer(keras.ops.stack([boot] * 100), training=True).numpy()[..., 0]
    shown = [boot[..., 0], drawn[0], drawn[:10].mean(axis=0), drawn.mean(axis=0)]
    # The same number is the same grey in all four.
    names = ("before", "one draw", "mean of 10", "mean of 100")
    return charts.picture_grid(np.clip(shown, 0, 1), names)
