"""All interactive parts: what holds for each of them, wherever it stands."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.site.test_playground import PLAYGROUND, pages_with_parts

from .conftest import SIZES, Reader
from .live import Live

PART = ".cnn-widget > *"
# Bytes, compressed as hosts do it. Of the playground, which has all parts, only what it
# loads as it opens: each other part's script comes as the reader comes near it.
MOST_SCRIPTS = 25_000
LARGEST_MODEL = 200_000
# By how much all of a page may move without the reader's doing.
MOST_SHIFT = 0.05
SHIFTS = """
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shift += entry.value;
    })).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def device(request: pytest.FixtureRequest, view: object) -> str:
    """Such as "phone light"."""
    return request.node.callspec.params["view"]


@pytest.fixture
def plain(browser: Browser, device: str) -> Iterator[Page]:
    """The same device, with JavaScript off."""
    size, palette = device.split()
    context = browser.new_context(
        **SIZES[size], color_scheme=palette, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def parts(page: Page) -> list[Locator]:
    return page.locator(PART).all()


def ready(part: Locator) -> None:
    part.scroll_into_view_if_needed()
    # Charts within the still have outputs of their own.
    expect(part.locator("form output")).not_to_be_empty()


def stands_in(part: Locator, problem: str) -> None:
    """The still is there and no controls, and the reader is told why."""
    expect(part.locator(f'[data-problem="{problem}"]')).to_be_visible()
    expect(part.locator(".cnn-still svg").first).to_be_visible()
    expect(part.locator("form")).to_be_hidden()


def missing(route: Route) -> None:
    route.fulfill(status=404, body="not here", content_type="text/plain")


def compressed(site: Path, urls: list[str], pattern: str) -> dict[str, int]:
    """Path → bytes, of those files that were asked for whose path has the pattern."""
    paths = {urlsplit(url).path.lstrip("/") for url in urls}
    return {
        path: len(gzip.compress((site / path).read_bytes(), 9))
        for path in sorted(paths)
        if re.search(pattern, path)
    }


def test_pages_load_little_and_stand_still(
    reader: Reader, built_site: Path, record_property: object, device: str
) -> None:
    reader.page.add_init_script(SHIFTS)
    for address in pages_with_parts(built_site):
        reader.requested.clear()
        page = reader.open(address)
        reader.settle()
        opening = sum(compressed(built_site, reader.requested, r"^js/").values())
        for part in parts(page):
            ready(part)
        scripts = compressed(built_site, reader.requested, r"^js/")
        models = compressed(built_site, reader.requested, r"^live/(garments|flowers)")
        shift = page.evaluate("window.shift")
        record_property(
            "budget",
            f"/{address} on {device}: scripts {opening / 1e3:.1f} kB at first and "
            f"{sum(scripts.values()) / 1e3:.1f} kB in all, models "
            f"{[f'{size / 1e3:.0f} kB' for size in models.values()]}, shift {shift:.3f}",
        )
        loaded = opening if address == PLAYGROUND else sum(scripts.values())
        assert 0 < loaded <= MOST_SCRIPTS, (address, scripts)
        assert max(models.values(), default=0) <= LARGEST_MODEL, (address, models)
        assert shift < MOST_SHIFT, address
    assert not reader.complaints
    assert not reader.strangers()


def test_a_model_is_loaded_when_its_part_comes_into_view(reader: Reader) -> None:
    page = reader.open("garments/")
    part = page.locator("cnn-garment")
    expect(part.locator("form")).to_be_attached()
    reader.settle()
    assert not [url for url in reader.requested if "/live/" in url]
    ready(part)
    assert [url for url in reader.requested if "/live/garments-" in url]


def test_all_live_parts_are_accessible(reader: Reader) -> None:
    page = reader.open(PLAYGROUND)
    for part in parts(page):
        ready(part)
        part.locator("details").evaluate_all("all => all.forEach((d) => { d.open = true })")
    found = Axe().run(page, ".cnn-widget").response["violations"]
    assert not [(fault["id"], node["html"]) for fault in found for node in fault["nodes"]]
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


def test_they_start_after_going_to_other_pages_and_back(
    reader: Reader, built_site: Path
) -> None:
    reader.navigate_instantly(built_site)
    reader.open(PLAYGROUND)
    page = reader.page
    # The theme changes the address first and the page a little later.
    title = page.locator("article h1")
    reader.follow("downsampling/")
    expect(title).to_contain_text("Downsampling")
    pool = Live(reader, "downsampling/", "cnn-pool")
    ready(pool.box)
    pool.set(size=3)
    pool.keeps(size=3)
    shown = pool.shown("keras")
    reader.follow("normalization/")
    expect(title).to_contain_text("Normalization")
    ready(page.locator("cnn-lcn"))
    page.go_back()
    expect(title).to_contain_text("Downsampling")
    ready(pool.box)
    assert pool.value("size") == "3"
    assert pool.shown("keras") == shown
    page.go_back()
    expect(title).to_contain_text("Playground")
    for part in parts(page):
        ready(part)
    pool.is_fine()


def test_what_plays_ends_with_its_page(reader: Reader, built_site: Path) -> None:
    reader.navigate_instantly(built_site)
    pool = Live(reader, "downsampling/", "cnn-pool").open()
    pool.box.evaluate("(part) => { window.part = part; part.play(true) }")
    reader.follow("normalization/")
    reader.page.wait_for_function("!window.part.isConnected && !window.part.playing")
    assert not reader.complaints


def test_a_shared_address_leads_to_the_part(reader: Reader) -> None:
    pool = Live(reader, PLAYGROUND, "cnn-pool").open(size=3, kind="average")
    expect(pool.box).to_be_in_viewport()
    assert (pool.value("size"), pool.value("kind")) == ("3", "average")
    pool.keeps(size=3, kind="average")


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ({"size": "99"}, ("7", "max")),
        ({"size": "x", "nothing": "1", "kind": "median"}, ("4", "max")),
        ({"kind": "%E0%A4%A"}, ("2", "max")),
    ],
)
def test_an_address_that_cannot_be_changes_nothing_else(
    reader: Reader, state: dict[str, str], shown: tuple[str, str]
) -> None:
    pool = Live(reader, "downsampling/", "cnn-pool").open(**state)
    # What is no number at all a slider takes for its middle.
    assert (pool.value("size"), pool.value("kind")) == shown
    pool.is_fine()


