"""The answers to the questions of Why convolution, computed."""

import keras
import numpy as np
from keras import layers


def dense_parameters() -> int:
    """Count the parameters of a dense layer on a flattened grey picture.

    >>> dense_parameters()
    7850
    """
    stack = [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)]
    return keras.Sequential(stack).count_params()


def shared_parameters() -> tuple[int, ...]:
    """Count the parameters of one convolution on two sizes of pictures.

    >>> shared_parameters()
    (608, 608)
    """
    sizes = [(64, 64, 3), (640, 640, 3)]
    models = [keras.Sequential([keras.Input(s), layers.Conv2D(8, 5)]) for s in sizes]
    return tuple(model.count_params() for model in models)


def pixels_behind_two() -> int:
    """Count the pixels that an output behind two convolutions depends on.

    >>> pixels_behind_two()
    25
    """
    ones = {"kernel_initializer": "ones"}
    stack = [keras.Input((11, 11, 1)), layers.Conv2D(1, 3, **ones)]
    model = keras.Sequential([*stack, layers.Conv2D(1, 3, **ones)])
    # A picture for each pixel, in which only this pixel is bright.
    pictures = np.eye(121).reshape(121, 11, 11, 1)
    outputs = model.predict(pictures, batch_size=121, verbose=0)
    return int(np.count_nonzero(outputs[:, 3, 3, 0]))


def lost_without_sharing() -> str:
    """See what a layer costs whose windows each have weights of their own.

    >>> lost_without_sharing()
    'parameters'
    """
    windows = np.lib.stride_tricks.sliding_window_view(np.ones((28, 28)), (3, 3))
    shared, own = np.ones((3, 3)), np.ones(windows.shape)
    more = {
        "parameters": own.size - shared.size,
        "multiplications": (windows * own).size - (windows * shared).size,
    }
    return max(more, key=more.get)
