"""The labs of the course, as they are built for readers."""

import gzip
import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from cnnguide import labs
from cnnguide.engine import lab

from .conftest import ROOT, code_blocks

LABS = sorted(path.stem for path in (ROOT / "docs" / "labs").glob("*.py"))


def page(site: Path, name: str) -> str:
    return (site / "labs" / name / "index.html").read_text(encoding="utf-8")


def tasks(name: str) -> list[str]:
    """The source of each task's cell."""
    cells = jupytext.read(ROOT / "docs" / "labs" / f"{name}.py", fmt="py:percent").cells
    return [cell.source for cell in cells if lab.is_task(cell)]


def test_there_are_six_and_each_is_in_the_navigation_and_the_overview() -> None:
    assert len(LABS) >= 6
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    overview = (ROOT / "docs" / "labs.md").read_text(encoding="utf-8")
    for name in LABS:
        assert f": labs/{name}.py\n" in navigation
        assert f"](labs/{name}.py)" in overview


@pytest.mark.parametrize("name", LABS)
def test_each_task_has_its_check_and_each_check_its_task(name: str) -> None:
    used = [re.findall(r'labs\.check\("([^"]+)"', source)[-1] for source in tasks(name)]
    assert used == [task for task in labs.tasks() if task.startswith(f"{name}.")]


@pytest.mark.parametrize("name", LABS)
def test_each_solution_ran_and_its_check_said_that_it_is_right(
    built_site: Path, name: str
) -> None:
    html = page(built_site, name)
    folded = re.findall(r"<summary>Solution</summary>.*?</details>", html, re.DOTALL)
    assert len(folded) == len(tasks(name)) >= 5
    assert all("✓ Right.</b>" in solution for solution in folded)
    blocks = [code.rstrip("\n") for code in code_blocks(html)]
    for source in tasks(name):
        assert lab.gap(source) in blocks
        assert lab.solved(source) in blocks


@pytest.mark.parametrize("name", LABS)
def test_its_figures_are_described_and_follow_the_palette(
    built_site: Path, name: str
) -> None:
    html = page(built_site, name)
    figures = re.findall(r"<svg role=\"img\" aria-label=\"([^\"]*)\".*?</svg>", html, re.S)
    assert figures and all(len(label) > 20 for label in figures)
    assert "currentColor" in html
    assert "jp-" not in html  # nothing of Jupyter's own look


@pytest.mark.parametrize("name", LABS)
def test_its_page_is_small(built_site: Path, name: str) -> None:
    content = page(built_site, name).encode()
    assert len(content) < 200_000
    assert len(gzip.compress(content)) < 60_000


@pytest.mark.parametrize("name", LABS)
def test_the_notebook_to_take_along_has_gaps_and_no_solutions(
    built_site: Path, name: str
) -> None:
    folder = built_site / "labs" / name
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert "%pip install" in cells[0]
    for source in tasks(name):
        assert lab.gap(source) in cells
        assert lab.solved(source) not in "\n".join(cells)
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    addresses = re.findall(r"\]\(([^)\s]+)", text)
    assert addresses and all(address.startswith("http") for address in addresses)
    assert not re.search(r"^(!!!|\?\?\?)", text, re.MULTILINE)
    plain = (folder / f"{name}.py").read_text(encoding="utf-8")
    compile(plain, name, "exec")
    assert all(lab.gap(source) in plain for source in tasks(name))
