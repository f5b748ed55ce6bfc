"""The live classifier of Garments: its answers and its cells are those of Keras."""

import functools
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from matplotlib import pyplot as plt
from playwright.sync_api import Route, expect

from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments as lesson
from cnnguide.lessons import live_garment

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers

NAMES = fashion_mnist.CLASS_NAMES
# Shows all garments one after the other, and tells of each what stands below it.
ALL = """
    async (part) => {
        const found = [];
        for (let at = 0; at < 40; at++) {
            part.set({ garment: at - (at % 4), which: (at % 4) + 1 });
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            const bars = [...part.querySelector(".cnn-bars").children];
            const shares = bars.map((item) => item.style.getPropertyValue("--share"));
            const words = part.querySelector("[data-show=alike]").textContent;
            found.push([shares.map(Number), words]);
        }
        return found;
    }
"""
DROP = """
    (part, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "dropped.png"));
        part.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    }
"""


@pytest.fixture
def part(reader: Reader) -> Iterator[Live]:
    part = Live(reader, "garments/", "cnn-garment")
    yield part
    part.is_fine()


def seen(part: Live) -> np.ndarray:
    """The picture that it shows: (28, 28, 1), from 0 to 1."""
    return part.cells("picture", 28, 28)[..., :1].astype("float32") / 255


@functools.cache
def model() -> keras.Model:
    return lesson.train()[0]


@functools.cache
def typical() -> bytes:
    return live_garment.typical().content


def answer(picture: np.ndarray) -> np.ndarray:
    """What Keras makes of a picture: probabilities (10,)."""
    return keras.ops.softmax(model()(picture[np.newaxis])).numpy()[0]


def outputs(picture: np.ndarray, layer: int) -> np.ndarray:
    """The output of a layer of the model, (rows, columns, maps) or (units,)."""
    until = keras.Model(model().layers[0].input, model().layers[layer].output)
    return until(picture[np.newaxis])[0].numpy()


def likeness(picture: np.ndarray) -> tuple[float, float]:
    """How alike a picture is to what the file holds, and the limit, in Python."""
    content = typical()
    [limit] = struct.unpack("<f", content[:4])
    rows = np.frombuffer(content, np.int8, offset=4).reshape(200, 98).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return float((rows @ live_garment.features(picture[np.newaxis])[0]).max()), limit


def png(path: Path, picture: np.ndarray) -> Path:
    """Write a picture of one channel, from 0 to 1, as a file."""
    plt.imsave(path, np.rint(255 * picture).astype("uint8").repeat(3, axis=-1))
    return path


@IN_ONE_VIEW
def test_all_garments_are_judged_as_keras_and_python_judge_them(part: Live) -> None:
    part.open()
    found = part.box.evaluate(ALL)
    assert len(found) == len(garments())
    for (shares_shown, words), picture in zip(found, garments(), strict=True):
        assert shares_shown == pytest.approx(answer(picture), abs=1e-4)
        value, limit = likeness(picture)
        said = numbers(words)
        assert (said[0], said[-1]) == pytest.approx((value, limit), abs=0.0051)
        assert ("Unlike anything" in words) == (value < limit)
    assert sum("Unlike anything" in words for _, words in found) <= 2


@IN_ONE_VIEW
def test_it_says_its_answer_and_the_truth(part: Live) -> None:
    part.open(garment=36)
    found = answer(garments()[36])
    # It is wrong about this one.
    guess = NAMES[found.argmax()]
    assert guess != "Ankle boot"
    said = f"It says {guess}, {100 * found.max():.1f} %. It is: Ankle boot."
    expect(part.words).to_have_text(said)


