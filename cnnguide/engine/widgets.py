"""Interactive parts of pages.

    ```widget
    cnn-pool
    still: live.pooled
    pictures: live.pictures
    ```

The fence names a custom element, whose module is `docs/js/widgets/cnn-pool.js`. Its words
and controls stand in `cnn-pool.html` in the nearest folder `widgets` above the page, so
that each language has its own; `<!-- include common.html -->` there puts in a file from
beside it. `still` names a snippet, whose figure is shown where there is no JavaScript.
Every other option names a file that the part loads: a snippet whose value is a
`cnnguide.asset.Asset`. With the line `play` it moves by itself once it is seen.
"""

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePath

from cnnguide.engine import fences, render, shown
from cnnguide.engine.build import Engine
from cnnguide.engine.errors import BadReference, EngineError
from cnnguide.engine.store import Result

NAME = re.compile("cnn-[a-z]+")
FILE = re.compile("[a-z]+")
INCLUDE = re.compile(r"<!-- include ([\w.-]+) -->\n?")
FOLDER = "live"  # below the site, for what parts load


@dataclass(frozen=True)
class Widget:
    """An interactive part of a page.

    Args:
        name: of the custom element, such as `cnn-pool`.
        still: the snippet whose figure stands in its place.
        files: the name by which the part knows a file → the snippet that gives it.
        play: whether it moves by itself.
    """

    name: str
    still: str
    files: dict[str, str]
    play: bool = False

    @property
    def references(self) -> list[str]:
        """All snippets that it needs."""
        return [self.still, *self.files.values()]


def read(fence: fences.Fence) -> Widget:
    """Understand a fence.

    Raises:
        BadReference: it is empty or never closed, has no still, or says something else.
    """
    name, options, rest = fences.parts(fence, "widget", "such as cnn-pool")
    if not NAME.fullmatch(name):
        raise BadReference(f'expected the name of a widget, such as cnn-pool; got "{name}"')
    found: dict[str, str] = {}
    for line in (*options, *rest):
        option, _, reference = (part.strip() for part in line.partition(":"))
        is_play = line.strip() == "play"
        if not is_play and not (FILE.fullmatch(option) and reference):
            raise BadReference(
                'expected "still: ", the name of a file and ": ", each with a snippet, or '
                f'"play"; got "{line}"'
            )
        found[option] = reference
    play = found.pop("play", None) is not None
    if "still" not in found:
        raise BadReference(
            f'{name} needs "still: " and a snippet, whose figure stands in its place where '
            "there is no JavaScript"
        )
    return Widget(name, found.pop("still"), found, play)


def on_page(page: Path) -> Iterator[tuple[int, Widget]]:
    """The parts of a Markdown file, each with its line; ill-formed ones are passed over."""
    for fence in fences.scan(fences.on_page(page), kind="widget"):
        try:
            yield fence.first, read(fence)
        except EngineError:
            continue


def template(name: str, page: Path) -> str:
    """The words and controls of a part, as HTML.

    Args:
        name: of the custom element.
        page: the Markdown file that it stands on.

    Raises:
        BadReference: there is no such file in any folder `widgets` above the page.
    """
    for above in page.absolute().parents:
        folder = above / "widgets"
        if (folder / f"{name}.html").is_file():
            text = _text(folder, f"{name}.html")
            return INCLUDE.sub(functools.partial(_included, folder), text)
    raise BadReference(
        f"{name} has no words: expected a file widgets/{name}.html beside or above {page}"
    )


def _included(folder: Path, found: re.Match[str]) -> str:
    return _text(folder, found[1])


def _text(folder: Path, name: str) -> str:
    path = folder / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadReference(f"expected a file {path}, as another asks for it") from None


def templates(page: Path) -> list[str]:
    """The templates of all parts of a page, whose changes shall be seen."""
    return [template(widget.name, page) for _, widget in on_page(page)]


def html(widget: Widget, page: Path, engine: Engine, source: str) -> str:
    """A part as HTML, with its still.

    Args:
        widget: the part.
        page: the Markdown file that it stands on.
        engine: gives the results of its snippets.
        source: the address before a source file's path, or nothing for no link.

    Raises:
        EngineError: a snippet has no result, or not one that is of use here.
    """
    result = engine.result(widget.still)
    if not any(output.kind == "figure" for output in result.outputs):
        raise BadReference(f"{widget.still} gives no figure to stand in for {widget.name}")
    still = render.outputs(engine.plan(widget.still), result, source)
    files = {name: asset(engine.result(of))[0] for name, of in widget.files.items()}
    data = "".join(f' data-{name}="{escape(path)}"' for name, path in files.items())
    play = " data-play" if widget.play else ""
    return (
        f'<figure class="cnn-widget" id="{widget.name}" data-search-exclude>\n'
        f"<{widget.name}{data}{play}>\n"
        f'<div class="cnn-live">\n{template(widget.name, page)}</div>\n'
        f'<div class="cnn-still">\n{still}\n</div>\n'
        f"</{widget.name}>\n</figure>"
    )


def sentence(widget: Widget) -> str:
    """What a notebook has in the place of a part, as Markdown."""
    return f"*Something to try stands here [on the page](#{widget.name}).*"


def asset(result: Result) -> tuple[str, bytes]:
    """The file that a snippet gave: its name below `live/` and its content.

    The name has a hash of the content in it, so that no browser shows an old one.

    Raises:
        BadReference: it gave no file, or several.
    """
    found = [output for output in result.outputs if output.kind == "file"]
    if len(found) != 1:
        raise BadReference(
            f"expected a cnnguide.asset.Asset as the value of {result.reference}; got "
            f"{len(found)} files"
        )
    name, content = shown.file(found[0].content)
    digest = hashlib.sha256(content).hexdigest()[:10]
    return f"{PurePath(name).stem}-{digest}{PurePath(name).suffix}", content


def files(
    engine: Engine, sources: Iterable[Path]
) -> tuple[dict[str, bytes], list[EngineError]]:
    """What the site holds for the parts of its pages, and what went wrong.

    Args:
        engine: gives the results.
        sources: the pages' Markdown files.

    Returns:
        Path below the site → content; errors.
    """
    found: dict[str, bytes] = {}
    errors: list[EngineError] = []
    for page in sources:
        for line, widget in on_page(page):
            for reference in widget.files.values():
                try:
                    name, content = asset(engine.result(reference))
                except EngineError as error:
                    errors.append(error.at(f"{page}:{line}"))
                else:
                    found[f"{FOLDER}/{name}"] = content
    return found, errors
