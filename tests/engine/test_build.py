import pytest

from .course import Course

PACKAGE = {
    "helper.py": """
        '''Helpers.'''
        RATE = 2

        def deep(x):
            '''Say.'''
            return x + 1  # why

        def shallow(x):
            return deep(x)

        def other():
            return "other"
        """,
    "data/__init__.py": "",
    "data/things.py": """
        import os
        from types import SimpleNamespace

        def source():
            mode = os.environ.get("CNNGUIDE_DATA", "sample")
            return SimpleNamespace(label=f"things, {mode}", fingerprint=mode)

        def load():
            return source().label
        """,
    "lessons/tiny.py": """
        from tinycourse import helper
        from tinycourse.data import things

        LIMIT = 3

        def plain():
            return 1

        def direct():
            return helper.deep(1)

        def through():
            return helper.shallow(1)

        def calls():
            return direct(), plain()

        def constant():
            return LIMIT

        def reads():
            return things.load()

        def rate():
            return helper.RATE, helper.other()
        """,
}
ALL = [
    f"tiny.{name}"
    for name in ("plain", "direct", "through", "calls", "constant", "reads", "rate")
]


@pytest.fixture
def built(course: Course) -> Course:
    """A course whose snippets are all fresh."""
    course.write(PACKAGE)
    course.refresh(*ALL)
    assert sorted(course.ran) == sorted(ALL)
    return course


def rerun(course: Course) -> set[str]:
    """What a build runs now."""
    course.refresh(*ALL)
    assert len(course.ran) == len(set(course.ran))
    return {reference.removeprefix("tiny.") for reference in course.ran}


def test_nothing_changed_runs_nothing(built: Course) -> None:
    assert rerun(built) == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "runs"),
    [
        ("lessons/tiny.py", "return 1\n", "return 2\n", {"plain", "calls"}),
        ("lessons/tiny.py", "deep(1)", "deep(2)", {"direct", "calls"}),
        ("lessons/tiny.py", "LIMIT = 3", "LIMIT = 4", {"constant"}),
        ("helper.py", "x + 1", "x + 2", {"direct", "calls", "through"}),
        ("helper.py", "return deep(x)", "return -deep(x)", {"through"}),
        ("helper.py", "RATE = 2", "RATE = 3", {"rate"}),
        ("helper.py", '"other"', '"another"', {"rate"}),
        ("helper.py", "# why", "# how", set()),
        ("helper.py", "Say.", "Tell.", set()),
        ("helper.py", "'''Helpers.'''", "'''Help.'''\n\nimport os\n", set()),
        ("lessons/tiny.py", "return LIMIT", "# Look.\n    return LIMIT", {"constant"}),
    ],
)
def test_an_edit_runs_exactly_what_it_reaches(
    built: Course, file: str, old: str, new: str, runs: set[str]
) -> None:
    built.edit(file, old, new)
    assert rerun(built) == runs
    built.edit(file, new, old)
    assert rerun(built) == set()


def test_other_data_run_what_reads_them(
    built: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNGUIDE_DATA", "full")
    assert rerun(built) == {"reads"}
    monkeypatch.delenv("CNNGUIDE_DATA")
    assert built.show("tiny.reads") == ["'things, sample'"]
    assert built.ran == []


def test_another_seed_runs_everything(
    built: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNGUIDE_SEED", "1")
    assert len(rerun(built)) == len(ALL)


def test_force_runs_what_is_fresh_and_was_asked_for(built: Course) -> None:
    built.refresh("tiny.plain", force=True)
    assert built.ran == ["tiny.plain"]


def test_an_edit_counts_while_one_engine_stays(built: Course) -> None:
    engine = built.engine
    assert engine.result("tiny.direct").outputs[0].content == "2"
    built.edit("helper.py", "x + 1", "x + 2")
    assert engine.result("tiny.direct").outputs[0].content == "3"


def test_a_build_shows_one_state_of_the_sources(built: Course) -> None:
    engine = built.engine
    engine.settle()
    before = engine.plan("tiny.direct"), engine.result("tiny.direct")
    built.edit("helper.py", "x + 1", "x + 2")
    assert (engine.plan("tiny.direct"), engine.result("tiny.direct")) == before
    engine.unsettle()
    assert engine.result("tiny.direct").outputs[0].content == "3"


def test_who_settles_again_sees_what_was_forced_meanwhile(built: Course) -> None:
    engine = built.engine
    engine.settle()
    before = engine.result("tiny.plain")
    forced = built.refresh("tiny.plain", force=True)["tiny.plain"]
    assert engine.result("tiny.plain") is before
    engine.settle()
    assert engine.result("tiny.plain") == forced


def test_a_snippet_asked_for_twice_runs_once(course: Course) -> None:
    course.lesson("def snippet():\n    return 1\n")
    assert list(course.refresh("tiny.snippet", "tiny.snippet")) == ["tiny.snippet"]
    assert course.ran == ["tiny.snippet"]


def test_stale_says_why(built: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert built.engine.stale("tiny.direct") is None
    built.edit("helper.py", "x + 1", "x + RATE")
    assert built.engine.stale("tiny.direct") == [
        "helper.RATE is reached now",
        "helper.deep changed",
    ]
    assert built.engine.stale("tiny.plain") is None
    monkeypatch.setenv("CNNGUIDE_DATA", "full")
    assert built.engine.stale("tiny.reads") == [
        "data things things, sample [sample] → things, full [full]"
    ]
    built.edit("lessons/tiny.py", "def plain", "def new():\n    pass\n\ndef plain")
    assert built.engine.stale("tiny.new") == ["it has not run yet"]
