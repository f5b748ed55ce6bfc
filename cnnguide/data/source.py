"""Which data a lesson learns from, described so that a result can name them."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

MODES = ("sample", "full")
_ROWS_OF = {"train": "training"}


class DataError(Exception):
    """Data that are missing, damaged or not to be had.

    Args:
        problem: the file or variable, what was expected and what came.
        remedy: what to do about it.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}\n\n{remedy}" if remedy else problem)


@dataclass(frozen=True)
class Source:
    """Which data are read, and where they come from.

    Args:
        dataset: its name, such as "Fashion-MNIST".
        mode: "sample" or "full".
        origin: who provides the files. A label and never a path, so that results made
            on two machines can be compared.
        rows: split → number of rows.
        checksums: file name → SHA-256 of its decompressed content, in hexadecimal.
        items: what a row is, in the plural.
        folder: where the files lie; it takes no part in comparisons.

    >>> digits = Source("Digits", "full", "a drawer", {"train": 1200, "test": 80}, {})
    >>> digits.label
    'Digits, full: 1,200 training and 80 test images, from a drawer'
    """

    dataset: str
    mode: str
    origin: str
    rows: dict[str, int]
    checksums: dict[str, str]
    items: str = "images"
    folder: Path | None = field(default=None, compare=False, repr=False)

    @property
    def label(self) -> str:
        """The data in one line, for readers."""
        rows = [
            f"{count:,} {_ROWS_OF.get(split, split)}" for split, count in self.rows.items()
        ]
        shipped = self.origin.startswith("shipped")
        origin = self.origin if shipped else f"from {self.origin}"
        return f"{self.dataset}, {self.mode}: {' and '.join(rows)} {self.items}, {origin}"

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with the content, the mode or the origin.

        >>> one = Source("Digits", "full", "a drawer", {"train": 2}, {"a": "5f2c"})
        >>> two = Source("Digits", "full", "a drawer", {"train": 2}, {"a": "77d0"})
        >>> one.fingerprint == two.fingerprint
        False
        """
        parts = [self.dataset, self.mode, self.origin, self.rows, self.checksums]
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def chosen_mode() -> str:
    """The mode that the environment asks for: `CNNGUIDE_DATA`, or "sample".

    Raises:
        DataError: `CNNGUIDE_DATA` is set to something else than a mode.
    """
    mode = os.environ.get("CNNGUIDE_DATA") or "sample"
    if mode not in MODES:
        raise DataError(f'CNNGUIDE_DATA must be "sample", "full" or unset; got {mode!r}')
    return mode


def keras_home() -> Path:
    """The folder of Keras's own cache, found by Keras's rules without importing Keras."""
    if os.environ.get("KERAS_HOME"):
        return Path(os.environ["KERAS_HOME"]).expanduser()
    # Unlike `Path.home`, this gives "~" back where a user has no home.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111
    return (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"
