"""The receptive field: how much of the picture a number of a layer depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from keras import layers

from cnnguide.explain.steps import Step
from cnnguide.layers import LocalContrastNormalization

CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)
POOLINGS = (layers.MaxPooling2D, layers.AveragePooling2D)
# Each number depends on the one at its own spot, or is only put elsewhere.
POINTWISE = (
    *(layers.Activation, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU),
    *(layers.Identity, layers.Dropout, layers.SpatialDropout2D, layers.GaussianDropout),
    *(layers.GaussianNoise, layers.ActivityRegularization, layers.BatchNormalization),
    *(layers.Rescaling, layers.Normalization, layers.RandomFlip, layers.RandomRotation),
    *(layers.RandomZoom, layers.RandomTranslation, layers.RandomContrast),
    *(layers.RandomBrightness, layers.Flatten),
)
# Each number depends on the whole of every map.
WHOLE = (
    layers.GlobalMaxPooling2D,
    layers.GlobalAveragePooling2D,
    layers.GroupNormalization,
)
MERGING = (
    *(layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum),
    *(layers.Minimum, layers.Concatenate),
)
OPERATIONS = {"Add", "Subtract", "Multiply", "TrueDivide", "Maximum", "Minimum", "Relu"}


@dataclass(frozen=True)
class Span:
    """Along one axis: place i of `count` depends on low + i·jump to high + i·jump.

    These are pixels of the picture. Negative ones, and those beyond its end, are padding.
    """

    low: int
    high: int
    jump: int
    count: int

    def window(self, size: int, stride: int, before: int, count: int) -> Span:
        """The span of windows over these places, with so many places added before them."""
        low = self.low - before * self.jump
        high = self.high + (size - 1 - before) * self.jump
        return Span(low, high, self.jump * stride, count)

    def whole(self) -> Span:
        """The span of something that depends on all places."""
        return Span(self.low, self.high + (self.count - 1) * self.jump, 0, 1)

    def __len__(self) -> int:
        return self.high - self.low + 1


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer in a picture of so many rows and columns."""

    rows: Span
    columns: Span
    picture: tuple[int, int]

    @property
    def sides(self) -> tuple[int, int]:
        """Rows and columns that one number depends on, padding included.

        What depends on all of a layer gets no more than the picture has.
        """
        both = zip((self.rows, self.columns), self.picture, strict=True)
        return tuple(
            len(s) if s.jump else min(s.high, n - 1) - max(s.low, 0) + 1 for s, n in both
        )

    def both(self, change: Callable[[Span, int], Span]) -> Field:
        """The field with both spans changed; the function is given each with its axis."""
        return replace(self, rows=change(self.rows, 0), columns=change(self.columns, 1))

    def whole(self) -> Field:
        """The field of what depends on all places."""
        return self.both(lambda span, axis: span.whole())


def along(steps: Sequence[Step], picture: Any) -> list[Field | None]:
    """The receptive field of each step's output, or None where it is not defined.

    Args:
        steps: what a model did with one picture.
        picture: that picture, (1, rows, columns, channels), of values that differ.

    >>> from cnnguide.explain.steps import take
    >>> picture = keras.random.normal((1, 9, 9, 1))
    >>> spread = layers.Conv2D(2, 3, dilation_rate=2)
    >>> model = keras.Sequential([layers.Conv2D(2, 3), spread])
    >>> [field.sides for field in along(take(model, picture)[0], picture)]
    [(3, 3), (7, 7)]
    """
    size = tuple(picture.shape[1:3])
    start = Field(*(Span(0, 0, 1, n) for n in size), size)
    known: list[tuple[Any, Field | None]] = [(picture, start)]
    fields = []
    for step in steps:
        field = _after(step, [_find(known, tensor) for tensor in step.inputs])
        known.extend((tensor, field) for tensor in step.outputs)
        fields.append(field)
    return fields


