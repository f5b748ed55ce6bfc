"""Every notebook of a lesson runs from top to bottom, and says what the page says."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

from cnnguide.engine import build, shown
from tests.site.test_lessons import LESSONS

# Readers' machines draw other numbers by chance. Here each cell begins from the seed that
# the page's own run had, so that what is printed can be compared word by word.
SEEDED = """\
from cnnguide.keep import set_seeds
get_ipython().events.register("pre_run_cell", lambda info: set_seeds(0))
"""
# They list what lies in the folder: on the page only what they wrote themselves.
OF_THE_FOLDER = {"saving.where", "saving.paths"}
# Names like conv2d_3 count the layers of a session, TensorFlow's log tells of files.
COUNTED = re.compile(r"(?<=[a-z0-9])_\d+\b")
LOG = re.compile(r"^(?:INFO|WARNING):tensorflow:.*$", re.MULTILINE)
DECIMAL = re.compile(r"-?\d[\d,]*\.\d+")


def notebook_of(site: Path, name: str) -> NotebookNode:
    return nbformat.read(site / name / f"{name}.ipynb", as_version=4)


def executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The notebook after a run in a fresh kernel; an error in a cell raises."""
    fresh = nbformat.from_dict(notebook)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    fresh.cells.insert(0, nbformat.v4.new_code_cell(SEEDED))
    client = NotebookClient(
        fresh,
        timeout=1200,  # seconds for one cell: some train a network
        resources={"metadata": {"path": str(folder)}},
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    # As in the workers of the page, so that sets of names come in one order.
    client.execute(env=os.environ | {"PYTHONHASHSEED": "0"})
    fresh.cells.pop(0)
    return fresh


def said(cell: NotebookNode) -> list[str]:
    """The words and numbers that a cell printed and gave back, figures left out."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts += [output.text] if output.name == "stdout" else []
        elif not is_figure(output):
            parts.append(output.data.get("text/plain", ""))
    text = LOG.sub("", shown.TERMINAL_CODE.sub("", "\n".join(parts)))
    return COUNTED.sub("", text).split()


def is_figure(output: NotebookNode) -> bool:
    """Whether an output is a figure, stored with the page or drawn by Jupyter."""
    if output.data.get("text/html", "").startswith("<img"):
        return True
    return any(kind.startswith("image/") for kind in output.data)


def same(here: str, page: str) -> bool:
    """Whether words are equal, but for the last digits of decimal numbers."""
    if DECIMAL.sub("#", here) != DECIMAL.sub("#", page):
        return False
    pairs = zip(DECIMAL.findall(here), DECIMAL.findall(page), strict=True)
    numbers = [(float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs]
    return all(a == pytest.approx(b, rel=0.05, abs=0.02) for a, b in numbers)


@pytest.mark.parametrize("name", LESSONS)
def test_it_runs_and_says_what_the_page_says(
    built_site: Path, name: str, tmp_path: Path
) -> None:
    notebook = notebook_of(built_site, name)
    run = executed(notebook, tmp_path)
    library = build.current().library
    compared = 0
    for before, after in zip(notebook.cells, run.cells, strict=True):
        reference = before.metadata.get("snippet")
        if not before.get("outputs") or reference in OF_THE_FOLDER:
            continue
        if library.find(reference).measures_time:
            continue
        page, here = said(before), said(after)
        assert len(here) == len(page) and all(map(same, here, page)), (
            f"{reference}: the page says {' '.join(page)}, the notebook {' '.join(here)}"
        )
        compared += 1
    assert compared > 0


@pytest.mark.parametrize("name", LESSONS)
def test_it_is_valid_and_says_what_made_it(built_site: Path, name: str) -> None:
    notebook = notebook_of(built_site, name)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    counts = [c.execution_count for c in notebook.cells if c.get("execution_count")]
    assert counts == list(range(1, len(counts) + 1))
    install, imports = [c.source for c in notebook.cells if c.cell_type == "code"][:2]
    assert '%pip install --quiet "cnnguide"' in install
    assert "import" in imports


@pytest.mark.parametrize("name", LESSONS)
def test_its_plain_file_holds_the_same_code(built_site: Path, name: str) -> None:
    text = (built_site / name / f"{name}.py").read_text(encoding="utf-8")
    compile(text, name, "exec")
    for cell in notebook_of(built_site, name).cells:
        if cell.cell_type == "code" and "%pip" not in cell.source:
            assert cell.source in text


@pytest.mark.parametrize("name", LESSONS)
def test_its_prose_is_plain_markdown_with_whole_addresses(
    built_site: Path, name: str
) -> None:
    cells = notebook_of(built_site, name).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = re.sub(r"`[^`]*`", "", text)
    assert not re.search(r"^(!!!|\?\?\?|===)|```(snippet|question)|\{\{|\{: ?[.#]", code)
    assert not re.search(r"^ {4,}(?:!!!|\?\?\?)", code, re.MULTILINE)
    addresses = re.findall(r"\]\(([^)\s]+)", code)
    assert addresses
    assert not [address for address in addresses if not address.startswith("http")]
    imports = [
        line
        for cell in cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
        if re.match(r"(import|from) ", line)
    ]
    shared = [line for line in imports if line == "import keras"]
    assert len(shared) <= 1
