import json
import math

import keras
import numpy as np
import pytest
from keras import layers

from cnnguide import export

CLASSES = ["Trouser", "Größe", "Bag"]


def model(*inner: layers.Layer, size: tuple[int, ...] = (9, 8, 2)) -> keras.Sequential:
    return keras.Sequential([keras.Input(size), *inner, layers.Flatten(), layers.Dense(3)])


def all_kinds() -> keras.Sequential:
    return model(
        layers.Conv2D(4, (3, 2), strides=(2, 1), padding="same", activation="relu"),
        layers.MaxPooling2D(2, strides=1),
        layers.Conv2D(5, 2, dilation_rate=2),
        layers.AveragePooling2D((1, 2), padding="same"),
        layers.Dropout(0.25),
    )


def read(written: bytes) -> tuple[dict, np.ndarray]:
    """The header, and all weights in a row."""
    length = int.from_bytes(written[:4], "little")
    assert (4 + length) % 4 == 0
    return json.loads(written[4 : 4 + length]), np.frombuffer(written[4 + length :], "<f2")


def test_every_weight_is_written_in_order() -> None:
    written = all_kinds()
    header, numbers = read(export.network(written, CLASSES))
    for layer, told in zip(written.layers, header["layers"], strict=True):
        assert told["weights"] == [list(weight.shape) for weight in layer.weights]
        for weight in layer.weights:
            size = math.prod(weight.shape)
            ours, numbers = numbers[:size].reshape(weight.shape), numbers[size:]
            np.testing.assert_array_equal(ours, weight.numpy().astype("float16"))
    assert numbers.size == 0


def test_the_header_tells_what_each_layer_computes() -> None:
    header, _ = read(export.network(all_kinds(), CLASSES))
    assert header["input"] == [9, 8, 2]
    assert header["classes"] == CLASSES
    told = [
        {name: value for name, value in layer.items() if name not in ("name", "weights")}
        for layer in header["layers"]
    ]
    assert told == [
        {
            "kind": "conv2d",
            "filters": 4,
            "size": [3, 2],
            "strides": [2, 1],
            "dilation": [1, 1],
            "padding": "same",
            "activation": "relu",
            "output": [5, 8, 4],
        },
        {
            "kind": "max_pooling2d",
            "size": [2, 2],
            "strides": [1, 1],
            "padding": "valid",
            "output": [4, 7, 4],
        },
        {
            "kind": "conv2d",
            "filters": 5,
            "size": [2, 2],
            "strides": [1, 1],
            "dilation": [2, 2],
            "padding": "valid",
            "activation": "linear",
            "output": [2, 5, 5],
        },
        {
            "kind": "average_pooling2d",
            "size": [1, 2],
            "strides": [1, 2],
            "padding": "same",
            "output": [2, 3, 5],
        },
        {"kind": "dropout", "rate": 0.25, "output": [2, 3, 5]},
        {"kind": "flatten", "output": [30]},
        {"kind": "dense", "units": 3, "activation": "linear", "output": [3]},
    ]
    names = [layer["name"] for layer in header["layers"]]
    assert len(set(names)) == len(names)


def test_weights_that_are_float16_already_stay_as_they_are() -> None:
    rounded = model()
    rounded.set_weights([w.astype("float16") for w in rounded.get_weights()])
    _, numbers = read(export.network(rounded, CLASSES))
    kept = np.concatenate([weight.ravel() for weight in rounded.get_weights()])
    np.testing.assert_array_equal(numbers.astype("float32"), kept)


@pytest.mark.parametrize(
    ("layer", "complaint"),
    [
        (layers.BatchNormalization(name="norm"), "norm is a BatchNormalization"),
        (layers.DepthwiseConv2D(2), "is a DepthwiseConv2D"),
        (layers.Conv2D(2, 3, activation="tanh", name="bent"), "bent has activation 'tanh'"),
        (layers.Conv2D(2, 3, groups=2), "has groups 2"),
        (layers.Conv2D(2, 3, use_bias=False), "has use_bias False"),
        (layers.Dense(2, name="early"), "early stands on maps"),
        (layers.MaxPooling2D(data_format="channels_first"), "has data_format"),
    ],
)
def test_what_the_browser_cannot_compute_is_refused(
    layer: layers.Layer, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        export.network(model(layer), CLASSES)


def test_only_classifiers_of_pictures_are_written() -> None:
    inputs = keras.Input((4, 4, 1))
    functional = keras.Model(inputs, layers.Flatten()(inputs))
    with pytest.raises(ValueError, match=r"keras\.Sequential"):
        export.network(functional, CLASSES)
    with pytest.raises(ValueError, match="knows the shape of its input"):
        export.network(keras.Sequential([layers.Dense(3)]), CLASSES)
    with pytest.raises(ValueError, match=r"\(None, 7\)"):
        export.network(model(size=(7,)), CLASSES)
    with pytest.raises(ValueError, match=r"4 classes; got \(None, 3\)"):
        export.network(model(), [*CLASSES, "Coat"])


@pytest.mark.parametrize("number", [70000.0, math.inf, math.nan])
def test_weights_that_no_float16_can_hold_are_refused(number: float) -> None:
    broken = model()
    broken.layers[-1].bias.assign([0, number, 0])
    with pytest.raises(ValueError, match=f"{broken.layers[-1].name} has weights beyond"):
        export.network(broken, CLASSES)