def _find(known: list[tuple[Any, Field | None]], tensor: Any) -> Field | None:
    """The field of a tensor; one that was cast to another dtype in between counts, too."""
    for candidate, field in reversed(known):
        if candidate is tensor:
            return field
    values = keras.ops.convert_to_numpy(tensor)
    for candidate, field in reversed(known):
        if candidate.shape == tensor.shape:
            cast = keras.ops.convert_to_numpy(candidate).astype(values.dtype)
            if np.array_equal(cast, values):
                return field
    return None


def _after(step: Step, fields: list[Field | None]) -> Field | None:
    layer, output = step.layer, step.outputs[0].shape if step.outputs else ()
    if not fields or None in fields:
        return None
    if len(fields) > 1:
        concatenates = isinstance(layer, layers.Concatenate)
        across = not concatenates or layer.axis in (-1, len(output) - 1)
        merges = isinstance(layer, MERGING) or _is_operation(layer)
        return _merged(fields) if merges and across else None
    (field,) = fields
    if not field.rows.jump and not field.columns.jump:
        return field  # It depends on the whole picture, and so does whatever comes.
    if getattr(layer, "data_format", None) == "channels_first":
        return None
    return _after_one(layer, field, output)


def _after_one(layer: Any, field: Field, output: Sequence[int]) -> Field | None:
    if isinstance(layer, (*CONVOLUTIONS, *POOLINGS)):
        return field.both(lambda span, axis: _windows(layer, span, axis, output))
    if isinstance(layer, LocalContrastNormalization):  # its deviation is a mean of means
        window = layer.window
        return field.both(
            lambda s, a: s.window(2 * window[a] - 1, 1, window[a] - 1, s.count)
        )
    if isinstance(layer, layers.ZeroPadding2D):
        return field.both(lambda s, a: s.window(1, 1, layer.padding[a][0], output[a + 1]))
    if isinstance(layer, layers.Cropping2D):
        return field.both(lambda s, a: s.window(1, 1, -layer.cropping[a][0], output[a + 1]))
    if isinstance(layer, WHOLE) or (isinstance(layer, layers.Dense) and len(output) == 2):
        return field.whole()
    last = getattr(layer, "axis", -1) in (-1, [-1], len(output) - 1, [len(output) - 1])
    if isinstance(layer, (layers.LayerNormalization, layers.Softmax)) and last:
        return field
    pointwise = isinstance(layer, (*POINTWISE, layers.Dense)) or _is_operation(layer)
    return field if pointwise else None


def _windows(layer: Any, span: Span, axis: int, output: Sequence[int]) -> Span:
    kernel = layer.pool_size if isinstance(layer, POOLINGS) else layer.kernel_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    count, stride = output[axis + 1], layer.strides[axis]
    size = (kernel[axis] - 1) * dilation[axis] + 1
    before = 0
    if layer.padding == "same":
        before = max((count - 1) * stride + size - span.count, 0) // 2
    return span.window(size, stride, before, count)


def _merged(fields: list[Field]) -> Field | None:
    rows = _union([field.rows for field in fields])
    columns = _union([field.columns for field in fields])
    return Field(rows, columns, fields[0].picture) if rows and columns else None


def _union(spans: list[Span]) -> Span | None:
    fixed = [span for span in spans if not span.jump]
    if fixed and len(fixed) < len(
        spans
    ):  # a number that depends on all meets one that does not
        spans = [span.whole() for span in spans]
        if min(s.low for s in fixed) > 0 or max(map(len, fixed)) < max(map(len, spans)):
            return None
    if len({span.jump for span in spans}) > 1:
        return None
    low, high = min(s.low for s in spans), max(s.high for s in spans)
    return Span(low, high, spans[0].jump, max(s.count for s in spans))


def _is_operation(layer: Any) -> bool:
    """Whether it is an operation of Keras that keeps places apart, such as + and ×."""
    name, module = type(layer).__name__, type(layer).__module__
    return name in OPERATIONS and module.startswith("keras.src.ops.")
