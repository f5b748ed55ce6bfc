from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnnguide.explain import architecture
from cnnguide.explain.steps import leaves, take
from cnnguide.layers import LocalContrastNormalization

from . import models

Make = Callable[[], keras.Model]


def row_of(model: keras.Model, name: str) -> architecture.Row:
    found = architecture.rows(model, architecture.trial(model))
    return next(row for row in found if row.name == name)


@pytest.mark.parametrize("make", models.IMAGE_MODELS + models.OTHERS)
def test_parameters_are_those_that_keras_counts(make: Make) -> None:
    model = make()
    found = architecture.rows(model, architecture.trial(model))
    assert architecture.totals(found)[0] == model.count_params()
    assert [row.name for row in architecture.untried(model)] == [
        name for name, _ in leaves(model)
    ]


@pytest.mark.parametrize("make", [models.plain, models.nested, models.without_convolution])
def test_shapes_are_those_that_keras_gives(make: Make) -> None:
    model = make()
    for row in architecture.rows(model, architecture.trial(model)):
        assert row.shape == tuple(row.layer.output.shape[1:])


@pytest.mark.parametrize("make", [models.plain, models.nested])
def test_multiply_adds_are_half_of_the_operations_that_tensorflow_counts(
    make: Make,
) -> None:
    model = make()
    call = tf.function(lambda x: model(x, training=False))
    graph = call.get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:]))).graph
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    node = profiler.profile(graph, cmd="op", options=options.with_empty_output().build())
    counted = 0
    while node.children:
        (node,) = node.children
        if node.name in ("Conv2D", "DepthwiseConv2dNative", "MatMul"):
            counted += node.float_ops
    found = architecture.rows(model, architecture.trial(model))
    assert 2 * architecture.totals(found)[1] == counted


ONES = {"use_bias": False, "name": "layer"}


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(4, (3, 2), strides=2, kernel_initializer="ones", **ONES),
        layers.Conv2D(4, 3, dilation_rate=2, kernel_initializer="ones", **ONES),
        layers.Conv2D(4, 3, groups=2, kernel_initializer="ones", **ONES),
        layers.Conv2DTranspose(3, 3, strides=2, kernel_initializer="ones", **ONES),
        layers.DepthwiseConv2D(3, 2, depthwise_initializer="ones", **ONES),
        layers.Dense(7, kernel_initializer="ones", **ONES),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_multiply_adds_are_how_many_ones_are_summed_up(layer: layers.Layer) -> None:
    model = models.stack(layer, shape=(12, 12, 2))
    total = float(keras.ops.sum(model(np.ones((1, 12, 12, 2)))))
    assert row_of(model, "layer").multiply_adds == total


def test_a_layer_that_is_called_twice_is_there_twice_and_counted_once() -> None:
    model = models.shared()
    first, second, _ = architecture.rows(model, architecture.trial(model))
    assert (first.name, first.parameters, first.field) == ("twice", 84, (3, 3))
    assert (second.name, second.parameters, second.field) == ("twice", 0, (5, 5))
    assert first.multiply_adds == second.multiply_adds == 12 * 12 * 3 * 3 * 3 * 3


def test_what_is_not_defined_is_not_counted() -> None:
    assert row_of(models.recurrent(), "lstm").multiply_adds is None
    assert row_of(models.two_inputs(), "answer").field is None
    normalized = models.stack(LocalContrastNormalization(name="lcn"))
    assert row_of(normalized, "lcn").multiply_adds == 0


def test_a_trial_leaves_no_trace() -> None:
    model = models.nested()
    picture = np.random.default_rng(0).uniform(size=(2, 24, 24, 3)).astype("float32")
    before = model(picture)
    steps, output = take(model, picture)
    assert np.array_equal(before, output) and len(steps) == 7
    assert not any("call" in vars(layer) for _, layer in leaves(model))
    with pytest.raises(ValueError, match="expected"):
        take(model, picture[:, :3])
    assert not any("call" in vars(layer) for _, layer in leaves(model))


def test_the_table_reads_well() -> None:
    keras.utils.clear_session()
    model = models.stack(layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="row"))
    assert repr(architecture.table(model)).splitlines() == [
        "layer     type     output   parameters  multiply-adds  sees",
        "conv      Conv2D   10×10×4          40          3,600  3×3",
        "row       Flatten  400               0              0  3×3",
        "together                            40          3,600",
    ]
