"""What the page says of a model in sentences, and what it cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from cnnguide.explain import architecture
from cnnguide.explain.answers import Reading
from cnnguide.explain.architecture import Row
from cnnguide.explain.convolutions import is_shown
from cnnguide.explain.inputs import Intake
from cnnguide.explain.load import Opened
from cnnguide.explain.steps import Step

COLUMNS = (
    "Output: rows, columns and maps, where it is a picture. Multiply-adds: how many "
    "products of a number and a weight are summed up for one picture, in convolutions and "
    "dense layers. Sees: the receptive field, the rows and columns of the picture that one "
    "number of the output depends on, padding included. A dash: not defined here."
)
NO_PICTURE = (
    "None was given. With one, this page shows how the model sees it, the answer, what the "
    "model looked at, and the maps of each convolution: "
    "cnnguide explain MODEL.keras PICTURE"
)


def of(
    opened: Opened, found: Sequence[Row], intake: Intake | None, reading: Reading | None
) -> list[str]:
    """What a model is, takes and gives."""
    parameters, adds = architecture.totals(found)
    layers = f"{len(found)} layer" + ("s" if len(found) != 1 else "")
    kind = type(opened.model).__name__
    text = (
        f"{opened.path.name} is a {kind} model of {layers} with {parameters:,} parameters."
    )
    facts = [text + (f" It takes {adds:,} multiply-adds." if adds else "")]
    if intake:
        facts.append(
            f"It takes pictures of {intake.text}, and gets them with numbers from "
            f"{intake.low:g} to {intake.high:g} ({intake.why})."
        )
        if None in (intake.rows, intake.columns):
            side = architecture.FREE
            facts.append(
                f"Its layers are shown for {side} pixels where any number will do."
            )
    if reading:
        what = (
            "a probability each" if reading.quantity == "probability" else "a number each"
        )
        facts.append(f"It gives {what} for {_few(reading.names)} ({reading.why}).")
    return facts


def gaps(found: Sequence[Row], steps: Sequence[Step], is_picture: bool) -> list[str]:
    """What the layers do not allow to be shown.

    Args:
        found: the layers.
        steps: what they did in a trial.
        is_picture: whether the model takes a picture.
    """
    notes = []
    uncounted = [row for row in found if row.multiply_adds is None]
    if uncounted:
        notes.append(
            f"Multiply-adds of {_names(uncounted)}: they are defined here for convolutions "
            "and dense layers only, so the sum is without them."
        )
    blurred = [row for row in found if row.field is None]
    if blurred and is_picture:
        notes.append(
            f"The receptive field, from {_names(blurred[:1])} on: it is not defined there."
        )
    drawn = {id(step.layer) for step in steps if is_shown(step)}
    hidden = [row for row in found if _hides(row.layer) and id(row.layer) not in drawn]
    if hidden:
        notes.append(
            f"Kernels and maps inside {_names(hidden)}: only those of two-dimensional "
            "convolutions of Keras with channels last are drawn."
        )
    if not drawn and not hidden:
        notes.append("Kernels and maps: the model has no convolution.")
    return notes


def _hides(layer: Any) -> bool:
    """Whether there may be a convolution in it that is not drawn."""
    ours = type(layer).__module__.partition(".")[0] in ("keras", "cnnguide")
    wraps = isinstance(layer, keras.layers.Wrapper)
    return wraps or not ours or "Conv" in type(layer).__name__


def _names(found: Sequence[Row]) -> str:
    named = list(dict.fromkeys(f"{row.name} ({type(row.layer).__name__})" for row in found))
    more = f" and {len(named) - 5} more" if len(named) > 5 else ""
    return ", ".join(named[:5]) + more


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:10])
    return shown + (f" and {len(names) - 10} more" if len(names) > 10 else "")
