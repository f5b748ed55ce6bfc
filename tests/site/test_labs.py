"""Labs in a small site: what makes them run again, and what ends a build."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from .conftest import MKDOCS_YML, ROOT, Project, code_blocks

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
from cnnguide import helper, labs

print("given", helper.word())

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
FIGURE = """\

# %%
from matplotlib import pyplot as plt

figure = plt.figure()
figure.description = "A figure with nothing in it, to be seen."
"""
PLUGIN = """\
nav: [index.md, {Tiny: labs/tiny.py}]
plugins:
  - search
  - mkdocs-jupyter: {include: ["labs/*.py"], execute: true, allow_errors: false}
"""


@pytest.fixture
def lab(tiny: Project) -> Path:
    """A lab with one task, in the small site."""
    (tiny.folder / "mkdocs.yml").write_text(
        MKDOCS_YML.replace(
            "  - admonition\n",
            "  - admonition\n  - pymdownx.details\n  - cnnguide.engine.formulas\n",
        )
        + PLUGIN
    )
    for path in (tiny.folder / "cnnguide" / "labs").glob("[!_v]*.py"):
        path.unlink()
    (tiny.folder / "cnnguide" / "labs" / "tiny.py").write_text(CHECKS)
    lab = tiny.folder / "docs" / "labs" / "tiny.py"
    lab.parent.mkdir()
    lab.write_text(LAB)
    return lab


def page(project: Project) -> str:
    return project.html("labs/tiny/index.html")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def when(project: Project) -> float:
    """When the lab was last executed."""
    facts = list((project.store / "labs" / "tiny").glob("*/facts"))
    return max(path.stat().st_mtime_ns for path in facts)


def test_a_lab_becomes_a_page_of_the_site(tiny: Project, lab: Path) -> None:
    built = tiny.mkdocs()
    assert built.returncode == 0, built.stderr
    assert "WARN" not in built.stderr and "I0000" not in built.stderr
    html = page(tiny)
    assert '<div class="admonition tip">' in html
    assert "<math" in html
    assert 'href="../.."' in html or 'href="../../"' in html
    given, task, solution = code_blocks(html)
    assert 'print("given", helper.word())' in given
    assert task == '# Twice two.\nanswer = ...\n\nlabs.check("tiny.four", answer)\n'
    assert "answer = 2 + 2" in solution and "# end" not in solution
    folded = html.partition("<summary>Solution</summary>")[2].partition("</details>")[0]
    assert "ran the solution" in folded
    assert "Right.</b> It is four." in folded
    assert "ran the solution" not in html.partition("<summary>Solution")[0]
    assert "<samp>given word</samp>" in html
    [facts] = json.loads((tiny.folder / "site/labs/tiny/index.json").read_text())
    assert facts["snippet"] == "labs.tiny" and facts["key"] in html


def test_the_notebook_to_take_along_has_gaps(tiny: Project, lab: Path) -> None:
    tiny.mkdocs()
    folder = tiny.folder / "site" / "labs" / "tiny"
    notebook = nbformat.read(folder / "tiny.ipynb", as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "answer = ..." in text
    assert "2 + 2" not in text and "ran the solution" not in text
    assert "2 + 2" not in (folder / "tiny.py").read_text()
    assert "(http://127.0.0.1:8000/)" in text
    assert "> **Mind**" in text
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_with_nothing_changed_nothing_is_executed(tiny: Project, lab: Path) -> None:
    tiny.mkdocs()
    before, html = when(tiny), page(tiny)
    built = tiny.mkdocs()
    assert built.returncode == 0, built.stderr
    assert when(tiny) == before
    assert page(tiny) == html


def test_a_change_of_what_a_lab_uses_changes_its_page(tiny: Project, lab: Path) -> None:
    tiny.mkdocs()
    edit(tiny.folder / "cnnguide" / "helper.py", '"word"', '"changed"')
    tiny.mkdocs()
    assert "<samp>given changed</samp>" in page(tiny)
    edit(tiny.folder / "cnnguide" / "labs" / "tiny.py", "It is four.", "Four, yes.")
    tiny.mkdocs()
    assert "Four, yes." in page(tiny)
    before = when(tiny)
    edit(tiny.lesson, "6 * 7", "6 * 8")  # which the lab does not use
    tiny.mkdocs()
    assert when(tiny) == before


def test_a_damaged_page_is_made_again(tiny: Project, lab: Path) -> None:
    tiny.mkdocs()
    html = page(tiny)
    [kept] = (tiny.store / "labs" / "tiny").glob("*/*.json")
    kept.write_text(kept.read_text()[:100])
    built = tiny.mkdocs()
    assert built.returncode == 0, built.stderr
    assert f"{kept} is damaged" in built.stderr
    assert code_blocks(page(tiny)) == code_blocks(html)


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
    tiny: Project, lab: Path, old: str, new: str, message: str
) -> None:
    edit(lab, old, new)
    built = tiny.mkdocs()
    assert built.returncode != 0
    assert message in built.stderr
    assert not list((tiny.store / "labs").glob("*/*/*.json"))


def test_figures_are_described_and_follow_the_palette(tiny: Project, lab: Path) -> None:
    lab.write_text(LAB + FIGURE)
    built = tiny.mkdocs()
    assert built.returncode == 0, built.stderr
    [label] = re.findall(r'<svg role="img" aria-label="([^"]*)"', page(tiny))
    assert label == "A figure with nothing in it, to be seen."
    assert "image/png" not in page(tiny)
    edit(lab, "figure.description", "description")
    built = tiny.mkdocs()
    assert built.returncode != 0
    assert "has no description" in built.stderr


def test_the_settings_of_the_machine_do_not_count(
    tiny: Project, lab: Path, tmp_path: Path
) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise SystemExit(1)")
    built = tiny.mkdocs(IPYTHONDIR=str(tmp_path / "ipython"))
    assert built.returncode == 0, built.stderr
    shutil.rmtree(tiny.folder / "site")
    left = {path.name for path in tiny.folder.iterdir()}
    assert left == {"cnnguide", "docs", "mkdocs.yml"}
    assert not (ROOT / "kernel-ipc-1").exists()