def strokes(part: Live, canvas: str, *places: tuple[float, float]) -> None:
    """Draw by mouse or finger from place to place, row and column of 28."""
    pad = part.canvas(canvas)
    pad.evaluate("(canvas) => canvas.scrollIntoView({ block: 'center' })")
    box = pad.bounding_box()
    points = [
        (box["x"] + column / 28 * box["width"], box["y"] + row / 28 * box["height"])
        for row, column in places
    ]
    if part.page.viewport_size["width"] > 600:
        part.page.mouse.move(*points[0])
        part.page.mouse.down()
        for point in points[1:]:
            part.page.mouse.move(*point, steps=3)
        part.page.mouse.up()
    else:
        session = part.page.context.new_cdp_session(part.page)
        for kind, point in (
            ("touchStart", points[0]),
            *(("touchMove", point) for point in points[1:]),
        ):
            touched = [{"x": point[0], "y": point[1]}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        session.detach()
    part.drawn()
    assert pad.bounding_box() == box  # the page has not scrolled below the finger


def test_a_drawing_is_what_the_network_sees(part: Live) -> None:
    part.open()
    part.box.get_by_role("button", name="Clear").click()
    assert not seen(part).any()
    part.set(brush=4)
    strokes(part, "picture", (6, 6), (6, 22), (22, 22))
    drawn = seen(part)
    assert drawn[6, 6:22].min() == drawn[6:22, 21].min() == 1
    assert not drawn[12:, :18].any() and not drawn[:3].any()
    assert part.shares() == pytest.approx(answer(drawn), abs=1e-4)
    expect(part.words).to_contain_text(f"It says {NAMES[answer(drawn).argmax()]}, ")
    expect(part.words).not_to_contain_text("It is:")
    part.set(erase=True)
    strokes(part, "picture", (6, 14), (6, 14))
    assert not seen(part)[6, 13:15].any()
    part.box.get_by_role("button", name="Reset").click()
    part.drawn()
    assert part.shares() == pytest.approx(answer(garments()[0]), abs=1e-4)


def test_the_keyboard_draws(part: Live) -> None:
    part.open()
    part.box.get_by_role("button", name="Clear").click()
    part.set(brush=2)
    part.press("picture", "ArrowUp", "ArrowUp", "ArrowLeft", "Enter")
    part.canvas("picture").blur()
    dot = seen(part)[..., 0]
    assert dot[11:13, 12:14].min() > 0.5
    assert dot.sum() == pytest.approx(np.pi, abs=1)
    part.press("picture", "Shift+ArrowRight", "Shift+ArrowRight", "ArrowDown", " ")
    part.canvas("picture").blur()
    drawn = seen(part)[..., 0]
    assert drawn[11:13, 12:16].min() > 0.5 and drawn[12:14, 14:16].min() > 0.5
    assert part.shares() == pytest.approx(answer(drawn[..., np.newaxis]), abs=1e-4)


def test_another_garment_takes_the_place_of_a_drawing(part: Live) -> None:
    part.open()
    part.box.get_by_role("button", name="Clear").click()
    part.set(inverted=True)
    part.set(garment=32)
    assert not part.control("inverted").is_checked()
    assert part.shares() == pytest.approx(answer(garments()[32]), abs=1e-4)


@IN_ONE_VIEW
@pytest.mark.parametrize("way", ["opened", "dropped"])
@pytest.mark.parametrize("is_light", [False, True])
def test_a_picture_of_ones_own_is_seen_on_black(
    part: Live, tmp_path: Path, way: str, is_light: bool
) -> None:
    picture = garments()[17]
    file = png(tmp_path / "coat.png", 1 - picture if is_light else picture)
    part.open(garment=20)
    if way == "opened":
        part.box.locator("input[type=file]").set_input_files(file)
    else:
        part.box.evaluate(DROP, list(file.read_bytes()))
    expect(part.words).not_to_contain_text("It is:")
    assert part.control("inverted").is_checked() == is_light
    assert seen(part) == pytest.approx(picture, abs=0.005)
    assert part.shares() == pytest.approx(answer(picture), abs=1e-4)
    part.set(inverted=not is_light)
    assert seen(part) == pytest.approx(1 - picture, abs=0.005)
    assert part.shares() == pytest.approx(answer(1 - picture), abs=1e-4)


@IN_ONE_VIEW
def test_a_file_that_is_no_picture_changes_nothing(part: Live, tmp_path: Path) -> None:
    file = tmp_path / "text.png"
    file.write_text("no picture")
    part.open()
    part.box.locator("input[type=file]").set_input_files(file)
    expect(part.words).to_have_text("This file is no picture that your browser can read.")
    assert part.shares() == pytest.approx(answer(garments()[0]), abs=1e-4)


def circle() -> np.ndarray:
    row, column = np.indices((28, 28)) - 13.5
    return (abs(np.hypot(row, column) - 8) < 1.5).astype("float32")


STRANGE = {
    "nothing": np.zeros((28, 28), "float32"),
    "white": np.ones((28, 28), "float32"),
    "a circle": circle(),
    "a cross": np.maximum(np.eye(28), np.eye(28)[::-1]).astype("float32"),
    "noise": np.random.default_rng(0).uniform(size=(28, 28)).astype("float32"),
}


def warned(part: Live) -> bool:
    return "Unlike anything" in part.shown("alike")


@IN_ONE_VIEW
def test_it_warns_of_what_is_unlike_all_garments(part: Live, tmp_path: Path) -> None:
    part.open()
    for name, picture in STRANGE.items():
        file = png(tmp_path / "strange.png", picture[..., np.newaxis])
        part.box.get_by_role("button", name="Reset").click()
        expect(part.words).to_contain_text("It is:")
        part.box.locator("input[type=file]").set_input_files(file)
        expect(part.words).not_to_contain_text("It is:")
        expect(part.control("inverted")).to_be_checked(
            checked=bool(picture[0].mean() > 0.5)
        )
        part.set(inverted=False)
        assert warned(part), name
        expect(part.words).to_contain_text("never seen anything like it")
        measured = likeness(np.rint(255 * picture[..., np.newaxis]) / 255)
        assert numbers(part.shown("alike"))[0] == pytest.approx(measured[0], abs=0.0051)


@IN_ONE_VIEW
def test_it_warns_of_a_garment_on_white(part: Live) -> None:
    part.open()
    assert not warned(part)
    part.set(inverted=True)
    assert warned(part)


def folded_out(part: Live, **state: object) -> Live:
    part.open(**state)
    part.box.get_by_text("Look inside").click()
    return part.drawn()


@IN_ONE_VIEW
def test_the_maps_of_each_layer_are_those_of_keras(part: Live) -> None:
    folded_out(part, garment=24)
    picture = garments()[24]
    for layer in (0, 1, 2, 3, 6, 7):
        part.set(layer=layer, map=7)
        expected = outputs(picture, layer)
        zero = int((expected.reshape(-1, expected.shape[-1]) == 0).all(axis=0).sum())
        said = numbers(part.shown("maps"))
        assert (said[0], said[-1]) == (expected.shape[-1], zero)
        if expected.ndim == 1:
            continue
        rows, columns, _ = expected.shape
        grey = part.cells("map", rows, columns)[..., 0]
        off = abs(grey - 255 * expected[..., 7] / expected.max()) > 1.01
        assert off.sum() <= 9  # those below the frame, and around it on a phone


@IN_ONE_VIEW
@pytest.mark.parametrize("layer", [0, 2])
def test_a_cell_is_the_sum_of_its_products(part: Live, layer: int) -> None:
    folded_out(part, garment=24)
    part.set(layer=layer, map=11)
    part.set(row=9, column=6)
    picture = garments()[24]
    given = picture if layer == 0 else outputs(picture, layer - 1)
    kernel, bias = model().layers[layer].get_weights()
    products = given[8:11, 5:8] * kernel[..., 11]
    value = outputs(picture, layer)[9, 6, 11]
    said = numbers(part.shown("cell"))
    total = products.sum() + bias[11]
    expected = [products.size, products.sum(), bias[11], total, value]
    assert said == pytest.approx(expected, abs=0.0051)
    assert value == pytest.approx(max(total, 0), abs=1e-5)
    each = products.sum(axis=(0, 1))
    for at, channel in enumerate(np.argsort(-abs(each))[:3]):
        found = numbers(part.shown(f"part{at}"))
        assert (found[0], found[-1]) == pytest.approx((channel, each[channel]), abs=0.0051)
    expect(part.canvas("kernel2")).to_be_visible(visible=layer == 2)


@IN_ONE_VIEW
def test_pooling_keeps_the_largest_and_dense_layers_add_up_all(part: Live) -> None:
    folded_out(part, garment=32)
    picture = garments()[32]
    part.set(layer=1, map=4)
    part.set(row=5, column=5)
    window = outputs(picture, 0)[10:12, 10:12, 4]
    assert numbers(part.shown("cell")) == pytest.approx([4, window.max()], abs=0.0051)
    part.set(layer=6, map=3)
    kernel, bias = model().layers[6].get_weights()
    total = outputs(picture, 3).ravel() @ kernel[:, 3]
    said = numbers(part.shown("cell"))
    expected = [3136, total, bias[3], total + bias[3], max(total + bias[3], 0)]
    assert said == pytest.approx(expected, abs=0.0051)
    part.set(layer=7, map=8)
    logits = outputs(picture, 7)
    assert numbers(part.shown("cell"))[-1] == pytest.approx(logits[8], abs=0.0051)
    assert "Bag" in part.shown("cell")
    for name in ("map", "input0", "products2"):
        expect(part.canvas(name)).to_be_hidden()


def test_maps_and_cells_are_chosen_by_pointing_and_by_arrows(part: Live) -> None:
    folded_out(part)
    part.point("maps", (2, 5), (4, 8))
    assert part.value("map") == "21"
    bright = outputs(garments()[0], 0)[..., 21]
    row, column = np.unravel_index(bright.argmax(), bright.shape)
    # It begins with the largest cell.
    assert (part.value("row"), part.value("column")) == (str(row), str(column))
    part.press("maps", "ArrowDown", "ArrowLeft", "ArrowDown")
    assert part.value("map") == "28"
    part.point("map", (10, 12), (28, 28))
    assert (part.value("row"), part.value("column")) == ("10", "12")
    part.press("map", "ArrowUp", "ArrowRight")
    assert (part.value("row"), part.value("column")) == ("9", "13")
    part.keeps(map=28, row=9, column=13)


@IN_ONE_VIEW
def test_a_shared_address_opens_what_it_shows(part: Live) -> None:
    part.open(garment=12, layer=3, map=20, row=2, column=3)
    value = outputs(garments()[12], 3)[2, 3, 20]
    assert numbers(part.shown("cell"))[-1] == pytest.approx(value, abs=0.0051)
    part.open(garment=12)
    expect(part.canvas("maps")).to_be_hidden()


@IN_ONE_VIEW
def test_the_files_come_when_it_is_about_to_be_seen(reader: Reader) -> None:
    page = reader.open("garments/")
    reader.settle()
    assert not [url for url in reader.requested if "/live/garments-" in url]
    with page.expect_response("**/live/garments-*.bin"):
        page.locator("cnn-garment").scroll_into_view_if_needed()


@IN_ONE_VIEW
@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (lambda route: route.fulfill(status=404), "a file that did not"),
        (lambda route: route.fulfill(body=b"no network"), "could not"),
    ],
)
def test_without_a_network_the_still_stands_there(
    reader: Reader, answered: Callable[[Route], None], words: str
) -> None:
    reader.page.route("**/live/garments-*.bin", answered)
    page = reader.open("garments/#cnn-garment")
    part = page.locator("cnn-garment")
    part.scroll_into_view_if_needed()
    expect(part.get_by_role("alert").filter(visible=True)).to_contain_text(words)
    expect(part.locator(".cnn-still svg")).to_be_visible()
    expect(part.locator("form")).to_be_hidden()
