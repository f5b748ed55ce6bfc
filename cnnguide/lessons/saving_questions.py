"""The answers to the questions of Saving and loading, computed."""

import io
import zipfile

import h5py
import keras
import numpy as np
import tensorflow as tf
from keras import layers

from cnnguide.lessons import saving


def numbers_in_the_file() -> int:
    """Count all numbers in the file of a trained model.

    >>> numbers_in_the_file()
    8912
    """
    model = saving.train()
    model.save("model.keras")
    weights = zipfile.ZipFile("model.keras").read("model.weights.h5")
    sizes = []
    with h5py.File(io.BytesIO(weights)) as file:
        file.visititems(lambda _, node: sizes.append(getattr(node, "size", 0)))
    return int(sum(sizes))


def steps_after_the_night() -> int:
    """Load weights into a freshly compiled model, and ask its optimizer how far it is.

    >>> steps_after_the_night()
    0
    """
    saving.train().save_weights("model.weights.h5")
    fresh = saving.compiled()
    fresh.load_weights("model.weights.h5", skip_mismatch=True)
    return int(fresh.optimizer.iterations)


def without_the_class() -> str:
    """Try which format opens without the class of a layer.

    >>> without_the_class()
    'a SavedModel'
    """

    class Brighten(layers.Layer):
        def call(self, images: tf.Tensor) -> tf.Tensor:
            return images + 0.1

    model = keras.Sequential([keras.Input((2,)), Brighten()])
    model.save("model.keras")
    model.export("exported", verbose=False)
    ways = {
        "a .keras file": lambda: keras.models.load_model("model.keras"),
        "a SavedModel": lambda: tf.saved_model.load("exported"),
    }
    opened = []
    for name, open_it in ways.items():
        try:
            open_it()
            opened.append(name)
        except TypeError:  # the class is not known
            continue
    [only] = opened
    return only


def fitting_layers() -> tuple[int, ...]:
    """Load weights into a model with another last layer, and see which came through.

    >>> fitting_layers()
    (2, 1)
    """

    def network(classes: int) -> keras.Model:
        stack = [keras.Input((8,)), layers.Dense(4), layers.Dense(4), layers.Dense(classes)]
        return keras.Sequential(stack)

    first, second = network(10), network(2)
    first.save_weights("ten.weights.h5")
    second.load_weights("ten.weights.h5", skip_mismatch=True)
    pairs = list(zip(first.layers, second.layers, strict=True))
    loaded = [np.array_equal(a.get_weights()[0], b.get_weights()[0]) for a, b in pairs]
    return sum(loaded), len(loaded) - sum(loaded)
