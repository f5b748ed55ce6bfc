"""The layers of a model: shapes, parameters, multiply-adds and receptive fields."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from cnnguide.explain import fields
from cnnguide.explain.errors import NotShown
from cnnguide.explain.inputs import read
from cnnguide.explain.steps import Step, leaves, take
from cnnguide.layers import LocalContrastNormalization
from cnnguide.table import Table

UNDEFINED = "–"
FREE = 64  # rows and columns that the model is shown with where it takes any number
SLIDING = (layers.Conv1D, layers.Conv2D, layers.Conv3D)
DEPTHWISE = (layers.DepthwiseConv1D, layers.DepthwiseConv2D)
SEPARABLE = (layers.SeparableConv1D, layers.SeparableConv2D)
TRANSPOSED = (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
# They have parameters, and do a few sums for each number; these are never counted.
LIGHT = (
    *(layers.BatchNormalization, layers.LayerNormalization, layers.GroupNormalization),
    *(layers.Normalization, layers.PReLU, LocalContrastNormalization),
)


@dataclass(frozen=True)
class Row:
    """A layer, as it was called.

    Args:
        name: its name, after those of the models that it is part of.
        layer: the layer.
        shape: of its output for one picture, without the batch axis; None if unknown.
        parameters: how many it has; 0 where it is called again.
        multiply_adds: for one picture; None where they are not defined here.
        field: its receptive field in rows and columns; None where it is not defined.
    """

    name: str
    layer: Any
    shape: tuple[int, ...] | None
    parameters: int
    multiply_adds: int | None
    field: tuple[int, int] | None


def sample(model: keras.Model) -> Any:
    """Noise in the shape of what the model takes, with 64 for sizes that are free.

    Raises:
        NotShown: the model does not say what it takes.
    """
    try:
        wanted = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    except (AttributeError, ValueError, TypeError):
        raise NotShown("the model does not say what it takes") from None
    generator = keras.random.SeedGenerator(0)
    return keras.tree.map_structure(lambda given: _noise(given, generator), wanted)


@dataclass(frozen=True)
class Trial:
    """What a model did with noise.

    Args:
        given: the noise.
        steps: what each layer made of it.
        output: what came of it in the end.
    """

    given: Any
    steps: list[Step]
    output: Any


def trial(model: keras.Model) -> Trial:
    """Give a model noise, and note what it does.

    Raises:
        NotShown: it does not say what it takes, or fails.
    """
    given = sample(model)
    try:
        return Trial(given, *take(model, given))
    except Exception as error:  # whatever a model of any kind may raise
        said = " ".join(str(error).split())[:200]
        raise NotShown(f"a trial with noise failed: {said}") from None


def rows(model: keras.Model, tried: Trial) -> list[Row]:
    """What each layer is and does, in the order in which they are called.

    >>> model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3)])
    >>> row = rows(model, trial(model))[0]
    >>> row.shape, row.parameters, row.multiply_adds, row.field
    ((26, 26, 32), 320, 194688, (3, 3))
    """
    try:
        read(model)
        seen = [field and field.sides for field in fields.along(tried.steps, tried.given)]
    except NotShown:
        seen = [None] * len(tried.steps)
    counted: set[int] = set()
    found = []
    for step, field in zip(tried.steps, seen, strict=True):
        parameters = 0 if id(step.layer) in counted else _parameters(step.layer)
        counted.add(id(step.layer))
        shape = tuple(step.outputs[0].shape[1:]) if step.outputs else None
        found.append(
            Row(step.name, step.layer, shape, parameters, multiply_adds(step), field)
        )
    return found


def untried(model: keras.Model) -> list[Row]:
    """What is known of the layers of a model that could not be tried."""
    return [
        Row(name, layer, None, _parameters(layer), None, None)
        for name, layer in leaves(model)
    ]


def table(model: keras.Model) -> Table:
    """The layers of a model, in a table.

    >>> table(keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3)])).rows[-1]
    ('together', '', '', '320', '194,688', '')
    """
    return tabulated(rows(model, trial(model)))


def totals(found: Sequence[Row]) -> tuple[int, int | None]:
    """Parameters and multiply-adds of all layers; None where no layer defines them."""
    counted = [row.multiply_adds for row in found if row.multiply_adds is not None]
    return sum(row.parameters for row in found), sum(counted) if counted else None


def tabulated(found: Sequence[Row], caption: str = "") -> Table:
    """Rows in a table, and below them how many parameters and multiply-adds there are."""
    lines = [
        (
            row.name,
            type(row.layer).__name__,
            UNDEFINED if row.shape is None else sides(row.shape),
            f"{row.parameters:,}",
            UNDEFINED if row.multiply_adds is None else f"{row.multiply_adds:,}",
            UNDEFINED if row.field is None else sides(row.field),
        )
        for row in found
    ]
    parameters, adds = totals(found)
    added = UNDEFINED if adds is None else f"{adds:,}"
    last = ("together", "", "", f"{parameters:,}", added, "")
    columns = ("layer", "type", "output", "parameters", "multiply-adds", "sees")
    return Table(columns, [*lines, last], caption)


def sides(shape: Sequence[int]) -> str:
    """A shape in words.

    >>> sides((28, 28, 1))
    '28×28×1'
    """
    return "×".join(map(str, shape)) or "one number"


def multiply_adds(step: Step) -> int | None:
    """How many multiplications with a weight, and additions, a call takes for one picture.

    Returns:
        None where that is not defined here. 0 for layers without kernels.
    """
    layer = step.layer
    if isinstance(layer, SEPARABLE):
        return _separable(step)
    if isinstance(layer, (*SLIDING, layers.Dense)):
        return math.prod(step.outputs[0].shape[1:]) * math.prod(layer.kernel.shape[:-1])
    if isinstance(layer, TRANSPOSED):
        return math.prod(step.inputs[0].shape[1:]) * math.prod(layer.kernel.shape[:-1])
    if isinstance(layer, DEPTHWISE):
        return math.prod(step.outputs[0].shape[1:]) * math.prod(layer.kernel_size)
    return 0 if isinstance(layer, LIGHT) or not _parameters(layer) else None


def _separable(step: Step) -> int:
    """First a depthwise convolution, then one of 1×1."""
    *_, between, filters = step.layer.pointwise_kernel.shape
    places = math.prod(step.outputs[0].shape[1:]) // filters
    return places * between * (math.prod(step.layer.kernel_size) + filters)


def _parameters(layer: Any) -> int:
    return layer.count_params() if isinstance(layer, layers.Layer) and layer.built else 0


def _noise(given: Any, generator: Any) -> Any:
    shape = (1, *(size or FREE for size in given.shape[1:]))
    noise = keras.random.uniform(shape, seed=generator)
    return keras.ops.cast(noise * 255, given.dtype) if "int" in given.dtype else noise
