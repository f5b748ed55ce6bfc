import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnnguide.engine import store
from cnnguide.engine.store import Output, Result, Store

RESULT = Result(
    reference="tiny.snippet",
    digest="0" * 32,
    parts={"script": "5f2c"},
    outputs=(
        Output("text", "Grüße, 世界\n"),
        Output("figure", "<svg/>", "a line", '{"table": "<p>ü"}'),
    ),
    data=("things, sample",),
    seconds=1.25,
    date="2025-12-31",
)


@pytest.fixture
def shelf(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def entry(shelf: Store) -> Path:
    """The file of a stored result."""
    shelf.put(RESULT)
    return shelf.path(RESULT.reference, RESULT.digest)


def got(shelf: Store) -> Result | None:
    return shelf.get(RESULT.reference, RESULT.digest)


def test_what_was_put_is_got(shelf: Store, entry: Path) -> None:
    assert got(shelf) == RESULT
    assert shelf.has(RESULT.reference, RESULT.digest)


def test_results_from_before_charts_answered_are_still_good(
    shelf: Store, entry: Path
) -> None:
    fields = json.loads(store.unsealed(entry.read_bytes()))
    for output in fields["outputs"]:
        del output["readings"]
    entry.write_bytes(sealed(fields))
    assert [output.readings for output in got(shelf).outputs] == ["", ""]


def test_an_empty_store_has_nothing_and_makes_nothing(shelf: Store) -> None:
    assert got(shelf) is None
    assert not shelf.has(RESULT.reference, RESULT.digest)
    assert shelf.latest(RESULT.reference) is None
    assert list(shelf.entries()) == []
    assert not shelf.place.exists()


def test_a_later_result_takes_the_place_of_an_earlier(shelf: Store, entry: Path) -> None:
    later = replace(RESULT, seconds=9.0)
    shelf.put(later)
    assert got(shelf) == later


def test_the_latest_result_is_the_one_written_last(shelf: Store) -> None:
    for age, digest in enumerate("cab"):
        shelf.put(replace(RESULT, digest=digest * 32))
        time_ns = (1_700_000_000 - age) * 10**9
        os.utime(shelf.path(RESULT.reference, digest * 32), ns=(time_ns, time_ns))
    assert shelf.latest(RESULT.reference).digest == "c" * 32


def sealed(fields: object) -> bytes:
    return store.sealed(json.dumps(fields).encode())


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "truncated": lambda content: content[:-7],
    "cut to its first line": lambda content: content.partition(b"\n")[0],
    "altered": lambda content: content.replace(b"1.25", b"2.25"),
    "grown": lambda content: content + b" ",
    "foreign": lambda content: b"\x89PNG\r\n\x1a\n",
    "of zeros": lambda content: bytes(len(content)),
    "of another snippet": lambda content: sealed({"reference": "tiny.other"}),
    "of an older engine": lambda content: sealed(
        {"reference": RESULT.reference, "digest": RESULT.digest, "html": "<p>"}
    ),
    "a sealed list": lambda content: sealed([1, 2]),
    "sealed, but no JSON": lambda content: store.sealed(b"{"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_an_unsound_entry_is_reported_and_counts_as_none(
    shelf: Store, entry: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    entry.write_bytes(DAMAGE[how](entry.read_bytes()))
    with caplog.at_level(logging.WARNING, "cnnguide"):
        assert got(shelf) is None
    assert str(entry) in caplog.text
    assert "made again" in caplog.text
    assert shelf.latest(RESULT.reference) is None
    shelf.put(RESULT)
    assert got(shelf) == RESULT


def test_an_entry_under_another_name_is_not_taken(
    shelf: Store, entry: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = shelf.path("tiny.other", RESULT.digest)
    other.parent.mkdir()
    entry.rename(other)
    assert shelf.get("tiny.other", RESULT.digest) is None
    assert "holds a result of another snippet" in caplog.text


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    store.write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        store.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from cnnguide.engine import store

def die(handle):
    os.kill(os.getpid(), signal.SIGKILL)

os.fsync = die
store.write_whole(Path(sys.argv[1]), b"half of it")
"""


@pytest.mark.parametrize("before", [True, False])
def test_a_process_killed_while_writing_leaves_what_was_there(
    shelf: Store, before: bool
) -> None:
    if before:
        shelf.put(RESULT)
    path = shelf.path(RESULT.reference, RESULT.digest)
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(path)]
    assert subprocess.run(command).returncode == -signal.SIGKILL
    assert len([p for p in path.parent.iterdir() if p != path]) == 1  # what it began
    assert got(shelf) == (RESULT if before else None)
    assert shelf.latest(RESULT.reference) == (RESULT if before else None)
    shelf.put(RESULT)
    assert got(shelf) == RESULT


def test_entries_are_results_kept_values_and_old_leftovers(
    shelf: Store, entry: Path
) -> None:
    kept = shelf.kept(RESULT.reference, RESULT.digest)
    kept.mkdir(parents=True)
    fresh = entry.with_name(f"{store.UNFINISHED}fresh")
    old = entry.with_name(f"{store.UNFINISHED}old")
    fresh.touch()
    old.touch()
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    assert set(shelf.entries()) == {entry, kept, old}


def test_removing_tells_how_much_was_freed(tmp_path: Path) -> None:
    (tmp_path / "folder/inner").mkdir(parents=True)
    (tmp_path / "folder/one").write_bytes(b"123")
    (tmp_path / "folder/inner/two").write_bytes(b"4567")
    (tmp_path / "file").write_bytes(b"89")
    assert store.size(tmp_path) == 9
    assert store.remove(tmp_path / "folder") == 7
    assert store.remove(tmp_path / "file") == 2
    assert store.remove(tmp_path / "file") == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"CNNGUIDE_STORE": "/a/b"}, Path("/a/b")),
        ({"CNNGUIDE_STORE": "b", "XDG_CACHE_HOME": "/c"}, Path.cwd() / "b"),
        ({"CNNGUIDE_STORE": "~/b"}, Path.home() / "b"),
        ({"XDG_CACHE_HOME": "/c"}, Path("/c/cnnguide")),
        ({}, Path.home() / ".cache/cnnguide"),
    ],
)
def test_the_folder_is_chosen_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], place: Path
) -> None:
    for name in ("CNNGUIDE_STORE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert store.folder() == place
