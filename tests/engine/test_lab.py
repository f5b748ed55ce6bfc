import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnguide.engine import lab
from cnnguide.engine.errors import BadScript


def gap(text: str) -> str:
    return lab.gap(textwrap.dedent(text).strip())


def test_what_is_given_stays() -> None:
    given = "a = 1\n\n# Look.\nb = a\nlabs.check('x.y', b)"
    assert lab.gap(given) == lab.solved(given) == given


def test_names_become_dots_and_other_statements_vanish() -> None:
    text = """
        a = 1

        # solution
        # Count them.
        b = a + 1
        c, d = b, b
        e: int = 5
        print(b)
        for i in range(3):
            d += i
        # end

        f = b
        """
    assert gap(text) == "a = 1\n\n# Count them.\nb = ...\nc, d = ..., ...\ne = ...\n\nf = b"


def test_what_is_bound_in_several_steps_leaves_one_line() -> None:
    text = "# solution\na = 1\na = a + 1\nb = a\na = b\n# end\na"
    assert gap(text) == "a = ...\nb = ...\na = ...\na"


def test_a_gap_is_never_empty() -> None:
    assert gap("# solution\nprint(1)\n# end\nprint(2)") == "...\nprint(2)"
    text = """
        def f():
            # solution
            # Print it.
            print(1)
            # end
        """
    assert gap(text) == "def f():\n    # Print it.\n    ..."


def test_a_return_within_a_function_keeps_its_place() -> None:
    text = """
        def f(a):
            \"\"\"Twice.\"\"\"
            # solution
            b = 2 * a
            return b
            # end


        labs.check("x.y", f)
        """
    assert gap(text) == (
        'def f(a):\n    """Twice."""\n    b = ...\n    return ...\n\n\nlabs.check("x.y", f)'
    )


def test_functions_and_classes_keep_their_heads() -> None:
    text = """
        # solution
        # Register it.
        @registered(
            package="lab",
        )
        class Scale(Layer):
            \"\"\"Scales.

            More.
            \"\"\"

            rate = 3

            def __init__(self, factor):
                self.factor = factor

            def call(self, x):
                \"\"\"Multiply.\"\"\"
                return x * self.factor


        class Empty(Layer):
            pass
        # end
        """
    assert gap(text) == textwrap.dedent("""
        # Register it.
        class Scale(Layer):
            \"\"\"Scales.

            More.
            \"\"\"

            def __init__(self, factor):
                ...

            def call(self, x):
                \"\"\"Multiply.\"\"\"
                ...

        class Empty(Layer):
            ...
        """).strip("\n")


def test_a_task_may_have_several_solutions() -> None:
    text = """
        # solution
        a = 1
        # end
        b = a
        # solution
        c = b
        # end
        c
        """
    assert gap(text) == "a = ...\nb = a\nc = ...\nc"
    assert lab.solved(textwrap.dedent(text).strip()) == "a = 1\nb = a\nc = b\nc"


def test_each_gap_is_python() -> None:
    import jupytext

    labs = sorted(Path(__file__).parents[2].glob("docs/labs/*.py"))
    assert len(labs) >= 6
    for path in labs:
        cells = jupytext.read(path, fmt="py:percent").cells
        tasks = [cell for cell in cells if lab.is_task(cell)]
        assert len(tasks) >= 5
        lab.check(path, cells)
        for cell in tasks:
            compile(lab.gap(cell.source), str(path), "exec")
            assert "..." in lab.gap(cell.source)
            assert f'labs.check("{path.stem}.' in cell.source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('labs.check("a.b", 1)', "got 0 of the first"),
        ('# solution\na = 1\nlabs.check("a.b", a)', "1 of the first and 0 of the second"),
        ("# solution\na = 1\n# end\nprint(a)", "must end in labs.check"),
    ],
)
def test_an_ill_formed_task_is_named(source: str, message: str) -> None:
    cell = SimpleNamespace(metadata={"tags": ["task"]}, source=source)
    with pytest.raises(BadScript, match=f"lab.py: task 1 .*{message}"):
        lab.check(Path("lab.py"), [cell])