def test_the_link_is_copied(reader: Reader) -> None:
    pool = Live(reader, "downsampling/", "cnn-pool").open()
    pool.set(stride=1)
    pool.box.get_by_role("button", name="Copy link").click()
    expect(pool.words).to_have_text("The link is copied.")
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("downsampling/#cnn-pool.stride=1")


def test_where_nothing_can_be_copied_the_reader_is_told(reader: Reader) -> None:
    pool = Live(reader, "downsampling/", "cnn-pool").open()
    reader.page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
    )
    pool.set(stride=1)
    pool.box.get_by_role("button", name="Copy link").click()
    expect(pool.words).to_contain_text("address bar")
    assert reader.page.url.endswith("#cnn-pool.stride=1")
    pool.is_fine()


def test_two_parts_keep_their_state_beside_each_other(reader: Reader) -> None:
    pool = Live(reader, PLAYGROUND, "cnn-pool").open(size=3)
    lcn = Live(reader, PLAYGROUND, "cnn-lcn")
    ready(lcn.box)
    lcn.set(which=2)
    lcn.keeps(which=2)
    pool.keeps(size=3)
    pool.box.get_by_role("button", name="Reset").click()
    pool.keeps()
    lcn.keeps(which=2)


def test_the_other_palette_is_drawn_at_once(reader: Reader) -> None:
    pool = Live(reader, "downsampling/", "cnn-pool").open()
    before = pool.cells("after", 14, 14)
    frame = "(canvas) => canvas.toDataURL()"
    pixels = pool.canvas("after").evaluate(frame)
    other = "dark" if reader.palette == "light" else "light"
    reader.page.emulate_media(color_scheme=other)
    reader.page.wait_for_function(
        f"(pixels) => ({frame})(document.querySelector('[data-canvas=after]')) !== pixels",
        arg=pixels,
    )
    # The frame has another colour; the numbers have not.
    assert (pool.cells("after", 14, 14) == before).all()


