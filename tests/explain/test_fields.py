"""Receptive fields, compared with which pixels really change an output."""

import keras
import numpy as np
import pytest
from keras import layers

from cnnguide.explain import fields
from cnnguide.explain.fields import Field
from cnnguide.explain.steps import take
from cnnguide.layers import LocalContrastNormalization

SIDE = 21


def conv(size: object, **options: object) -> layers.Layer:
    return layers.Conv2D(1, size, kernel_initializer="ones", **options)


def ending(model: keras.Model) -> Field | None:
    picture = keras.random.uniform((1, SIDE, SIDE, 1), seed=1)
    return fields.along(take(model, picture)[0], picture)[-1]


def changed(model: keras.Model, row: int, column: int) -> tuple[list[int], list[int]]:
    """The rows and columns of the pixels on which a place of the output depends."""
    # One pixel after another is lit in a picture of noise; the last stays as it is.
    noise = np.random.default_rng(0).uniform(size=(SIDE, SIDE, 1))
    lit = 2 * np.eye(SIDE * SIDE + 1, SIDE * SIDE).reshape(-1, SIDE, SIDE, 1)
    answers = keras.ops.convert_to_numpy(model((noise + lit).astype("float32")))
    if answers.ndim == 4:
        answers = answers[:, row, column]
    moved = np.abs(answers[:-1] - answers[-1]).reshape(SIDE, SIDE, -1).max(axis=-1) > 1e-4
    return np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))


CHAINS = {
    "one": lambda: [conv(3)],
    "same": lambda: [conv(5, padding="same"), conv(3, padding="same")],
    "stride": lambda: [conv(3, strides=2), conv(3)],
    "stride, same": lambda: [conv(4, strides=3, padding="same"), conv(2, padding="same")],
    "dilation": lambda: [conv(3, dilation_rate=3), conv((1, 3))],
    "average": lambda: [conv(3), layers.AveragePooling2D(3, 2), conv(3)],
    "maximum": lambda: [layers.MaxPooling2D(3, strides=2, padding="same")],
    "padding": lambda: [layers.ZeroPadding2D(((2, 1), (0, 3))), conv(3, strides=2)],
    "cropping": lambda: [layers.Cropping2D(((3, 1), (2, 4))), conv(3)],
    "contrast": lambda: [conv(1), LocalContrastNormalization(5)],
    "not square": lambda: [conv((3, 5), strides=(2, 1)), layers.AveragePooling2D((1, 2))],
}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_field_holds_exactly_the_pixels_that_count(chain: str) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), *CHAINS[chain]()])
    field = ending(model)
    for row in (0, field.rows.count // 2, field.rows.count - 1):
        rows, columns = changed(model, row, field.columns.count // 2)
        assert (rows[0], rows[-1]) == pixels(field.rows, row)
        assert (columns[0], columns[-1]) == pixels(field.columns, field.columns.count // 2)


def pixels(span: fields.Span, place: int) -> tuple[int, int]:
    """The first and the last pixel that a place should depend on."""
    low, high = span.low + place * span.jump, span.high + place * span.jump
    return max(low, 0), min(high, SIDE - 1)


def test_dense_layers_see_what_the_maps_before_them_see() -> None:
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            conv(2, strides=4),
            layers.Flatten(),
            layers.Dense(1, kernel_initializer="ones"),
        ]
    )
    rows, columns = changed(model, 0, 0)
    assert ending(model).sides == (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)
    assert ending(model).sides == (18, 18)


def test_branches_see_what_any_of_them_sees() -> None:
    inputs = keras.Input((SIDE, SIDE, 1))
    wide, narrow = conv(7, padding="same")(inputs), conv((1, 3), padding="same")(inputs)
    model = keras.Model(inputs, layers.Add()([wide, narrow]) + narrow)
    assert ending(model).sides == (7, 7)
    rows, _ = changed(model, 10, 10)
    assert (rows[0], rows[-1]) == pixels(ending(model).rows, 10)


def test_a_number_that_depends_on_all_spreads() -> None:
    inputs = keras.Input((SIDE, SIDE, 1))
    x = conv(3, padding="same")(inputs)
    model = keras.Model(
        inputs, layers.Multiply()([x, layers.GlobalAveragePooling2D(keepdims=True)(x)])
    )
    assert ending(model).sides == (SIDE, SIDE)


def test_branches_of_different_steps_have_no_field() -> None:
    inputs = keras.Input((SIDE, SIDE, 1))
    fine = layers.Cropping2D(((0, 11), (0, 11)))(conv(1)(inputs))
    coarse = conv(2, strides=2)(inputs)
    assert ending(keras.Model(inputs, layers.Add()([fine, coarse]))) is None


@pytest.mark.parametrize(
    "layer", [layers.UpSampling2D(), layers.Permute((2, 1, 3)), layers.Resizing(9, 9)]
)
def test_a_layer_that_moves_places_has_no_field(layer: layers.Layer) -> None:
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), layer, conv(3)])
    assert ending(model) is None


def test_a_cast_between_layers_changes_nothing() -> None:
    chain = [conv(3, dtype="mixed_float16"), conv(3, dtype="mixed_float16"), conv(3)]
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), *chain])
    assert ending(model).sides == (7, 7)
