import pytest

from .course import Course

HELPER = """
    '''Helpers.'''
    import numpy as np

    RATE = 0.5
    OTHER = 1
    A, B = 1, 2

    def used(x=RATE):
        '''Say.'''
        return deeper(x)  # why

    def deeper(x):
        return np.array(x)

    def unused():
        return OTHER

    class Base:
        def method(self):
            return deeper(1)

    class Child(Base):
        size = A

    def wrap(function):
        return function

    @wrap
    def wrapped():
        return 1
    """


def reached(course: Course, imports: str, use: str) -> set[str]:
    """What a snippet with that import and that expression reaches in the helper."""
    course.lesson(f"{imports}\ndef snippet():\n    return {use}\n")
    prefix = "helper."
    return {n.removeprefix(prefix) for n in course.reached() if n.startswith(prefix)}


@pytest.mark.parametrize(
    ("imports", "use"),
    [
        ("from tinycourse.helper import used", "used()"),
        ("from tinycourse.helper import used as f", "f()"),
        ("from tinycourse import helper", "helper.used()"),
        ("from tinycourse import helper as h", "[h.used for _ in ()]"),
        ("import tinycourse.helper", "tinycourse.helper.used()"),
        ("import tinycourse.helper as h", "h.used"),
        ("from ..helper import used", "used()"),
        ("from .. import helper", "helper.used().shape"),
        ("from tinycourse.door import used", "used()"),
        ("from tinycourse.door import helper", "helper.used()"),
        ("from tinycourse import door", "door.helper.used()"),
        ("from tinycourse.wide_door import used", "used()"),
        ("from tinycourse import door", "(lambda: door.used)()"),
        (
            "def mine():\n    from tinycourse.helper import used\n    return used()",
            "mine()",
        ),
        ("def mine():\n    import tinycourse.helper as h\n    return h.used()", "mine()"),
    ],
)
def test_a_function_is_reached_however_it_was_imported(
    course: Course, imports: str, use: str
) -> None:
    course.write(
        {
            "helper.py": HELPER,
            "door.py": "from tinycourse import helper\nfrom tinycourse.helper import used",
            "wide_door.py": "from tinycourse.helper import *",
        }
    )
    assert reached(course, imports, use) == {"used", "deeper", "RATE", "np"}


@pytest.mark.parametrize(
    ("use", "names"),
    [
        ("helper.RATE", {"RATE"}),
        ("helper.B", {"A", "B"}),  # one statement binds both
        ("helper.Child().method()", {"Child", "Base", "deeper", "np", "A", "B"}),
        ("helper.wrapped()", {"wrapped", "wrap"}),
    ],
)
def test_constants_classes_and_decorators_are_reached(
    course: Course, use: str, names: set[str]
) -> None:
    course.write({"helper.py": HELPER})
    assert reached(course, "from tinycourse import helper", use) == names


@pytest.mark.parametrize(
    "use", ["helper", "vars(helper)", "getattr(helper, 'used')", "helper.__dict__"]
)
def test_a_module_handed_around_is_reached_whole(course: Course, use: str) -> None:
    course.write({"helper.py": HELPER})
    names = reached(course, "from tinycourse import helper", use)
    assert {"unused", "OTHER", "Child", "wrapped", "used"} <= names


def test_modules_that_import_each_other_are_followed_once(course: Course) -> None:
    course.write(
        {
            "one.py": "from tinycourse import two\ndef f():\n    return two\n",
            "two.py": "from tinycourse import one\ndef g():\n    return one.f\n",
        }
    )
    course.lesson("from tinycourse import one\ndef snippet():\n    return one.f()\n")
    assert {"one.f", "two.g"} <= course.reached()


def test_functions_that_call_each_other_are_followed_once(course: Course) -> None:
    course.lesson(
        """
        def snippet():
            return even(3)
        def even(n):
            return n == 0 or odd(n - 1)
        def odd(n):
            return n and even(n - 1)
        """
    )
    assert course.reached() == {"lessons.tiny.even", "lessons.tiny.odd"}


