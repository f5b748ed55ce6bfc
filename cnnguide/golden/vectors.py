"""Dense, softmax, ReLU, and numbers of sixteen bits."""

from collections.abc import Iterator

import keras
import numpy as np
from keras import layers

from cnnguide.golden.case import Call, Case, exact


def cases() -> Iterator[Case]:
    """All cases of this module, the same whenever it is called."""
    random = np.random.default_rng(7)
    for inputs, units in ((1, 1), (7, 3), (300, 24)):
        x = random.normal(size=inputs).astype("float32")
        weights = [exact(random, shape, 64) for shape in ((inputs, units), (units,))]
        for given in (weights, weights[:1]):
            layer = layers.Dense(units, use_bias=len(given) == 2)
            layer.build((None, inputs))
            layer.set_weights(given)
            call = Call("ops.dense", (x, weights[0], *given[1:]))
            yield Case("dense", call, layer(x[np.newaxis])[0].numpy())
    for scale in (0.1, 1, 30, 1000):
        logits = (random.normal(size=10) * scale).astype("float32")
        expected = keras.ops.softmax(logits).numpy()
        yield Case("softmax", Call("ops.softmax", (logits,)), expected)
        picture = logits.reshape(1, 5, 2)
        rectified = keras.ops.relu(picture).numpy()
        yield Case("relu", Call("ops.relu", (picture,)), rectified)
    words = np.arange(2**16, dtype="uint16")
    numbers = keras.ops.cast(words.view("float16"), "float32").numpy()
    yield Case("float16", Call("ops.halves", (words,)), numbers)
