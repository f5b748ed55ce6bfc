import base64
import textwrap

import nbformat
import pytest
from nbformat import NotebookNode

from cnnguide.engine import notebook

from .course import Course

LESSON = '''
    import math
    import warnings

    def number():
        return math.floor(7.5)

    def words():
        print("one")
        warnings.warn("mind")
        print("two")

    def shown():
        """Draws nothing, to be quick."""
        math.floor(2.5)

    def table():
        class Table:
            def _repr_html_(self):
                return "<table></table>"
            def __repr__(self):
                return "a | b"
        return Table()

    def drawn():
        from matplotlib import pyplot as plt
        figure = plt.figure()
        figure.description = "Nothing to see."
        return figure
    '''
SETTING = notebook.Setting(
    link=lambda target: f"https://a.example/{target}",
    page="https://a.example/tiny/",
    package="git+https://code.example/tiny",
)


@pytest.fixture
def tiny(course: Course) -> Course:
    course.lesson(LESSON)
    return course


def made(tiny: Course, text: str) -> NotebookNode:
    lines = textwrap.dedent(text).strip("\n").splitlines()
    return notebook.of_page(tiny.engine, lines, SETTING)


def kinds(found: NotebookNode) -> list[str]:
    return [cell.cell_type for cell in found.cells]


def test_prose_and_scripts_become_cells_in_their_order(tiny: Course) -> None:
    found = made(
        tiny,
        """
        # Tiny

        You will see.

        ## First

        ```snippet
        tiny.number
        ```

        It is {{ tiny.number }}, see [there](there.md).
        """,
    )
    nbformat.validate(found)
    title, origin, install, imports, section, code, end = found.cells
    assert title.source == "# Tiny\n\nYou will see."
    assert "<https://a.example/tiny/>" in origin.source
    assert 'find_spec("tinycourse")' in install.source
    assert '%pip install --quiet "git+https://code.example/tiny"' in install.source
    assert imports.source == "import math"
    assert section.source == "## First"
    assert code.source == "math.floor(7.5)"
    assert code.outputs[0].data == {"text/plain": "7"}
    assert code.execution_count == code.outputs[0].execution_count == 1
    assert (
        code.metadata["execution"]["iopub.execute_input"]
        < (code.metadata["execution"]["iopub.status.idle"])
    )
    assert end.source == "It is 7, see [there](https://a.example/there.md)."
    assert tiny.ran == ["tiny.number"]


def test_outputs_are_attached_in_the_forms_of_notebooks(tiny: Course) -> None:
    fences = "".join(
        f"```snippet\ntiny.{name}\n```\n" for name in ("words", "table", "drawn", "shown")
    )
    words, table, drawn, shown = [
        cell for cell in made(tiny, f"# Tiny\n{fences}").cells if "snippet" in cell.metadata
    ]
    assert [(o.name, o.text) for o in words.outputs] == [
        ("stdout", "one\n"),
        ("stderr", "UserWarning: mind\n"),
        ("stdout", "two\n"),
    ]
    assert table.outputs[0].data == {"text/html": "<table></table>", "text/plain": "a | b"}
    figure = drawn.outputs[0].data
    assert figure["text/plain"] == "Nothing to see."
    # Without the reader's trust Jupyter shows no image/svg+xml.
    assert figure["text/html"].startswith('<img alt="Nothing to see."')
    picture = figure["text/html"].partition("base64,")[2].removesuffix('">')
    assert base64.b64decode(picture).startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')
    # What no page shows, no cell shows either.
    assert drawn.source.endswith("figure;")
    assert shown.source == "math.floor(2.5);"
    assert words.source.endswith('print("two")')
    assert not shown.outputs


def test_options_of_a_fence_are_kept(tiny: Course) -> None:
    found = made(
        tiny,
        """
        # Tiny

        ```snippet
        tiny.number
        show: code

        1. An annotation.
        ```

        ```snippet
        tiny.number
        show: output
        ```
        """,
    )
    code, output = [cell for cell in found.cells if "snippet" in cell.metadata]
    assert not code.outputs and code.execution_count is None
    assert output.metadata["jupyter"] == {"source_hidden": True}
    assert output.execution_count == 1
    note = found.cells[found.cells.index(code) + 1]
    assert note.source == "1. An annotation."


def test_a_fence_in_a_list_parts_it(tiny: Course) -> None:
    found = made(
        tiny,
        """
        # Tiny

        - A point.

            ```snippet
            tiny.number
            ```

            More of it.

        - Another.
        """,
    )
    assert found.cells[0].source.endswith("- A point.")
    assert found.cells[-1].source == "More of it.\n\n- Another."


def test_a_question_is_asked_with_its_answer_folded(tiny: Course) -> None:
    found = made(
        tiny,
        """
        # Tiny

        !!! question "How many?"

            ```question
            tiny.number
            hint: Count.

            As many as {{ tiny.number }}.
            ```
        """,
    )
    text = found.cells[0].source
    assert "> **How many?**" in text
    assert "> <details><summary>Answer</summary>" in text
    assert "> **7**" in text
    assert "> As many as 7." in text
    assert "hint" not in text


def test_a_page_without_snippets_is_a_notebook_too(tiny: Course) -> None:
    found = made(tiny, "# Tiny\n\nWords.")
    assert kinds(found) == ["markdown", "markdown", "code"]


def test_the_same_page_gives_the_same_bytes(tiny: Course) -> None:
    page = "# Tiny\n\n```snippet\ntiny.number\n```"
    first, second = (nbformat.writes(made(tiny, page)) for _ in range(2))
    assert first == second


def test_the_plain_file_is_python_with_marks(tiny: Course) -> None:
    text = notebook.as_script(made(tiny, "# Tiny\n\n```snippet\ntiny.number\n```"))
    compile(text, "tiny", "exec")
    assert "# %% [markdown]\n# # Tiny" in text
    assert "# %%\nmath.floor(7.5)\n" in text
    assert "pip" not in text and "jupytext" not in text


def test_a_saved_model_becomes_a_link_to_the_site(tiny: Course) -> None:
    found = made(tiny, "# T\n\n## S\n\n```model\ntiny.number\nname: small\n```\n\nEnd.")
    text = found.cells[-1].source
    address = "https://a.example/netron/?url=../models/small.keras"
    assert f"[Look at this model in Netron]({address}).\n\nEnd." in text
