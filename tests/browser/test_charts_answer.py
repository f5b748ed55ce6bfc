"""Charts say their numbers to a mouse, a finger, the keyboard and a screen reader."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from .colours import contrast
from .conftest import SIZES, Reader

CURVES = '[data-snippet="garments.curves"]'
BARS = '[data-snippet="garments.bars"]'
REMEDIES = '[data-snippet="overfitting.all_remedies"]'
IN_LAB = ".snippet-output:has([data-readings])"
ROWS = """
    (table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))
"""
# Where a mark is on the screen: the marks are in the SVG's own units.
PLACE = """
    (figure, [row, column]) => {
        const [, , marks] = JSON.parse(figure.dataset.readings);
        const svg = figure.querySelector("svg");
        const { x, y } = new DOMPoint(...marks[row][column])
            .matrixTransform(svg.getScreenCTM());
        return [x, y];
    }
"""
RINGS = """
    (figure) => [...figure.querySelectorAll("circle")].map((ring) => {
        const { x, y, width, height } = ring.getBoundingClientRect();
        return [x + width / 2, y + height / 2];
    })
"""
SHIFTS = """
    () => {
        window.shifts = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
            window.shifts += entry.value;
        })).observe({ type: "layout-shift" });
    }
"""


class Chart:
    """A chart on a page, and the words for each row of its table."""

    def __init__(self, page: Page, box: str) -> None:
        self.page = page
        self.box = page.locator(box)
        self.figure: Locator = self.box.locator("figure")
        self.words = self.figure.locator("output")
        self.steps = self.figure.get_by_role("slider")
        names, *rows = self.box.locator(".snippet-readings table").evaluate(ROWS)
        # The last cells of a row are those that are marked.
        self.said = [
            "\n".join(f"{n}: {cell}" for n, cell in zip(names, row, strict=True))
            for row in rows
        ]

    def place(self, row: int, column: int = 0) -> tuple[float, float]:
        """Where on the screen a mark is."""
        self.figure.scroll_into_view_if_needed()
        x, y = self.figure.evaluate(PLACE, [row, column])
        return x, y

    def says(self, row: int) -> None:
        """The chart shows that row of its table, and rings stand on its marks."""
        expect(self.words).to_have_text(self.said[row])
        for column, ring in enumerate(self.figure.evaluate(RINGS)):
            assert ring == pytest.approx(self.place(row, column), abs=0.5)

    def is_silent(self) -> None:
        """Nothing is shown."""
        expect(self.words).to_have_text("")
        expect(self.figure.locator("circle")).to_have_count(0)


def point(chart: Chart, row: int, column: int, view: str) -> None:
    """Point at a mark, as readers with such a view do."""
    x, y = chart.place(row, column)
    if view.startswith("phone"):
        chart.page.touchscreen.tap(x, y)
    else:
        chart.page.mouse.move(x, y)


def opened(reader: Reader, box: str, address: str = "garments/") -> Chart:
    """A chart on a page that was opened for it, ready to answer."""
    return started(reader.open(address), box)


def started(page: Page, box: str) -> Chart:
    """A chart on the page, once all of them answer."""
    expect(page.locator("[data-readings]:not(:has(output))")).to_have_count(0)
    return Chart(page, box)


@pytest.fixture
def device(request: pytest.FixtureRequest, view: object) -> str:
    """Such as "phone light"."""
    return request.node.callspec.params["view"]


@pytest.mark.parametrize(("box", "columns"), [(CURVES, 4), (BARS, 1)])
def test_pointing_at_a_mark_says_its_row(
    reader: Reader, device: str, box: str, columns: int
) -> None:
    chart = opened(reader, box)
    chart.is_silent()
    for row in (1, len(chart.said) - 1, 0):
        point(chart, row, columns - 1, device)
        chart.says(row)
    assert not reader.complaints and not reader.strangers()


def test_charts_of_labs_answer_too(reader: Reader, device: str) -> None:
    chart = opened(reader, IN_LAB, "labs/garments/")
    point(chart, 2, 0, device)
    chart.says(2)


def test_the_words_go_when_the_reader_goes_elsewhere(reader: Reader, device: str) -> None:
    chart = opened(reader, CURVES)
    point(chart, 2, 0, device)
    chart.says(2)
    title = chart.page.get_by_role("heading", level=1)
    if device.startswith("phone"):
        title.tap()
    else:
        title.hover()
    chart.is_silent()


def test_one_chart_answers_at_a_time(reader: Reader, device: str) -> None:
    first = opened(reader, CURVES)
    second = Chart(first.page, BARS)
    first.steps.focus()
    first.says(0)
    point(second, 1, 0, device)
    second.says(1)
    first.is_silent()


@pytest.mark.parametrize("box", [CURVES, BARS])
def test_the_keyboard_walks_through_a_chart(reader: Reader, box: str) -> None:
    chart = opened(reader, box)
    keyboard, last = chart.page.keyboard, len(chart.said) - 1
    chart.steps.focus()
    chart.says(0)
    walk = [("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("ArrowUp", 0)]
    ends = [("ArrowUp", 0), ("End", last), ("ArrowDown", last), ("Home", 0)]
    for key, row in walk + ends:
        keyboard.press(key)
        chart.says(row)
    keyboard.press("Escape")
    chart.is_silent()
    expect(chart.steps).to_be_focused()
    keyboard.press("ArrowRight")
    chart.says(1)
    keyboard.press("Tab")
    chart.is_silent()
    expect(chart.steps).not_to_be_focused()


def test_escape_dismisses_what_the_pointer_shows(reader: Reader, device: str) -> None:
    chart = opened(reader, CURVES)
    point(chart, 3, 0, device)
    chart.says(3)
    chart.page.keyboard.press("Escape")
    chart.is_silent()


def test_keys_go_on_from_where_the_pointer_was(reader: Reader) -> None:
    chart = opened(reader, CURVES)
    x, y = chart.place(3)
    chart.page.mouse.click(x, y)
    chart.page.keyboard.press("ArrowRight")
    chart.says(4)


def test_screen_readers_hear_names_and_values(reader: Reader) -> None:
    chart = opened(reader, CURVES)
    described = chart.figure.get_by_role("img")
    expect(described).to_have_accessible_name(re.compile(r"^Two panels over \d+ epochs"))
    name = re.compile("^Loss and accuracy after each epoch")
    expect(chart.steps).to_have_accessible_name(name)
    expect(chart.words).to_have_attribute("aria-live", "polite")
    chart.steps.focus()
    chart.page.keyboard.press("ArrowRight")
    expect(chart.steps).to_have_attribute("aria-valuetext", "epoch: 2")


def test_the_table_has_what_the_chart_says(reader: Reader) -> None:
    chart = opened(reader, CURVES)
    table = chart.box.get_by_role("table")
    expect(table).to_be_hidden()
    chart.box.get_by_text("The figures behind this chart").click()
    expect(table).to_be_visible()
    expect(table).to_have_accessible_name("Loss and accuracy after each epoch")
    curves = [f"{w} {m}" for m in ("loss", "accuracy") for w in ("training", "validation")]
    expect(chart.box.get_by_role("columnheader")).to_have_text(["epoch", *curves])
    expect(chart.box.get_by_role("rowheader")).to_have_text(
        [str(epoch + 1) for epoch in range(len(chart.said))]
    )


def test_words_can_be_read_and_stay_within_the_figure(reader: Reader) -> None:
    for address, box in (
        ("garments/", CURVES),
        ("garments/", BARS),
        ("overfitting/", REMEDIES),
    ):
        chart = opened(reader, box, address)
        chart.steps.focus()
        frame = chart.figure.bounding_box()
        for key in ("Home", "End", "ArrowLeft"):
            chart.page.keyboard.press(key)
            words = chart.words.bounding_box()
            assert words["x"] >= frame["x"] - 1 and words["y"] >= frame["y"] - 1
            assert words["x"] + words["width"] <= frame["x"] + frame["width"] + 1
            assert words["y"] + words["height"] <= frame["y"] + frame["height"] + 1
        style = "(e) => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        colour, ground = chart.words.evaluate(style)
        assert contrast(colour, ground) >= 4.5


def test_nothing_moves(reader: Reader, device: str) -> None:
    chart = opened(reader, BARS)
    chart.place(0)
    chart.page.evaluate(SHIFTS)
    size = chart.page.evaluate("document.documentElement.scrollHeight")
    for row in (0, 4, 8):
        point(chart, row, 0, device)
        chart.says(row)
        assert chart.page.evaluate("document.documentElement.scrollHeight") == size
    assert chart.page.evaluate("window.shifts") == 0


def test_charts_answer_after_going_to_other_pages_and_back(
    reader: Reader, built_site: Path, device: str
) -> None:
    reader.navigate_instantly(built_site)
    reader.open("garments/")
    reader.follow("overfitting/")
    chart = started(reader.page, REMEDIES)
    point(chart, 0, 0, device)
    chart.says(0)
    reader.page.go_back()
    chart = started(reader.page, CURVES)
    point(chart, 1, 0, device)
    chart.says(1)
    expect(chart.words).to_have_count(1)
    expect(chart.steps).to_have_count(1)
    assert not reader.complaints


def test_axe_finds_no_fault_in_a_chart_that_answers(reader: Reader) -> None:
    chart = opened(reader, BARS)
    chart.steps.focus()
    chart.says(0)
    chart.box.locator(".snippet-readings").evaluate("(details) => { details.open = true }")
    found = Axe().run(chart.page, BARS).response["violations"]
    assert not [(fault["id"], fault["nodes"][0]["html"]) for fault in found]


def test_without_scripts_the_table_is_there(
    browser: Browser, root: str, device: str
) -> None:
    size, palette = device.split()
    context = browser.new_context(
        **SIZES[size], color_scheme=palette, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{root}garments/")
    box = page.locator(CURVES)
    box.get_by_text("The figures behind this chart").click()
    expect(box.get_by_role("table")).to_be_visible()
    expect(box.get_by_role("slider")).to_have_count(0)
    expect(box.get_by_role("img")).to_be_visible()
    context.close()
