"""What stands in the place of the shape calculator."""

import keras
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.explain.architecture import rows, sides, trial


def stacked() -> Figure:
    """Stack five layers, and follow the shapes and the parameters.

    >>> stacked().description[-61:]
    'flatten: 3872, 0 parameters; dense 10: 10, 38,730 parameters.'
    """
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    words = ("conv 16 3", "pool 2", "conv 32 3", "flatten", "dense 10")
    found = rows(model, trial(model))
    steps = [
        (word, f"{sides(row.shape)}, {row.parameters:,} parameters")
        for word, row in zip(words, found, strict=True)
    ]
    return charts.road([("picture", "28×28×1"), *steps])
