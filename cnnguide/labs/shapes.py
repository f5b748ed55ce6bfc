"""The tasks of the lab on convolution and shapes."""

from typing import Any

import numpy as np

from cnnguide.labs import verdict
from cnnguide.labs.verdict import Verdict, right, wrong


def valid(answer: object) -> Verdict:
    """The shape that `Conv2D(8, 3)` makes of (4, 28, 28, 1)."""
    import keras

    expected = tuple(keras.layers.Conv2D(8, 3).compute_output_shape((4, 28, 28, 1)))
    found = verdict.shape(answer, axes=4)
    if found == expected:
        return right("A 3×3 window has 26 places in 28 rows, and each kernel makes a map.")
    if found[1:3] == (28, 28):
        hint = "Can the window stand with its centre on the outermost pixels?"
    elif found[3] != expected[3]:
        hint = "How many maps do 8 kernels make?"
    else:
        hint = "Move a window of 3 along a row of 28: at how many places can it stand?"
    return wrong("another shape", found, hint)


def strided(answer: object) -> Verdict:
    """The shape that 16 kernels of 5×5 make of (4, 27, 40, 3) with strides of 2."""
    import keras

    layer = keras.layers.Conv2D(16, 5, strides=2, padding="same")
    expected = tuple(layer.compute_output_shape((4, 27, 40, 3)))
    found = verdict.shape(answer, axes=4)
    if found == expected:
        return right("With padding only the strides count: every second pixel is a place.")
    if found[1:3] == (27, 40):
        hint = "The window moves by two pixels. How many places are left?"
    elif found[1] == 13:
        hint = "27 rows: the places are 0, 2, 4, … Is 26 one of them?"
    elif found[1:3] == (12, 18):
        hint = "This would be right without padding."
    elif found[3] != expected[3]:
        hint = "How many maps do 16 kernels make, whatever the channels of the picture?"
    else:
        hint = "Take rows and columns one after the other. The formula stands above."
    return wrong("another shape", found, hint)


def parameters(answer: object) -> Verdict:
    """How many parameters 16 kernels of 5×5 have on three channels."""
    import keras

    layer = keras.layers.Conv2D(16, 5)
    layer.build((None, 27, 40, 3))
    found = verdict.number(answer, whole=True)
    expected = layer.count_params()
    if found == expected:
        return right("16 kernels of 5·5·3 weights and a bias. Strides change nothing.")
    if found == expected - 16:
        hint = "The weights are right. What else does each kernel learn?"
    elif found == 16 * (5 * 5 + 1):
        hint = "The pictures are in colour. How deep is a kernel?"
    elif found == 5 * 5 * 3 + 1:
        hint = "That is one kernel. How many are there?"
    else:
        hint = (
            "Count one kernel first: rows, columns, channels, and what is added at the end."
        )
    return wrong("another number", found, hint)


def by_hand(answer: object) -> Verdict:
    """A function that slides a kernel over a picture as Keras does."""
    import keras

    chance = np.random.default_rng(0)
    for size, reach in [((8, 8), (3, 3)), ((9, 7), (2, 4)), ((5, 6), (1, 1))]:
        picture = chance.normal(size=size).astype("float32")
        kernel = chance.normal(size=reach).astype("float32")
        layer = keras.layers.Conv2D(1, reach, use_bias=False)
        layer.build((1, *size, 1))
        layer.set_weights([kernel[..., np.newaxis, np.newaxis]])
        expected = layer(picture[np.newaxis, ..., np.newaxis]).numpy()[0, ..., 0]
        found = np.asarray(verdict.call(answer, picture, kernel))
        if found.shape != expected.shape:
            hint = (
                "At how many places can the window stand, along the rows and the columns?"
            )
            told = f"a map of {expected.shape} for a picture of {size}, kernel {reach}"
            return wrong(told, f"one of {found.shape}", hint)
        if not np.allclose(found, expected, atol=1e-4):
            return wrong("the map of Keras", "other numbers", _why(found, picture, kernel))
    return right("The same map as that of Keras, for three sizes of pictures and kernels.")


def _why(found: np.ndarray, picture: np.ndarray, kernel: np.ndarray) -> str:
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    flipped = np.sum(windows * kernel[::-1, ::-1], axis=(2, 3))
    if np.allclose(found, flipped, atol=1e-4):
        return "Your kernel is turned round. Keras takes it as it is."
    if np.allclose(found, np.mean(windows * kernel, axis=(2, 3)), atol=1e-4):
        return "You take the mean of the products. A convolution adds them up."
    return "Take one place, print its window, and work it out on paper."


