"""Labs in a small site: what makes them run again, and what ends a build."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from .conftest import MKDOCS_YML, Project, code_blocks, tiny_project, until

LAB = """\
# %% [markdown]
# # Lab: Tiny
#
# See [the page](../index.md).
#
# !!! tip "Mind"
#
#     Write $a^2$ first.

# %%
from cnnguide import labs, other

print("given", other.word())

# %%
from matplotlib import pyplot as plt

figure = plt.figure()
figure.description = "A figure with nothing in it, to be seen."

# %% [markdown]
# ## Task 1

# %% tags=["task"]
# solution
# Twice two.
answer = 2 + 2
print("ran the solution")
# end

labs.check("tiny.four", answer)
"""
CHECKS = '''\
"""The tasks."""

from cnnguide.labs.verdict import Verdict, right, wrong


def four(answer: object) -> Verdict:
    """Four."""
    if answer == 4:
        return right("It is four.")
    return wrong("another number", answer, "Count.")
'''
PLUGIN = """\
repo_url: https://github.com/me/tiny
nav: [index.md, {Tiny: labs/tiny.py}]
plugins:
  - search
  - mkdocs-jupyter: {include: ["labs/*.py"], execute: true, allow_errors: false}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small site with a lab of one task, built; tests only look at it."""
    project = tiny_project(tmp_path_factory.mktemp("labs"))
    extensions = "  - pymdownx.details\n  - cnnguide.engine.formulas\n"
    config = MKDOCS_YML.replace("  - admonition\n", f"  - admonition\n{extensions}")
    (project.folder / "mkdocs.yml").write_text(config + PLUGIN)
    checks = project.folder / "cnnguide" / "labs"
    for path in checks.glob("[!_v]*.py"):
        path.unlink()
    (checks / "tiny.py").write_text(CHECKS)
    other = project.folder / "cnnguide" / "other.py"
    other.write_text('def word():\n    return "word"\n')
    lab = lab_of(project)
    lab.parent.mkdir()
    lab.write_text(LAB)
    done = project.mkdocs()
    assert done.returncode == 0, done.stderr
    project.said = done.stderr
    return project


@pytest.fixture
def tiny(built: Project, tmp_path: Path) -> Project:
    """A copy of it, with what it knows, to be changed."""
    shutil.copytree(built.folder, tmp_path / "project")
    shutil.copytree(built.store, tmp_path / "store")
    return Project(tmp_path / "project", tmp_path / "store")


def lab_of(project: Project) -> Path:
    return project.folder / "docs" / "labs" / "tiny.py"


def page(project: Project) -> str:
    return project.html("labs/tiny/index.html")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def when(project: Project) -> float:
    """When the lab was last executed."""
    runs = (project.store / "labs" / "tiny").glob("*/run")
    return max(path.stat().st_mtime_ns for path in runs)


def test_a_lab_becomes_a_page_of_the_site(built: Project) -> None:
    assert not re.search("WARN|I0000|^ERR", built.said)
    html = page(built)
    assert '<div class="admonition tip">' in html
    assert "<math" in html
    assert 'href="../.."' in html or 'href="../../"' in html
    given, _, task, solution = code_blocks(html)
    assert 'print("given", other.word())' in given
    assert task == '# Twice two.\nanswer = ...\n\nlabs.check("tiny.four", answer)\n'
    assert "answer = 2 + 2" in solution and "# end" not in solution
    folded = html.partition("<summary>Solution</summary>")[2].partition("</details>")[0]
    assert "ran the solution" in folded
    assert "Right.</b> It is four." in folded
    assert "ran the solution" not in html.partition("<summary>Solution")[0]
    assert "<samp>given word</samp>" in html
    notebook = "me/tiny/blob/gh-pages/labs/tiny/tiny.ipynb"
    assert f'href="https://colab.research.google.com/github/{notebook}"' in html
    [facts] = json.loads((built.folder / "site/labs/tiny/index.json").read_text())
    assert facts["snippet"] == "labs.tiny" and facts["key"] in html


def test_the_notebook_to_take_along_has_gaps(built: Project) -> None:
    folder = built.folder / "site" / "labs" / "tiny"
    notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "answer = ..." in text
    assert "2 + 2" not in text and "ran the solution" not in text
    assert "2 + 2" not in (folder / "tiny.py").read_text()
    assert "(http://127.0.0.1:8000/)" in text
    assert "> **Mind**" in text
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_with_nothing_changed_nothing_is_executed(tiny: Project) -> None:
    before, html = when(tiny), page(tiny)
    done = tiny.mkdocs()
    assert done.returncode == 0, done.stderr
    assert when(tiny) == before
    assert page(tiny) == html


def test_a_change_of_what_a_lab_uses_changes_its_page(tiny: Project) -> None:
    edit(tiny.folder / "cnnguide" / "other.py", '"word"', '"changed"')
    tiny.mkdocs()
    assert "<samp>given changed</samp>" in page(tiny)
    edit(tiny.folder / "cnnguide" / "labs" / "tiny.py", "It is four.", "Four, yes.")
    tiny.mkdocs()
    assert "Four, yes." in page(tiny)
    before = when(tiny)
    edit(tiny.lesson, "6 * 7", "6 * 8")  # which the lab does not use
    tiny.mkdocs()
    assert when(tiny) == before


def test_a_new_page_or_setting_renders_labs_and_executes_none(tiny: Project) -> None:
    before = when(tiny)
    (tiny.folder / "docs" / "new.md").write_text("# New\n")
    edit(tiny.folder / "mkdocs.yml", "nav: [index.md, ", "nav: [index.md, new.md, ")
    edit(tiny.folder / "mkdocs.yml", "blob/main", "blob/next")
    done = tiny.mkdocs()
    assert done.returncode == 0, done.stderr
    assert "https://code.example/blob/next/docs/labs/tiny.py" in page(tiny)
    assert when(tiny) == before


@pytest.mark.parametrize("pattern", ["*/run", "*/*/*.json"])
def test_what_is_damaged_is_made_again(tiny: Project, pattern: str) -> None:
    html = page(tiny)
    [kept] = (tiny.store / "labs" / "tiny").glob(pattern)
    kept.write_text(kept.read_text()[:100])
    done = tiny.mkdocs()
    assert done.returncode == 0, done.stderr
    assert f"{kept} is damaged" in done.stderr
    assert code_blocks(page(tiny)) == code_blocks(html)


def test_clean_removes_what_no_lab_needs(tiny: Project) -> None:
    edit(lab_of(tiny), "Mind", "Mind you")
    tiny.mkdocs()
    folder = tiny.store / "labs" / "tiny"
    assert len(list(folder.iterdir())) == 2
    done = tiny.python("-c", "from cnnguide.cli import main; main()", "clean")
    assert done.returncode == 0, done.stderr
    assert len(list(folder.iterdir())) == 1
    before = when(tiny)
    tiny.mkdocs()
    assert when(tiny) == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2 + 2", "2 + 3", "docs/labs/tiny.py: a solution is not right: ✗ Not yet."),
        ("2 + 2", "2 / 0", "docs/labs/tiny.py: a cell failed: ZeroDivisionError"),
        ("# end\n", "", "task 1 needs its solution"),
        ("from cnnguide import", "from cnnguide import (", "docs/labs/tiny.py:"),
    ],
)
def test_a_lab_that_is_not_right_ends_the_build(
    tiny: Project, old: str, new: str, message: str
) -> None:
    edit(lab_of(tiny), old, new)
    done = tiny.mkdocs()
    assert done.returncode != 0
    assert message in done.stderr
    assert len(list((tiny.store / "labs").glob("*/*/*/*.json"))) == 1  # as before


def test_figures_are_described_and_follow_the_palette(
    built: Project, tiny: Project
) -> None:
    [label] = re.findall(r'<svg role="img" aria-label="([^"]*)"', page(built))
    assert label == "A figure with nothing in it, to be seen."
    assert "image/png" not in page(built)
    edit(lab_of(tiny), "figure.description", "description")
    done = tiny.mkdocs()
    assert done.returncode != 0
    assert "has no description" in done.stderr


def test_the_settings_of_the_machine_do_not_count(tiny: Project, tmp_path: Path) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise SystemExit(1)")
    edit(lab_of(tiny), "2 + 2", "3 + 1")
    done = tiny.mkdocs(IPYTHONDIR=str(tmp_path / "ipython"))
    assert done.returncode == 0, done.stderr
    left = {path.name for path in tiny.folder.iterdir()}
    assert left == {"cnnguide", "docs", "mkdocs.yml", "site"}


def test_serving_shows_what_went_wrong_in_place_and_recovers(
    tiny: Project, served: str
) -> None:
    address = f"{served}labs/tiny/"
    until(address, "It is four.")
    text = lab_of(tiny).read_text()
    lab_of(tiny).write_text(text.replace("2 + 2", "2 / 0"))
    assert 'role="alert"' in until(address, "ZeroDivisionError")
    lab_of(tiny).write_text(text.replace("2 + 2", "(2 +"))
    assert 'role="alert"' in until(address, "was never closed")
    lab_of(tiny).write_text(text.replace("2 + 2", "3 + 1"))
    assert 'role="alert"' not in until(address, "It is four.")
