"""Convolution, to try: the code that is shown makes the same map in Keras."""

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from cnnguide.lessons import live_conv

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers, unpacked

VERTICAL = [[-1, 0, 1]] * 3
CLASSICS = {
    "horizontal edges": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "identity: changes nothing": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "blur": np.full((3, 3), 0.1111),
    "strong blur, 5×5": np.full((5, 5), 0.04),
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "vertical edges": VERTICAL,
}
SETTINGS = [
    {},
    {"padding": "same", "row": 0, "column": 27},
    {"stride": 2, "row": 12, "column": 6},
    {"padding": "same", "stride": 3, "garment": 32, "which": 2, "row": 9, "column": 9},
    {"dilation": 2, "bias": -0.75, "relu": "true", "row": 3, "column": 20},
    {"padding": "same", "dilation": 6, "size": 5, "w00": 0.25, "row": 27, "column": 0},
    {"size": 5, "stride": 5, "w44": -2.5, "w02": 3, "row": 4, "column": 4},
    {"size": 1, "w22": -0.5, "padding": "same", "stride": 4, "row": 2, "column": 5},
    {"picture": "portrait", "row": 60, "column": 77},
    {"picture": "portrait", "padding": "same", "dilation": 3, "row": 79, "column": 1},
]
# Of the grid's cells that are seen: the pixel, the weight, the product, and how it looks.
GRID = """
    (grid) => [...grid.children].filter((cell) => cell.checkVisibility()).map((cell) => {
        const [pixel, input, product] = cell.children;
        const { borderTopStyle, backgroundColor } = getComputedStyle(cell);
        const numbers = [pixel.textContent, input.value, product.textContent];
        return [numbers, borderTopStyle, backgroundColor];
    })
"""
DROP = """
    (target, [content, name, type]) => {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name, { type }));
        const options = { dataTransfer, bubbles: true, cancelable: true };
        target.dispatchEvent(new DragEvent("drop", options));
    }
"""


@pytest.fixture
def conv(reader: Reader) -> Iterator[Live]:
    conv = Live(reader, "convolution/", "cnn-conv")
    yield conv
    conv.is_fine()


def portrait() -> np.ndarray:
    return unpacked(live_conv.portrait())[0]


def picture(picture="garment", garment=36, which=1, **_: object) -> np.ndarray:
    """The picture that a state is about: (rows, columns, 1)."""
    return portrait() if picture == "portrait" else garments()[garment + which - 1]


def copied(conv: Live) -> keras.layers.Conv2D:
    """The layer that the shown code makes."""
    names = {"keras": keras, "np": np}
    exec(conv.shown("keras"), names)
    return names["layer"]


def sum_of(conv: Live) -> tuple[list[float], float]:
    """The numbers that are added, the bias last, and what they are said to be."""
    added, _, result = conv.shown("sum").replace("− ", "−").partition(" = ")
    return numbers(added), numbers(result)[-1]


def grid(conv: Live) -> tuple[np.ndarray, list[str], list[str]]:
    """Pixels, weights and products, (cells, 3); how each cell is framed; its colour."""
    cells = conv.drawn().box.locator(".cnn-kernel").evaluate(GRID)
    table = [numbers(" ".join(texts).replace("-", "−")) for texts, _, _ in cells]
    return np.array(table), [frame for _, frame, _ in cells], [c for _, _, c in cells]


def place(conv: Live) -> tuple[int, int]:
    return int(conv.value("row")), int(conv.value("column"))


def classics(conv: Live) -> Locator:
    return conv.box.get_by_role("combobox", name="Kernel", exact=True)


def chosen(conv: Live) -> str:
    return classics(conv).evaluate("(select) => select.selectedOptions[0].text")


def write_kernel(conv: Live, kernel: np.ndarray) -> None:
    """Write weights into the grid, as a reader does."""
    for (row, column), weight in np.ndenumerate(kernel):
        name = f"Weight in row {row}, column {column}"
        conv.box.get_by_role("spinbutton", name=name, exact=True).fill(str(weight))
    conv.drawn()


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def waves() -> np.ndarray:
    """A grey picture: (80, 80), uint8."""
    rows, columns = np.mgrid[:80, :80]
    return (127 + 100 * np.sin(rows / 5) * np.cos(columns / 9)).astype("uint8")


