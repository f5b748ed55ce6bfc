"""Folders of data that are made once and kept: whole or not at all."""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from cnnguide.data.source import DataError

# Names, at the top of each folder, the files that belong there. It is written last.
LIST = "files.json"
# What nobody has used for so long is removed when something new is made beside it.
DAYS = 30

_REMEDY = "Set CNNGUIDE_STORE to a folder that you may write to."


def place() -> Path:
    """Where such folders are kept.

    `data` in the folder that `CNNGUIDE_STORE` names, or `cnnguide/data` in the user's
    cache folder.
    """
    chosen = os.environ.get("CNNGUIDE_STORE")
    if chosen:
        return Path(chosen).expanduser().absolute() / "data"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "cnnguide" / "data"


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder with what `make` puts into it, made when first asked for.

    One process makes it while others wait. It is made again when a file of it is gone or
    has another size.

    Args:
        folder: where it shall be. Its name must tell all that its content depends on.
        make: fills the empty folder that it is given.

    Raises:
        DataError: the folder cannot be written.
    """
    from filelock import FileLock

    try:
        if not _is_whole(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_name(".lock")):
                if not _is_whole(folder):
                    _make(folder, make)
                    _remove_unused(folder.parent)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error}", _REMEDY) from None
    with contextlib.suppress(OSError):
        os.utime(folder)
    return folder


def _make(folder: Path, make: Callable[[Path], None]) -> None:
    aside = folder.with_name(f".{folder.name}.incoming")
    shutil.rmtree(aside, ignore_errors=True)  # what a killed process left
    aside.mkdir()
    try:
        make(aside)
        (aside / LIST).write_text(json.dumps(_sizes(aside)), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    try:
        expected = json.loads((folder / LIST).read_bytes())
    except (OSError, ValueError):
        return False
    return expected == _sizes(folder)


def _sizes(folder: Path) -> dict[str, int]:
    """The files below a folder, links to files among them, and how long they are."""
    sizes = {}
    for at, _, names in os.walk(folder):
        for path in (Path(at, name) for name in names if name != LIST):
            size = path.stat().st_size if path.exists() else -1
            sizes[path.relative_to(folder).as_posix()] = size
    return sizes


def _remove_unused(parent: Path) -> None:
    for folder in parent.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > DAYS * 24 * 3600:
            shutil.rmtree(folder, ignore_errors=True)
