import textwrap

from cnnguide.engine import imports


def share(*scripts: str) -> tuple[str, list[str]]:
    top, rest = imports.share([textwrap.dedent(s).strip() for s in scripts])
    return "\n".join(top), rest


def test_imports_come_once_in_the_usual_order() -> None:
    top, rest = share(
        """
        import numpy as np
        import keras
        from cnnguide import charts

        keras.Input
        """,
        """
        import math

        import keras
        from cnnguide.lessons import garments
        from cnnguide import keep

        keras.ops
        """,
    )
    assert top == (
        "import math\n\nimport keras\nimport numpy as np\n\n"
        "from cnnguide import charts, keep\nfrom cnnguide.lessons import garments"
    )
    assert rest == ["keras.Input", "keras.ops"]


def test_many_names_of_a_module_stand_in_lines_of_their_own() -> None:
    names = [f"quite_a_long_name_{n}" for n in range(6)]
    top, _ = share(f"from somewhere import {', '.join(names)}")
    assert top.splitlines() == [
        "from somewhere import (",
        *(f"    {name}," for name in names),
        ")",
    ]
    compile(top, "top", "exec")


def test_a_name_that_was_bound_anew_is_imported_again() -> None:
    top, rest = share(
        "from a import train\n\ntrain()",
        "train = 3\ntrain",
        "from a import train\n\ntrain()",
        "from a import train\n\ntrain()",
    )
    assert top == "from a import train"
    assert rest == [
        "train()",
        "train = 3\ntrain",
        "from a import train\n\ntrain()",
        "train()",
    ]


def test_one_name_for_two_things_is_imported_by_the_second_itself() -> None:
    first, second = "from a import x\n\nx", "from b import x\n\nx"
    top, rest = share(first, second, first)
    assert top == "from a import x"
    assert rest == ["x", second, first]


def test_loops_functions_and_with_bind_names_too() -> None:
    for binding in (
        "for x in y:\n    pass",
        "def x():\n    pass",
        "class x:\n    pass",
        "with open(y) as x:\n    pass",
        "x, z = 1, 2",
        "del x",
    ):
        _, rest = share("import x\n\nx", binding, "import x\n\nx")
        assert rest[2] == "import x\n\nx"


def test_imports_within_functions_stay() -> None:
    top, rest = share("def f():\n    import os\n    return os")
    assert top == ""
    assert rest == ["def f():\n    import os\n    return os"]


def test_a_script_of_imports_alone_becomes_empty() -> None:
    assert share("import a", "import a\nimport b") == ("import a\nimport b", ["", ""])
