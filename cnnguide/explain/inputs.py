"""Which pictures a model takes: size, channels, and the range of their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

from cnnguide.explain.errors import NotShown
from cnnguide.explain.steps import leaves

MODES = {1: "L", 3: "RGB", 4: "RGBA"}  # Pillow's name for so many channels
RANGES = {"1": (0.0, 1.0), "255": (0.0, 255.0), "-1..1": (-1.0, 1.0)}


@dataclass(frozen=True)
class Intake:
    """The pictures that a model takes.

    Args:
        rows: their height in pixels, or None if any will do.
        columns: their width, or None.
        channels: 1 for grey, 3 for colour, 4 for colour and opacity.
        low: the number for black.
        high: the number for white.
        why: how low and high were found.
        dtype: of the model's input.
    """

    rows: int | None
    columns: int | None
    channels: int
    low: float
    high: float
    why: str
    dtype: str = "float32"

    @property
    def text(self) -> str:
        """What it takes, in words."""
        size = f"{self.rows or 'any'}×{self.columns or 'any'} pixels"
        colour = {1: "grey", 3: "colour", 4: "colour with opacity"}[self.channels]
        return f"{'any size' if size.startswith('any×any') else size}, {colour}"

    def scaled(self, picture: np.ndarray) -> np.ndarray:
        """A batch of one for the model, of a picture from 0 to 1."""
        values = (self.low + picture * (self.high - self.low))[np.newaxis]
        return (np.round(values) if "int" in self.dtype else values).astype(self.dtype)


def read(model: keras.Model, scale: str | None = None) -> Intake:
    """See which pictures a model takes.

    Args:
        model: any model.
        scale: the range of their numbers, a name in RANGES. Without it, the model's own
            layers tell: a Rescaling by less than 0.1, a Normalization around a mean above 2
            and an input of whole numbers take 0 to 255. All other models get 0 to 1.

    Raises:
        NotShown: the model does not take pictures, or not only one.

    >>> model = keras.Sequential([keras.Input((28, 28, 1)), layers.Rescaling(1 / 255)])
    >>> read(model).text, read(model).high
    ('28×28 pixels, grey', 255.0)
    """
    # A model that is a class of its own has no inputs that it could name.
    inputs = keras.tree.flatten(getattr(model, "inputs", None) or [])
    if not inputs:
        raise NotShown("it does not say what it takes")
    if len(inputs) > 1:
        raise NotShown(f"it takes {len(inputs)} inputs, not a single picture")
    shape = tuple(inputs[0].shape)
    if len(shape) != 4 or shape[3] not in MODES:
        raise NotShown(
            "its input is no picture of (rows, columns, 1, 3 or 4 channels): it has the "
            f"shape {shape[1:]}"
        )
    dtype = str(inputs[0].dtype)
    name, why = (scale, "as asked for") if scale else _range(model, dtype)
    return Intake(*shape[1:], *RANGES[name], why, dtype)


def _range(model: keras.Model, dtype: str) -> tuple[str, str]:
    if "int" in dtype:
        return "255", f"the input is of {dtype}"
    for name, layer in _preparing(model):
        if isinstance(layer, layers.Rescaling):
            # Rescaling(1 / 255) or (1 / 127.5) bring 255 near 1; Rescaling(2, -1) does not.
            large = bool(np.max(np.abs(layer.scale)) < 0.1)
            return "255" if large else "1", f"found by the layer {name}, a Rescaling"
        if isinstance(layer, layers.Normalization):
            mean = np.max(np.abs(keras.ops.convert_to_numpy(layer.mean)))
            return "255" if mean > 2 else "1", f"found by the layer {name}, a Normalization"
    return "1", (
        "no Rescaling or Normalization in front tells; if it was trained on another range, "
        "say so with --scale"
    )


def _preparing(model: keras.Model) -> Iterator[tuple[str, Any]]:
    """The layers before the first that has learned a kernel."""
    for name, layer in leaves(model):
        if hasattr(layer, "kernel_size") or isinstance(layer, layers.Dense):
            return
        yield name, layer
