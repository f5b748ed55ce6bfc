"""Convolutions on the page: their kernels, and the maps that they make of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from cnnguide.explain import page, tiles
from cnnguide.explain.architecture import sides
from cnnguide.explain.steps import Step

CONVOLUTIONS = (
    *(layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D),
    layers.Conv2DTranspose,
)
KERNELS = 64  # of a layer with one map or colours as input
PAIRS = 16  # kernels, and for each so many input maps, of the layers after it
MAPS = 64
PIXELS = 200_000  # of all maps of a layer that are shown; but 8 maps at least


def kernel(layer: Any) -> np.ndarray:
    """The kernels of a layer, (rows, columns, input maps, kernels).

    Those of a depthwise convolution look at one map each.
    """
    if isinstance(layer, (layers.DepthwiseConv2D, layers.SeparableConv2D)):
        separable = isinstance(layer, layers.SeparableConv2D)
        values = layer.depthwise_kernel if separable else layer.kernel
        return keras.ops.convert_to_numpy(values).reshape(*values.shape[:2], 1, -1)
    values = keras.ops.convert_to_numpy(layer.kernel)
    return values.swapaxes(2, 3) if isinstance(layer, layers.Conv2DTranspose) else values


def kernels(values: np.ndarray, name: str) -> str:
    """A figure of kernels.

    Args:
        values: (rows, columns, input maps, kernels). With one input map each kernel is a
            grey tile, with three a coloured one; with more, the tiles of a row belong to a
            kernel, and each to an input map.
        name: of their layer.
    """
    height, width, inputs, count = values.shape
    if inputs in (1, 3):
        shown = values[..., :KERNELS].transpose(3, 0, 1, 2)
        columns, what = min(8, len(shown)), f"{len(shown)} of {count} kernels"
        drawn = tiles.brightness(shown, signed=True)
    else:
        part = values[..., :PAIRS, :PAIRS].transpose(3, 2, 0, 1)
        columns = part.shape[1]
        what = f"{part.shape[0]} of {count} kernels, a row for each"
        what += f", on {columns} of {inputs} input maps, a column for each"
        drawn = tiles.brightness(part.reshape(-1, height, width), signed=True)
    pixels = tiles.mosaic(drawn, columns, gap=0 if height * width == 1 else 1)
    meaning = "Zero is grey; of each tile the number furthest from zero is black or white."
    numbers = f"Numbers from {values.min():.3g} to {values.max():.3g}."
    alt = f"Kernels of {name}: {what}, {height}×{width} each. {numbers}"
    return page.image(pixels, alt, f"Kernels, {what}. {numbers} {meaning}", 384)


def maps(values: np.ndarray, name: str, picture: str) -> str:
    """A figure of the maps that a layer made of a picture.

    Args:
        values: (rows, columns, maps).
        name: of the layer.
        picture: its name.
    """
    height, width, count = values.shape
    few = max(8, PIXELS // (height * width))
    shown = values[..., : min(MAPS, few)].transpose(2, 0, 1).astype("float64")
    negative = bool(shown.min() < 0)
    pixels = tiles.mosaic(tiles.brightness(shown, negative), min(8, len(shown)))
    positive, dark = np.mean(shown > 0), int(np.sum(np.abs(shown).max(axis=(1, 2)) == 0))
    facts = f"{positive:.0%} of their numbers are above zero"
    facts += f"; {dark} are zero everywhere" if dark else ""
    what = f"{len(shown)} of {count} maps, {height}×{width} each"
    alt = f"Maps that {name} makes of {picture}: {what}. {facts}."
    zero = "grey" if negative else "black"
    caption = (
        f"{picture}: {what}. {facts}. Zero is {zero}; each map has a scale of its own."
    )
    return page.image(pixels, alt, caption)


def made(steps: Sequence[Step]) -> list[np.ndarray]:
    """What each convolution that is shown made of the first picture, in their order."""
    return [
        keras.ops.convert_to_numpy(step.outputs[0])[0] for step in steps if is_shown(step)
    ]


def shown(
    steps: Sequence[Step], pictures: Sequence[tuple[str, Sequence[np.ndarray]]]
) -> list[str]:
    """A part of the page for each convolution.

    Args:
        steps: those of a trial.
        pictures: the name of each, and what was made of it.
    """
    chosen = [step for step in steps if is_shown(step)]
    parts = []
    for number, step in enumerate(chosen):
        figures = [kernels(kernel(step.layer), step.name)]
        figures += [maps(found[number], step.name, name) for name, found in pictures]
        shape = sides(step.outputs[0].shape[1:])
        title = f"{step.name}: {type(step.layer).__name__}, output {shape}"
        parts.append(page.folded(title, figures, is_open=len(chosen) <= 6))
    return parts


def is_shown(step: Step) -> bool:
    """Whether a step is a convolution over pictures whose channels come last."""
    return (
        isinstance(step.layer, CONVOLUTIONS) and step.layer.data_format == "channels_last"
    )
