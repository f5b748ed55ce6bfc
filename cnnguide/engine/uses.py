"""The Markdown extension that links lessons and the reference, both ways.

A page that shows code ends with links to all that its scripts use of the package. A page
of the reference names a module in a fence, which becomes a table of who uses what:

    ```uses
    charts
    ```

Both are read off the scripts, so neither has to be kept up by hand.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from cnnguide.engine import build, fences, pages
from cnnguide.engine.build import Engine
from cnnguide.engine.fence import page_of
from cnnguide.engine.find import Library

# Before snippet fences are replaced (28), while they can still be read.
PRIORITY = 29
REFERENCE = "reference"


class UsesPreprocessor(Preprocessor):
    """Adds the links."""

    def run(self, lines: list[str]) -> list[str]:
        """Add what the page uses at its end, and replace its fences."""
        page = page_of(self.md)
        wanted = list(fences.scan(lines, kind="uses"))
        for fence in reversed(wanted):
            lines[fence.first - 1 : fence.last] = users(page, fence.lines[0])
        names = used(build.current(), _shown(lines))
        if names and not wanted and (page.parent / REFERENCE).is_dir():
            links = ", ".join(f"[`{short(name)}`]({address(name)})" for name in names)
            lines = [*lines, "", f"The code on this page uses {links} of this course."]
        return lines


class UsesExtension(Extension):
    """Takes no options."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Register the preprocessor."""
        md.preprocessors.register(UsesPreprocessor(md), "uses", PRIORITY)


def makeExtension(**kwargs: object) -> UsesExtension:  # noqa: N802 - as above
    """What Python-Markdown calls to load the extension."""
    return UsesExtension(**kwargs)


def users(page: Path, module: str) -> list[str]:
    """A table, as lines of Markdown, of the pages whose code uses a module.

    Args:
        page: the page of the reference on which it stands.
        module: the module's name below the package.
    """
    engine = build.current()
    rows: dict[str, list[str]] = {}
    for lesson in sorted(page.parent.parent.glob("*.md")):
        link = f"[{_title(lesson)}](../{lesson.name})"
        for name in used(engine, _shown(fences.on_page(lesson))):
            if short(name).partition(".")[0] == module:
                rows.setdefault(name, []).append(link)
    head = ["| what | used on |", "|-|-|"]
    return [
        *(head if rows else []),
        *(f"| [`{short(n)}`](#{n}) | {', '.join(rows[n])} |" for n in sorted(rows)),
    ]


def used(engine: Engine, references: list[str]) -> list[str]:
    """What the scripts of the snippets name of the package, lessons left out.

    A snippet that cannot be read is passed over here; its fence reports it.

    Returns:
        Qualified names, sorted.
    """
    names: set[str] = set()
    for plan in engine.plans(references):
        names.update(named(plan.script.text, engine.library))
    return sorted(names)


def named(script: str, library: Library) -> Iterator[str]:
    """Qualified names of the package's functions and classes that a script uses.

    >>> from cnnguide.engine.build import current
    >>> script = "from cnnguide import charts\\ncharts.describe(figure, 'a line')"
    >>> list(named(script, current().library))
    ['cnnguide.charts.describe']
    """
    if library.name not in script:
        return
    imports, attributes = _names(script)
    modules: dict[str, str] = {}
    for module, name, alias in imports:
        if _is_ours(module, library):
            target = f"{module}.{name}"
            if library.module(target):
                modules[alias] = target
            elif not name.isupper():  # constants in capitals speak for themselves
                yield target
    for value, attribute in attributes:
        target = modules.get(value)
        if target and not attribute.isupper():
            yield f"{target}.{attribute}"


@functools.cache  # each page of the reference asks about every script
def _names(script: str) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """What a script imports as (module, name, alias), and its attributes of names."""
    nodes = list(ast.walk(ast.parse(script)))
    imports = [
        (node.module or "", alias.name, alias.asname or alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    attributes = {
        (node.value.id, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return imports, sorted(attributes)


def short(name: str) -> str:
    """A qualified name without the package.

    >>> short("cnnguide.charts.picture_grid")
    'charts.picture_grid'
    """
    return name.partition(".")[2]


def address(name: str) -> str:
    """Where the reference describes a name, from a page at the top.

    >>> address("cnnguide.data.flowers.folder")
    'reference/data.md#cnnguide.data.flowers.folder'
    """
    return f"{REFERENCE}/{name.split('.')[1]}.md#{name}"


def _is_ours(module: str, library: Library) -> bool:
    package, _, inner = module.partition(".")
    return package == library.name and inner.partition(".")[0] != "lessons"


def _shown(lines: list[str]) -> list[str]:
    """The snippets whose code a page shows."""
    return [order.reference for order in pages.orders(lines) if order.show != "output"]


def _title(page: Path) -> str:
    """The page's first heading, up to a colon."""
    heading = next(line for line in fences.on_page(page) if line.startswith("# "))
    return heading.removeprefix("# ").partition(":")[0]
