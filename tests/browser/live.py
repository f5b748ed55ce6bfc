"""An interactive part of a page, driven as readers do it: for the tests of each part."""

import re
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from cnnguide.asset import Asset
from cnnguide.lessons import live

from .conftest import Reader

# For tests of numbers and of the address, which are the same in any size and palette.
IN_ONE_VIEW = pytest.mark.views("desktop dark")
# The colours in the middle of each cell of a canvas.
CELLS = """
    (canvas, [rows, columns]) => {
        const { width, height } = canvas;
        // A canvas that is read again and again would be drawn in another way.
        const copy = new OffscreenCanvas(width, height).getContext("2d");
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        const middle = (at, cells, length) => Math.floor(((at + 0.5) / cells) * length);
        return Array.from({ length: rows * columns }, (_, at) => {
            const y = middle(Math.floor(at / columns), rows, height);
            const x = middle(at % columns, columns, width);
            return [...data.subarray(4 * (y * width + x)).subarray(0, 4)];
        });
    }
"""
# Of a list of bars, each one's share.
SHARES = """
    (list) => [...list.children]
        .map((item) => Number(item.style.getPropertyValue("--share")))
"""
# Notes each state that the part sets by itself, so that a slow test misses none.
NOTE = """
    (part) => {
        const { set } = part;
        part.noted = [];
        part.set = (values) => {
            set.call(part, values);
            part.noted.push(part.state);
        };
    }
"""
# Whatever was changed has been drawn.
DRAWN = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
# Where all of a part's elements stand, from its own top: top and height.
PLACES = """
    (part) => {
        const { top } = part.getBoundingClientRect();
        return [...part.querySelectorAll("form, form > *, canvas")]
            .map((element) => element.getBoundingClientRect())
            .map((box) => [Math.round(box.top - top), Math.round(box.height)]);
    }
"""


class Live:
    """An interactive part.

    Args:
        reader: who opens it.
        address: of its page, such as "downsampling/".
        name: of the part, such as "cnn-pool".
    """

    def __init__(self, reader: Reader, address: str, name: str) -> None:
        self.reader = reader
        self.page = reader.page
        self.address = address
        self.name = name
        self.box = self.page.locator(name)
        self.words = self.box.locator("form output")  # its still may have one, too

    def open(self, **state: object) -> "Live":
        """Load its page with a state in the address, and wait until the part answers."""
        self.page.goto("about:blank")  # else another state would load nothing
        hash_ = urlencode({f"{self.name}.{name}": value for name, value in state.items()})
        self.reader.open(f"{self.address}#{hash_ or self.name}")
        self.box.scroll_into_view_if_needed()
        return self.ready()

    def ready(self) -> "Live":
        """Wait until it has loaded what it needs and says something."""
        expect(self.words).not_to_be_empty()
        return self

    def is_fine(self) -> None:
        """Nothing failed, no one complained, no other host was asked."""
        expect(self.box.locator("form")).to_be_visible()
        assert not self.reader.complaints and not self.reader.strangers()

    def control(self, name: str) -> Locator:
        """The control with a name; of radio buttons all."""
        return self.box.locator(f'[name="{name}"]')

    def set(self, **values: object) -> "Live":
        """Set controls, name → value, and wait until that is drawn."""
        for name, value in values.items():
            control = self.control(name)
            if isinstance(value, bool):
                control.set_checked(value)
            elif control.first.get_attribute("type") == "radio":
                self.box.locator(f'[name="{name}"][value="{value}"]').check()
            elif control.evaluate("(control) => control.localName") == "select":
                control.select_option(str(value))
            else:
                control.fill(str(value))
        return self.drawn()

    def drawn(self) -> "Live":
        """Wait until the last change is drawn. The output's words may come later."""
        self.page.evaluate(DRAWN)
        return self

    def value(self, name: str) -> str:
        """What a control, no checkbox or radio button, is set to."""
        return self.control(name).input_value()

    def shown(self, name: str) -> str:
        """The text of the element with the name `data-show`."""
        return self.drawn().box.locator(f'[data-show="{name}"]').inner_text()

    def canvas(self, name: str) -> Locator:
        return self.box.locator(f'canvas[data-canvas="{name}"]')

    def cells(self, name: str, rows: int, columns: int) -> np.ndarray:
        """The colours of a canvas's cells: (rows, columns, 4), from 0 to 255."""
        colours = self.drawn().canvas(name).evaluate(CELLS, [rows, columns])
        return np.reshape(colours, (rows, columns, 4))

    def places(self) -> list[list[int]]:
        """Where its elements stand: the same as before where nothing has moved."""
        return self.drawn().box.evaluate(PLACES)

    def point(self, name: str, at: tuple[int, int], size: tuple[int, int]) -> "Live":
        """Point at a cell (row, column) of so many of a canvas, by mouse or finger."""
        canvas = self.canvas(name)
        canvas.evaluate("(canvas) => canvas.scrollIntoView({ block: 'center' })")
        box = canvas.bounding_box()
        x = box["x"] + (at[1] + 0.5) / size[1] * box["width"]
        y = box["y"] + (at[0] + 0.5) / size[0] * box["height"]
        if self.page.viewport_size["width"] < 600:
            self.page.touchscreen.tap(x, y)
        else:
            self.page.mouse.click(x, y)
        return self.drawn()

    def press(self, name: str, *keys: str) -> "Live":
        """Press keys while a canvas has the focus."""
        self.canvas(name).focus()
        for key in keys:
            self.page.keyboard.press(key)
        return self.drawn()

    def plays(self, name: str, count: int) -> list[dict[str, object]]:
        """The first states that follow when space is pressed on a canvas; it goes on."""
        self.box.evaluate(NOTE)
        self.press(name, " ")
        self.page.wait_for_function(
            "([name, count]) => document.querySelector(name).noted.length >= count",
            arg=[self.name, count],
        )
        return self.box.evaluate("(part) => part.noted")[:count]

    def shares(self) -> np.ndarray:
        """The shares of its bars, from 0 to 1."""
        return np.array(self.drawn().box.locator(".cnn-bars").evaluate(SHARES))

    def keeps(self, **state: object) -> None:
        """The address comes to hold this state of the part, and no more of it."""
        expected = {f"{self.name}.{name}": str(value) for name, value in state.items()}
        self.page.wait_for_function(
            """
            ([name, expected]) => {
                const kept = [...new URLSearchParams(location.hash.slice(1))]
                    .filter(([key]) => key.startsWith(`${name}.`)).sort();
                return JSON.stringify(kept) === JSON.stringify(expected);
            }
            """,
            arg=[self.name, sorted(map(list, expected.items()))],
        )


def numbers(text: str) -> list[float]:
    """All numbers in a text as a page writes them, such as "−1,234.5".

    >>> numbers("max(0.25, −1) of 1,000")
    [0.25, -1.0, 1000.0]
    """
    found = re.findall(r"−?\d[\d,]*(?:\.\d+)?", re.sub(r",(?!\d{3})", " ", text))
    return [float(number.replace("−", "-").replace(",", "")) for number in found]


def unpacked(asset: Asset) -> np.ndarray:
    """The pictures of a file: (n, rows, columns, channels), float32 from 0 to 1."""
    shape = np.frombuffer(asset.content, "<u2", count=4)
    pixels = np.frombuffer(asset.content, "uint8", offset=8)
    return pixels.reshape(shape).astype("float32") / 255


def garments() -> np.ndarray:
    """The 40 garments of `live.pictures`, (40, 28, 28, 1)."""
    return unpacked(live.pictures())
