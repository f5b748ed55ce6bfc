"""A page's Markdown as notebooks read it, which do not know Material's extensions."""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import urljoin

BLOCK = re.compile(
    r"^(?P<marks>!!!|\?\?\?\+?|===[!+]*)[ \t]+(?P<kind>[\w-]+(?: [\w-]+)*)?[ \t]*"
    r'(?:"(?P<title>.*)")?[ \t]*$'
)
LINK = re.compile(r"(!?\[(?:[^][]|\[[^][]*\])*\])\(([^)\s]+)((?:\s+\"[^\"]*\")?)\)")
CODE = re.compile(r"(`+).+?\1")
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")
ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][^}]*\}")
# Stands for a span of code while the text around it is changed.
HIDDEN = "\x02{}\x03"
ICON = re.compile(r":(?:material|octicons|fontawesome|simple)-[\w-]+:[ \t]*")


def plain(lines: list[str], link: Callable[[str], str]) -> list[str]:
    """Lines of Material's Markdown as lines of a notebook's.

    Admonitions become quotes with a bold title, folded ones `<details>`, and tabs text
    under bold titles. Attributes and icons go, and links become whole addresses. Code and
    formulas stay as they are.

    Args:
        lines: without front matter, and without snippets, questions and mentions.
        link: gives for a link's target on the page its whole address.

    >>> plain(['!!! note "Mind"', "", "    Two [words](a.md).", "", "End."], str.upper)
    ['> **Mind**', '>', '> Two [words](A.MD).', '', 'End.']
    """
    result: list[str] = []
    text: list[str] = []
    position = 0
    marks = ""
    while position < len(lines):
        line = lines[position]
        position += 1
        fence = FENCE.match(line)
        if fence and (not marks or fence[1].startswith(marks)):
            result += [*_inline(text, link), line]
            marks, text = ("" if marks else fence[1]), []
            continue
        opening = None if marks else BLOCK.match(line)
        if marks:
            result.append(line)
        elif not opening:
            text.append(line)
        else:
            inner, gap, position = _inside(lines, position)
            block = _block(opening, plain(inner, link))
            result += [*_inline(text, link), *block, *gap]
            text = []
    return result + _inline(text, link)


def _inside(lines: list[str], start: int) -> tuple[list[str], list[str], int]:
    """The indented lines of a block, an empty line if one follows, and where it ends."""
    end = start
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith("    ")):
        end += 1
    inner = [line[4:] for line in lines[start:end]]
    while inner and not inner[0].strip():
        inner.pop(0)
    gap = []
    while inner and not inner[-1].strip():
        gap = [inner.pop()]
    return inner, gap, end


def _block(opening: re.Match[str], inner: list[str]) -> list[str]:
    title, marks = opening["title"], opening["marks"]
    if title is None:
        title = (opening["kind"] or "").partition(" ")[0].capitalize()
    if marks == "!!!":
        head = [f"**{title}**", ""] if title else []
        return [f"> {line}".rstrip() for line in [*head, *inner]]
    if marks.startswith("?"):
        # A summary is HTML, in which Markdown's backticks are not read.
        summary = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(title, quote=False))
        return [f"<details><summary>{summary}</summary>", "", *inner, "", "</details>"]
    return [f"**{title}**", "", *inner]


def _inline(lines: list[str], link: Callable[[str], str]) -> list[str]:
    """Text without attributes and icons, with whole addresses; code stays as it is."""
    if not lines:
        return []
    spans: list[str] = []

    def hide(match: re.Match[str]) -> str:
        spans.append(match[0])
        return HIDDEN.format(len(spans) - 1)

    text = CODE.sub(hide, "\n".join(lines))
    text = ICON.sub("", ATTRIBUTES.sub("", text))
    # A link's words may go over the end of a line.
    text = LINK.sub(lambda m: f"{m[1]}({link(m[2])}{m[3]})", text)
    for number, span in enumerate(spans):
        text = text.replace(HIDDEN.format(number), span)
    return [line.rstrip() for line in text.split("\n")]


def address(site: str, page: str, target: str) -> str:
    """A link's target as a whole address.

    Args:
        site: the site's address, ending with a slash.
        page: the page's file below `docs`, such as `reference/data.md`.
        target: as it stands in the page.

    >>> address("https://a.example/", "reference/data.md", "../garments.md#build")
    'https://a.example/garments/#build'
    >>> address("https://a.example/", "garments.md", "labs/saving.py")
    'https://a.example/labs/saving/'
    >>> address("https://a.example/", "garments.md", "#build")
    'https://a.example/garments/#build'
    >>> address("https://a.example/", "garments.md", "index.md")
    'https://a.example/'
    >>> address("https://a.example/", "garments.md", "https://keras.io/")
    'https://keras.io/'
    """
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return target
    file, mark, anchor = target.partition("#")
    path = urljoin(page, file) if file else page
    if path.endswith((".md", ".py")):
        path = f"{path.rpartition('.')[0]}/"
        path = re.sub(r"(^|/)index/$", r"\1", path)
    return urljoin(site, path) + mark + anchor
