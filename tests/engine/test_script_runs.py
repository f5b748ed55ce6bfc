"""A script gives what its function gives, and prints what it prints."""

import ast
import contextlib
import importlib
import io
import textwrap

import pytest

from .course import Course

LESSON_HEAD = """\
import functools
import math as m
from collections import Counter
from dataclasses import dataclass

from cnnguide import keep
from cnnguide.lessons import measures_time

WORDS = ("one", "two", "three")

def helper(x, y=2):
    return x ** y

"""
FUNCTIONS = {
    "parameters": """
        def snippet(a: int = 1, /, b=[1, 2], *, c: str = "é", d=None):
            return a, b, c, d
        """,
    "parameters over several lines": """
        def snippet(
            a=(1 +
               2),
            b={
                "x": 1,  # one
            },
            c="two "
              "words",
        ):
            return a, b, c
        """,
    "nested functions": """
        def snippet(n=3):
            def outer(x):
                def inner(y):
                    return x + y + n
                return inner
            return outer(1)(2)
        """,
    "comprehensions": """
        def snippet(n=3):
            rows = [[m.sqrt(i * j) for j in range(n)] for i in range(n)]
            return {i: sum(row) for i, row in enumerate(rows)}, {n for n in (1, 1)}
        """,
    "lambdas": """
        def snippet(key=lambda word: -len(word)):
            return sorted(WORDS, key=key), (lambda *a, **k: (a, k))(1, b=2)
        """,
    "classes": """
        def snippet():
            @dataclass
            class Point:
                '''A point
                  in a plane.'''
                x: int = 1
                def double(self):
                    return self.x * 2
            return Point(4).double(), Point.__doc__
        """,
    "f-strings": '''
        def snippet(name="you"):
            width = 12
            print(f"{name:>{width}}")
            return f"""{name!r}
              indented {m.floor(2.5)}
            end"""
        ''',
    "multi-line strings": """
        def snippet():
            text = '''
        none
            four
                eight'''
            raw = r'''\\
            \\n'''
            return text, raw
        """,
    "a value over several lines": """
        def snippet():
            counts = Counter("banana")
            return (
                counts
                .most_common(1)
            )  # the most common
        """,
    "continued by a backslash": """
        def snippet():
            total = 1 + \\
                2
            return total \\
                + 3
        """,
    "names of the lesson": """
        def snippet():
            return functools.reduce(lambda a, b: a + b, map(helper, (1, 2))), WORDS
        """,
    "decorated inside": """
        def snippet():
            @functools.cache
            def square(x):
                return x * x
            return square(3)
        """,
    "control flow": """
        def snippet(n=4):
            found = []
            for i in range(n):
                if i % 2:
                    continue
                try:
                    found.append(1 / i)
                except ZeroDivisionError as error:
                    found.append(str(error))
                else:
                    print("fine",
            "at the margin")
            while found and len(found) > 9: found.pop()
            return found
        """,
    "imports inside": """
        def snippet():
            from pathlib import PurePosixPath as Path
            import os.path
            return str(Path("a") / "b"), os.path.basename("a/b")
        """,
    "a walrus and a star": """
        def snippet():
            first, *rest = (last := [1, 2, 3])
            return first, rest, last
        """,
    "itself": """
        def snippet(n=3):
            return [n, *(snippet(n - 1) if n else ())]
        """,
    "keep.once": """
        @keep.once
        def snippet(n=3):
            return [n, (n, "x")]
        """,
    "measures_time": """
        @measures_time

        def snippet(n=3):

            # first a comment
            return n
        """,
    "an async function inside": """
        def snippet():
            import asyncio
            async def inner():
                return 5
            return asyncio.run(inner())
        """,
    "annotated": """
        def snippet():
            counts: Counter[str] = Counter("aab")
            return counts["a"]
        """,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_script_does_what_its_function_does(course: Course, name: str) -> None:
    course.lesson(LESSON_HEAD + textwrap.dedent(FUNCTIONS[name]))
    function = importlib.import_module("tinycourse.lessons.tiny").snippet
    with contextlib.redirect_stdout(io.StringIO()) as called:
        expected = function()
    with contextlib.redirect_stdout(io.StringIO()) as executed:
        value = execute(course.script().text)
    assert value == expected
    assert executed.getvalue() == called.getvalue()


def execute(text: str) -> object:
    """The value of a script's last line."""
    tree = ast.parse(text)
    last = ast.Expression(tree.body.pop().value)
    names = {"__name__": "__main__"}
    exec(compile(tree, "<script>", "exec"), names)
    return eval(compile(last, "<script>", "eval"), names)
