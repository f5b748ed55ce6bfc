import subprocess
import sys

import pytest

from cnnguide.engine import key
from cnnguide.engine.errors import BadSetting, NoData

from .course import Course

LESSON = """
    from tinycourse import helper

    def snippet(n=1):
        '''Show.'''
        return helper.f(n)
    """
HELPER = """
    '''Helpers.'''

    RATE = 0.5

    def f(x):
        '''Say.'''
        return x * RATE  # why


    def unrelated():
        return 1
    """
DATA = """
    import os
    from types import SimpleNamespace

    def source():
        mode = os.environ.get("CNNGUIDE_DATA", "sample")
        if mode == "none":
            raise FileNotFoundError("no things in the drawer")
        return SimpleNamespace(label=f"things, {mode}", fingerprint=mode[::-1])

    def load():
        return source().label
    """


@pytest.fixture
def written(course: Course) -> Course:
    course.lesson(LESSON)
    course.write({"helper.py": HELPER})
    return course


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# why", "# because of this"),
        ("# why", ""),
        ("'''Say.'''", "'''Tell.'''"),
        ("    '''Say.'''\n", ""),
        ("'''Helpers.'''", "'''Other helpers.'''"),
        ("return x * RATE", "return (x\n        * RATE)"),
        ("x * RATE", "x  *  RATE"),
        ("\n\n\ndef unrelated", "\ndef unrelated"),
        ("return 1", "return 2"),
        ("RATE = 0.5", "RATE = 0.5\nMORE = 1"),
        ("def f", "import json\ndef f"),
        ("'''Helpers.'''", "'''Helpers.'''\nif __name__ == '__main__':\n    f(1)"),
    ],
)
def test_what_changes_nothing_keeps_the_key(written: Course, old: str, new: str) -> None:
    before = written.digest()
    written.edit("helper.py", old, new)
    assert written.digest() == before


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("x * RATE", "x + RATE", "helper.f changed"),
        ("def f(x)", "def f(x, y=3)", "helper.f changed"),
        ("RATE = 0.5", "RATE = 0.25", "helper.RATE changed"),
        ("def f", "def g(f):\n    return f\n@g\ndef f", "helper.g is reached now"),
        ("RATE = 0.5", "RATE = 0.5\nprint(RATE)", "helper (on import) is reached now"),
        ("x * RATE", "x", "helper.RATE is no longer reached"),
    ],
)
def test_what_may_change_a_result_changes_the_key(
    written: Course, old: str, new: str, reason: str
) -> None:
    digest, parts = written.digest(), written.parts()
    written.edit("helper.py", old, new)
    assert written.digest() != digest
    assert reason in key.differences(parts, written.parts())


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [("n=1", "n=2", False), ("helper.f(n)", "helper.f(-n)", False), ("Show", "Say", True)],
)
def test_the_snippets_own_text_counts_as_it_is_shown(
    written: Course, old: str, new: str, same: bool
) -> None:
    before = written.parts()
    written.edit("lessons/tiny.py", old, new)
    changed = key.differences(before, written.parts())
    assert changed == ([] if same else ["script changed"])


@pytest.mark.parametrize("use", ["helper.f.__doc__", "inspect.getdoc(helper.f)"])
@pytest.mark.parametrize(
    ("old", "new"),
    [("Say.", "Tell."), ("# why", "# how"), ("def f(x)", "@staticmethod\ndef f(x)")],
)
def test_docstrings_and_comments_count_where_they_are_read(
    written: Course, use: str, old: str, new: str
) -> None:
    written.edit("lessons/tiny.py", "helper.f(n)", use)
    written.edit("lessons/tiny.py", "from", "import inspect\nfrom")
    before = written.digest()
    written.edit("helper.py", old, new)
    assert written.digest() != before


def test_a_modules_docstring_counts_where_it_is_read(written: Course) -> None:
    written.edit("lessons/tiny.py", "helper.f(n)", "helper.__doc__")
    before = written.digest()
    written.edit("helper.py", "Helpers.", "Other helpers.")
    assert written.digest() != before


@pytest.mark.parametrize(
    "package", ["python", "tensorflow", "keras", "numpy", "matplotlib"]
)
def test_each_version_counts(
    written: Course, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    digest, parts = written.digest(), written.parts()
    now = key.versions()
    monkeypatch.setattr(key, "versions", lambda: now | {package: "0.1"})
    assert written.digest() != digest
    reasons = key.differences(parts, written.parts())
    assert reasons == [f"{package} {now[package]} → 0.1"]


def test_the_seed_counts(written: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = written.parts()
    monkeypatch.setenv("CNNGUIDE_SEED", "7")
    assert key.differences(parts, written.parts()) == ["seed 0 → 7"]


@pytest.mark.parametrize("text", ["-1", "seven", "1.5", str(2**32)])
def test_a_seed_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CNNGUIDE_SEED", text)
    with pytest.raises(BadSetting, match="CNNGUIDE_SEED must be a whole number"):
        key.seed()


def test_data_count_where_they_are_read(
    written: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.write({"data/__init__.py": "", "data/things.py": DATA})
    written.lesson(
        """
        from tinycourse.data import things
        def reads():
            return things.load()
        def does_not():
            return things
        def neither():
            return 1
        """
    )
    reads, neither = written.parts("tiny.reads"), written.parts("tiny.neither")
    assert reads["data things"] == "things, sample [elpmas]"
    assert written.engine.plan("tiny.reads").key.data == ("things, sample",)
    assert not [part for part in neither if part.startswith("data")]
    monkeypatch.setenv("CNNGUIDE_DATA", "full")
    assert key.differences(reads, written.parts("tiny.reads")) == [
        "data things things, sample [elpmas] → things, full [lluf]"
    ]
    assert written.parts("tiny.neither") == neither


def test_data_that_are_not_to_be_had_say_so(
    written: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNGUIDE_DATA", "none")
    written.write({"data/__init__.py": "", "data/things.py": DATA})
    written.lesson("from tinycourse.data import things\ndef snippet():\n    things.load()")
    with pytest.raises(NoData, match="data things: no things in the drawer"):
        written.digest()


def test_keys_are_the_same_in_every_process(written: Course) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from cnnguide.engine.build import Engine, Library, Store;"
        "engine = Engine(Library(Path(sys.argv[1])), Store(Path(sys.argv[2])));"
        "print(engine.plan('tiny.snippet').key.digest)"
    )
    command = [
        sys.executable,
        "-c",
        code,
        str(written.package),
        str(written.package / "none"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == written.digest()