@pytest.mark.parametrize("problem", ["missing", "broken", "cut"])
def test_without_the_network_the_rest_of_the_page_works(
    reader: Reader, built_site: Path, problem: str
) -> None:
    [file] = (built_site / "live").glob("garments-*")
    bodies = {"broken": b"<html>Sign in first</html>", "cut": file.read_bytes()[:-100]}

    def answer(route: Route) -> None:
        if problem == "missing":
            missing(route)
        else:
            route.fulfill(body=bodies[problem])

    reader.page.route("**/live/garments-*", answer)
    page = reader.open(PLAYGROUND)
    needing = page.locator("cnn-garment[data-net]")
    needing.scroll_into_view_if_needed()
    stands_in(needing, "missing" if problem == "missing" else "broken")
    ready(page.locator("cnn-pool"))
    expect(page.locator("cnn-pool form")).to_be_visible()
    assert not [c for c in reader.complaints if "404" not in c]


def test_without_its_pictures_a_still_stands_in(reader: Reader) -> None:
    reader.page.route("**/live/pictures-*", lambda route: route.abort())
    page = reader.open("downsampling/")
    page.locator("cnn-pool").scroll_into_view_if_needed()
    stands_in(page.locator("cnn-pool"), "missing")


@pytest.mark.parametrize("name", ["widgets/cnn-pool.js", "heat.js"])
def test_without_its_script_a_still_stands_in(reader: Reader, name: str) -> None:
    reader.page.route(f"**/js/{name}", missing)
    page = reader.open("downsampling/")
    page.locator("cnn-pool").scroll_into_view_if_needed()
    stands_in(page.locator("cnn-pool"), "missing")
    expect(page.get_by_role("heading", name="Global pooling")).to_be_attached()


def test_without_javascript_stills_stand_in(
    plain: Page, root: str, built_site: Path
) -> None:
    for address in pages_with_parts(built_site):
        plain.goto(f"{root}{address}")
        for part in parts(plain):
            expect(part.locator(".cnn-still svg").first).to_be_visible()
            expect(part.locator("form")).to_be_hidden()
            expect(part.locator(".cnn-problem").first).to_be_hidden()


def test_the_first_screen_moves_unless_the_reader_wants_none(
    browser: Browser, reader: Reader, device: str
) -> None:
    page = reader.open("")
    part = page.locator(f"{PART}[data-play]")
    ready(part)
    expect(part).to_be_in_viewport()
    play = part.locator("[data-toggle]")
    expect(play).to_have_attribute("aria-pressed", "false")  # these readers want none
    size, palette = device.split()
    context = browser.new_context(**SIZES[size], color_scheme=palette)
    other = context.new_page()
    other.goto(reader.root)
    play = other.locator(f"{PART}[data-play] [data-toggle]")
    expect(play).to_have_attribute("aria-pressed", "true")
    canvas = other.locator(f"{PART}[data-play] canvas").first
    pixels = canvas.evaluate("(canvas) => canvas.toDataURL()")
    other.wait_for_function(
        "(pixels) => document.querySelector('[data-play] canvas').toDataURL() !== pixels",
        arg=pixels,
    )
    # Out of sight it pauses, and the address stays as it was.
    other.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(play).to_have_attribute("aria-pressed", "false")
    assert other.url == reader.root
    context.close()