def is_keras(conv: Live, x: np.ndarray) -> np.ndarray:
    """Compare all that is shown with what the copied layer makes of a picture."""
    layer = copied(conv)
    y = layer(x[np.newaxis])[0, ..., 0].numpy()
    sides = [len(y), len(y), y.min(), y.max()]
    assert numbers(conv.shown("after")) == pytest.approx(sides, abs=0.0051)
    shapes = [*x.shape, *y.shape, 1]
    assert numbers(conv.shown("shape").replace(", ", " ")) == shapes
    assert numbers(conv.shown("rows"))[-1] == len(y)
    assert numbers(conv.shown("parameters"))[-1] == layer.count_params()
    added, result = sum_of(conv)
    value = y[place(conv)]
    assert result == pytest.approx(value, abs=0.0051)
    rounding = 0.0051 * (len(added) + 1)
    assert max(sum(added), 0 if "relu" in conv.shown("keras") else sum(added)) == (
        pytest.approx(value, abs=rounding)
    )
    return y


@IN_ONE_VIEW
@pytest.mark.parametrize("state", SETTINGS)
def test_the_code_that_is_shown_gives_the_same_in_keras(conv: Live, state: dict) -> None:
    conv.open(**state)
    y = is_keras(conv, picture(**state))
    if "row" in state:
        assert place(conv) == (state["row"], state["column"])
    layer = copied(conv)
    assert layer.strides == (state.get("stride", 1),) * 2
    assert layer.dilation_rate == (state.get("dilation", 1),) * 2
    assert layer.padding == state.get("padding", "valid")
    # Blue below zero and orange above, the stronger the farther. A frame hides some cells.
    red, _, blue, alpha = np.moveaxis(conv.cells("after", *y.shape), -1, 0)
    off = abs(alpha - 255 * abs(y) / abs(y).max()) > 2
    assert off.sum() <= 16
    strong = ~off & (abs(y) > 0.3 * abs(y).max())
    assert strong.sum() > 3
    assert ((red > blue) == (y > 0))[strong].all()


@IN_ONE_VIEW
def test_the_window_is_written_out_and_adds_up(conv: Live) -> None:
    conv.open(garment=8, row=10, column=6)
    table, frames, colours = grid(conv)
    window = picture(garment=8)[10:13, 6:9].ravel()
    assert table[:, 0] == pytest.approx(window, abs=0.0051)
    assert table[:, 1].tolist() == np.ravel(VERTICAL).tolist()
    assert table[:, 2] == pytest.approx(window * np.ravel(VERTICAL), abs=0.0051)
    added, _ = sum_of(conv)
    assert added == pytest.approx([*table[:, 2], 0], abs=0.0051)
    assert set(frames) == {"solid"}
    for product, colour in zip(table[:, 2], colours, strict=True):
        red, _, blue = numbers(colour.replace(", ", " "))[:3]
        assert (red > blue) == (product >= 0)


@IN_ONE_VIEW
def test_dilated_windows_read_spread_pixels_and_padding_gives_zeros(conv: Live) -> None:
    conv.open(padding="same", dilation=4, row=2, column=11)
    table, frames, _ = grid(conv)
    padded = np.pad(picture()[..., 0], 4)
    window = padded[2:11:4, 11:20:4].ravel()
    assert table[:, 0] == pytest.approx(window, abs=0.0051)
    assert frames == ["dashed"] * 3 + ["solid"] * 6
    expect(conv.words).to_contain_text("Zeros of the padding: 3 of 9.")
    assert numbers(conv.shown("field")) == [9, 9, 9]
    assert numbers(conv.shown("before")) == [28, 28, 36, 36]
    # The rim of zeros is blue, and what is read is orange.
    red, _, blue = np.moveaxis(conv.cells("before", 36, 36)[..., :3], -1, 0)
    assert (blue > red + 50)[20:, :4].all() and (blue > red + 50)[-4:].all()
    assert (red == blue)[20:32, 4:32].all()
    read = np.argwhere((red > blue + 50)[2:11, 11:20])
    assert read.tolist() == [[i, j] for i in (0, 4, 8) for j in (0, 4, 8)]


