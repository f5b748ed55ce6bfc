"""A page as a notebook: prose, scripts, and the outputs that the page shows.

Nothing runs for it: scripts and outputs are those of the page.
"""

import ast
import base64
import datetime
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from cnnguide.engine import fences, imports, lab, models, prose, questions, render, widgets
from cnnguide.engine.build import Engine
from cnnguide.engine.fences import Fence
from cnnguide.engine.store import Output, Result

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py"},
}
# Jupyter's own ground may be dark, and a picture has no page to take colour and font from.
SVG = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'color="black" font-family="sans-serif"'
)
GROUND = "background: white; width: 100%; max-width: 640px"
# What gives nothing back, or prints it.
SILENT = {"compile", "export", "print", "save", "save_weights", "summary"}
INSTALL = """\
# The cells below use this course's package; where it is missing, this installs it.
import importlib.util

if importlib.util.find_spec("{name}") is None:
    %pip install --quiet "{package}"\
"""


@dataclass(frozen=True)
class Setting:
    """What a notebook must know of the site.

    Args:
        link: gives for a link's target on the page its whole address.
        page: the page's own address.
        package: what pip is asked for where the course is missing.
    """

    link: Callable[[str], str]
    page: str
    package: str


def of_page(engine: Engine, lines: list[str], setting: Setting) -> NotebookNode:
    """The notebook of a page.

    Args:
        engine: gives scripts and results; nothing is run that is fresh.
        lines: the page's Markdown, without front matter.
        setting: of the site.

    Raises:
        EngineError: a snippet has no result.
    """
    cells = list(_cells(engine, lines, setting.link))
    code = [cell for cell in cells if cell.cell_type == "code"]
    top, sources = imports.share([cell.source for cell in code])
    for cell, source in zip(code, sources, strict=True):
        cell.source = source
    # What is installed and imported stands below the title and the aims.
    aims, section, rest = cells.pop(0).source.partition("\n## ")
    head = [v4.new_markdown_cell(aims.rstrip()), *opening(engine.library.name, setting)]
    if top:
        head.append(v4.new_code_cell("\n".join(top)))
    if section:
        head.append(v4.new_markdown_cell(f"## {rest}"))
    return finish([*head, *cells])


def of_lab(name: str, path: Path, setting: Setting) -> NotebookNode:
    """The notebook of a lab, with gaps for the reader to fill.

    Args:
        name: under which the package is imported.
        path: the lab, a percent script.
        setting: of the site.
    """
    import jupytext

    made = [
        v4.new_markdown_cell("\n".join(prose.plain(c.source.splitlines(), setting.link)))
        if c.cell_type == "markdown"
        else v4.new_code_cell(lab.gap(c.source) if lab.is_task(c) else c.source)
        for c in jupytext.read(path, fmt="py:percent").cells
    ]
    return finish([made[0], *opening(name, setting), *made[1:]])


def opening(name: str, setting: Setting) -> list[NotebookNode]:
    """The cells that say where the notebook is from, and install what it needs.

    Args:
        name: under which the package is imported.
        setting: of the site.
    """
    said = f"This notebook is the page <{setting.page}>: read it there, change it here."
    install = INSTALL.format(name=name, package=setting.package)
    return [v4.new_markdown_cell(said), v4.new_code_cell(install)]


def finish(cells: list[NotebookNode]) -> NotebookNode:
    """A valid notebook of the cells, the same bytes each time."""
    for number, cell in enumerate(cells, start=1):
        cell.id = f"cell-{number}"
    notebook = v4.new_notebook(cells=cells, metadata=KERNEL)
    nbformat.validate(notebook)
    return notebook


def files(notebook: NotebookNode) -> dict[str, str]:
    """Ending of a file's name → the notebook in that form."""
    return {".ipynb": nbformat.writes(notebook), ".py": as_script(notebook)}


def as_script(notebook: NotebookNode) -> str:
    """The notebook as a plain Python file, whose cells editors know by their marks.

    The cell that installs the package, which only a notebook can run, is left out.
    """
    import jupytext

    plain = v4.new_notebook(
        cells=[cell for cell in notebook.cells if "%pip" not in cell.source],
        metadata={
            "jupytext": {
                "notebook_metadata_filter": "-all",
                "cell_metadata_filter": "-all",
            }
        },
    )
    return jupytext.writes(plain, fmt="py:percent")


def _cells(
    engine: Engine, lines: list[str], link: Callable[[str], str]
) -> Iterator[NotebookNode]:
    lines = _linked(_answered(engine, lines))
    found = list(fences.scan(lines))
    ends = [fence.first - 1 for fence in found[1:]] + [len(lines)]
    yield from _prose(engine, lines[: found[0].first - 1] if found else lines, link)
    count = 0
    for fence, end in zip(found, ends, strict=False):
        order = fences.read(fence)
        plan = engine.plan(order.reference)
        result = engine.result(order.reference, order.limit)
        # A cell without outputs counts as one that has not been run.
        count += order.show != "code"
        yield _code(plan.script.text, order, result, count)
        after = _dedented(lines[fence.last : end], fence)
        yield from _prose(engine, [*order.annotations, "", *after], link)


