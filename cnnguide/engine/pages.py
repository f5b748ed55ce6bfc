"""All snippets that the pages of a site show."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnnguide.engine import fences, models, questions, render, widgets
from cnnguide.engine.build import Engine, Watcher
from cnnguide.engine.errors import EngineError


@dataclass(frozen=True)
class Place:
    """Where a page shows a snippet.

    Args:
        page: the Markdown file.
        line: the number of the fence's first line, or of the mention's.
        order: what is asked for.
    """

    page: Path
    line: int
    order: fences.Order

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def places(sources: Iterable[Path]) -> tuple[list[Place], list[EngineError]]:
    """All that pages show of snippets, and errors for what cannot be understood."""
    found, errors = [], []
    for page in sources:
        lines = fences.on_page(page)
        for fence in fences.scan(lines):
            try:
                found.append(Place(page, fence.first, fences.read(fence)))
            except EngineError as error:
                errors.append(error.at(f"{page}:{fence.first}"))
        for fence in fences.scan(lines, kind="question"):
            try:
                question = questions.read(fence)
            except EngineError as error:
                errors.append(error.at(f"{page}:{fence.first}"))
                continue
            found.append(_place(page, fence.first, question.reference))
            found += _mentioned(page, list(question.explanation), fence.first)
        for fence in fences.scan(lines, kind="model"):
            try:
                found.append(_place(page, fence.first, models.read(fence).reference))
            except EngineError as error:
                errors.append(error.at(f"{page}:{fence.first}"))
        for fence in fences.scan(lines, kind="widget"):
            try:
                references = widgets.read(fence).references
            except EngineError as error:
                errors.append(error.at(f"{page}:{fence.first}"))
                continue
            found += [_place(page, fence.first, reference) for reference in references]
        found += _mentioned(page, lines)
    return found, errors


def _place(page: Path, line: int, reference: str) -> Place:
    return Place(page, line, fences.Order(reference, show="output"))


def _mentioned(page: Path, lines: list[str], before: int = 0) -> list[Place]:
    found = fences.mentions(lines)
    return [_place(page, before + mention.line, mention.reference) for mention in found]


def orders(lines: list[str]) -> Iterator[fences.Order]:
    """What the fences of a page ask for, as far as they can be understood."""
    for fence in fences.scan(lines):
        with suppress(EngineError):
            yield fences.read(fence)


def markdown_files(docs: Path) -> list[Path]:
    """The Markdown files below a folder, sorted."""
    return sorted(docs.rglob("*.md"))


def refresh(
    engine: Engine, found: Iterable[Place], watcher: Watcher | None = None
) -> list[EngineError]:
    """Make every snippet of the places fresh; return what failed, each with its place.

    Where several places show a snippet, the longest of their limits holds.
    """
    found = list(found)
    limits: dict[str, float] = {}
    for order in (place.order for place in found):
        limits[order.reference] = max(order.limit, limits.get(order.reference, 0))
    outcomes = engine.refresh(limits, limits, watcher)
    shown = {place.order.reference: place for place in found}
    return [
        outcome.at(str(shown[reference])) if reference in shown else outcome
        for reference, outcome in outcomes.items()
        if isinstance(outcome, EngineError)
    ]


def provenance(engine: Engine, found: Iterable[Place]) -> str:
    """How the outputs of one page were made, as JSON."""
    facts = [
        render.provenance(engine.plan(reference), engine.result(reference))
        for reference in dict.fromkeys(place.order.reference for place in found)
    ]
    return as_json(facts)


def as_json(facts: list[dict[str, object]]) -> str:
    """How outputs were made, as text for the file beside the page."""
    return json.dumps(facts, indent=2, ensure_ascii=False)
