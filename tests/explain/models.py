"""Small models of many kinds."""

import keras
from keras import layers

# Registered for this process: it stands for a class whose module the reader has imported.
registered = keras.saving.register_keras_serializable(package="tests")


@registered
class Doubling(layers.Layer):
    """A layer of somebody's own."""

    def call(self, inputs):
        return 2 * inputs


class Unheard(layers.Layer):
    """A layer of somebody's own whose class is nowhere registered."""

    def __init__(self, **options):
        super().__init__(**options)
        self.inner = layers.Conv2D(2, 3)

    def call(self, inputs):
        return self.inner(inputs)


class Alone(keras.Model):
    """A model that is a class of its own."""

    def __init__(self, **options):
        super().__init__(**options)
        self.inner = layers.Conv2D(2, 3)

    def call(self, inputs):
        return self.inner(inputs)


def stack(*parts, shape=(12, 12, 1)):
    return keras.Sequential([keras.Input(shape), *parts])


def plain(classes=3, activation=None):
    return stack(
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(5, 3),
        layers.Flatten(),
        layers.Dense(classes, activation=activation),
    )


def nested():
    """A model in a model, as in transfer learning, with its range in front."""
    base = stack(
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.Conv2D(4, 3, strides=2),
        layers.BatchNormalization(),
        layers.DepthwiseConv2D(3, padding="same"),
        layers.SeparableConv2D(6, 3, depth_multiplier=2),
        shape=(24, 24, 3),
    )
    inputs = keras.Input((24, 24, 3))
    x = layers.GlobalAveragePooling2D()(base(inputs))
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(x))


def residual():
    """Branches that meet, a plus of Python, and squeeze and excitation; of any size."""
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
    x = x + layers.Conv2D(8, 5, padding="same", groups=2)(x)
    scale = layers.Conv2D(8, 1)(layers.GlobalAveragePooling2D(keepdims=True)(x))
    x = layers.Multiply()([x, scale])
    x = layers.Conv2DTranspose(4, 3, strides=2)(x)
    return keras.Model(inputs, layers.Dense(1)(layers.GlobalMaxPooling2D()(x)))


def shared():
    """One convolution, called twice."""
    inputs = keras.Input((12, 12, 3))
    twice = layers.Conv2D(3, 3, padding="same", name="twice")
    return keras.Model(inputs, layers.Flatten()(twice(twice(inputs))))


def two_inputs():
    picture, number = (
        keras.Input((8, 8, 1), name="picture"),
        keras.Input((3,), name="number"),
    )
    joined = layers.Concatenate()([layers.Flatten()(picture), number])
    answer = layers.Dense(1, name="answer")(joined)
    return keras.Model({"picture": picture, "number": number}, answer)


def recurrent():
    return stack(
        layers.LSTM(3, name="lstm"), layers.Dense(1, activation="sigmoid"), shape=(10, 4)
    )


def without_convolution():
    return stack(layers.Flatten(), layers.Dense(3, activation="softmax"))


def outputs_of_two_kinds():
    inputs = keras.Input((12, 12, 1))
    x = layers.Conv2D(2, 3)(inputs)
    pooled = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, [layers.Dense(2)(pooled), layers.Dense(3)(pooled)])


def segmenting():
    return stack(layers.Conv2D(2, 3, padding="same"), layers.UpSampling2D())


IMAGE_MODELS = (plain, nested, residual, shared, segmenting)
OTHERS = (two_inputs, recurrent, without_convolution, outputs_of_two_kinds)