def _dedented(lines: list[str], fence: Fence) -> list[str]:
    """The lines after a fence in a list: the rest of its point stands alone."""
    end = 0
    while fence.indent and end < len(lines) and lines[end][:1] in ("", " "):
        end += 1
    return [line.removeprefix(fence.indent) for line in lines[:end]] + lines[end:]


def _answered(engine: Engine, lines: list[str]) -> list[str]:
    """Questions with their folded answers, as the page shows them without its script."""
    lines = list(lines)
    for fence in reversed(list(fences.scan(lines, kind="question"))):
        question = questions.read(fence)
        answer = questions.answer(question, engine.result(question.reference))
        text = [*_choices(question), *questions.folded(question, answer)]
        lines[fence.first - 1 : fence.last] = [f"{fence.indent}{line}" for line in text]
    return lines


def _linked(lines: list[str]) -> list[str]:
    """Models as links to the site's viewer, interactive parts as links to the page."""
    lines = list(lines)
    for kind, module in (("model", models), ("widget", widgets)):
        for fence in reversed(list(fences.scan(lines, kind))):
            text = module.sentence(module.read(fence))
            lines[fence.first - 1 : fence.last] = [f"{fence.indent}{text}"]
    return lines


def _choices(question: questions.Question) -> list[str]:
    return [*(f"- {choice}" for choice in question.choices), ""]


def _prose(
    engine: Engine, lines: list[str], link: Callable[[str], str]
) -> Iterator[NotebookNode]:
    lines = list(lines)
    for mention in reversed(list(fences.mentions(lines))):
        line = lines[mention.line - 1]
        shown = render.mention(engine.result(mention.reference))
        value = html.unescape(re.sub(r"<[^>]*>", "", shown))
        lines[mention.line - 1] = line[: mention.start] + value + line[mention.end :]
    text = "\n".join(prose.plain(lines, link)).strip("\n")
    if text:
        yield v4.new_markdown_cell(text)


def _code(text: str, order: fences.Order, result: Result, count: int) -> NotebookNode:
    cell = v4.new_code_cell(text.rstrip())
    if not any(output.kind in ("value", "html", "file") for output in result.outputs):
        cell.source = _quiet(cell.source)
    cell.metadata["snippet"] = order.reference
    if order.show == "output":
        cell.metadata["jupyter"] = {"source_hidden": True}
    if order.show != "code":
        cell.outputs = [_output(output, count) for output in result.outputs]
        cell.execution_count = count
        cell.metadata["execution"] = _times(result)
    return cell


def _quiet(source: str) -> str:
    """The code, with a semicolon where a notebook would show a value that no page shows.

    Figures are shown because they were drawn; as a cell's value they would come twice.
    """
    last = ast.parse(source).body[-1]
    if not isinstance(last, ast.Expr):
        return source
    called = ast.unparse(last.value.func) if isinstance(last.value, ast.Call) else ""
    is_silent = called.rpartition(".")[2] in SILENT
    return source if is_silent else f"{source};"


def _times(result: Result) -> dict[str, str]:
    """When the cell ran, as Jupyter notes it. The day is known, not the hour."""
    begun = datetime.datetime.fromisoformat(result.date).replace(tzinfo=datetime.UTC)
    ended = begun + datetime.timedelta(seconds=result.seconds)
    return {
        "iopub.execute_input": begun.isoformat(),
        "iopub.status.idle": ended.isoformat(),
    }


def _output(output: Output, count: int) -> NotebookNode:
    if output.kind in ("text", "warning"):
        name = "stdout" if output.kind == "text" else "stderr"
        return v4.new_output("stream", name=name, text=f"{output.content.rstrip()}\n")
    if output.kind in ("value", "file"):
        text = output.content if output.kind == "value" else output.description
        data = {"text/plain": text}
        return v4.new_output("execute_result", data, execution_count=count)
    content = _picture(output) if output.kind == "figure" else output.content
    data = {"text/html": content, "text/plain": output.description}
    return v4.new_output("display_data", data)


def _picture(output: Output) -> str:
    """A figure as an element of HTML.

    Until its reader trusts a notebook, which nobody does at first, Jupyter shows no SVG. It
    shows a picture whose content happens to be SVG.
    """
    svg = output.content.replace("<svg", f"<svg {SVG}", 1)
    data = base64.b64encode(svg.encode()).decode()
    said = html.escape(output.description)
    return f'<img alt="{said}" style="{GROUND}" src="data:image/svg+xml;base64,{data}">'
