import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MKDOCS_YML = """\
site_name: Tiny
site_url: http://127.0.0.1:8000/
theme: {name: material, font: false}
hooks: [cnnguide/engine/hooks.py]
watch: [cnnguide]
markdown_extensions:
  - admonition
  - pymdownx.highlight: {pygments_lang_class: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
  - cnnguide.engine.fence:
      source: https://code.example/blob/main
      world: !!python/object/apply:cnnguide.engine.fence.world []
"""
LESSON = '''\
"""A lesson without TensorFlow."""

from cnnguide import helper


def greet(name: str = "you") -> str:
    """Greet someone."""
    print("printed", helper.word())
    return f"hello {name}"


def lone() -> int:
    """Needs nobody."""
    return 6 * 7
'''
PAGE = """\
---
title: Tiny
description: A page.
---

# Tiny

Some prose.

```snippet
tiny.greet
```

=== "In a tab"

    ```snippet
    tiny.lone
    ```
"""


class Project:
    """A folder with pages and a package, built by the generators' own commands."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder = folder
        self.store = store
        self.environment = os.environ | {
            "CNNGUIDE_STORE": str(store),
            "PYTHONPATH": str(folder),
            "NO_MKDOCS_2_WARNING": "1",
        }

    @property
    def lesson(self) -> Path:
        return self.folder / "cnnguide" / "lessons" / "tiny.py"

    @property
    def page(self) -> Path:
        return self.folder / "docs" / "index.md"

    def run(self, *module: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", *module, **environment)

    def python(
        self, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )

    def mkdocs(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("mkdocs", "build", "--strict", **environment)

    def zensical(
        self, *options: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return self.run("zensical", "build", "--strict", *options, **environment)

    def html(self, page: str = "index.html") -> str:
        return (self.folder / "site" / page).read_text(encoding="utf-8")

    def runs(self, output: str) -> list[str]:
        """The snippets that a build says it ran, sorted."""
        return sorted(re.findall(r"^[✓✗] (\S+)", output, flags=re.MULTILINE))


def copy_of_the_project(folder: Path) -> Path:
    ignore = shutil.ignore_patterns(".*", "site", "tests", "*.egg-info", "__pycache__")
    return Path(shutil.copytree(ROOT, folder, ignore=ignore))


@pytest.fixture
def tiny(tmp_path: Path) -> Project:
    """A site of one page and two snippets, with its own copy of the engine."""
    return tiny_project(tmp_path)


def tiny_project(place: Path) -> Project:
    folder = place / "project"
    ignore = shutil.ignore_patterns("lessons", "sample", "__pycache__")
    shutil.copytree(ROOT / "cnnguide", folder / "cnnguide", ignore=ignore)
    (folder / "cnnguide" / "lessons").mkdir()
    (folder / "cnnguide" / "lessons" / "__init__.py").write_text('"""Lessons."""\n')
    (folder / "cnnguide" / "helper.py").write_text('def word():\n    return "word"\n')
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(MKDOCS_YML)
    project = Project(folder, place / "store")
    project.lesson.write_text(LESSON)
    project.page.write_text(PAGE)
    return project


@pytest.fixture
def served(tiny: Project) -> Iterator[str]:
    """The address of the tiny site while `mkdocs serve` shows it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address]
    server = subprocess.Popen(
        command, cwd=tiny.folder, env=tiny.environment, preexec_fn=heed_interrupts
    )
    try:
        yield f"http://{address}/"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def heed_interrupts() -> None:
    """Undo what a shell does to commands in the background: they ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(address: str, text: str) -> str:
    """The page, as soon as it holds the text."""
    wait_for(lambda: text in page_at(address))
    return page_at(address)


def page_at(address: str) -> str:
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def wait_for(condition: Callable[[], object]) -> None:
    """Return once the condition holds; give up, and fail, after two minutes."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


class _Blocks(HTMLParser):
    """Collects code blocks, and for each snippet's outputs their HTML as text events."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.codes: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "div" and "language-python" in classes:
            self._inside.append("highlight")
        elif tag == "code" and self._inside == ["highlight"]:
            self._inside.append("code")
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "code" and self._inside[-1:] == ["code"]:
            self._inside.clear()

    def handle_data(self, data: str) -> None:
        if self._inside[-1:] == ["code"]:
            self.codes[-1] += data


def code_blocks(html: str) -> list[str]:
    """The text of each Python code block of a page."""
    parser = _Blocks()
    parser.feed(html)
    return parser.codes


def outputs(html: str) -> list[str]:
    """The HTML of what each snippet of a page showed, without dates and seconds."""
    found = re.findall(r'<div class="snippet-output".*?</details>', html, flags=re.DOTALL)
    return [without_times(output) for output in found]


def without_times(html: str) -> str:
    """A page without the date and seconds in its provenance."""
    return re.sub(r"(<dt>(?:Seconds|Date run)</dt><dd>)[^<]*", r"\1", html)


def without_marks(code: str) -> str:
    """Code without the marks that open annotations."""
    return re.sub(r"[ \t]*# \(\d+\)!?", "", code)
