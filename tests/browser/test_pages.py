"""Every page of the built site, opened once on a phone in light and a desktop in dark."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ElementHandle, Page
from playwright.sync_api import TimeoutError as NeverHappened

from .colours import contrast, luminance
from .conftest import Reader

SCROLLING = """
    () => [...document.querySelectorAll(
            "article pre, article pre > code, .snippet-table, div.arithmatex")]
        .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth)
        .filter((box) => ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
"""
NAMELESS = """
    () => [...document.querySelectorAll("figure svg, article img")]
        .filter((e) => !(e.ariaLabel || e.alt || "").trim())
        .map((e) => e.outerHTML.slice(0, 200))
"""
WIDE = """
    () => document.documentElement.clientWidth >= document.documentElement.scrollWidth
        ? []
        : [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth)
            .map((e) => e.outerHTML.slice(0, 120))
"""
# Of each word in a figure that takes the page's colour: that colour, and what it stands on.
WORDS = """
    () => [...document.querySelectorAll("figure svg text")]
        .filter((text) => /currentcolor/i.test(text.getAttribute("style") || ""))
        .map((text) => {
            let ground = text;
            while (/^rgba\\(.*, 0\\)$/.test(getComputedStyle(ground).backgroundColor))
                ground = ground.parentElement;
            return [getComputedStyle(text).fill, getComputedStyle(ground).backgroundColor];
        })
"""
# Leaves one piece of code in each colour: axe would measure the contrast of thousands.
FEW_COLOURS = """
    () => {
        const seen = new Set();
        for (const piece of document.querySelectorAll(".highlight code span:not(:has(*))"))
            if (seen.has(piece.className)) piece.replaceWith(...piece.childNodes);
            else seen.add(piece.className);
    }
"""
HEAD = """
    () => ({
        title: document.title,
        language: document.documentElement.lang,
        headings: document.querySelectorAll("article h1").length,
        ...Object.fromEntries(
            ["name=description", "property='og:title'", "property='og:description'",
             "property='og:image'"]
            .map((meta) => [meta, document.querySelector(`meta[${meta}]`)?.content || ""]))
    })
"""


@dataclass(frozen=True)
class Visit:
    """What was found on a page.

    Args:
        head: of the page's head, what readers and other sites see of it.
        nameless: pictures without a name.
        words: the colours of words in figures, each with its ground.
        boxes: how many boxes are wider than their place.
        stuck: of the first two, those that cannot be moved by keyboard.
        wide: elements that are wider than the screen, when all is unfolded.
        complaints: errors and warnings of the browser.
        faults: what axe has found.
    """

    head: dict[str, object]
    nameless: list[str]
    words: list[tuple[str, str]]
    boxes: int
    stuck: list[str]
    wide: list[str]
    complaints: list[str]
    faults: list[str]


@dataclass(frozen=True)
class Journey:
    """All visits of a reader."""

    reader: Reader
    visits: dict[str, Visit]


@pytest.fixture(scope="module")
def journey(
    view: tuple[BrowserContext, str], root: str, addresses: list[str]
) -> Iterator[Journey]:
    """A reader who has opened every page."""
    context, palette = view
    reader = Reader(context.new_page(), root, palette)
    visits = {address: visit(reader, address) for address in addresses}
    reader.settle()
    yield Journey(reader, visits)
    reader.page.close()


def visit(reader: Reader, address: str) -> Visit:
    page = reader.open(address)
    head, nameless, words = map(page.evaluate, (HEAD, NAMELESS, WORDS))
    boxes = wide_boxes(page)
    stuck = [box.inner_text() for box in boxes[:2] if not scrolls_by_keyboard(page, box)]
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    wide_boxes(page)  # what was folded can be reached now
    wide = page.evaluate(WIDE)
    complaints = list(reader.complaints)
    found = faults(page)
    reader.complaints.clear()  # The theme complains of the code that axe was spared.
    return Visit(head, nameless, words, len(boxes), stuck, wide, complaints, found)


def wide_boxes(page: Page) -> list[ElementHandle]:
    """Boxes that are wider than their place, once the keyboard reaches them all."""
    page.wait_for_function(f"({SCROLLING})().every((box) => box.tabIndex === 0)")
    found = page.evaluate_handle(SCROLLING).get_properties().values()
    return [box.as_element() for box in found]


def scrolls_by_keyboard(page: Page, box: ElementHandle) -> bool:
    for _ in range(10):  # once in a long run, a single key was lost
        box.focus()
        page.keyboard.press("ArrowRight")
        with contextlib.suppress(NeverHappened):
            page.wait_for_function("(box) => box.scrollLeft > 0", arg=box, timeout=3_000)
            return True
    return False


def faults(page: Page) -> list[str]:
    page.evaluate(FEW_COLOURS)
    return [
        f"{fault['impact']} {fault['id']}: {node['html']} {node['failureSummary']}"
        for fault in Axe().run(page).response["violations"]
        for node in fault["nodes"]
    ]


def test_pages_work_and_ask_only_their_own_site(journey: Journey) -> None:
    assert not {a: v.complaints for a, v in journey.visits.items() if v.complaints}
    assert not journey.reader.strangers()


def test_a_site_says_what_it_is(journey: Journey) -> None:
    heads = [visit.head for visit in journey.visits.values()]
    for head in heads:
        assert (head["language"], head["headings"]) == ("en", 1)
        assert all(head.values()), head
        picture = head["property='og:image'"]
        assert re.fullmatch(r"https?://[^/]+/.*assets/social\.png", picture)
    assert len({head["title"] for head in heads}) == len(heads)


def test_pictures_have_names(journey: Journey) -> None:
    assert not {a: v.nameless for a, v in journey.visits.items() if v.nameless}


def test_words_in_figures_follow_the_palette(journey: Journey) -> None:
    is_dark = journey.reader.palette == "dark"
    for address, visit in journey.visits.items():
        for colour, ground in visit.words:
            assert contrast(colour, ground) >= 4.5, (address, colour, ground)
            assert (luminance(colour) > luminance(ground)) == is_dark
    assert any(visit.words for visit in journey.visits.values())


def test_wide_boxes_scroll_by_keyboard(journey: Journey) -> None:
    assert not {a: v.stuck for a, v in journey.visits.items() if v.stuck}
    assert sum(visit.boxes for visit in journey.visits.values())


def test_nothing_is_wider_than_the_screen(journey: Journey) -> None:
    assert not {a: v.wide for a, v in journey.visits.items() if v.wide}


def test_axe_finds_no_fault(journey: Journey) -> None:
    assert not {a: v.faults for a, v in journey.visits.items() if v.faults}


def test_a_missing_page_is_no_worse(reader: Reader) -> None:
    page = reader.open("404.html")
    assert not page.evaluate(WIDE)
    assert not faults(page)
