"""The Markdown extension: a snippet fence becomes the script and what it gave.

    ```snippet
    garments.train
    show: both
    ```

A mention in a sentence, `{{ garments.share_right }}`, becomes the snippet's value. What
fences of questions, models and widgets become is told in their modules.

MkDocs and Zensical both render pages with Python-Markdown, so both show the same. The
code is handed on as an ordinary Python fence, which the site's own settings highlight.
"""

import hashlib
from pathlib import Path

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from cnnguide.engine import build, fences, key, models, questions, render, widgets
from cnnguide.engine.errors import EngineError

# After white space is normal (30), before other fences are read (25).
PRIORITY = 28


class SnippetPreprocessor(Preprocessor):
    """Replaces each snippet fence by code, annotations and output."""

    def __init__(self, md: Markdown, source: str) -> None:
        super().__init__(md)
        self.source = source

    def run(self, lines: list[str]) -> list[str]:
        """Replace fences and mentions; everything else stays as it is."""
        kinds = {
            "snippet": self._replace,
            "question": self._ask,
            "model": self._offer,
            "widget": self._move,
        }
        found = [
            (fence, replace)
            for kind, replace in kinds.items()
            for fence in fences.scan(lines, kind)
        ]
        if not found and not any(fences.mentions(lines)):
            return lines
        page = page_of(self.md)
        before = _lines_before(page, lines)
        lines = self._with_values(lines, page, before)
        result: list[str] = []
        copied = 0
        is_first_question = True
        for fence, replace in sorted(found, key=lambda each: each[0].first):
            if replace == self._ask and is_first_question:
                is_first_question = False
                start = questions.before(lines, fence)
                progress = self.md.htmlStash.store(questions.PROGRESS)
                result += [*lines[copied:start], progress, ""]
                copied = start
            result += lines[copied : fence.first - 1]
            replacement = replace(fence, page, fence.first + before)
            result += [f"{fence.indent}{line}".rstrip() for line in replacement]
            copied = fence.last
        return result + lines[copied:]

    def _with_values(self, lines: list[str], page: Path, before: int) -> list[str]:
        lines = list(lines)
        for mention in reversed(list(fences.mentions(lines))):
            line = lines[mention.line - 1]
            value = self._value(mention.reference, f"{page}:{mention.line + before}")
            lines[mention.line - 1] = line[: mention.start] + value + line[mention.end :]
        return lines

    def _value(self, reference: str, where: str) -> str:
        engine = build.current()
        try:
            html = render.mention(engine.result(reference))
        except EngineError as error:
            if not engine.serving:
                raise error.at(where) from None
            html = render.error(error.at(where), inline=True)
        return self.md.htmlStash.store(html)

    def _ask(self, fence: fences.Fence, page: Path, line: int) -> list[str]:
        try:
            question = questions.read(fence)
            result = build.current().result(question.reference)
            answer = questions.answer(question, result)
        except EngineError as error:
            return self._failed(error.at(f"{page}:{line}"))
        html = self.md.htmlStash.store(questions.form(question, answer))
        text = self._with_values(questions.folded(question, answer), page, line)
        return ["", html, "", *text]

    def _offer(self, fence: fences.Fence, page: Path, line: int) -> list[str]:
        try:
            html = models.place(models.read(fence))
        except EngineError as error:
            return self._failed(error.at(f"{page}:{line}"))
        return ["", self.md.htmlStash.store(html), ""]

    def _move(self, fence: fences.Fence, page: Path, line: int) -> list[str]:
        try:
            widget = widgets.read(fence)
            html = widgets.html(widget, page, build.current(), self.source)
        except EngineError as error:
            return self._failed(error.at(f"{page}:{line}"))
        return ["", self.md.htmlStash.store(html), ""]

    def _replace(self, fence: fences.Fence, page: Path, line: int) -> list[str]:
        engine = build.current()
        try:
            order = fences.read(fence)
            plan = engine.plan(order.reference)
            result = engine.result(order.reference, order.limit)
        except EngineError as error:
            return self._failed(error.at(f"{page}:{line}"))
        lines = [""]
        if order.show != "output":
            lines += [*render.code(plan.script), "", *order.annotations, ""]
        if order.show != "code":
            html = render.outputs(plan, result, self.source)
            lines += [self.md.htmlStash.store(html), ""]
        return lines

    def _failed(self, error: EngineError) -> list[str]:
        """While serving, the error in place; in a build it is raised."""
        if not build.current().serving:
            raise error from None
        return ["", self.md.htmlStash.store(render.error(error)), ""]


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


def _lines_before(page: Path, lines: list[str]) -> int:
    """How many lines, the front matter, the generator has taken away before the rest."""
    in_file = fences.on_page(page) if page.is_file() else []
    return max(_length(in_file) - _length(lines), 0)


def _length(lines: list[str]) -> int:
    return len("\n".join(lines).rstrip().splitlines())


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
