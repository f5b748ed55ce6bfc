"""Occlusion, to try: what the patch does is what Keras says, for one place and for all."""

import functools
from collections.abc import Iterator

import keras
import numpy as np
import pytest
from playwright.sync_api import expect

from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments as lesson

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers

NAMES = fashion_mnist.CLASS_NAMES
# Begins a map of many places, and ends it when the first rows are there, or before.
CANCEL = """
    async (part) => {
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        part.set({ size: 2, fill: 1 });
        await frame();
        await frame();
        part.querySelector("[data-run]").click();
        await frame();
    }
"""


@pytest.fixture
def part(reader: Reader) -> Iterator[Live]:
    part = Live(reader, "garments/", "cnn-occlude")
    yield part
    part.is_fine()


@functools.cache
def model() -> keras.Model:
    return lesson.train()[0]


def answers(pictures: np.ndarray) -> np.ndarray:
    """What Keras makes of pictures (n, 28, 28, 1): probabilities (n, 10)."""
    logits = model().predict(pictures, batch_size=256, verbose=0)
    return keras.ops.softmax(logits).numpy()


def covered(picture: np.ndarray, row: int, column: int, size: int, fill: float = 0):
    copy = picture.copy()
    copy[row : row + size, column : column + size] = fill
    return copy


def everywhere(picture: np.ndarray, size: int, fill: float) -> np.ndarray:
    """The answers for all places of a patch: (places, places, 10)."""
    places = 29 - size
    batch = [
        covered(picture, row, column, size, fill)
        for row in range(places)
        for column in range(places)
    ]
    return answers(np.stack(batch)).reshape(places, places, 10)


def finished(part: Live) -> str:
    """The words below the map, once it is whole."""
    words = part.box.locator('[data-show="progress"]')
    expect(words).to_contain_text("places are tried. The probability", timeout=60_000)
    return words.inner_text()


PLACES = [
    {},
    {"row": 0, "column": 0, "size": 14, "fill": 1},
    {"garment": 28, "which": 2, "row": 11, "column": 12, "fill": 0.5},
    {"garment": 24, "row": 26, "column": 26, "size": 3},
]


@IN_ONE_VIEW
@pytest.mark.parametrize("state", PLACES)
def test_the_answer_below_the_patch_is_that_of_keras(part: Live, state: dict) -> None:
    part.open(**state)
    where = {"row": 19, "column": 9, "size": 7, "garment": 12, "which": 1, **state}
    picture = garments()[where.pop("garment") + where.pop("which") - 1]
    last = 28 - where["size"]
    where["row"], where["column"] = min(where["row"], last), min(where["column"], last)
    expected = answers(np.stack([picture, covered(picture, **where)]))
    assert part.shares() == pytest.approx(expected[1], abs=1e-4)
    name = expected[0].argmax()
    before, after = 100 * expected[:, name]
    said = numbers(part.words.inner_text().split(":")[-1])
    assert said == pytest.approx([before, after], abs=0.06)
    assert NAMES[name] in part.words.inner_text()


@IN_ONE_VIEW
def test_a_patch_on_the_hem_makes_trousers_of_a_dress(part: Live) -> None:
    part.open()
    picture = garments()[12]
    found = answers(np.stack([picture, covered(picture, 19, 9, 7)]))
    assert [NAMES[i] for i in found.argmax(axis=1)] == ["Dress", "Trouser"]
    expect(part.box.locator(".cnn-bars .most")).to_contain_text("Trouser")


@IN_ONE_VIEW
@pytest.mark.parametrize(
    ("garment", "size", "fill", "of"), [(12, 7, 0, ""), (24, 10, 1, 4), (20, 12, 0, "")]
)
def test_the_map_is_that_of_keras(
    part: Live, garment: int, size: int, fill: int, of: int | str
) -> None:
    part.open(garment=garment, size=size, fill=fill, of=of, row=0, column=0)
    words = finished(part)
    picture = garments()[garment]
    whole = answers(picture[np.newaxis])[0]
    chosen = whole.argmax() if of == "" else of
    found = everywhere(picture, size, fill)[..., chosen]
    said = numbers(words)
    assert said[:2] == pytest.approx([found.size, 100 * found.min()], abs=0.06)
    row, column = map(int, said[2:])
    assert found[row, column] == pytest.approx(found.min(), abs=1e-4)
    total, times = np.zeros((2, 28, 28))
    for top, left in np.ndindex(found.shape):
        window = np.s_[top : top + size, left : left + size]
        total[window] += whole[chosen] - found[top, left]
        times[window] += 1
    drops = total / times
    limit = max(abs(drops).max(), 0.001)
    assert numbers(part.shown("limit")) == pytest.approx([100 * limit], abs=0.06)
    strength = part.cells("map", 28, 28)
    # The frame of the patch lies over the cells beside it.
    far = np.s_[size + 2 :, :]
    assert strength[far][..., 3] == pytest.approx(255 * abs(drops[far]) / limit, abs=6)
    clear = abs(drops) / limit > 0.1
    clear[: size + 2] = False
    is_orange = strength[..., 0] > strength[..., 2]
    assert np.array_equal(is_orange[clear], drops[clear] > 0)


def test_the_patch_is_moved_by_pointing_and_by_arrows(part: Live) -> None:
    part.open(size=5)
    part.point("garment", (12, 10), (28, 28))
    assert (part.value("row"), part.value("column")) == ("10", "8")
    part.point("map", (27, 0), (28, 28))
    expect(part.words).to_contain_text("row 23, column 0:")
    part.press("map", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight")
    expect(part.words).to_contain_text("row 23, column 2:")
    part.keeps(size=5, row=23, column=2)
    # The patch is black, and its frame stands around it.
    picture = part.cells("garment", 28, 28)[23:28, 2:7, :3]
    assert not picture.any()


def test_the_map_can_be_cancelled_and_drawn_again(part: Live) -> None:
    part.open()
    button = part.box.locator("[data-run]")
    part.box.evaluate(CANCEL)
    words = part.shown("progress")
    rows, of = numbers(words)
    assert words.startswith("Cancelled") and rows < of == 27
    expect(button).to_have_text("Draw the map again")
    part.set(size=13)  # another setting begins another map
    whole = finished(part)
    assert numbers(whole)[0] == 16**2
    # Nothing of the map that was cancelled has come since.
    assert part.shown("progress") == whole
    expect(part.box.get_by_role("progressbar")).to_have_js_property("value", 1)
    button.click()
    assert finished(part) == whole


def test_play_moves_the_patch(part: Live) -> None:
    part.open(row=3, column=4)
    part.press("garment", " ")
    play = part.box.get_by_role("button", name="Play")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(part.control("row")).not_to_have_value("3")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")


@IN_ONE_VIEW
def test_play_goes_from_the_last_place_to_the_first(part: Live) -> None:
    part.open(row=21, column=19)
    for row, column in [(21, 21), (0, 0), (0, 2)]:
        part.box.evaluate("(part) => part.step()")
        expect(part.words).to_contain_text(f"row {row}, column {column}:")


@IN_ONE_VIEW
def test_a_network_that_is_broken_gives_way_to_the_still(reader: Reader) -> None:
    reader.page.route("**/live/garments-*.bin", lambda route: route.fulfill(body=b"none"))
    page = reader.open("garments/#cnn-occlude")
    part = page.locator("cnn-occlude")
    part.scroll_into_view_if_needed()
    expect(part.get_by_role("alert").filter(visible=True)).to_contain_text("could not")
    expect(part.locator(".cnn-still svg")).to_be_visible()
