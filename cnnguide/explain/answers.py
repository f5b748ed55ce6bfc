"""The numbers of the last layer, read as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from keras import layers

from cnnguide.explain.errors import ExplainError, NotShown
from cnnguide.explain.steps import Step

# They leave numbers as they are, so the activation is that of a layer before.
PASSING = (layers.Flatten, layers.Reshape, layers.Dropout, layers.Identity)
REGRESSION = ("squared", "absolute", "mse", "mae", "huber", "log_cosh", "logcosh")


@dataclass(frozen=True)
class Reading:
    """How the outputs of a model are read.

    Args:
        activation: what is left to do: "softmax", "sigmoid", or "" for nothing.
        names: of the outputs; of both answers, no and yes, where a single output says yes.
        quantity: what the numbers are: "probability" or "number".
        why: how this was found.
    """

    activation: str
    names: tuple[str, ...]
    quantity: str
    why: str

    def __call__(self, outputs: np.ndarray) -> np.ndarray:
        """Read outputs, (n, outputs), as answers, (n, names).

        >>> Reading("softmax", ("cat", "dog"), "probability", "")(np.array([[1.0, 1.0]]))
        array([[0.5, 0.5]])
        """
        values = outputs.astype("float64")
        if self.activation == "softmax":
            values = np.exp(values - values.max(axis=1, keepdims=True))
            values /= values.sum(axis=1, keepdims=True)
        elif self.activation == "sigmoid":
            values = 1 / (1 + np.exp(-np.clip(values, -500, 500)))
        if values.shape[1] == 1 and len(self.names) == 2:
            values = np.hstack([1 - values, values])
        return values


def read(
    steps: Sequence[Step],
    output: Any,
    names: Sequence[str] = (),
    logits: bool | None = None,
    loss: str = "",
) -> Reading:
    """See how a model's outputs are to be read.

    Args:
        steps: what it did with one picture.
        output: what it gave in the end.
        names: of the classes; without them, they are numbered.
        logits: whether outputs are logits (True) or probabilities (False), where its last
            activation shall not tell.
        loss: the loss that it was compiled with, in any notation.

    Raises:
        NotShown: the output is not one row of numbers.
        ExplainError: there are more or fewer names than outputs.
    """
    shape = getattr(output, "shape", None)
    if shape is None:
        raise NotShown("the model gives several outputs, not one row of numbers")
    if len(shape) != 2:
        raise NotShown(
            f"the output is not one row of numbers: its shape is {tuple(shape[1:])}"
        )
    single = shape[1] == 1
    activation, is_probability, why = _activation(steps, single, loss)
    if logits is not None:
        activation = ("sigmoid" if single else "softmax") if logits else ""
        is_probability, why = True, "as asked for"
    quantity = "probability" if is_probability else "number"
    return Reading(activation, _named(names, shape[1], is_probability), quantity, why)


def class_names(text: str) -> list[str]:
    """Names of classes, from a text such as "cat, dog" or a file with a name on each line.

    Raises:
        ExplainError: there is no such file, or it is no text.

    >>> class_names("cat, dog")
    ['cat', 'dog']
    """
    file = Path(text)
    named = file.suffix == ".txt" or file.is_file()
    try:
        parts = file.read_text(encoding="utf-8").splitlines() if named else text.split(",")
    except (OSError, UnicodeDecodeError) as error:
        raise ExplainError(
            f"a text file with the name of a class on each line at {text}",
            str(error),
            'correct --classes, or give the names: --classes "cat,dog"',
        ) from None
    return [part.strip() for part in parts if part.strip()]


def last_activation(steps: Sequence[Step]) -> str:
    """The name of the activation that the model ends with; "linear" for none."""
    for step in reversed(steps):
        if isinstance(step.layer, layers.Softmax):
            return "softmax"
        if not isinstance(step.layer, PASSING):
            function = getattr(step.layer, "activation", None)
            return getattr(function, "__name__", type(step.layer).__name__.lower())
    return "linear"


def _activation(steps: Sequence[Step], single: bool, loss: str) -> tuple[str, bool, str]:
    """What is left to do, whether probabilities come of it, and why."""
    last = last_activation(steps)
    if last in ("softmax", "sigmoid"):
        return "", True, f"the last activation is {last}"
    if last not in ("linear", "dense"):
        return "", False, f"the last activation is {last}"
    if any(word in loss.lower() for word in REGRESSION):
        return "", False, "it was compiled with a loss for quantities"
    if not single:
        why = "no last activation, so its numbers were taken for logits, through softmax"
        return "softmax", True, why
    if "crossentropy" in loss.lower().replace("_", ""):
        return (
            "sigmoid",
            True,
            "its loss takes logits, so its number was put through sigmoid",
        )
    return "", False, "no last activation, and a single output"


def _named(names: Sequence[str], outputs: int, is_probability: bool) -> tuple[str, ...]:
    if outputs == 1 and is_probability:
        if len(names) == 1:
            names = (f"not {names[0]}", names[0])
        outputs = 2
    if not names:
        kind = "class" if is_probability else "output"
        return tuple(f"{kind} {number}" for number in range(outputs))
    if len(names) != outputs:
        raise ExplainError(
            f"{outputs} names of classes, as many as the model's answers",
            f"{len(names)}: {', '.join(names)}",
            "correct --classes, or leave it out",
        )
    return tuple(names)
