"""The Markdown extension: a snippet fence becomes the script and what it gave.

    ```snippet
    garments.train
    show: both
    ```

MkDocs and Zensical both render pages with Python-Markdown, so both show the same. The
code is handed on as an ordinary Python fence, which the site's own settings highlight.
"""

import hashlib
from pathlib import Path

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from cnnguide.engine import build, fences, key, render
from cnnguide.engine.errors import EngineError

# After white space is normal (30), before other fences are read (25).
PRIORITY = 28


class SnippetPreprocessor(Preprocessor):
    """Replaces each snippet fence by code, annotations and output."""

    def __init__(self, md: Markdown, source: str) -> None:
        super().__init__(md)
        self.source = source

    def run(self, lines: list[str]) -> list[str]:
        """Replace the fences; the lines between them stay as they are."""
        found = list(fences.scan(lines))
        if not found:
            return lines
        page = page_of(self.md)
        numbers = self._line_numbers(page, found)
        result: list[str] = []
        copied = 0
        for fence, number in zip(found, numbers, strict=True):
            result += lines[copied : fence.first - 1]
            replacement = self._replace(fence, f"{page}:{number}")
            result += [f"{fence.indent}{line}".rstrip() for line in replacement]
            copied = fence.last
        return result + lines[copied:]

    def _replace(self, fence: fences.Fence, where: str) -> list[str]:
        engine = build.current()
        try:
            order = fences.read(fence)
            plan = engine.plan(order.reference)
            result = engine.result(order.reference, order.limit)
        except EngineError as error:
            if not engine.serving:
                raise error.at(where) from None
            return ["", self.md.htmlStash.store(render.error(error.at(where))), ""]
        lines = [""]
        if order.show != "output":
            lines += [*render.code(plan.script), "", *order.annotations, ""]
        if order.show != "code":
            html = render.outputs(plan, result, self.source)
            lines += [self.md.htmlStash.store(html), ""]
        return lines

    def _line_numbers(self, page: Path, found: list[fences.Fence]) -> list[int]:
        """Lines as in the file: generators take the front matter away before we see it."""
        in_file = fences.on_page(page) if page.is_file() else []
        return [f.first for f in (in_file if len(in_file) == len(found) else found)]


class SnippetExtension(Extension):
    """Options: `source`, the address before a source file's path; `world`, see `world`."""

    def __init__(self, **kwargs: object) -> None:
        self.config = {
            "source": [
                "",
                "Address of the package's folder, for links to a snippet's source",
            ],
            "world": ["", "What outputs depend on besides the page, for caches of pages"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Register the preprocessor."""
        preprocessor = SnippetPreprocessor(md, self.getConfig("source"))
        md.preprocessors.register(preprocessor, "snippet", PRIORITY)


def makeExtension(**kwargs: object) -> SnippetExtension:  # noqa: N802 - as above
    """What Python-Markdown calls to load the extension."""
    return SnippetExtension(**kwargs)


def world() -> str:
    """What pages depend on besides their text: sources, versions, seed, choice of data.

    Zensical keeps finished pages, and renders one again only when its text or the
    configuration has changed. `mkdocs.yml` puts this value into the configuration, so that
    a changed snippet, a new TensorFlow or other data make it render again.
    """
    engine = build.current()
    state = (engine.library.stamp(), key.surroundings(), engine.serving)
    return hashlib.sha256(repr(state).encode()).hexdigest()


def page_of(md: Markdown) -> Path:
    """The page's file, as far as the generator tells it."""
    for processor in [*md.preprocessors, *md.treeprocessors]:
        if hasattr(processor, "file"):  # MkDocs
            return _from_here(Path(processor.file.abs_src_path))
        if hasattr(processor, "page"):  # Zensical
            docs = processor.config.get("docs_dir", "docs")
            return _from_here(Path(docs, processor.page.path))
    return Path("page")


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
