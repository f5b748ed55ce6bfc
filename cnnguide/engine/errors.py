"""What can go wrong between a page and its outputs.

    EngineError
    ├── BadReference     a fence names something that is not there
    ├── BadScript        a function cannot be shown as a script
    ├── BadSetting       an environment variable makes no sense
    ├── BadFormula       KaTeX cannot read a formula
    ├── BadPackage       Netron is not there, or not the version that is known
    ├── NoData           the data that a snippet reads are not to be had
    └── SnippetFailed    a script ran and did not end well

Every message says what was expected, what came and what to do.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class EngineError(Exception):
    """A snippet cannot be shown; the message is written for its author."""

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def at(self, where: str) -> "EngineError":
        """The same error, naming the page and line (`docs/garments.md:12`)."""
        return type(self)(f"{where}: {self.message}", self.details)

    def __str__(self) -> str:
        return f"{self.message}\n\n{self.details}" if self.details else self.message


class BadReference(EngineError):
    """A lesson, snippet or option that does not exist, or a fence that names none."""


class BadScript(EngineError):
    """A function that cannot be written as a script that means the same."""


class BadSetting(EngineError):
    """An environment variable of ours with a value that it cannot have."""


class BadFormula(EngineError):
    """A formula on a page that KaTeX cannot read."""


class BadPackage(EngineError):
    """A package whose files the site takes is not there, or has others than expected."""


class NoData(EngineError):
    """Data that a snippet reads are not there, or the choice of data makes no sense."""


class SnippetFailed(EngineError):
    """A script that raised, ended early, was killed or ran too long.

    `details` holds the traceback, without frames of the engine.
    """


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint at the nearest known name, or at all of them when there are few.

    >>> suggestion("gaments", ["garments", "flowers"])
    'did you mean "garments"?'
    >>> suggestion("x", ["garments", "flowers"])
    'known: flowers, garments'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known: " + ", ".join(names) if names else "there are none"
