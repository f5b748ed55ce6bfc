import textwrap

import pytest

from cnnguide.engine.errors import BadScript

from .course import Course


def expected(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_script_is_imports_parameters_body_and_value(course: Course) -> None:
    course.lesson(
        '''
        """A lesson."""

        import math
        import json  # not used

        from tinycourse import helper, other


        def snippet(epochs: int = 8, *, rate: float = 1e-3, names=("a", 'b')) -> float:
            """Train.

            >>> snippet()
            """
            # Comments stay.
            total = math.floor(rate)  # (n,)

            helper.use(names)
            return total * epochs
        '''
    )
    assert course.script().text == expected(
        """
        import math

        from tinycourse import helper

        epochs = 8
        rate = 1e-3
        names = ("a", 'b')

        # Comments stay.
        total = math.floor(rate)  # (n,)

        helper.use(names)
        total * epochs
        """
    )
    assert course.script().has_value


def test_the_line_map_leads_back_to_the_lesson(course: Course) -> None:
    course.lesson(
        '''
        import math

        @measures_time
        def snippet(
            epochs: int = 8,
            sizes=(
                1,
                2,
            ),
        ):
            """Count."""

            text = """
        one
            two"""
            return (
                math.pi,
                text,
            )
        '''
    )
    script = course.script()
    lesson = (course.package / "lessons/tiny.py").read_text().splitlines()
    written = script.text.splitlines()
    assert len(script.lines) == len(written)
    for line, number in zip(written, script.lines, strict=True):
        if number:
            assert line.split("=")[-1].strip(" ,") in lesson[number - 1]
    assert [number for number in script.lines if number] == [5, 6, 7, 8, 9, *range(13, 20)]


@pytest.mark.parametrize(
    ("imports", "use", "shown"),
    [
        ("import os.path", "os.path.sep", "import os.path"),
        ("import os.path, json", "os.path.sep", "import os.path"),
        ("import xml.dom\nimport xml.sax", "xml.sax", "import xml.dom\nimport xml.sax"),
        ("import numpy as np", "np.pi", "import numpy as np"),
        ("from os import path as p, sep", "p.sep", "from os import path as p"),
        ("from . import other", "other", "from tinycourse.lessons import other"),
        ("from .. import helper as h", "h", "from tinycourse import helper as h"),
        ("from ..helper import f", "f()", "from tinycourse.helper import f"),
        ("RATE = 3\nimport os", "RATE", "from tinycourse.lessons.tiny import RATE"),
        ("def f(): pass", "f()", "from tinycourse.lessons.tiny import f"),
        ("class A: pass", "A()", "from tinycourse.lessons.tiny import A"),
        ("X, (Y, Z) = 1, (2, 3)", "Z", "from tinycourse.lessons.tiny import Z"),
    ],
)
def test_only_what_is_used_is_imported(
    course: Course, imports: str, use: str, shown: str
) -> None:
    course.lesson(f"{imports}\ndef snippet():\n    return {use}\n")
    assert course.script().text == f"{shown}\n\n{use}\n"


@pytest.mark.parametrize(
    "use",
    [
        "[os.sep for _ in range(3)]",
        "lambda: os.sep",
        "f'{os.sep}'",
        "f'{1:{os.sep}}'",
        "[os for _ in [1] if os.sep]",
    ],
)
def test_names_used_deep_within_are_imported_too(course: Course, use: str) -> None:
    course.lesson(f"import os\ndef snippet():\n    return {use}\n")
    assert course.script().text == f"import os\n\n{use}\n"


def test_names_used_by_defaults_and_nested_definitions_are_imported(course: Course) -> None:
    course.lesson(
        """
        import json, math, os, re, sys
        def snippet(a=math.pi, key=lambda pair: pair[0], many=[n for n in (1, 2)]):
            def inner(x: re.Pattern = None):
                return os
            class Inner(json.JSONEncoder):
                pass
            sys = 3
        """
    )
    assert course.script().text.startswith("import json, math, os, re\n\na = math.pi\n")


def test_groups_of_imports_stay_apart(course: Course) -> None:
    course.lesson(
        "import os\nimport re\n\nimport keras\ndef snippet():\n    return os, re, keras\n"
    )
    assert course.script().text == (
        "import os\nimport re\n\nimport keras\n\nos, re, keras\n"
    )


@pytest.mark.parametrize("body", ["x = 1", "x = 1\n    return", "x = 1\n    del x"])
def test_without_a_returned_expression_there_is_no_value(course: Course, body: str) -> None:
    course.lesson(f"def snippet():\n    {body}\n")
    assert not course.script().has_value
    assert "return" not in course.script().text


REFUSED = {
    "required": ("def snippet(a, b=1, *, c): return a", 3, "requires arguments (a, c)"),
    "starred": ("def snippet(*many):\n    return many", 3, "name each of them"),
    "double starred": ("def snippet(**many):\n    return many", 3, "name each of them"),
    "early": (
        "def snippet():\n    if 1:\n        return 2\n    return 3",
        5,
        "return once, at the end",
    ),
    "return within": (
        "def snippet():\n    with open('x'):\n        return 1",
        5,
        "return once, at the end",
    ),
    "yield": ("def snippet():\n    x = yield 1", 4, "uses yield"),
    "yield from": ("def snippet():\n    yield from []", 4, "uses yieldfrom"),
    "global": ("def snippet():\n    global X\n    X = 1", 4, "uses global"),
    "nested nonlocal": (
        "def snippet():\n    n = 0\n    def inner():\n        nonlocal n\n    inner()",
        6,
        "cannot be a script",
    ),
    "semicolon": ("def snippet():\n    x = 1; return x", 4, "cannot be a script"),
    "decorator": (
        "@cache\ndef snippet():\n    return 1",
        3,
        "is changed by @cache, which a script cannot show; allowed: keep.once",
    ),
    "unknown name": (
        "def snippet():\n    return nowhere",
        3,
        "uses names its lesson does not define: nowhere",
    ),
    "name of a star": (
        "from math import *\ndef snippet():\n    return pi",
        4,
        "uses names its lesson does not define: pi",
    ),
    "one line": ("def snippet(): return 1", 3, "begin a new line"),
    "only a docstring": ('def snippet():\n    """Do."""', 3, "has no code"),
    "relative": (
        "def snippet():\n    from . import other\n    return other",
        4,
        "imports relatively; write from tinycourse.lessons",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_script_cannot_show_is_refused(course: Course, case: str) -> None:
    source, line, message = REFUSED[case]
    course.lesson(f"import os\n\n{source}\n")
    with pytest.raises(BadScript) as caught:
        course.script()
    assert str(caught.value).startswith(f"snippet tiny.snippet (tiny.py:{line}) ")
    assert message in str(caught.value)