def edge(answer: object) -> Verdict:
    """A kernel that answers to dark above and bright below, and to nothing else."""
    try:
        kernel = np.array(answer, "float64")
    except (TypeError, ValueError):
        kernel = np.zeros(0)
    if kernel.shape != (3, 3):
        hint = "Write three rows of three numbers."
        return wrong("numbers of shape (3, 3)", answer, hint)
    # Dark above and bright below, with the edge at each of two places.
    steps = [np.repeat(rows, 3).reshape(3, 3) for rows in ([0, 0, 1], [0, 1, 1])]
    plain = np.sum(kernel)
    upright = max((np.sum(kernel * step.T) for step in steps), key=abs)
    below = min(np.sum(kernel * step) for step in steps)
    if abs(plain) > 1e-6:
        hint = "On a plain area all pixels are the same. What must the numbers add up to?"
        return wrong("0 on a plain area", f"{plain:.3g}", hint)
    if abs(upright) > 1e-6:
        hint = "Across each row the numbers shall not tell left from right."
        return wrong("0 on an upright edge", f"{upright:.3g}", hint)
    if below <= 0:
        hint = "Bright pixels count most. Where do they lie, and with which sign?"
        return wrong("more than 0 where it is bright below", f"{below:.3g}", hint)
    return right("It answers to dark above and bright below, and to nothing else here.")


def field(answer: object) -> Verdict:
    """How wide the receptive field of five 3×3 convolutions is."""
    import keras

    ones = {"kernel_initializer": "ones"}
    stack = [keras.layers.Conv1D(1, 3, **ones) for _ in range(5)]
    expected = _seen(keras.Sequential([keras.Input((31, 1)), *stack]))
    found = verdict.number(answer, whole=True)
    if found == expected:
        return right(
            "The first sees 3 pixels, and each further layer adds one on either side."
        )
    if found == 15:
        hint = "The windows of neighbours overlap. What does each layer add that is new?"
    elif found == 3:
        hint = "That is the first layer. The second looks at three windows of the first."
    else:
        hint = "Draw a row of pixels, and two layers above it. What does the second add?"
    return wrong("another width", found, hint)


def _seen(model: Any) -> int:
    """How many inputs in a row the middle output depends on."""
    size = model.input_shape[1]
    pictures = np.eye(size).reshape((size, *model.input_shape[1:]))
    outputs = model.predict(pictures, batch_size=size, verbose=0)
    return int(np.count_nonzero(outputs[:, outputs.shape[1] // 2]))


def demand(answer: object) -> Verdict:
    """A network from (28, 28, 1) to (7, 7, 32), small, and with a wide field."""
    import keras

    if not isinstance(answer, keras.Model):
        return wrong("a Keras model", answer, "Build it with keras.Sequential([…]).")
    try:
        shapes = answer.input_shape[1:], answer.output_shape[1:]
    except (AttributeError, ValueError):
        hint = "Begin with keras.Input((28, 28, 1)), so that it knows its shapes."
        return wrong("a model that knows its shapes", "one that does not", hint)
    if shapes[0] != (28, 28, 1):
        hint = "What goes in is a grey garment."
        return wrong("an input of (28, 28, 1)", shapes[0], hint)
    if shapes[1] != (7, 7, 32):
        hint = "Which layers halve the rows and columns, and which sets the number of maps?"
        return wrong("an output of (7, 7, 32)", shapes[1], hint)
    count = answer.count_params()
    if count > 5000:
        hint = "Where do most of them sit? model.summary() tells. Fewer maps come cheaper."
        return wrong("at most 5,000 parameters", f"{count:,}", hint)
    width = _width(answer)
    if width < 10:
        hint = (
            "Pooling, strides, larger kernels or one more layer widen what an output sees."
        )
        return wrong("a field of at least 10 pixels", str(width), hint)
    return right(f"{count:,} parameters, and each output sees {width} pixels across.")


def _width(model: Any) -> int:
    """How many columns of pixels change the middle output, whatever the weights are."""
    import keras

    clone = keras.models.clone_model(model)
    chance = np.random.default_rng(0)
    clone.set_weights([chance.uniform(0.1, 1, w.shape) for w in clone.get_weights()])
    plain = np.full((1, 28, 28, 1), 0.5, "float32")
    pictures = np.repeat(plain, 29, axis=0)
    for column in range(28):
        pictures[column, :, column] = 1
    outputs = clone.predict(pictures, batch_size=29, verbose=0)[:, 3, 3]
    return int(np.any(np.abs(outputs[:28] - outputs[28]) > 1e-6, axis=1).sum())
