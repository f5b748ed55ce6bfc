"""Layers: lines that fail today, the errors they give, and lines that work."""

import keras
import numpy as np
from keras import layers

from cnnguide.layers import LocalContrastNormalization


def input_shape_then() -> None:
    """Tell a layer the shape of its input."""
    layers.Conv2D(2, 3, activation="relu", dilation_rate=2, input_shape=(28, 28, 3))


def input_shape_now() -> tuple[int, ...]:
    """Tell the model the shape of its input, or nobody.

    >>> input_shape_now()
    (4, 24, 24, 2)
    """
    images = keras.random.normal((4, 28, 28, 3))
    layer = layers.Conv2D(2, 3, activation="relu", dilation_rate=2)
    return tuple(layer(images).shape)


def keep_prob_then() -> None:
    """Give Dropout the share to keep, as TensorFlow 1 had it."""
    try:
        layers.Dropout(keep_prob=0.7)
    except TypeError as error:
        print("TypeError:", error)


def dropout_then() -> None:
    """Copy the headline of the documentation as if it were code."""
    headline = "layers.Dropout(rate, noise_shape=None, seed=None)"
    try:
        exec(headline, {"layers": layers})
    except NameError as error:
        print("NameError:", error)


def dropout_now() -> None:
    """Give Dropout the share to drop.

    >>> dropout_now()
    kept as 1.43
    """
    dropout = layers.Dropout(0.3)
    ones = np.ones((1000, 100), "float32")
    after = dropout(ones, training=True).numpy()
    print(f"kept as {after.max():.2f}")


def lcn_then() -> None:
    """Look for local contrast normalization in Keras."""
    try:
        layers.LocalContrastNormalization(9)
    except AttributeError as error:
        print("AttributeError:", error)


def lcn_now() -> tuple[int, ...]:
    """Take local contrast normalization from this course.

    >>> lcn_now()
    (4, 28, 28, 3)
    """
    images = keras.random.normal((4, 28, 28, 3))
    layer = LocalContrastNormalization(9)
    return tuple(layer(images).shape)


def augment_then() -> None:
    """Look for augmentation where it once was."""
    try:
        layers.experimental.preprocessing.RandomFlip("horizontal")
    except AttributeError as error:
        print("AttributeError:", error)


def augment_now() -> tuple[int, ...]:
    """Find augmentation among the other layers.

    >>> augment_now()
    (4, 28, 28, 3)
    """
    augment = keras.Sequential(
        [
            keras.Input((28, 28, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
        ]
    )
    images = keras.random.uniform((4, 28, 28, 3))
    return tuple(augment(images, training=True).shape)


def list_then() -> None:
    """Predict a list that holds one picture."""
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    image = np.zeros((28, 28), "float32")
    try:
        model.predict([image], verbose=0)
    except ValueError as error:
        print("ValueError:", str(error).splitlines()[2])


def list_now() -> tuple[int, ...]:
    """Stack pictures into one batch.

    >>> list_now()
    (3, 10)
    """
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    images = [np.zeros((28, 28), "float32") for _ in range(3)]
    return model.predict(np.stack(images), verbose=0).shape


def softmax_then() -> None:
    """Let the last layer give probabilities, and tell the loss that they are logits."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss(np.zeros(8), model(np.ones((8, 4))))


def softmax_now() -> None:
    """Let the last layer give logits, and apply softmax where probabilities are read.

    >>> softmax_now()
    sum 1.00
    """
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    probabilities = keras.ops.softmax(model(np.ones((1, 4))))
    print(f"sum {float(keras.ops.sum(probabilities)):.2f}")
