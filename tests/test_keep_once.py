"""`keep.once` runs a snippet once for each key and each choice of arguments."""

import importlib
import json
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnguide import keep
from tests.engine.course import Course, at_once

LESSON = """
    import os
    import random

    import keras
    import numpy as np

    from cnnguide import keep
    from tinycourse import helper

    @keep.once
    def draw(n=2, names=("a", "b")):
        with open(os.environ["CNNGUIDE_TOLD"], "a") as file:
            file.write("ran\\n")
        return [float(x) for x in np.random.rand(n)], helper.SCALE, list(names)

    @keep.once
    def unkeepable():
        return {1, 2}
    """


@pytest.fixture
def drawing(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with a kept snippet that tells each time it really runs."""
    monkeypatch.setenv("CNNGUIDE_TOLD", str(tmp_path / "told"))
    course.lesson(LESSON)
    course.write({"helper.py": "SCALE = 1\n"})
    return course


def lesson() -> Any:
    return importlib.import_module("tinycourse.lessons.tiny")


def runs() -> int:
    """How often the kept snippet has run."""
    told = Path(os.environ["CNNGUIDE_TOLD"])
    return len(told.read_text().splitlines()) if told.exists() else 0


def following() -> tuple[float, ...]:
    import keras

    return random.random(), np.random.rand(), float(keras.random.uniform(()))


def test_the_first_call_runs_and_later_ones_do_not(drawing: Course) -> None:
    first = lesson().draw()
    after_run = following()
    assert runs() == 1
    following()
    assert lesson().draw() == first
    assert following() == after_run
    assert runs() == 1


def test_a_page_and_a_call_share_the_value(drawing: Course) -> None:
    shown = drawing.show("tiny.draw")
    assert str(lesson().draw()) == shown[0]
    assert runs() == 1


def test_other_arguments_are_kept_apart(drawing: Course) -> None:
    draw = lesson().draw
    assert [len(draw(n)[0]) for n in (2, 3, 2, 3)] == [2, 3, 2, 3]
    assert runs() == 2
    assert draw(names=["x"])[2] == ["x"]
    assert draw(2, ("a", "b")) == draw(n=2) == draw()
    assert runs() == 3


def test_a_changed_dependency_makes_the_value_again(drawing: Course) -> None:
    lesson().draw()
    drawing.edit("helper.py", "SCALE = 1", "# More.\nSCALE = 1")
    lesson().draw()
    assert runs() == 1
    drawing.edit("helper.py", "SCALE = 1", "SCALE = 2")
    importlib.reload(lesson().helper)
    assert lesson().draw()[1] == 2
    assert runs() == 2


@pytest.mark.parametrize("argument", [{1, 2}, np.arange(3), object()])
def test_an_argument_that_cannot_be_kept_is_refused(
    drawing: Course, argument: object
) -> None:
    with pytest.raises(TypeError, match=r"tiny\.draw is kept, so its arguments must be"):
        lesson().draw(names=argument)
    assert runs() == 0


def test_a_value_that_cannot_be_kept_is_refused(drawing: Course) -> None:
    with pytest.raises(TypeError, match="got set"):
        lesson().unkeepable()


def test_only_snippets_can_be_kept() -> None:
    @keep.once
    def local() -> int:
        return 1

    with pytest.raises(TypeError, match=r"keep\.once is for snippets"):
        local()


ASK = """
import json, sys
import keras
from tinycourse.lessons import tiny
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(tiny.draw()))
"""


def test_processes_that_ask_at_the_same_moment_run_it_once(drawing: Course) -> None:
    one, other = at_once(ASK)
    assert one == other
    assert len(json.loads(one)[0]) == 2
    assert runs() == 1
