"""A trained network as one file that the browser can run.

`network` writes what `docs/js/net.js` reads. In this order, numbers little-endian:

- the length of the header in bytes, uint32;
- the header, JSON in UTF-8, with spaces at its end, so that what follows stands at a
  multiple of four;
- the weights as float16, one tensor after the other, row by row, in Keras's own layout: a
  kernel is (rows, columns, channels, filters) or (inputs, units).

The header tells the shape of the input, the names of the classes, and for each layer what
it computes, the shape of its output, and the shapes of its weights:

    {"input": [28, 28, 1], "classes": ["T-shirt/top", ...], "layers": [
      {"kind": "conv2d", "name": "conv2d", "filters": 32, "size": [3, 3],
       "strides": [1, 1], "dilation": [1, 1], "padding": "same", "activation": "relu",
       "output": [28, 28, 32], "weights": [[3, 3, 1, 32], [32]]},
      {"kind": "max_pooling2d", "name": ..., "size": [2, 2], "strides": [2, 2],
       "padding": "valid", "output": [14, 14, 32], "weights": []},
      {"kind": "flatten", ...},
      {"kind": "dropout", "rate": 0.4, ...},
      {"kind": "dense", "units": 10, "activation": "linear", ...}]}
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

# For each kind of layer what the header calls it, and which parts of its configuration the
# header tells under which name.
_WINDOW = {"strides": "strides", "padding": "padding"}
_KINDS = {
    layers.Conv2D: (
        "conv2d",
        {
            "filters": "filters",
            "size": "kernel_size",
            "dilation": "dilation_rate",
            **_WINDOW,
            "activation": "activation",
        },
    ),
    layers.MaxPooling2D: ("max_pooling2d", {"size": "pool_size", **_WINDOW}),
    layers.AveragePooling2D: ("average_pooling2d", {"size": "pool_size", **_WINDOW}),
    layers.Flatten: ("flatten", {}),
    layers.Dropout: ("dropout", {"rate": "rate"}),
    layers.Dense: ("dense", {"units": "units", "activation": "activation"}),
}
# What the browser can compute, where a layer has a choice.
_POSSIBLE = {
    "activation": ("linear", "relu"),
    "data_format": ("channels_last",),
    "groups": (1,),
    "use_bias": (True,),
}


def network(model: keras.Model, class_names: Sequence[str]) -> bytes:
    """Write a classifier of pictures for the browser.

    The weights are rounded to float16. Where the numbers in the browser shall be those of
    Keras, give the model weights that are rounded already.

    Args:
        model: a built `keras.Sequential` for pictures (rows, columns, channels), of
            Conv2D, MaxPooling2D, AveragePooling2D, Flatten, Dropout and Dense, with biases
            and with the activations "linear" or "relu". Its last layer gives a logit for
            each class.
        class_names: one for each logit.

    Returns:
        The bytes of the file, as described at the top of this module.

    Raises:
        ValueError: the model is not as above, or a weight is too large for float16.

    >>> layers = [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(2)]
    >>> written = network(keras.Sequential(layers), ["cat", "dog"])
    >>> length = int.from_bytes(written[:4], "little")
    >>> header = json.loads(written[4 : 4 + length])
    >>> header["input"], header["classes"], header["layers"][1]["weights"]
    ([4, 4, 1], ['cat', 'dog'], [[16, 2], [2]])
    >>> len(written) - 4 - length == 2 * (16 * 2 + 2)
    True
    """
    _check(model, class_names)
    header = {
        "input": list(model.input_shape[1:]),
        "classes": list(class_names),
        "layers": [_described(layer) for layer in model.layers],
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    weights = [_halves(layer) for layer in model.layers]
    return b"".join([struct.pack("<I", len(text)), text, *weights])


def _check(model: keras.Model, class_names: Sequence[str]) -> None:
    if not isinstance(model, keras.Sequential) or not model.built:
        raise ValueError(
            "only a keras.Sequential that knows the shape of its input can be written; got "
            f"{model!r}"
        )
    if len(model.input_shape) != 4 or None in model.input_shape[1:]:
        raise ValueError(
            "the input must be pictures of one size, (batch, rows, columns, channels); got "
            f"{model.input_shape}"
        )
    if model.output_shape != (None, len(class_names)):
        raise ValueError(
            f"the output must be a logit for each of {len(class_names)} classes; got "
            f"{model.output_shape}"
        )


def _described(layer: layers.Layer) -> dict[str, Any]:
    if type(layer) not in _KINDS:
        known = ", ".join(kind.__name__ for kind in _KINDS)
        raise ValueError(
            f"{layer.name} is a {type(layer).__name__}; what can be written: {known}"
        )
    config = layer.get_config()
    for name, possible in _POSSIBLE.items():
        if name in config and config[name] not in possible:
            raise ValueError(
                f"{layer.name} has {name} {config[name]!r}; what can be written: {possible}"
            )
    if isinstance(layer, layers.Dense) and len(layer.input.shape) != 2:
        raise ValueError(f"{layer.name} stands on maps, {layer.input.shape}; flatten them")
    kind, names = _KINDS[type(layer)]
    return {
        "kind": kind,
        "name": layer.name,
        **{ours: config[theirs] for ours, theirs in names.items()},
        "output": list(layer.output.shape[1:]),
        "weights": [list(weight.shape) for weight in layer.weights],
    }


def _halves(layer: layers.Layer) -> bytes:
    largest = np.finfo(np.float16).max
    weights = layer.get_weights()
    if not all(np.all(np.abs(weight) <= largest) for weight in weights):
        raise ValueError(
            f"{layer.name} has weights beyond ±{largest}, or that are no number"
        )
    return b"".join(weight.astype("<f2").tobytes() for weight in weights)
