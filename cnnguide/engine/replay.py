"""While the site is being served, pages that stay as they are need not be rendered again.

An author waits for one page, and rendering the others takes most of a build. So what it
gave is kept in memory, together with the state of everything that it was made from.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnguide.engine import fences, pages, uses, widgets
from cnnguide.engine.build import Engine
from cnnguide.engine.errors import EngineError

# What MkDocs' own `Page.render` sets, but for links, which belong to files of one build.
RENDERED = ("content", "toc", "_title_from_render", "present_anchor_ids")
REFERENCE = re.compile("^::: ", re.MULTILINE)  # a block of mkdocstrings


@dataclass(frozen=True)
class Rendering:
    """What a page was rendered to, and from what.

    Args:
        state: of everything that it was made from.
        values: attribute → value.
        links: other file's path → the anchors that the page links to.
        anchors: the arguments with which its anchors were registered for links.
    """

    state: Hashable
    values: dict[str, object]
    links: dict[str, dict[str, str]]
    anchors: list[tuple[tuple, dict[str, object]]]


class Replay:
    """Knows the last rendering of each page."""

    def __init__(self) -> None:
        self._last: dict[str, Rendering] = {}
        self._searched: dict[str, tuple[Hashable, list[dict[str, object]]]] = {}

    def prepare(self, page: Any, state: Hashable) -> None:
        """Let MkDocs' `page.render` repeat what it gave last, if the state is the same.

        Args:
            page: a page of MkDocs, before it is rendered.
            state: of everything that it is made from; None if it shall not be repeated.
        """
        last = self._last.get(page.file.src_uri)
        if last and state == last.state:
            page.render = functools.partial(_repeat, page, last)
        elif state is not None:
            page.render = functools.partial(self._record, page, page.render, state)

    def searched(self, page: Any) -> list[dict[str, object]] | None:
        """What the search found on the page when it was last built, if that holds still."""
        state, entries = self._searched.get(page.file.src_uri, (None, None))
        return entries if state == _as_searched(page) else None

    def remember_searched(self, page: Any, entries: list[dict[str, object]]) -> None:
        """Keep what the search has found on the page."""
        self._searched[page.file.src_uri] = _as_searched(page), entries

    def _record(
        self, page: Any, render: Any, state: Hashable, config: Any, files: Any
    ) -> None:
        with _registered(config.plugins.get("autorefs")) as anchors:
            render(config, files)
        self._last[page.file.src_uri] = Rendering(
            state=state,
            values={name: getattr(page, name) for name in RENDERED},
            links={
                to.src_uri: names for to, names in (page.links_to_anchors or {}).items()
            },
            anchors=anchors,
        )


def _as_searched(page: Any) -> Hashable:
    return page.content, page.url, page.title, repr(page.meta)


def _repeat(page: Any, last: Rendering, config: Any, files: Any) -> None:
    for name, value in last.values.items():
        setattr(page, name, value)
    page.links_to_anchors = {
        files.get_file_from_path(path): names for path, names in last.links.items()
    }
    for arguments, options in last.anchors:
        config.plugins["autorefs"].register_anchor(page, *arguments, **options)


@contextmanager
def _registered(autorefs: Any) -> Iterator[list[tuple[tuple, dict[str, object]]]]:
    """Listen to the anchors that mkdocstrings registers as it renders a page, if any."""
    heard: list[tuple[tuple, dict[str, object]]] = []
    if autorefs is None:
        yield heard
        return
    register = autorefs.register_anchor

    def listen(page: Any, *arguments: Any, **options: object) -> None:
        heard.append((arguments, options))
        register(page, *arguments, **options)

    autorefs.register_anchor = listen
    try:
        yield heard
    finally:
        autorefs.register_anchor = register


def state(engine: Engine, page: Path, markdown: str, around: Hashable) -> Hashable:
    """Everything that a page is made from; None if something on it has failed.

    Args:
        engine: gives the results that the page shows.
        page: the Markdown file.
        markdown: its text, as it is about to be rendered.
        around: what all pages depend on, such as the configuration.
    """
    found, errors = pages.places([page])
    if errors:
        return None
    shown = []
    for place in found:
        try:
            plan = engine.plan(place.order.reference)
            result = engine.result(place.order.reference, place.order.limit)
        except EngineError:
            return None
        run = result.digest, result.seconds, result.date, result.outputs
        shown.append((plan.script.text, plan.snippet.node.lineno, run))
    try:
        words = widgets.templates(page)
    except EngineError:
        return None
    wanted = fences.scan(fences.on_page(page), kind="uses")
    users = [uses.users(page, fence.lines[0]) for fence in wanted]
    documented = _documented(engine) if REFERENCE.search(markdown) else []
    return repr((markdown, around, shown, words, users, documented))


def _documented(engine: Engine) -> list[tuple[str, int, int]]:
    """The files whose docstrings the reference may show: all but those of the lessons."""
    lessons = engine.library.package / "lessons"
    return [
        stamp
        for stamp in engine.library.stamp()
        if Path(stamp[0]).parent != lessons or Path(stamp[0]).name == "__init__.py"
    ]


@functools.cache
def current() -> Replay:
    """Of this process."""
    return Replay()
