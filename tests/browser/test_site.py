"""What readers do with the built site, in a real browser."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.site.conftest import code_blocks, without_marks

from .colours import luminance
from .conftest import Reader

LESSON = "garments/"


def test_links_between_pages_need_no_reload(reader: Reader, built_site: Path) -> None:
    reader.navigate_instantly(built_site)
    page = reader.open("")
    reader.follow(LESSON)
    expect(page.locator(f"[data-snippet^='{LESSON[:-1]}.']").first).to_be_visible()
    expect(page.locator(".highlight .md-code__button").first).to_be_attached()
    assert not reader.complaints
    assert not reader.strangers()


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


SCHEMES = {"light": "default", "dark": "slate"}


def plain(code: str) -> list[str]:
    return [line.rstrip() for line in code.strip().splitlines()]


def page_is(page: Page, palette: str) -> bool:
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return (luminance(ground) < 0.2) == (palette == "dark")