def test_classics_fill_the_kernel_and_a_change_makes_it_ones_own(conv: Live) -> None:
    conv.open()
    assert chosen(conv) == "vertical edges"
    for name, kernel in CLASSICS.items():
        classics(conv).select_option(label=name)
        assert grid(conv)[0][:, 1] == pytest.approx(np.ravel(kernel))
        assert copied(conv).kernel[..., 0, 0].numpy() == pytest.approx(np.array(kernel))
        assert chosen(conv) == name
    write_kernel(conv, [[0.5]])
    assert chosen(conv) == "your own"
    conv.keeps(w11=0.5)
    write_kernel(conv, [[-1]])
    assert chosen(conv) == "vertical edges"
    conv.keeps()


@IN_ONE_VIEW
def test_a_kernel_of_ones_own_is_kept_in_the_address(conv: Live) -> None:
    conv.open()
    kernel = np.array([[0.5, -1, 2], [0, 3.25, 0], [-2, 1, -0.5]])
    write_kernel(conv, kernel)
    conv.set(bias=-1.5, relu=True, padding="same", picture="portrait")
    names = [f"w{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3)]
    weights = {
        name: f"{weight:g}"
        for name, weight, first in zip(names, kernel.flat, np.ravel(VERTICAL), strict=True)
        if weight != first
    }
    others = {"bias": -1.5, "relu": "true", "padding": "same", "picture": "portrait"}
    conv.keeps(**weights, **others)
    conv.page.reload()
    conv.ready()
    assert copied(conv).kernel[..., 0, 0].numpy() == pytest.approx(kernel)
    is_keras(conv, portrait())
    conv.box.get_by_role("button", name="Reset").click()
    conv.keeps()
    assert copied(conv).kernel[..., 0, 0].numpy() == pytest.approx(np.array(VERTICAL))


@IN_ONE_VIEW
def test_a_larger_kernel_keeps_the_weights_and_puts_zeros_around(conv: Live) -> None:
    conv.open()
    conv.set(size=5)
    assert copied(conv).kernel[..., 0, 0].numpy() == pytest.approx(np.pad(VERTICAL, 1))
    is_keras(conv, picture())
    conv.set(size=1)
    assert copied(conv).kernel.numpy().ravel().tolist() == [0]


@IN_ONE_VIEW
@pytest.mark.parametrize(
    ("first", "second"), [("stride", "dilation"), ("dilation", "stride")]
)
def test_strides_and_dilation_refuse_each_other(
    conv: Live, first: str, second: str
) -> None:
    with pytest.raises(ValueError, match="not supported in conjunction"):
        keras.layers.Conv2D(1, 3, strides=2, dilation_rate=2)
    note = conv.box.locator('[data-show="note"]')
    conv.open(**{first: 3})
    conv.set(**{second: 2})
    expect(note).to_contain_text("Conv2D refuses")
    expect(conv.words).to_contain_text("Conv2D refuses")
    assert (conv.value(first), conv.value(second)) == ("1", "2")
    expect(conv.box.locator(f'[data-value="{first}"]')).to_have_text("1")
    is_keras(conv, picture())
    conv.set(garment=4)
    expect(note).not_to_contain_text("Conv2D refuses")


@IN_ONE_VIEW
def test_a_link_with_strides_and_dilation_is_mended(conv: Live) -> None:
    conv.open(stride=2, dilation=2)
    expect(conv.box.locator('[data-show="note"]')).to_contain_text("the strides are 1")
    is_keras(conv, picture())
    conv.keeps(dilation=2)


def test_pointing_at_the_picture_slides_the_window_there(conv: Live) -> None:
    conv.open(size=5, dilation=2, w00=1)
    conv.point("before", (12, 20), (28, 28))
    assert place(conv) == (8, 16)  # four pixels before its middle
    conv.point("before", (27, 0), (28, 28))
    assert place(conv) == (19, 0)
    conv.set(dilation=1, stride=3)
    conv.point("before", (12, 20), (28, 28))
    assert place(conv) == (3, 6)
    is_keras(conv, picture())


def test_pointing_counts_from_the_rim_where_there_is_one(conv: Live) -> None:
    conv.open(padding="same", dilation=3)
    conv.point("before", (20, 9), (34, 34))
    assert place(conv) == (17, 6)
    conv.point("after", (0, 27), (28, 28))
    assert place(conv) == (0, 27)
    conv.keeps(padding="same", dilation=3, row=0, column=27)


@pytest.mark.parametrize("canvas", ["before", "after"])
def test_arrows_slide_the_window_and_stop_at_the_border(conv: Live, canvas: str) -> None:
    conv.open(row=1, column=24)
    conv.press(canvas, "ArrowUp", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown")
    assert place(conv) == (1, 25)
    expect(conv.words).to_contain_text("Row 1, column 25 of the map")


def test_space_plays_and_pauses(conv: Live) -> None:
    conv.open(row=25, column=25)
    play = conv.box.get_by_role("button", name="Play")
    expect(play).to_have_attribute("aria-pressed", "false")
    conv.press("before", " ")
    expect(play).to_have_attribute("aria-pressed", "true")
    # After the last place comes the first one. Steps go on meanwhile.
    expect(conv.words).to_contain_text(re.compile(r"^Row \d, column \d+ of the map"))
    conv.press("before", " ")
    expect(play).to_have_attribute("aria-pressed", "false")
    is_keras(conv, picture())
    conv.keeps(row=place(conv)[0], column=place(conv)[1])


def test_a_step_goes_on_to_the_next_row(conv: Live) -> None:
    conv.open(row=3, column=24)
    for expected in [(3, 25), (4, 0), (4, 1)]:
        conv.box.evaluate("(part) => part.step()")
        assert place(conv.drawn()) == expected


@IN_ONE_VIEW
def test_a_place_that_a_smaller_map_has_not_becomes_its_last(conv: Live) -> None:
    conv.open(picture="portrait", row=70, column=3)
    conv.set(picture="garment")
    assert place(conv) == (25, 3)
    is_keras(conv, picture())


def test_nothing_moves_while_the_window_slides(conv: Live) -> None:
    conv.open(padding="same")
    first = conv.places()
    for row, column in [(0, 0), (27, 27), (14, 20)]:
        conv.set(row=row, column=column)
        expect(conv.words).to_contain_text(f"Row {row}, column {column} ")
        assert conv.places() == first


def test_a_picture_of_ones_own_is_convolved(conv: Live, tmp_path: Path) -> None:
    file = tmp_path / "waves.png"
    file.write_bytes(png(waves()))
    conv.open()
    conv.box.get_by_label("Choose your own picture").set_input_files(file)
    expect(conv.box.locator('[data-show="note"]')).to_contain_text("This is your picture")
    assert conv.value("picture") == "own"
    is_keras(conv, waves()[..., np.newaxis].astype("float32") / 255)
    conv.set(picture="garment")
    is_keras(conv, picture())
    conv.set(picture="own")
    is_keras(conv, waves()[..., np.newaxis].astype("float32") / 255)


def test_a_picture_can_be_dropped_and_anything_else_changes_nothing(conv: Live) -> None:
    conv.open(garment=20, row=5)
    note = conv.box.locator('[data-show="note"]')

    def drop(content: bytes, name: str, kind: str) -> None:
        text = base64.b64encode(content).decode()
        conv.canvas("before").evaluate(DROP, [text, name, kind])

    before = conv.shown("sum"), conv.shown("keras")
    drop(b"no picture", "notes.txt", "text/plain")
    expect(note).to_contain_text("cannot be read as a picture")
    expect(conv.words).to_contain_text("cannot be read as a picture")
    assert (conv.shown("sum"), conv.shown("keras")) == before
    wide = np.pad(waves(), ((0, 0), (30, 30)))  # its middle is what is taken
    drop(png(wide), "waves.png", "image/png")
    expect(note).to_contain_text("This is your picture")
    is_keras(conv, waves()[..., np.newaxis].astype("float32") / 255)


@IN_ONE_VIEW
def test_a_link_to_someone_elses_picture_says_that_it_has_none(conv: Live) -> None:
    conv.open(picture="own", padding="same")
    note = conv.box.locator('[data-show="note"]')
    expect(note).to_contain_text("choose the picture once more")
    is_keras(conv, picture())
    conv.keeps(padding="same")
