"""Pooling, to try: what is shown is what Keras computes, however it is driven."""

from collections.abc import Iterator

import numpy as np
import pytest
from keras import layers
from playwright.sync_api import expect

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers

# The boot, as it stands there at first and in other ways.
SETTINGS = [
    {},
    {"shift": 1},
    {"kind": "average", "padding": "same", "size": 3},
    {"garment": 8, "which": 3, "padding": "same", "size": 5, "stride": 3, "shift": 2},
    {"kind": "average", "size": 7, "stride": 1, "row": 0, "column": 0},
    {"kind": "average", "padding": "same", "size": 7, "stride": 4, "row": 6, "column": 6},
]


@pytest.fixture
def pool(reader: Reader) -> Iterator[Live]:
    pool = Live(reader, "downsampling/", "cnn-pool")
    yield pool
    pool.is_fine()


def pooled(kind="max", padding="valid", size=2, stride=2, **where: int) -> np.ndarray:
    """What Keras makes of the garment that a state is about: (rows, columns)."""
    layer = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}[kind]
    return layer(size, stride, padding)(picture(**where)[np.newaxis])[0, :, :, 0].numpy()


def picture(garment=36, which=1, shift=0, **_: int) -> np.ndarray:
    return np.roll(garments()[garment + which - 1], shift, axis=1)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """In percent of the first."""
    return 100 * np.linalg.norm(a - b) / np.linalg.norm(a)


@pytest.mark.parametrize("state", SETTINGS)
def test_what_is_left_is_what_keras_leaves(pool: Live, state: dict) -> None:
    pool.open(**state)
    expected = pooled(**state)
    rows, columns = expected.shape
    assert pool.shown("after") == f"{rows} × {columns}"
    grey = pool.cells("after", rows, columns)
    assert grey[..., 0] == pytest.approx(255 * expected, abs=1.01)
    off = pool.cells("before", 28, 28)[..., 0] - 255 * picture(**state)[..., 0]
    # On a phone the frame lies over cells beside it.
    assert (abs(off) > 1.01).sum() <= 4 * (state.get("size", 2) + 1)
    value = expected[state.get("row", 7), state.get("column", 8)]
    assert numbers(pool.shown("sum"))[-1] == pytest.approx(value, abs=0.0051)


@IN_ONE_VIEW
@pytest.mark.parametrize("kind", ["max", "average"])
def test_a_cell_is_made_of_the_numbers_that_are_written_out(pool: Live, kind: str) -> None:
    pool.open(kind=kind, shift=1, row=5, column=9)
    window = picture(shift=1)[10:12, 18:20].ravel()
    *cells, result = numbers(pool.shown("sum").replace("÷ 4", ""))
    assert cells == pytest.approx(window, abs=0.0051)
    expected = window.max() if kind == "max" else window.mean()
    assert result == pytest.approx(expected, abs=0.0051)


@IN_ONE_VIEW
def test_cells_outside_count_for_nothing(pool: Live) -> None:
    pool.open(kind="average", padding="same", size=3, stride=3, row=9, column=3)
    # Two rows are missing to whole windows: one above the picture, and one below.
    window = picture()[26:28, 8:11].ravel()
    assert pool.shown("sum").count(" + ") == window.size - 1
    assert numbers(pool.shown("sum"))[-1] == pytest.approx(window.mean(), abs=0.0051)


@IN_ONE_VIEW
@pytest.mark.parametrize("kind", ["max", "average"])
def test_the_shift_changes_as_much_as_it_says(pool: Live, kind: str) -> None:
    pool.open(kind=kind)
    there = picture(), pooled(kind=kind)
    for shift in (1, 2, 4):
        pool.set(shift=shift)
        by, before, after = numbers(pool.shown("shifted"))
        shifted = picture(shift=shift), pooled(kind=kind, shift=shift)
        expected = [difference(a, b) for a, b in zip(there, shifted, strict=True)]
        assert [by, before, after] == pytest.approx([shift, *expected], abs=0.051)


@pytest.mark.parametrize("kind", ["max", "average"])
def test_what_the_shift_changes_is_coloured(pool: Live, kind: str) -> None:
    pool.open(kind=kind, size=3)
    still = pool.cells("change", 13, 13)
    assert not still[..., 3].any()  # the page's own ground
    assert not numbers(pool.shown("shifted"))
    pool.set(shift=1)
    change = pooled(kind=kind, size=3, shift=1) - pooled(kind=kind, size=3)
    red, _, blue, alpha = np.moveaxis(pool.cells("change", 13, 13), 2, 0)
    # A change of half of all there is has the full colour.
    assert alpha == pytest.approx(np.minimum(abs(change) * 2, 1) * 255, abs=1.01)
    clear = abs(change) > 0.1
    assert clear.any() and ((red > blue) == (change > 0))[clear].all()


