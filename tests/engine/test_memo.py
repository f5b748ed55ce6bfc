from pathlib import Path

import pytest

from cnnguide.engine import key
from cnnguide.engine.build import Engine

from .course import Course

LESSONS = {
    "helper.py": '"""H."""\n\n\ndef word():\n    return "one"\n',
    "lessons/__init__.py": '"""L."""\n',
    "lessons/tiny.py": (
        '"""T."""\n\nfrom tinycourse import helper\n\n\n'
        'def snippet():\n    """S."""\n    return helper.word()\n'
    ),
}


@pytest.fixture
def written(course: Course) -> Course:
    for name, text in LESSONS.items():
        path = course.package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return course


def engine_of(course: Course) -> Engine:
    return Engine(course.engine.library.__class__(course.package), course.engine.store)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The snippets whose sources are followed, as that happens."""
    followed: list[str] = []
    original = key.reached

    def count(library: object, snippet: object) -> dict[str, str]:
        followed.append(snippet.reference)
        return original(library, snippet)

    monkeypatch.setattr(key, "reached", count)
    return followed


def memo_files(course: Course) -> list[Path]:
    return sorted((course.engine.store.place / "memo").glob("*.json"))


def test_sources_are_followed_once_while_they_stay_the_same(
    written: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = engine_of(written)
    first.refresh(["tiny.snippet"])
    followed = counted(monkeypatch)
    again = engine_of(written)
    assert again.plan("tiny.snippet").key == first.plan("tiny.snippet").key
    assert again.plan("tiny.snippet").script == first.plan("tiny.snippet").script
    assert followed == []


def test_any_changed_source_is_seen(
    written: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = engine_of(written)
    first.refresh(["tiny.snippet"])
    helper = written.package / "helper.py"
    helper.write_text(helper.read_text().replace("one", "two"))
    followed = counted(monkeypatch)
    again = engine_of(written).plan("tiny.snippet").key
    assert followed == ["tiny.snippet"]
    assert again.digest != first.store.latest("tiny.snippet").digest


def test_a_damaged_memo_is_made_again(written: Course) -> None:
    first = engine_of(written)
    first.refresh(["tiny.snippet"])
    digest = first.plan("tiny.snippet").key.digest
    [file] = memo_files(written)
    file.write_bytes(file.read_bytes()[:20])
    again = engine_of(written)
    again.refresh(["tiny.snippet"])
    assert again.plan("tiny.snippet").key.digest == digest


def test_old_states_are_forgotten(written: Course) -> None:
    helper = written.package / "helper.py"
    for turn in range(12):
        helper.write_text(f'"""H."""\n\n\ndef word():\n    return {turn}\n')
        engine_of(written).plan("tiny.snippet")
        engine_of(written).refresh(["tiny.snippet"])
    assert len(memo_files(written)) == 8
