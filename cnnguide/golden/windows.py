"""Convolution and pooling, over a grid of windows, steps and sizes."""

import itertools
from collections.abc import Iterator

import numpy as np
from keras import layers

from cnnguide.golden.case import Call, Case, exact

SIZES = ((9, 9, 1), (8, 8, 3), (7, 12, 2), (5, 4, 2))
PADDINGS = ("valid", "same")
POOLS = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
# Strides and dilations that go together, one number for rows and one for columns.
STEPS = (
    ((1, 1), (1, 1)),
    ((2, 2), (1, 1)),
    ((3, 3), (1, 1)),
    ((1, 1), (2, 2)),
    ((1, 1), (3, 3)),
)
UNEQUAL = (
    ((1, 3), (2, 1), (1, 1)),
    ((4, 2), (1, 3), (1, 1)),
    ((2, 3), (1, 1), (3, 1)),
    ((5, 1), (1, 1), (1, 2)),
)


def cases() -> Iterator[Case]:
    """All cases of this module, the same whenever it is called."""
    random = np.random.default_rng(5)
    squares = [((k, k), *steps) for k in range(1, 6) for steps in STEPS]
    for size, window, padding in itertools.product(SIZES, [*squares, *UNEQUAL], PADDINGS):
        yield _convolution(random, size, *window, padding)
    yield _convolution(random, (9, 9, 1), (3, 3), (2, 2), (2, 2), "same")
    yield _convolution(random, (9, 9, 1), (3, 3), (1, 2), (2, 1), "valid")
    equal = [((k, k), (step, step)) for k in range(1, 6) for step in (1, 2, 3)]
    windows = [*equal, ((2, 3), (3, 1)), ((3, 1), (1, 4))]
    for kind, size, window, padding in itertools.product(POOLS, SIZES, windows, PADDINGS):
        yield _pooling(random, kind, size, *window, padding)


def _convolution(
    random: np.random.Generator,
    size: tuple[int, ...],
    kernel_size: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
    padding: str,
) -> Case:
    x = exact(random, size, 64)
    kernel = exact(random, (*kernel_size, size[-1], 3), 64)
    bias = exact(random, (3,), 64)
    options = {"strides": strides, "dilation": dilation, "padding": padding}
    call = Call("ops.conv2d", (x, kernel, bias, options))
    try:
        layer = layers.Conv2D(
            3, kernel_size, strides=strides, dilation_rate=dilation, padding=padding
        )
        layer.build((None, *size))
    except ValueError:  # Keras refuses it.
        return Case("convolution", call, None)
    layer.set_weights([kernel, bias])
    return Case("convolution", call, layer(x[np.newaxis])[0].numpy())


def _pooling(
    random: np.random.Generator,
    kind: str,
    size: tuple[int, ...],
    window: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
) -> Case:
    x = exact(random, size, 64)
    options = {"kind": kind, "size": window, "strides": strides, "padding": padding}
    call = Call("ops.pool2d", (x, options))
    layer = POOLS[kind](window, strides=strides, padding=padding)
    try:
        layer.compute_output_shape((1, *size))
    except ValueError:
        return Case("pooling", call, None)
    return Case("pooling", call, layer(x[np.newaxis])[0].numpy())
