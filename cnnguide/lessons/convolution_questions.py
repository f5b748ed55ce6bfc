"""The answers to the questions of Convolution, computed."""

import keras
import numpy as np
from keras import layers


def strided_shape() -> tuple[int, ...]:
    """Ask a layer for the shape of its output.

    >>> strided_shape()
    (14, 14, 16)
    """
    layer = layers.Conv2D(16, 5, strides=2)
    return layer.compute_output_shape((1, 32, 32, 3))[1:]


def spread_parameters() -> tuple[int, ...]:
    """Count the parameters of a layer, dense and spread out.

    >>> spread_parameters()
    (18496, 18496)
    """
    counts = []
    for dilation in (1, 3):
        layer = layers.Conv2D(64, 3, dilation_rate=dilation)
        layer.build((None, 28, 28, 32))
        counts.append(layer.count_params())
    return tuple(counts)


def single_pixel_parameters() -> int:
    """Count the parameters of a 1×1 convolution on colours.

    >>> single_pixel_parameters()
    32
    """
    layer = layers.Conv2D(8, 1)
    layer.build((None, 28, 28, 3))
    return layer.count_params()


def field_of_three() -> int:
    """Measure the receptive field of three convolutions, the first with strides of 2.

    >>> field_of_three()
    11
    """
    ones = {"kernel_initializer": "ones"}
    model = keras.Sequential(
        [
            keras.Input((31, 1)),
            layers.Conv1D(1, 3, strides=2, **ones),
            layers.Conv1D(1, 3, **ones),
            layers.Conv1D(1, 3, **ones),
        ]
    )
    # A row for each place, in which only this place is bright.
    rows = np.eye(31)[..., np.newaxis]
    outputs = model.predict(rows, batch_size=31, verbose=0)
    return int(np.count_nonzero(outputs[:, 5, 0]))
