"""Scripts and what they reach, remembered between builds for as long as no source changes.

Reading all sources and following every name takes longer than the rest of a build that has
nothing to run. What comes out depends on the sources alone, so it is kept under their hash.
"""

import hashlib
import json
import platform
from pathlib import Path

from cnnguide.engine import key
from cnnguide.engine.find import Library
from cnnguide.engine.script import Script
from cnnguide.engine.store import write_whole

MOST = 8


class Memo:
    """What is known of a library's snippets in the state that its sources are in now.

    Args:
        folder: where such states are remembered, a file for each.
        library: whose sources count.
    """

    def __init__(self, folder: Path, library: Library) -> None:
        self._file = folder / f"{_state(library)}.json"
        self._known = _read(self._file)
        self._changed = False

    def get(self, reference: str) -> tuple[Script, dict[str, str]] | None:
        """The snippet's script and what it reaches, if known."""
        known = self._known.get(reference)
        if known is None:
            return None
        text, lines, has_value, reached = known
        return Script(text, tuple(lines), has_value), reached

    def put(self, reference: str, script: Script, reached: dict[str, str]) -> None:
        """Remember a snippet's script and what it reaches."""
        self._known[reference] = [script.text, script.lines, script.has_value, reached]
        self._changed = True

    def save(self) -> None:
        """Write what is new, and forget the oldest states."""
        if not self._changed:
            return
        write_whole(self._file, json.dumps(self._known).encode())
        self._changed = False
        states = sorted(
            self._file.parent.glob("*.json"), key=lambda p: p.stat().st_mtime_ns
        )
        for old in states[:-MOST]:
            old.unlink(missing_ok=True)


def _state(library: Library) -> str:
    state = hashlib.sha256(f"{key.FORMAT} {platform.python_version()}".encode())
    for path, _, _ in library.stamp():
        content = Path(path).read_bytes()
        name = Path(path).relative_to(library.root).as_posix()
        state.update(f"{name} {len(content)}\n".encode() + content)
    return state.hexdigest()[:32]


def _read(file: Path) -> dict[str, list]:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
