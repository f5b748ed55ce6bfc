"""HTML that needs nothing but itself: no script, and no request to anyone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from cnnguide.explain import tiles
from cnnguide.table import Table

STYLE = Path(__file__).with_name("page.css")
LARGEST = 640  # pixels of the screen that a small image is enlarged to, at most
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{links}
{body}
</main>
<footer><p>{footer}</p></footer>
</body>
</html>
"""


def whole(title: str, body: Sequence[str], footer: str) -> str:
    """A page of its parts."""
    joined = "\n".join(body)
    return PAGE.format(
        policy=POLICY,
        title=escape(title),
        style=STYLE.read_text(encoding="utf-8"),
        links=links(joined),
        body=joined,
        footer=escape(footer),
    )


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def part(text: str, *contents: str) -> str:
    """A part of the page, which the links at its top lead to."""
    anchor = "-".join(re.findall(r"[a-z]+", text.lower()))
    return f'<section id="{anchor}">{heading(text)}{"".join(contents)}</section>'


def links(body: str) -> str:
    """Links to all parts, as the table of a deep network is long.

    >>> links(part("Kernels and maps"))
    '<nav><a href="#kernels-and-maps">Kernels and maps</a></nav>'
    """
    found = re.findall(r'<section id="([a-z-]+)"><h2>(.*?)</h2>', body)
    inner = " · ".join(f'<a href="#{anchor}">{text}</a>' for anchor, text in found)
    return f"<nav>{inner}</nav>"


def paragraph(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def listed(lines: Sequence[str]) -> str:
    """A list of sentences."""
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def notes(lines: Sequence[str]) -> str:
    """What could not be shown; nothing where there is nothing to say."""
    if not lines:
        return ""
    title = heading("What could not be shown")
    return f'<section class="notes">{title}{listed(lines)}</section>'


def table(content: Table, name: str) -> str:
    """A table that scrolls by itself where it is wider than the screen.

    Args:
        content: its rows.
        name: what the box is called for those who reach it by keyboard.
    """
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(name)}">'
        f"{content._repr_html_()}</div>"
    )


def image(pixels: np.ndarray, alt: str, caption: str, side: int = LARGEST) -> str:
    """An enlarged image with a caption.

    Args:
        pixels: as `tiles.uri` takes them.
        alt: what is to be seen, for those who cannot.
        caption: what all readers are told.
        side: how many pixels of the screen its longer side may take.

    >>> image(np.zeros((2, 3, 1), "uint8"), "Black.", "", 12)[-69:]
    'alt="Black." width="12" height="8"><figcaption></figcaption></figure>'
    """
    rows, columns = pixels.shape[:2]
    times = max(1, side // max(rows, columns))
    return (
        f'<figure><img src="{tiles.uri(pixels)}" alt="{escape(alt)}" '
        f'width="{columns * times}" height="{rows * times}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def bars(names: Sequence[str], values: np.ndarray, column: str, caption: str) -> str:
    """Numbers with their bars, in a table.

    Args:
        names: for each row.
        values: for each row; the longest bar is 1, or the largest number if that is more.
        column: what the numbers are.
        caption: what the table shows.
    """
    most = max(1.0, float(np.abs(values).max()))
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="number">{value:.3f}</td>'
        f'<td><span class="bar" style="width:{100 * max(value, 0) / most:.1f}%"></span>'
        "</td></tr>"
        for name, value in zip(names, values, strict=True)
    )
    return (
        f'<table class="answers"><caption>{escape(caption)}</caption><thead><tr>'
        f'<th scope="col">answer</th><th scope="col" class="number">{escape(column)}</th>'
        f'<th scope="col">as a bar</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def folded(title: str, body: Sequence[str], is_open: bool) -> str:
    """Parts under a heading that can be folded."""
    state = " open" if is_open else ""
    return (
        f"<details{state}><summary>{heading(title, 3)}</summary>{''.join(body)}</details>"
    )
