"""The answers to the questions of Overfitting, computed."""

import keras
import numpy as np
from keras import layers

from cnnguide.lessons import overfitting


def grown() -> float:
    """Drop some of a thousand ones, and look at those that stay.

    >>> grown()
    1.25
    """
    return round(float(np.max(layers.Dropout(0.2)(np.ones((1, 1000)), training=True))), 4)


def farthest_turn() -> int:
    """Turn a picture many times by chance, and measure the farthest turn in degrees.

    >>> farthest_turn()
    90
    """
    pictures = np.zeros((1000, 65, 65, 1), "float32")
    pictures[:, 31:34, 59:62] = 1  # a spot to the right of the centre
    turned = layers.RandomRotation(0.25, seed=0)(pictures, training=True).numpy()[..., 0]
    rows, columns = np.mgrid[-32:33, -32:33]
    up = -(turned * rows).sum(axis=(1, 2))
    right = (turned * columns).sum(axis=(1, 2))
    return round(float(np.degrees(np.abs(np.arctan2(up, right))).max()))


def without_a_gap() -> str:
    """Give a network that knows too little more of one thing or another, and look.

    >>> without_a_gap()
    'a larger network'
    """
    learned, _ = overfitting.few()
    reached = {}
    for name, width, rate in [("Dropout", 1, 0.5), ("a larger network", 8, 0.0)]:
        keras.utils.set_random_seed(0)
        model = overfitting.network(width=width, dropout=rate)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"])
        model.fit(*learned, batch_size=50, epochs=4, verbose=0)
        _, reached[name] = model.evaluate(*learned, verbose=0)
    return max(reached, key=reached.get)


def taken_back() -> int:
    """Show early stopping the losses, and ask which epoch it takes back.

    >>> taken_back()
    3
    """
    stopping = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.stop_training = False
    stopping.set_model(model)
    stopping.on_train_begin()
    for epoch, loss in enumerate([0.9, 0.7, 0.6, 0.65, 0.62, 0.63, 0.5], start=1):
        stopping.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    return stopping.best_epoch
