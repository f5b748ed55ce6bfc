"""The built site as readers meet it, in a real browser."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site.conftest import code_blocks

from .conftest import Reader

LESSON = "garments/"
# Walking through all pages is slow: that is done in each size and each palette once.
walk = pytest.mark.parametrize("view", ("phone light", "desktop dark"), indirect=True)
SCROLLING = """
    () => [...document.querySelectorAll("article pre, article pre > code, .snippet-table")]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .filter((box) => ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
"""
NAMELESS = """
    () => [...document.querySelectorAll("figure svg, article img")]
        .filter((e) => !(e.ariaLabel || e.alt || "").trim())
        .map((e) => e.outerHTML.slice(0, 200))
"""
WIDE = """
    () => [...document.querySelectorAll("body *")]
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


@walk
def test_pages_work_and_ask_only_their_own_site(
    reader: Reader, addresses: list[str]
) -> None:
    for address in addresses:
        reader.open(address).wait_for_load_state("networkidle")
    assert not reader.complaints
    assert not reader.strangers()


def test_links_between_pages_need_no_reload(reader: Reader, built_site: Path) -> None:
    # The theme follows links that the sitemap lists, with the site's own port.
    sitemap = re.sub(
        r"<loc>https?://[^/]+/",
        f"<loc>{reader.root}",
        (built_site / "sitemap.xml").read_text(),
    )
    reader.page.route(
        "**/sitemap.xml", lambda route: route.fulfill(body=sitemap, content_type="text/xml")
    )
    page = reader.open("")
    # From here on the browser itself follows no link, so only the theme can.
    page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    page.wait_for_function(
        "(end) => { document.querySelector(`article a[href$='${end}']`)?.click();"
        " return location.pathname.endsWith(end) }",
        arg=LESSON,
        polling=100,
    )
    expect(page.locator(f"[data-snippet^='{LESSON[:-1]}.']").first).to_be_visible()
    expect(page.locator(".highlight .md-code__button").first).to_be_attached()
    assert not reader.complaints
    assert not reader.strangers()


@walk
def test_nothing_is_wider_than_the_screen(reader: Reader, addresses: list[str]) -> None:
    for address in [*addresses, "404.html"]:
        page = reader.open(address)
        unfold(page)
        spare = (
            "document.documentElement.clientWidth - document.documentElement.scrollWidth"
        )
        assert page.evaluate(spare) >= 0, (address, page.evaluate(WIDE))


@walk
def test_pictures_have_names(reader: Reader, addresses: list[str]) -> None:
    for address in addresses:
        assert not reader.open(address).evaluate(NAMELESS), address


@walk
def test_axe_finds_no_fault(reader: Reader, addresses: list[str]) -> None:
    for address in [*addresses, "404.html"]:
        page = reader.open(address)
        unfold(page)
        found = Axe().run(page).response["violations"]
        faults = [
            f"{fault['impact']} {fault['id']}: {node['html']} {node['failureSummary']}"
            for fault in found
            for node in fault["nodes"]
        ]
        assert not faults, "\n\n".join([address, *faults])


def test_copying_gives_exactly_the_code(reader: Reader, built_site: Path) -> None:
    page = reader.open(LESSON)
    shown = code_blocks((built_site / LESSON / "index.html").read_text(encoding="utf-8"))
    buttons = page.locator('.md-code__button[data-md-type="copy"]:visible')
    expect(buttons).to_have_count(len(shown))
    for button, code in zip(buttons.all(), shown, strict=True):
        page.evaluate("navigator.clipboard.writeText('nothing copied')")
        button.click()
        page.wait_for_function(
            "navigator.clipboard.readText().then((text) => text !== 'nothing copied')"
        )
        copied = page.evaluate("navigator.clipboard.readText()")
        assert plain(copied) == plain(without_marks(code))
        assert not re.search(r"^(>>>|\.\.\.|\$) ", copied, flags=re.MULTILINE)


@walk
def test_wide_boxes_scroll_by_keyboard(reader: Reader, addresses: list[str]) -> None:
    seen = 0
    for address in addresses:
        page = reader.open(address)
        page.wait_for_function(f"({SCROLLING})().every((box) => box.tabIndex === 0)")
        boxes = page.evaluate_handle(SCROLLING).get_properties().values()
        for box in boxes:
            box.as_element().focus()
            page.keyboard.press("ArrowRight")
            page.wait_for_function("(box) => box.scrollLeft > 0", arg=box)
            seen += 1
    assert seen or reader.page.viewport_size["width"] > 1000


def test_a_missing_page_leads_home(reader: Reader) -> None:
    response = reader.page.goto(f"{reader.root}no/such/page/")
    assert response.status == 404
    expect(reader.page.locator("article h1")).to_have_text("There is no such page")
    ground = reader.page.locator(".md-header").evaluate(
        "(header) => getComputedStyle(header).position"
    )
    assert ground == "sticky", "the style sheet was not found from a deep address"
    reader.page.get_by_role("link", name="home page").click()
    reader.page.wait_for_function("(root) => location.href === root", arg=reader.root)
    assert not reader.strangers()


def test_search_finds_a_lesson(reader: Reader) -> None:
    page = reader.open("")
    page.keyboard.press("/")
    page.keyboard.type("pooling")
    expect(page.locator(f".md-search-result__link[href*='{LESSON}']").first).to_be_visible()
    assert not reader.complaints


def test_the_palette_follows_the_system(reader: Reader) -> None:
    page = reader.open("")
    assert page_is(page, reader.palette)
    other = {"light": "dark", "dark": "light"}[reader.palette]
    page.emulate_media(color_scheme=other)
    page.wait_for_function(
        "(scheme) => document.body.dataset.mdColorScheme === scheme", arg=SCHEMES[other]
    )
    assert page_is(page, other)


def test_a_chosen_palette_is_kept(reader: Reader) -> None:
    page = reader.open("")
    toggle = page.locator("label[for^=__palette]:visible")
    toggle.click()  # from the system's palette to light
    expect(page.locator("body")).to_have_attribute(
        "data-md-color-media", re.compile("light")
    )
    toggle.click()
    expect(page.locator("body")).to_have_attribute(
        "data-md-color-media", re.compile("dark")
    )
    page = reader.open(LESSON)
    assert page_is(page, "dark")


@walk
def test_words_in_figures_follow_the_palette(reader: Reader, addresses: list[str]) -> None:
    seen = 0
    for address in addresses:
        page = reader.open(address)
        words = page.evaluate(WORDS)
        for colour, ground in words:
            assert contrast(colour, ground) >= 4.5, (address, colour, ground)
            assert (luminance(colour) > luminance(ground)) == (reader.palette == "dark")
        seen += len(words)
    assert seen


@walk
def test_a_site_says_what_it_is(reader: Reader, addresses: list[str]) -> None:
    titles = set()
    for address in addresses:
        page = reader.open(address)
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("article h1").count() == 1
        for meta in (
            "name=description",
            "property='og:title'",
            "property='og:description'",
        ):
            assert page.locator(f"meta[{meta}]").get_attribute("content")
        picture = page.locator("meta[property='og:image']").get_attribute("content")
        assert re.fullmatch(r"https?://[^/]+/.*assets/social\.png", picture)
        titles.add(page.title())
    assert len(titles) == len(addresses)


SCHEMES = {"light": "default", "dark": "slate"}


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")


def without_marks(code: str) -> str:
    """Code without the marks that open annotations."""
    return re.sub(r"[ \t]*# \(\d+\)!?", "", code)


def plain(code: str) -> list[str]:
    return [line.rstrip() for line in code.strip().splitlines()]


def page_is(page: Page, palette: str) -> bool:
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return (luminance(ground) < 0.2) == (palette == "dark")


def channels(colour: str) -> list[float]:
    """Red, green, blue from 0 to 1, and how opaque, of a computed colour."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)]
    red, green, blue, *alpha = numbers
    return [red / 255, green / 255, blue / 255, *(alpha or [1.0])]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in channels(colour)[:3]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, ground: str) -> float:
    """WCAG's contrast of a colour, laid over the ground as far as it is opaque."""
    *ink, alpha = channels(colour)
    *paper, _ = channels(ground)
    mixed = [255 * (alpha * i + (1 - alpha) * p) for i, p in zip(ink, paper, strict=True)]
    dark, light = sorted([luminance(f"rgb{tuple(mixed)}"), luminance(ground)])
    return (light + 0.05) / (dark + 0.05)