@pytest.mark.parametrize(
    "effect",
    [
        "TABLE.append(1)",
        "TABLE += [2]",
        "for n in range(3):\n    TABLE.append(n)",
        "if RATE:\n    TABLE = []\nelse:\n    TABLE = [1]",
        "try:\n    import fast\nexcept ImportError:\n    fast = None",
        "if __name__ == '__main__':\n    pass\nelse:\n    TABLE = [1]",
    ],
)
@pytest.mark.parametrize(
    "how", ["from tinycourse import helper", "import tinycourse.helper"]
)
def test_statements_that_run_on_import_count(course: Course, effect: str, how: str) -> None:
    source = f"RATE, TABLE = 1, []\n{effect}\ndef f():\n    pass\n"
    course.write({"helper.py": source})
    course.lesson(f"{how}\ndef snippet():\n    return {how.split()[-1]}.f()\n")
    before = course.digest()
    assert "helper (on import)" in course.reached()
    course.write({"helper.py": source.replace(effect, f"{effect}\nprint()")})
    assert course.digest() != before


@pytest.mark.parametrize(
    "imports",
    [
        "import tinycourse.plugin",
        "from tinycourse import plugin",
        "from tinycourse.plugin import name",
        "try:\n    import tinycourse.plugin\nfinally:\n    pass",
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_effects_of_modules_imported_only_for_them_count(
    course: Course, imports: str, inside: bool
) -> None:
    lines = imports.splitlines()
    helper = (
        ["def f():", *(f"    {line}" for line in lines)]
        if inside
        else [*lines, "def f():", "    return 1"]
    )
    course.write({"plugin.py": "print('hello')", "helper.py": "\n".join(helper)})
    course.lesson("from tinycourse.helper import f\ndef snippet():\n    return f()\n")
    assert "plugin (on import)" in course.reached()


def test_effects_of_packages_above_a_module_count(course: Course) -> None:
    course.write({"__init__.py": "print()", "a/__init__.py": "print()", "a/b.py": "X = 1"})
    course.lesson("from tinycourse.a.b import X\ndef snippet():\n    return X\n")
    assert {"tinycourse (on import)", "a (on import)", "a.b.X"} <= course.reached()


def test_every_definition_of_a_name_counts(course: Course) -> None:
    course.write(
        {
            "fast.py": "def f():\n    return 1\n",
            "slow.py": """
                try:
                    from tinycourse.fast import f
                except ImportError:
                    def f():
                        return 2
                """,
        }
    )
    course.lesson("from tinycourse.slow import f\ndef snippet():\n    return f()\n")
    assert {"fast.f", "slow.f"} <= course.reached()


def test_an_import_inside_one_method_does_not_hide_a_name_from_another(
    course: Course,
) -> None:
    course.write({"one.py": "def f():\n    return 1\n", "two.py": "def f(): return 2"})
    course.lesson(
        """
        from tinycourse.one import f
        class Both:
            def a(self):
                from tinycourse.two import f
                return f()
            def b(self):
                return f()
        def snippet():
            return Both().b()
        """
    )
    assert {"one.f", "two.f"} <= course.reached()


def test_the_engine_and_keep_are_not_followed(course: Course) -> None:
    course.write(
        {
            "engine/__init__.py": "",
            "engine/run.py": "def f():\n    return 1\n",
            "keep.py": "from tinycourse.engine import run\ndef once(f):\n    return f\n",
        }
    )
    course.lesson(
        """
        import tinycourse.keep
        import tinycourse
        from tinycourse import keep
        from tinycourse.engine.run import f
        @keep.once
        def kept():
            return f()
        def snippet():
            return kept(), f(), tinycourse.engine.run.f(), tinycourse.keep.once(f)
        """
    )
    assert not {n for n in course.reached() if n.startswith(("engine", "keep"))}
    assert "lessons.tiny.kept" in course.reached()
