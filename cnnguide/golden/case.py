"""One call of a function of the browser's, and what Keras gives for it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Call:
    """A call of a function of `docs/js`.

    Args:
        function: such as "ops.conv2d".
        given: its arguments: None, numbers, texts, and lists and dictionaries of these;
            float32 arrays, which become tensors, whole-number arrays, which become typed
            arrays; and other calls, whose results are meant.
    """

    function: str
    given: tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A call and what comes of it.

    Args:
        group: what is compared with one tolerance, such as "convolution".
        call: what the browser does.
        expected: what Keras gives, without a batch axis; None where it refuses, which the
            browser must do, too.
    """

    group: str
    call: Call
    expected: np.ndarray | None


def save(cases: list[Case], folder: Path) -> None:
    """Write cases to `cases.json` and their arrays to `numbers.bin`."""
    numbers = bytearray()
    told = [
        {
            "group": case.group,
            "call": _encoded(case.call, numbers),
            "expected": _encoded(case.expected, numbers),
        }
        for case in cases
    ]
    (folder / "cases.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "numbers.bin").write_bytes(numbers)


def exact(random: np.random.Generator, shape: tuple[int, ...], step: int) -> np.ndarray:
    """Numbers from -1 to 1 in steps of 1/step.

    float32 holds sums of products of such numbers without rounding, so that they are the
    same in whichever order a machine adds them.
    """
    whole = random.integers(-step, step, shape, endpoint=True)
    return (whole / step).astype("float32")


def _encoded(value: Any, numbers: bytearray) -> Any:
    if isinstance(value, Call):
        given = [_encoded(inner, numbers) for inner in value.given]
        return {"function": value.function, "given": given}
    if isinstance(value, np.ndarray):
        at = len(numbers)
        numbers += value.astype(value.dtype.newbyteorder("<")).tobytes()
        numbers += bytes(-len(numbers) % 4)  # where the next may begin
        return {"type": value.dtype.name, "shape": list(value.shape), "at": at}
    if isinstance(value, dict):
        return {name: _encoded(inner, numbers) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_encoded(inner, numbers) for inner in value]
    return value
