"""Where a lab stands, what its outputs depend on, and what its execution gave."""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnnguide.engine.build import Engine
from cnnguide.engine.key import Key
from cnnguide.engine.store import sealed, unsealed, write_whole

logger = logging.getLogger("cnnguide")
# The code that outputs pass through, and the code that makes a page of them.
EXECUTING = ("figures", "kernel")
RENDERING = ("formulas", "jupyter", "lab", "lab_page", "readings", "render")


@dataclass(frozen=True)
class Plan:
    """A lab as it stands now.

    Args:
        path: its file.
        key: of all that it reaches.
        folder: of the store, for what its execution gives; named after the key.
        pages: within it, for finished pages; named after all that a page is rendered from.
    """

    path: Path
    key: Key
    folder: Path
    pages: Path


@dataclass(frozen=True)
class Run:
    """What the execution of a lab gave.

    Args:
        cells: of the notebook, with their outputs.
        seconds: that it took.
        date: the day, as `2025-12-31`.
    """

    cells: list[dict[str, Any]]
    seconds: float
    date: str


def is_lab(page: str) -> bool:
    """Whether a page's file is a lab."""
    return page.endswith(".py")


def files(docs: Path) -> Iterator[Path]:
    """The labs below a folder, sorted."""
    yield from sorted(path for path in docs.rglob("*") if is_lab(path.name))


def plan(engine: Engine, path: Path, around: object = None) -> Plan:
    """The plan of a lab.

    Args:
        engine: whose library and store count.
        path: the lab's file. The module of `labs` with its name holds its checks.
        around: what else its page is rendered from, such as the configuration.

    Raises:
        BadScript, NoData: it is no Python, or the data it reads are not to be had.
    """
    checks = f"{engine.library.name}.labs.{path.stem}"
    made = engine.file_key(path, [checks] if engine.library.module(checks) else [])
    place = engine.store.place / "labs" / path.stem
    folder = place / _hash(made.digest, _sources(EXECUTING))
    return Plan(path, made, folder, folder / _hash(around, _sources(RENDERING)))


def read(plan: Plan) -> Run | None:
    """What the execution gave, if it is kept; a damaged record is reported and ignored."""
    path = plan.folder / "run"
    try:
        return Run(**json.loads(unsealed(path.read_bytes())))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        logger.warning("%s is damaged (%s); made again", path, error)
        return None


def write(plan: Plan, run: Run) -> None:
    """Keep what the execution gave: the whole of it or nothing."""
    write_whole(plan.folder / "run", sealed(json.dumps(asdict(run)).encode()))


def facts(plan: Plan, run: Run) -> dict[str, object]:
    """How a lab's outputs were made, as data for the page and for the JSON beside it."""
    parts = plan.key.parts
    return {
        "snippet": f"labs.{plan.path.stem}",
        "source": plan.path.as_posix(),
        "line": 1,
        **{name: parts[name] for name in ("tensorflow", "keras", "python")},
        "data": list(plan.key.data),
        "seconds": round(run.seconds, 2),
        "measures_time": False,
        "seed": "as the lab sets it",
        "date": run.date,
        "key": plan.key.digest,
    }


def _hash(*state: object) -> str:
    return hashlib.sha256(repr(state).encode()).hexdigest()[:32]


def _sources(names: tuple[str, ...]) -> list[bytes]:
    return [Path(__file__).with_name(f"{name}.py").read_bytes() for name in names]
