"""Results on disk, one file for each snippet and key, written whole or not at all."""

import hashlib
import itertools
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

logger = logging.getLogger("cnnguide")
# Begins the names of files and folders that are being written, or never were finished.
UNFINISHED = ".writing-"


@dataclass(frozen=True)
class Output:
    """One thing that a snippet showed.

    Args:
        kind: "text", "warning", "value", "html", "figure" or "file".
        content: the text, the HTML, the SVG of a figure, or a file as `shown.value` has it.
        description: what a figure shows or a file holds, in words; of HTML, the same as
            plain text.
        readings: what can be read off a figure, for `engine.readings`, or nothing.
    """

    kind: str
    content: str
    description: str = ""
    readings: str = ""


@dataclass(frozen=True)
class Result:
    """What a snippet gave, and what it depended on.

    Args:
        reference: the snippet, such as `garments.train`.
        digest: the key as one hash.
        parts: the key's parts.
        outputs: what it showed, in order.
        data: the datasets it read, a line each.
        seconds: how long the script ran.
        date: the day it ran, as `2025-12-31`.
    """

    reference: str
    digest: str
    parts: dict[str, str]
    outputs: tuple[Output, ...]
    data: tuple[str, ...]
    seconds: float
    date: str


def folder() -> Path:
    """Where results and trained models are kept.

    `CNNGUIDE_STORE`, or `cnnguide` in the user's cache folder.
    """
    chosen = os.environ.get("CNNGUIDE_STORE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "cnnguide"


class Store:
    """Results by snippet and key. Any number of processes may share one.

    Args:
        place: its folder; made when first written to.
    """

    def __init__(self, place: Path) -> None:
        self.place = place

    def get(self, reference: str, digest: str) -> Result | None:
        """The result under that key, or None. A damaged entry is reported and ignored."""
        return _read(self.path(reference, digest))

    def put(self, result: Result) -> None:
        """Keep a result: under its name appears the whole of it or nothing."""
        body = json.dumps(asdict(result), ensure_ascii=False, sort_keys=True).encode()
        write_whole(self.path(result.reference, result.digest), sealed(body))

    def has(self, reference: str, digest: str) -> bool:
        """Whether there is an entry under that key, sound or not."""
        return self.path(reference, digest).is_file()

    def latest(self, reference: str) -> Result | None:
        """The result written last for the snippet, whatever its key."""
        files = (self.place / "results" / reference).glob("*.json")
        newest = max(files, key=lambda path: path.stat().st_mtime_ns, default=None)
        return _read(newest) if newest else None

    def kept(self, reference: str, digest: str) -> Path:
        """The folder for the value that `keep` keeps under that key."""
        return self.place / "kept" / reference / digest

    def lock(self, reference: str, purpose: str) -> FileLock:
        """A lock that one process at a time holds while it makes something of a snippet.

        Args:
            purpose: "result" for what pages show, "value" for what `keep` keeps.
        """
        locks = self.place / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        return FileLock(locks / f"{reference}.{purpose}.lock")

    def entries(self) -> Iterator[Path]:
        """All results, kept values and labs, and what was left unfinished an hour ago."""
        found = (self.place.glob(f"{kind}/*/*") for kind in ("results", "kept", "labs"))
        for entry in itertools.chain(*found):
            being_written = entry.name.startswith(UNFINISHED)
            if not being_written or time.time() - entry.stat().st_mtime > 3600:
                yield entry

    def path(self, reference: str, digest: str) -> Path:
        """The file for the result under that key."""
        return self.place / "results" / reference / f"{digest}.json"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that no reader ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def size(place: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())


def remove(path: Path) -> int:
    """Remove a file or a folder, if it is there; returns the bytes that were freed."""
    if path.is_dir():
        freed = size(path)
        shutil.rmtree(path)
    elif path.exists():
        freed = path.stat().st_size
        path.unlink()
    else:
        freed = 0
    return freed


def sealed(body: bytes) -> bytes:
    """The body, and before it a line with its checksum."""
    return f"cnnguide {hashlib.sha256(body).hexdigest()}\n".encode() + body


def unsealed(content: bytes) -> bytes:
    """The body of what was sealed.

    Raises:
        ValueError: its checksum does not fit.
    """
    _, _, body = content.partition(b"\n")
    if content != sealed(body):
        raise ValueError("its checksum does not fit")
    return body


def _read(path: Path) -> Result | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        result = _decode(json.loads(unsealed(content)))
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("%s is damaged or foreign (%s); made again", path, error)
        return None
    if (result.reference, result.digest) != (path.parent.name, path.stem):
        logger.warning("%s holds a result of another snippet; made again", path)
        return None
    return result


def _decode(fields: dict[str, Any]) -> Result:
    outputs = tuple(Output(**output) for output in fields["outputs"])
    return Result(**fields | {"outputs": outputs, "data": tuple(fields["data"])})
