"""What a check says: right, or what was expected, what came, and a hint."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check says of an answer; a notebook shows it below the cell.

    Args:
        right: whether the answer is right.
        message: what is right about it, or what was expected and what came.
        hint: where to look, without giving the answer away; empty for a right one.

    >>> Verdict(True, "All 4 pictures keep their size.")
    ✓ Right. All 4 pictures keep their size.
    """

    right: bool
    message: str
    hint: str = ""

    def __repr__(self) -> str:
        word = "✓ Right." if self.right else "✗ Not yet."
        hint = f"\nHint: {self.hint}" if self.hint else ""
        return f"{word} {self.message}{hint}"

    def _repr_html_(self) -> str:
        """What a notebook shows: as the text, in the colours of right and wrong."""
        kind, word = ("right", "✓ Right.") if self.right else ("wrong", "✗ Not yet.")
        hint = f"<p><b>Hint:</b> {escape(self.hint)}</p>" if self.hint else ""
        colour = "#2e7d32" if self.right else "#b26a00"
        return (
            f'<div class="verdict verdict-{kind}" role="status" '
            f'style="border-left: .25em solid {colour}; padding: 0 .8em">'
            f"<p><b>{word}</b> {escape(self.message)}</p>{hint}</div>"
        )


class Stopped(Exception):
    """A check can go no further with an answer; holds what it says of it."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def right(message: str) -> Verdict:
    """The verdict on a right answer.

    Args:
        message: what is right about it, in a sentence or two.
    """
    return Verdict(True, message)


def wrong(expected: str, came: object, hint: str) -> Verdict:
    """The verdict on a wrong answer.

    Args:
        expected: what kind of thing was expected, without giving it away.
        came: the answer, or what it is in a few words.
        hint: where to look.

    >>> wrong("a shape of 4 numbers", (26, 26), "What is the first axis?")
    ✗ Not yet. Expected a shape of 4 numbers; came (26, 26).
    Hint: What is the first axis?
    """
    said = came if isinstance(came, str) else _short(came)
    return Verdict(False, f"Expected {expected}; came {said}.", hint)


def shape(answer: object, axes: int) -> tuple[int, ...]:
    """The answer as a shape.

    Args:
        answer: a tuple or list of whole numbers.
        axes: how many it should have.

    Raises:
        Stopped: it is none, or has another number of axes.

    >>> shape([4, 26, 26, 8], 4)
    (4, 26, 26, 8)
    """
    expected = f"a shape of {axes} whole numbers"
    try:
        found = tuple(answer)
    except TypeError:
        hint = "Write it as a tuple, such as (2, 3)."
        raise Stopped(wrong(expected, answer, hint)) from None
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in found):
        hint = "Write each axis as a whole number, such as in (2, 3)."
        raise Stopped(wrong(expected, answer, hint))
    if len(found) != axes:
        hint = "Which axes has it, from the batch to the channels? Name all that are asked."
        raise Stopped(wrong(expected, found, hint))
    return found


def number(answer: object, whole: bool = False) -> float:
    """The answer as a number.

    Args:
        answer: a number, or an array or tensor with a single one.
        whole: whether it must be a whole number.

    Raises:
        Stopped: it is none.

    >>> number(3.5)
    3.5
    """
    expected = "a whole number" if whole else "a number"
    try:
        found = float(answer)
    except (TypeError, ValueError):
        hint = "Give the number itself, without words or units."
        raise Stopped(wrong(expected, answer, hint)) from None
    if whole and found != int(found):
        raise Stopped(wrong(expected, answer, "It counts something; can it have a rest?"))
    return int(found) if whole else found


def call(function: object, *arguments: object) -> Any:
    """What the reader's function returns.

    Raises:
        Stopped: it is no function, stops with an error, or returns nothing yet.

    >>> call(lambda a: a + 1, 2)
    3
    """
    if not isinstance(function, Callable):
        hint = "Hand over the function itself, without calling it."
        raise Stopped(wrong("a function", function, hint))
    try:
        result = function(*arguments)
    except Exception as error:
        came = f"{type(error).__name__}: {_short(str(error))}"
        hint = "Call your function in a cell of its own, to see where it stops."
        expected = "a function that runs to its end"
        raise Stopped(wrong(expected, came, hint)) from None
    if result is None or result is ...:
        hint = "Fill in its body, and return the result on its last line."
        raise Stopped(wrong("a function that returns a result", str(result), hint))
    return result


def _short(value: object, limit: int = 160) -> str:
    text = " ".join((value if isinstance(value, str) else repr(value)).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
