"""Failures are told and never stored; what is damaged is made again."""

import pytest

from cnnguide.engine import run
from cnnguide.engine.errors import BadReference, BadScript, EngineError, SnippetFailed
from cnnguide.engine.store import Result

from .course import Course


def test_a_failure_is_not_stored_and_after_mending_it_runs(course: Course) -> None:
    course.lesson("def bad():\n    return 1 / 0\n\ndef good():\n    return 1\n")
    outcomes = course.refresh("tiny.bad", "tiny.good")
    assert isinstance(outcomes["tiny.bad"], SnippetFailed)
    assert isinstance(outcomes["tiny.good"], Result)
    assert course.engine.stale("tiny.bad") == ["it has not run yet"]
    course.refresh("tiny.bad", "tiny.good")
    assert course.ran == ["tiny.bad"]
    course.edit("lessons/tiny.py", "1 / 0", "1 / 1")
    assert course.show("tiny.bad") == ["1.0"]
    assert course.ran == ["tiny.bad"]


def test_a_failure_is_told_again_without_running_again(course: Course) -> None:
    course.lesson("def snippet():\n    return 1 / 0\n")
    course.engine.refresh(["tiny.snippet"])
    for _ in range(2):
        with pytest.raises(SnippetFailed, match="division by zero"):
            course.engine.result("tiny.snippet")
    assert course.ran == ["tiny.snippet"]


def test_one_bad_lesson_leaves_the_others_in_peace(course: Course) -> None:
    course.lesson("def snippet():\n    return 1\n")
    course.lesson("def snippet(:\n", "broken")
    course.lesson("def snippet(a):\n    return a\n", "needy")
    asked = ["broken.snippet", "tiny.snippet", "needy.snippet", "tiny.absent"]
    outcomes = course.refresh(*asked)
    kinds = {reference: type(outcome) for reference, outcome in outcomes.items()}
    assert kinds == {
        "tiny.snippet": Result,
        "broken.snippet": BadScript,
        "needy.snippet": BadScript,
        "tiny.absent": BadReference,
    }
    assert course.ran == ["tiny.snippet"]


def test_sources_that_change_meanwhile_are_not_stored_under_the_old_key(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.lesson("def snippet():\n    return 1\n")
    execute = run.execute

    def edited_meanwhile(*args: object, **more: object) -> dict[str, object]:
        report = execute(*args, **more)
        course.edit("lessons/tiny.py", "return 1", "return 2")
        return report

    with monkeypatch.context() as patch:
        patch.setattr(run, "execute", edited_meanwhile)
        outcome = course.refresh("tiny.snippet")["tiny.snippet"]
    assert isinstance(outcome, SnippetFailed)
    assert "its sources changed as it ran" in outcome.message
    assert list(course.store.entries()) == []
    assert course.show() == ["2"]
    course.edit("lessons/tiny.py", "return 2", "return 1")
    assert course.show() == ["1"]


@pytest.mark.parametrize("damage", [b"", b"not a result\n{}"])
def test_a_damaged_result_is_made_again(
    course: Course, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    course.lesson("def snippet():\n    return 1\n")
    course.show()
    course.store.path("tiny.snippet", course.digest()).write_bytes(damage)
    assert course.show() == ["1"]
    assert course.ran == ["tiny.snippet"]
    assert "is damaged" in caplog.text
    course.show()
    assert course.ran == []


class Watcher:
    def __init__(self) -> None:
        self.seen: list[object] = []

    def begin(self, total: int) -> None:
        self.seen.append(total)

    def started(self, reference: str) -> None:
        self.seen.append(f"{reference} started")

    def ended(self, reference: str, outcome: Result | EngineError) -> None:
        self.seen.append(f"{reference} {type(outcome).__name__}")


def test_a_watcher_is_told_what_runs_and_how_it_ends(course: Course) -> None:
    course.lesson("def one():\n    return 1\n\ndef two():\n    return 1 / 0\n")
    watcher = Watcher()
    course.refresh("tiny.one", "tiny.two", "tiny.absent", watcher=watcher)
    assert watcher.seen[0] == 2
    assert sorted(watcher.seen[1:]) == [
        "tiny.one Result",
        "tiny.one started",
        "tiny.two SnippetFailed",
        "tiny.two started",
    ]
    again = Watcher()
    course.refresh("tiny.one", watcher=again)
    assert again.seen == [0]
