"""Snippets in a page's Markdown, where they stand and what they ask for.

A fence shows a snippet's script and outputs. A mention, `{{ garments.share_right }}`,
stands in a sentence and becomes the snippet's value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cnnguide.engine.errors import BadReference, suggestion
from cnnguide.engine.run import DEFAULT_LIMIT

OPTIONS = {"show": "code, output or both", "limit": "a number of seconds"}
SHOW = ("code", "output", "both")
OPENING = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$")
# Code between backticks is taken first, so that what stands in it is no mention.
MENTION = re.compile(r"(`+).+?\1|\{\{ *(?P<reference>[\w.]+) *\}\}")


@dataclass(frozen=True)
class Fence:
    """A fence as it stands in the page.

    Args:
        first: the number of its opening line, counted from 1.
        last: the number of its closing line.
        indent: the white space before it.
        lines: what stands between the two, without that white space.
        closed: whether there is a closing line; without one, the page ends the fence.
    """

    first: int
    last: int
    indent: str
    lines: tuple[str, ...]
    closed: bool = True


@dataclass(frozen=True)
class Order:
    """What a fence asks for.

    Args:
        reference: the snippet, such as `garments.train`.
        show: "code", "output" or "both".
        limit: seconds that the snippet may take.
        annotations: Markdown lines of the list that explains marks in the code.
    """

    reference: str
    show: str = "both"
    limit: float = DEFAULT_LIMIT
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mention:
    """A snippet whose value stands in a sentence.

    Args:
        line: the number of its line, counted from 1.
        start: where in the line it begins.
        end: where in the line it ends.
        reference: the snippet.
    """

    line: int
    start: int
    end: int
    reference: str


def scan(lines: list[str], kind: str = "snippet") -> Iterator[Fence]:
    """All fences of a kind, but not those that stand inside another fence.

    >>> text = "Look:\\n\\n```snippet\\ngarments.look\\n```\\n"
    >>> [fence] = scan(text.splitlines())
    >>> fence.first, fence.last, fence.lines
    (3, 5, ('garments.look',))
    """
    for info, fence in _fences(lines):
        first, *extra = info.split() or [""]
        if first == kind:
            yield replace(fence, lines=(*extra, *fence.lines))


def mentions(lines: list[str]) -> Iterator[Mention]:
    """All mentions, but not those that stand in code.

    >>> [mention] = mentions(["Right for {{ garments.share }}; not `{{ code.this }}`."])
    >>> mention.start, mention.end, mention.reference
    (10, 30, 'garments.share')
    """
    fenced = in_fences(lines)
    for number, line in enumerate(lines, start=1):
        if "{{" not in line or number in fenced:
            continue
        for match in MENTION.finditer(line):
            if match["reference"]:
                yield Mention(number, *match.span(), match["reference"])


def in_fences(lines: list[str]) -> set[int]:
    """The numbers of all lines that belong to a fence of any kind."""
    return {
        number
        for _, fence in _fences(lines)
        for number in range(fence.first, fence.last + 1)
    }


def _fences(lines: list[str]) -> Iterator[tuple[str, Fence]]:
    """All fences of any kind, each with what follows its opening marks."""
    number = 0
    while number < len(lines):
        number += 1
        opening = OPENING.match(lines[number - 1])
        if not opening:
            continue
        first, indent, marks = number, opening["indent"], opening["marks"]
        closing = re.compile(rf"^[ \t]*{marks[0]}{{{len(marks)},}}[ \t]*$")
        closed = False
        while number < len(lines) and not closed:
            number += 1
            closed = closing.match(lines[number - 1]) is not None
        inner = tuple(line.removeprefix(indent) for line in lines[first : number - closed])
        yield opening["info"], Fence(first, number, indent, inner, closed)


def read(fence: Fence) -> Order:
    """Understand a fence: the reference, then options, then after a gap annotations.

    Raises:
        BadReference: it is empty or never closed, or an option is unknown or has a value
            it cannot have.
    """
    reference, options, annotations = parts(fence, "snippet", "such as garments.look")
    values = dict(_option(line) for line in options)
    return Order(
        reference,
        show=values.get("show", "both"),
        limit=values.get("limit", DEFAULT_LIMIT),
        annotations=annotations,
    )


def parts(fence: Fence, kind: str, example: str) -> tuple[str, list[str], tuple[str, ...]]:
    """The reference of a fence, its lines of options, and what follows after a gap.

    Args:
        fence: the fence.
        kind: of fence, for messages.
        example: of what should stand in it, for messages.

    Raises:
        BadReference: it is empty or never closed.
    """
    if not fence.closed:
        raise BadReference(f"a {kind} fence that is never closed")
    lines = [line.rstrip() for line in fence.lines]
    while lines and not lines[0]:
        lines.pop(0)
    if not lines:
        raise BadReference(f"an empty {kind} fence; name a snippet, {example}")
    gap = lines.index("") if "" in lines else len(lines)
    reference, *options = lines[:gap]
    return reference.strip(), options, tuple(lines[gap + 1 :])


def on_page(path: Path) -> list[str]:
    """The lines of a Markdown file, as they are counted in messages."""
    return path.read_text(encoding="utf-8").splitlines()


def _option(line: str) -> tuple[str, str | float]:
    name, colon, value = (part.strip() for part in line.partition(":"))
    if name not in OPTIONS or not colon:
        raise BadReference(
            f'expected an option, "name: value"; got "{line}"; {suggestion(name, OPTIONS)}'
        )
    if name == "show":
        if value not in SHOW:
            raise BadReference(
                f'show is {OPTIONS["show"]}; got "{value}"; {suggestion(value, SHOW)}'
            )
        return name, value
    try:
        limit = float(value)
    except ValueError:
        limit = 0.0
    if not limit > 0:
        raise BadReference(f'limit is {OPTIONS["limit"]} above 0; got "{value}"')
    return name, limit
