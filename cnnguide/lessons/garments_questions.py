"""The answers to the questions of Garments, computed."""

import numpy as np
from keras import layers

from cnnguide.lessons import garments, overfitting


def first_convolution() -> tuple[int, ...]:
    """Count the parameters of the first convolution on two sizes of pictures.

    >>> first_convolution()
    (320, 320)
    """
    counts = []
    for side in (28, 56):
        layer = layers.Conv2D(32, 3, padding="same")
        layer.build((None, side, side, 1))
        counts.append(layer.count_params())
    return tuple(counts)


def flattened() -> int:
    """Ask the network how many numbers Flatten hands on.

    >>> flattened()
    3136
    """
    model = garments.build()
    [flatten] = [layer for layer in model.layers if isinstance(layer, layers.Flatten)]
    return flatten.output.shape[-1]


def against_a_gap() -> str:
    """See which of two steps lowers the loss of a network that knows its examples.

    >>> against_a_gap()
    'add Dropout'
    """
    _, plain, _ = overfitting.train()
    _, dropping, _ = overfitting.train(("Dropout",))
    losses = plain["val_loss"]
    gained = {
        "train for more epochs": losses[len(losses) // 2] - losses[-1],
        "add Dropout": losses[-1] - dropping["val_loss"][-1],
    }
    return max(gained, key=gained.get)


def one_picture() -> tuple[int, ...]:
    """Find the shape in which the network takes one picture.

    >>> one_picture()
    (1, 28, 28, 1)
    """
    image = garments.prepare("test")[0][0]
    batch = np.expand_dims(image, 0)
    garments.build().predict(batch, verbose=0)  # another shape would be an error
    return batch.shape