@IN_ONE_VIEW
def test_many_numbers_are_not_all_written_out(pool: Live) -> None:
    pool.open(size=4)
    assert len(numbers(pool.shown("sum"))) == 4 * 4 + 1
    pool.set(size=7, row=0, column=10)
    window = picture()[0:7, 20:27].ravel()
    *few, rest, last, result = numbers(pool.shown("sum"))
    assert [*few, last] == pytest.approx([*window[: len(few)], window[-1]], abs=0.0051)
    assert len(few) + rest + 1 == 49
    assert result == pytest.approx(window.max(), abs=0.0051)


def test_nothing_moves_when_words_change(pool: Live) -> None:
    places = pool.open().places()
    for state in (
        {"shift": 4, "row": 13, "column": 13},
        {"size": 4, "kind": "average"},
        {"size": 7, "stride": 1, "padding": "same", "row": 20, "column": 20},
    ):
        assert pool.set(**state).places() == places


def test_whoever_follows_a_link_sees_all_pictures_below_the_header(pool: Live) -> None:
    page = pool.open(shift=1).page
    header = page.locator(".md-header").bounding_box()
    assert pool.box.bounding_box()["y"] >= header["y"] + header["height"]
    for name in ("before", "after"):
        box = pool.canvas(name).bounding_box()
        assert box["y"] + box["height"] <= page.viewport_size["height"]


def test_pointing_before_pooling_chooses_the_window_around(pool: Live) -> None:
    pool.open(size=3, stride=3, padding="same")
    # The first window begins one row and one column outside.
    for at, cell in {(0, 27): (0, 9), (14, 11): (5, 4), (13, 10): (4, 3)}.items():
        pool.point("before", at, (28, 28))
        assert (pool.value("row"), pool.value("column")) == tuple(map(str, cell))
    pool.press("before", "ArrowDown", "ArrowLeft")
    assert (pool.value("row"), pool.value("column")) == ("5", "2")


def test_pointing_chooses_a_cell(pool: Live) -> None:
    pool.open()
    pool.point("after", (3, 11), (14, 14))
    value = pooled()[3, 11]
    assert (pool.value("row"), pool.value("column")) == ("3", "11")
    expect(pool.words).to_have_text(f"Cell 3, 11: the largest of 4 numbers is {value:.2f}.")
    pool.keeps(row=3, column=11)


def test_arrows_choose_a_cell_and_stop_at_the_border(pool: Live) -> None:
    pool.open(row=0, column=12)
    pool.press("after", "ArrowRight", "ArrowRight", "ArrowUp")
    assert (pool.value("row"), pool.value("column")) == ("0", "13")
    pool.press("after", "ArrowDown", "ArrowLeft", "ArrowLeft")
    assert (pool.value("row"), pool.value("column")) == ("1", "11")
    expect(pool.words).to_contain_text("Cell 1, 11:")


@IN_ONE_VIEW
def test_controls_are_kept_in_the_address_and_come_back(pool: Live) -> None:
    pool.open()
    pool.set(garment="20", kind="average", padding="same", size=3, shift=2)
    state = {"garment": 20, "kind": "average", "padding": "same", "size": 3, "shift": 2}
    pool.keeps(**state)
    shown = pool.shown("sum"), pool.shown("shifted"), pool.shown("keras")
    assert shown[2] == 'keras.layers.AveragePooling2D(3, strides=2, padding="same")'
    pool.page.reload()
    pool.ready()
    assert (pool.shown("sum"), pool.shown("shifted"), pool.shown("keras")) == shown
    pool.box.get_by_role("button", name="Reset").click()
    pool.keeps()
    rows, columns = pooled().shape
    assert pool.shown("after") == f"{rows} × {columns}"
    assert numbers(pool.shown("sum"))[-1] == pytest.approx(pooled()[7, 8], abs=0.0051)


def test_space_plays_and_pauses(pool: Live) -> None:
    pool.open(row=13, column=12)
    play = pool.box.get_by_role("button", name="Play")
    expect(play).to_have_attribute("aria-pressed", "false")
    states = pool.plays("after", 3)
    expect(play).to_have_attribute("aria-pressed", "true")
    # After the last cell comes the first one.
    places = [(state["row"], state["column"]) for state in states]
    assert places == [(13, 13), (0, 0), (0, 1)]
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    row, column = pool.value("row"), pool.value("column")
    expect(pool.words).to_contain_text(f"Cell {row}, {column}:")
    pool.keeps(row=pool.value("row"), column=pool.value("column"))
