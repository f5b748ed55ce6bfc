"""The page that `cnnguide explain` writes, opened from the disk without any server."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from cnnguide.explain import report
from tests.explain import models

from .colours import luminance
from .conftest import Reader
from .test_pages import NAMELESS, WIDE

MAKERS = {
    "nested": models.nested,
    "residual": models.residual,
    "two_inputs": models.two_inputs,
    "unheard": lambda: models.stack(models.Unheard()),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages of several models, and nothing else that they could need."""
    place = tmp_path_factory.mktemp("explained")
    rows, columns = np.mgrid[:300, :400]
    pixels = np.stack([rows % 256, columns % 256, (rows ^ columns) % 256], axis=-1)
    Image.fromarray(pixels.astype("uint8")).save(place / "photo.png")
    for name, make in MAKERS.items():
        make().save(place / f"{name}.keras")
        report.explain(
            place / f"{name}.keras", [place / "photo.png"], output=place / f"{name}.html"
        )
    return place


@pytest.fixture
def visitor(view: tuple[BrowserContext, str], folder: Path) -> Iterator[Reader]:
    context, palette = view
    visitor = Reader(context.new_page(), f"{folder.as_uri()}/", palette)
    yield visitor
    visitor.page.close()


@pytest.mark.parametrize("name", MAKERS)
def test_a_page_opens_from_the_disk_and_asks_nobody(visitor: Reader, name: str) -> None:
    page = visitor.page
    page.goto(f"{visitor.root}{name}.html")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}.keras, explained")
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    assert not page.evaluate(NAMELESS.replace("article img", "img"))
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(ground) < 0.2) == (visitor.palette == "dark")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert not page.evaluate(WIDE)
    assert not Axe().run(page).response["violations"]
    assert not visitor.complaints
    assert [url for url in visitor.requested if not url.startswith("data:")] == [page.url]


def test_tables_scroll_by_keyboard_and_parts_fold(visitor: Reader) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{visitor.root}nested.html")
    box = page.get_by_role("region", name="Layers")
    box.focus()
    page.keyboard.press("ArrowRight")
    # The page lets no text be run as a script, so the browser's own waiting would fail.
    expect(box).not_to_have_js_property("scrollLeft", 0)
    part = page.locator("details").first
    expect(part.locator("img").first).to_be_visible()
    part.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(part.locator("img").first).to_be_hidden()


def test_links_lead_to_each_part(visitor: Reader) -> None:
    page = visitor.page
    page.goto(f"{visitor.root}residual.html")
    expect(page.locator("nav a")).to_have_text(["Architecture", "Pictures", "Convolutions"])
    page.get_by_role("link", name="Convolutions").click()
    expect(page.get_by_role("heading", name="Convolutions")).to_be_in_viewport()


def test_pixels_stay_pixels(visitor: Reader) -> None:
    page = visitor.page
    page.goto(f"{visitor.root}nested.html")
    image = page.get_by_alt_text("photo.png as the model sees it")
    assert (
        image.evaluate("(image) => getComputedStyle(image).imageRendering") == "pixelated"
    )
    size = image.evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
    assert size == [24, 24]
