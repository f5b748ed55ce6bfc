"""Snippets whose values are kept run once, and before those that need the value."""

import shutil

import pytest

from cnnguide.engine.errors import BadScript, SnippetFailed
from cnnguide.engine.store import Result

from .course import Course

LESSON = """
    from cnnguide import keep
    from tinycourse import helper

    @keep.once
    def base(n=2):
        print("working on the base")
        return helper.number(n)

    @keep.once
    def train():
        print("training")
        return [base(), "model"]

    def curves():
        return train()[0] + 1

    def evaluate():
        return train()[1]

    def small():
        return base(n=1)

    def lone():
        return 1
    """
HELPER = "def number(n):\n    return n * 10\n"


@pytest.fixture
def kept(course: Course) -> Course:
    course.lesson(LESSON)
    course.write({"helper.py": HELPER})
    return course


def contents(outcome: Result) -> list[str]:
    return [output.content for output in outcome.outputs]


def test_what_others_need_runs_once_and_before_them(kept: Course) -> None:
    outcomes = kept.refresh("tiny.curves", "tiny.lone", "tiny.evaluate", "tiny.train")
    assert sorted(kept.ran) == sorted(
        ["tiny.base", "tiny.train", "tiny.curves", "tiny.evaluate", "tiny.lone"]
    )
    order = [name for name in kept.ran if name != "tiny.lone"]
    assert order[:2] == ["tiny.base", "tiny.train"]
    # Trained once: where the value is only fetched, nothing of its making is printed.
    assert contents(outcomes["tiny.base"]) == ["working on the base\n", "20"]
    assert contents(outcomes["tiny.train"]) == ["training\n", "[20, 'model']"]
    assert contents(outcomes["tiny.curves"]) == ["21"]
    assert contents(outcomes["tiny.evaluate"]) == ["'model'"]


def test_a_kept_value_serves_later_builds(kept: Course) -> None:
    kept.refresh("tiny.curves")
    kept.edit("lessons/tiny.py", "train()[0] + 1", "train()[0] + 2")
    outcomes = kept.refresh("tiny.curves", "tiny.evaluate")
    assert sorted(kept.ran) == ["tiny.curves", "tiny.evaluate"]
    assert contents(outcomes["tiny.curves"]) == ["22"]


def test_a_value_that_was_removed_is_made_again_before_those_that_need_it(
    kept: Course,
) -> None:
    kept.refresh("tiny.curves", "tiny.evaluate")
    shutil.rmtree(kept.store.place / "kept")
    assert kept.show("tiny.curves") == ["21"]
    assert kept.ran == []
    kept.edit("lessons/tiny.py", "train()[0] + 1", "train()[0] + 2")
    assert kept.show("tiny.curves") == ["22"]
    assert kept.ran == ["tiny.base", "tiny.train", "tiny.curves"]


def test_a_changed_dependency_makes_the_value_again(kept: Course) -> None:
    kept.refresh("tiny.curves", "tiny.evaluate", "tiny.lone")
    kept.edit("helper.py", "n * 10", "n * 100")
    outcomes = kept.refresh("tiny.curves", "tiny.evaluate", "tiny.lone")
    assert kept.ran[:2] == ["tiny.base", "tiny.train"]
    assert sorted(kept.ran[2:]) == ["tiny.curves", "tiny.evaluate"]
    assert contents(outcomes["tiny.curves"]) == ["201"]


def test_another_argument_is_another_value(kept: Course) -> None:
    assert kept.show("tiny.small") == ["working on the base\n", "10"]
    assert kept.show("tiny.curves") == ["21"]
    assert kept.show("tiny.small") == ["working on the base\n", "10"]
    assert kept.ran == []


def test_force_makes_a_kept_value_again(kept: Course) -> None:
    kept.refresh("tiny.curves")
    outcome = kept.refresh("tiny.base", force=True)["tiny.base"]
    assert kept.ran == ["tiny.base"]
    assert contents(outcome) == ["working on the base\n", "20"]


def test_needs_names_the_kept_snippets_that_are_reached(kept: Course) -> None:
    assert sorted(kept.engine.needs("tiny.curves")) == ["tiny.base", "tiny.train"]
    assert kept.engine.needs("tiny.small") == ["tiny.base"]
    assert kept.engine.needs("tiny.base") == []
    assert kept.engine.needs("tiny.lone") == []


@pytest.mark.parametrize("asked", [["tiny.base", "tiny.curves"], ["tiny.curves"]])
def test_where_a_kept_value_fails_its_callers_are_not_run_and_say_so(
    kept: Course, asked: list[str]
) -> None:
    kept.edit("helper.py", "n * 10", "n / 0")
    outcomes = kept.refresh(*asked, "tiny.lone")
    assert "tiny.base" in kept.ran
    assert set(kept.ran) <= {"tiny.base", "tiny.lone"}
    assert "division by zero" in outcomes["tiny.base"].message
    message = outcomes["tiny.curves"].message
    assert message.startswith("snippet tiny.curves was not run, since it needs tiny.")
    assert "tiny.base" in message
    assert isinstance(outcomes["tiny.lone"], Result)
    kept.edit("helper.py", "n / 0", "n * 10")
    assert kept.show("tiny.curves") == ["21"]


def test_where_a_kept_snippet_is_no_script_its_callers_say_so(kept: Course) -> None:
    kept.edit("lessons/tiny.py", "def base(n=2):", "def base(n):")
    outcomes = kept.refresh("tiny.curves", "tiny.lone")
    assert isinstance(outcomes["tiny.base"], BadScript)
    assert isinstance(outcomes["tiny.curves"], SnippetFailed)
    assert "since it needs tiny.base" in outcomes["tiny.curves"].message
    assert isinstance(outcomes["tiny.lone"], Result)
    assert kept.ran == ["tiny.lone"]


def test_a_damaged_value_is_made_again_and_the_page_says_nothing_of_it(
    kept: Course, caplog: pytest.LogCaptureFixture
) -> None:
    kept.refresh("tiny.train")
    manifest = kept.store.kept("tiny.train", kept.digest("tiny.train")) / "manifest.json"
    manifest.write_text(manifest.read_text()[:-3])
    assert kept.show("tiny.curves") == ["21"]
    assert kept.ran == ["tiny.train", "tiny.curves"]
    assert "is damaged" in caplog.text


def test_a_damaged_value_of_another_argument_is_made_again_in_silence(
    kept: Course,
) -> None:
    kept.show("tiny.small")
    for folder in kept.store.place.glob("kept/tiny.base/*"):
        (folder / "manifest.json").write_text("")
    kept.edit("lessons/tiny.py", "base(n=1)", "[base(n=1)]")
    assert kept.show("tiny.small")[-1] == "[10]"
    assert "damaged" not in str(kept.store.get("tiny.small", kept.digest("tiny.small")))


def test_a_value_that_cannot_be_kept_is_a_failure(kept: Course) -> None:
    kept.edit("lessons/tiny.py", "helper.number(n)", "{1, 2}")
    outcome = kept.refresh("tiny.base")["tiny.base"]
    assert isinstance(outcome, SnippetFailed)
    assert "keep.once keeps Keras models" in outcome.message
    assert "got set" in outcome.message
    assert list(kept.store.entries()) == []
