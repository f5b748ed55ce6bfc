"""The package itself: its modules, and what each says it is for."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class House:
    """The modules of the package as they are now.

    Args:
        modules: each module's path from the folder above the package, and the first
            paragraph of its docstring on one line.
    """

    modules: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """The data in one line, for readers."""
        return f"the {len(self.modules)} modules of cnnguide"

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with a module's name or its summary."""
        return hashlib.sha256(repr(self.modules).encode()).hexdigest()[:16]


def source() -> House:
    """The modules as they are now, folder by folder, packages before what they hold."""
    files = sorted(
        PACKAGE.rglob("*.py"),
        key=lambda path: (path.parent.parts, path.name != "__init__.py", path.name),
    )
    return House(
        tuple((str(path.relative_to(PACKAGE.parent)), _summary(path)) for path in files)
    )


def load() -> tuple[tuple[str, str], ...]:
    """Each module's path and summary.

    >>> dict(load())["cnnguide/engine/find.py"]
    'Find a snippet by name and read it as text: nothing is imported.'
    """
    return source().modules


def _summary(path: Path) -> str:
    # Every module of ours begins with its docstring. Parsing it all would take a tenth of a
    # second, at each build.
    _, _, rest = path.read_text(encoding="utf-8").partition('"""')
    return " ".join(rest.partition('"""')[0].split("\n\n")[0].split())
