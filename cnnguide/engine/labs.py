"""Where a lab stands, what its page depends on, and where its finished page is kept."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cnnguide.engine.build import Engine
from cnnguide.engine.key import Key


@dataclass(frozen=True)
class Plan:
    """A lab as it stands now.

    Args:
        path: its file.
        key: of all that it reaches.
        folder: of the store, for its finished page.
    """

    path: Path
    key: Key
    folder: Path

    @property
    def facts(self) -> Path:
        """The file that says how the page was made."""
        return self.folder / "facts"


def plan(engine: Engine, path: Path, around: object) -> Plan:
    """The plan of a lab.

    Args:
        engine: whose library and store count.
        path: the lab's file. The module of `labs` with its name holds its checks.
        around: what else the page is rendered from, such as the configuration.

    Raises:
        BadScript, NoData: it is no Python, or the data it reads are not to be had.
    """
    checks = f"{engine.library.name}.labs.{path.stem}"
    made = engine.file_key(path, [checks] if engine.library.module(checks) else [])
    state = hashlib.sha256(repr((made.digest, around, _makers())).encode()).hexdigest()
    return Plan(path, made, engine.store.place / "labs" / path.stem / state[:32])


def _makers() -> list[bytes]:
    """The code that makes pages of labs, whose changes shall be seen."""
    names = ("figures", "formulas", "jupyter", "kernel", "lab", "lab_page", "render")
    return [Path(__file__).with_name(f"{name}.py").read_bytes() for name in names]
