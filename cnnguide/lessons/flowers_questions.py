"""The answers to the questions of Flowers, computed."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from cnnguide.lessons import flowers_training, overfitting


def reads_behind_a_cache() -> int:
    """Count how often files are read when only their names are cached.

    >>> reads_behind_a_cache()
    150
    """
    calls = []

    def read(name: tf.Tensor) -> tf.Tensor:
        calls.append(name)
        return name

    names = tf.data.Dataset.range(50).cache()
    dataset = names.map(lambda name: tf.py_function(read, [name], tf.int64))
    for _ in range(3):
        for _ in dataset:
            pass
    return len(calls)


def farthest_shift() -> float:
    """Shift a picture many times by chance, and measure the farthest way in pixels.

    >>> farthest_shift()
    6.4
    """
    pictures = np.zeros((1000, 64, 64, 1), "float32")
    pictures[:, 32, 32] = 1
    shifted = layers.RandomTranslation(0, 0.1, seed=0)(pictures, training=True).numpy()
    places = (shifted[..., 0] * np.arange(64)).sum(axis=(1, 2))
    return round(float(np.abs(places - 32).max()), 1)


def added_parameters() -> int:
    """Count the parameters of the layers that act by chance.

    >>> added_parameters()
    0
    """
    stack = [keras.Input((64, 64, 3)), flowers_training.augmentation(), layers.Dropout(0.4)]
    return keras.Sequential(stack).count_params()


def training_below_validation() -> str:
    """Compare what `fit` measured with what `evaluate` says of the same pictures.

    Garments with both remedies show it: flowers are learned too well for a difference.

    >>> training_below_validation()
    'nothing is wrong'
    """
    _, history, scores = overfitting.train(("Dropout", "augmentation"))
    _, accuracy, _, _ = scores
    is_harder = accuracy > history["accuracy"][-1] + 0.02
    return "nothing is wrong" if is_harder else "something is wrong"
