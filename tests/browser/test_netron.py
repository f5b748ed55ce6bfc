"""A saved model of the course, looked at in the site's own Netron."""

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from .conftest import Reader

LESSON = "garments/"
MODEL = re.compile(r"^[^?]*/models/garments\.keras\b")
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(64, 64, 64)"}


def opened(reader: Reader) -> Page:
    """Netron, as the page's link opens it."""
    page = reader.open(LESSON)
    page.get_by_role("link", name="Look at this model in Netron").click()
    expect(page).to_have_title("garments.keras")
    return page


def layers(page: Page, name: str) -> object:
    """The layers of a kind, as they are drawn."""
    return page.locator("#target").get_by_text(name, exact=True)


def test_a_model_is_drawn_and_its_layers_tell_their_settings(reader: Reader) -> None:
    page = opened(reader)
    for name in ("Conv2D", "MaxPooling2D", "Flatten", "Dropout", "Dense"):
        expect(layers(page, name).first).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", GROUNDS[reader.palette])
    layers(page, "Conv2D").first.click()
    sidebar = page.locator("#sidebar")
    expect(sidebar.get_by_title("kernel_size")).to_be_visible()
    expect(sidebar).to_contain_text(re.compile(r"float32\[3,3,1,\d+\]"))
    assert not reader.complaints
    assert not reader.strangers()
    assert page.context.cookies() == []
    page.go_back()
    expect(page.locator("article h1")).to_be_visible()


def test_a_file_of_the_readers_own_can_follow(reader: Reader, built_site: Path) -> None:
    page = opened(reader)
    expect(layers(page, "Conv2D").first).to_be_visible()
    page.locator("#menu-button").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open...").click()
    chooser.value.set_files(built_site / "models" / "garments-small.keras")
    expect(page).to_have_title("garments-small.keras")
    expect(layers(page, "Conv2D").first).to_be_visible()
    assert not reader.complaints
    assert not reader.strangers()
    reader.open(LESSON)


def test_weights_can_be_saved_for_numpy(reader: Reader) -> None:
    page = opened(reader)
    layers(page, "Conv2D").first.click()
    sidebar = page.locator("#sidebar")
    kernel = sidebar.locator(".sidebar-item", has_text="float32[3,3,1,")
    kernel.get_by_text("+", exact=True).click()
    # Half of what the viewer is made of, so it comes only when it is needed.
    assert not any("python.js" in url for url in reader.requested)
    with page.expect_download() as download:
        sidebar.get_by_text("💾").click()
    assert np.load(download.value.path()).shape[:3] == (3, 3, 1)
    assert not reader.complaints
    assert not reader.strangers()
    reader.open(LESSON)


def test_a_broken_file_gives_a_message(reader: Reader) -> None:
    page = reader.open(LESSON)
    page.route(MODEL, lambda route: route.fulfill(body=b"PK\x03\x04broken"))
    page.get_by_role("link", name="Look at this model in Netron").click()
    expect(page.locator("#message-text")).to_contain_text("Invalid ZIP data")
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_role("button", name="Open Model…")).to_be_visible()
    assert not reader.complaints
    reader.open(LESSON)


def test_a_model_at_another_host_is_not_asked_for(reader: Reader) -> None:
    answered = []
    reader.page.on("response", lambda response: answered.append(response.url))
    reader.page.goto(f"{reader.root}netron/?url=https://models.example/x.keras")
    expect(reader.page.locator("#message-text")).to_contain_text("request failed")
    assert any("Content Security Policy" in text for text in reader.complaints)
    assert not [url for url in answered if not url.startswith(reader.root)]
    reader.open(LESSON)


def test_the_file_can_be_downloaded(reader: Reader, built_site: Path) -> None:
    page = reader.open(LESSON)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download garments.keras").click()
    assert download.value.suggested_filename == "garments.keras"
    kept = (built_site / "models" / "garments.keras").read_bytes()
    assert download.value.path().read_bytes() == kept
