"""Local contrast, batch and layer normalization, and dropout."""

import itertools
from collections.abc import Iterator

import keras
import numpy as np
from keras import layers

from cnnguide.golden.case import Call, Case
from cnnguide.layers import LocalContrastNormalization

SIZES = ((12, 12, 1), (7, 10, 3))


def cases() -> Iterator[Case]:
    """All cases of this module, the same whenever it is called."""
    random = np.random.default_rng(6)
    for size in SIZES:
        x = random.random(size, dtype="float32")
        yield from _local_contrast(x)
        yield from _over_axes(x)
        yield from _batch(random, x)
        yield from _dropout(x + 1)


def _local_contrast(x: np.ndarray) -> Iterator[Case]:
    windows = ((3, 3), (9, 9), (5, 3), (1, 7), (25, 25))
    for window, epsilon in itertools.product(windows, (1e-4, 0.01, 1.0)):
        layer = LocalContrastNormalization(window, epsilon)
        for picture in (x, x * 3 - 1, x * 0 + 0.7):
            call = Call("ops.lcn", (picture, {"size": window, "epsilon": epsilon}))
            yield Case("local contrast", call, _run(layer, picture))


def _over_axes(x: np.ndarray) -> Iterator[Case]:
    for axes, epsilon in itertools.product(([2], [0, 1, 2], [1, 2], [0]), (1e-3, 0.5)):
        layer = layers.LayerNormalization([axis + 1 for axis in axes], epsilon=epsilon)
        call = Call("ops.layerNorm", (x, {"axes": axes, "epsilon": epsilon}))
        yield Case("layer normalization", call, _run(layer, x))
    # A group for each channel: every map by itself.
    layer = layers.GroupNormalization(groups=-1, epsilon=1e-3)
    yield Case(
        "layer normalization", Call("ops.layerNorm", (x, {"axes": [0, 1]})), _run(layer, x)
    )


def _batch(random: np.random.Generator, x: np.ndarray) -> Iterator[Case]:
    layer = layers.BatchNormalization(epsilon=1e-3)
    layer.build((None, *x.shape))
    names = ("gamma", "beta", "mean", "variance")
    given = {name: random.random(x.shape[-1:], dtype="float32") for name in names}
    layer.set_weights(list(given.values()))
    call = Call("ops.batchNorm", (x, {**given, "epsilon": 1e-3}))
    yield Case("batch normalization", call, _run(layer, x))
    # In training, with the statistics of the batch: two pictures, one below the other.
    plain = layers.BatchNormalization(epsilon=0.01)
    batch = np.stack([x, x[::-1] * 2])
    below = np.concatenate(batch)
    mean, variance = (part.numpy() for part in keras.ops.moments(batch, (0, 1, 2)))
    statistics = {"mean": mean, "variance": variance, "epsilon": 0.01}
    expected = np.concatenate(plain(batch, training=True).numpy())
    yield Case("batch normalization", Call("ops.batchNorm", (below, statistics)), expected)
    for name, values in (("mean", mean), ("variance", variance)):
        call = Call("moment", (below, [0, 1], name))
        yield Case("batch normalization", call, values.reshape(1, 1, -1))


def _dropout(x: np.ndarray) -> Iterator[Case]:
    for rate in (0.1, 0.5, 0.75):
        y = layers.Dropout(rate, seed=1)(x[np.newaxis], training=True)[0].numpy()
        mask = (y != 0).astype("uint8")  # x is nowhere zero
        yield Case("dropout", Call("ops.dropout", (x, mask, rate)), y)


def _run(layer: layers.Layer, x: np.ndarray) -> np.ndarray:
    return layer(x[np.newaxis])[0].numpy()
