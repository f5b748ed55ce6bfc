"""While serving, only what has changed is rendered, and the site is as if all had been."""

import json
from pathlib import Path

import pytest

from .conftest import Project

SERVE = """
import json, sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.pages import Page
from cnnguide.engine import build as engine

engine.current().serving = True
rendered, render = [], Page.render

def counted(page, config, files):
    rendered.append(page.file.src_uri)
    render(page, config, files)

Page.render = counted
for edits in json.loads(sys.argv[1]):
    for path, old, new in edits:
        text = Path(path).read_text() if old else ""
        Path(path).write_text(text.replace(old, new) if old else new)
    rendered.clear()
    config = load_config("mkdocs.yml")
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    print("RENDERED", *sorted(rendered))
"""
LESSON = "cnnguide/lessons/tiny.py"
HELPER = "cnnguide/helper.py"
ALL = ["index.md", "other.md", "reference.md"]


@pytest.fixture
def larger(tiny: Project) -> Project:
    """The site of one page, with a page of prose and one of reference."""
    (tiny.folder / "docs" / "other.md").write_text(
        "# Other\n\nSee [tiny](index.md#tiny).\n"
    )
    (tiny.folder / "docs" / "reference.md").write_text(
        "# Reference\n\n[`word`][cnnguide.helper.word] and\n\n::: cnnguide.helper\n"
    )
    helper = tiny.folder / HELPER
    helper.write_text('"""Helps."""\n\n\ndef word():\n    """Say."""\n    return "word"\n')
    config = tiny.folder / "mkdocs.yml"
    config.write_text(f"{config.read_text()}plugins: [search, mkdocstrings]\n")
    return tiny


def served(project: Project, *edits: list[tuple[str, str, str]]) -> list[list[str]]:
    """The pages that are rendered, at first and after each group of edits."""
    done = project.python("-c", SERVE, json.dumps([[], *edits]))
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [names for mark, *names in lines if mark == "RENDERED"]


def content(site: Path) -> dict[str, object]:
    pages = {str(path.relative_to(site)): path.read_text() for path in site.rglob("*.html")}
    return pages | {"search": json.loads((site / "search/search_index.json").read_text())}


EDITS = [
    (("mkdocs.yml", "Tiny", "Small"), ALL),
    (("docs/new.md", "", "# New\n"), [*ALL[:1], "new.md", *ALL[1:]]),
    ((LESSON, "hello", "good morning"), ["index.md"]),
    ((LESSON, "def lone", "# Moved on by a line.\ndef lone"), ["index.md"]),
    ((HELPER, '"word"', '"verb"'), ["index.md", "reference.md"]),
    ((HELPER, "Say.", "Say a word."), ["reference.md"]),
    (("docs/other.md", "See", "Look at"), ["other.md"]),
    ((LESSON, "6 * 7", "6 / 0"), ["index.md"]),
    ((LESSON, "6 / 0", "6 * 8"), ["index.md"]),
]


def test_what_an_edit_changes_is_rendered(larger: Project) -> None:
    # Each edit is followed by a build without one.
    builds = [build for edit, _ in EDITS for build in ([edit], [])]
    rendered = served(larger, *builds)
    assert rendered.pop(0) == ALL
    again = {("6 * 7", "6 / 0"): ["index.md"]}  # until the error is mended
    expected = [pages for edit, now in EDITS for pages in (now, again.get(edit[1:], []))]
    assert rendered == expected
    while_serving = content(larger.folder / "site")
    assert "<samp>48</samp>" in while_serving["index.html"]
    assert larger.mkdocs().returncode == 0
    assert while_serving == content(larger.folder / "site")
