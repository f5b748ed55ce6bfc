"""Light and its removal, to try: what is shown is what the layers give."""

from collections.abc import Iterator

import numpy as np
import pytest
from keras import layers
from playwright.sync_api import expect

from cnnguide.layers import LocalContrastNormalization

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers

FOG = {"contrast": 0.5, "brightness": 0.4}
KINDS = ("picture", "local", "layer", "batch")
SETTINGS = [
    {},
    {"contrast": 1, "brightness": 0, "shadow": 0.8, "garment": 8, "which": 3},
    {"contrast": 0.1, "epsilon": -2, "tall": 3, "wide": 15, "row": 0, "column": 27},
    {
        "shadow": 0.9,
        "brightness": 0.9,
        "tall": 27,
        "wide": 27,
        "garment": 20,
        "epsilon": -6,
    },
    {"even": "true", "garment": 32, "tall": 5, "row": 27, "column": 14},
]


@pytest.fixture
def lcn(reader: Reader) -> Iterator[Live]:
    lcn = Live(reader, "normalization/", "cnn-lcn")
    yield lcn
    lcn.is_fine()


def lit(garment=36, which=1, contrast=0.5, brightness=0.4, shadow=0.0, **_) -> np.ndarray:
    """A garment in some light, (28, 28, 1)."""
    light = np.linspace(1 - shadow, 1, 28, dtype="float32")[:, np.newaxis]
    return contrast * light * garments()[garment + which - 1] + brightness


def in_even_light(state: dict) -> np.ndarray:
    return lit(**{**state, "contrast": 1, "brightness": 0, "shadow": 0})


def normalized(picture: np.ndarray, tall=9, wide=9, epsilon=-4, **_) -> dict:
    """Under each kind's name what Keras and the course make of a picture, (28, 28)."""
    small = 10.0**epsilon
    batch = layers.BatchNormalization(epsilon=small, momentum=0)
    batch(garments(), training=True)
    kinds = {
        "picture": lambda images: images,
        "local": LocalContrastNormalization((tall, wide), epsilon=small),
        "layer": layers.LayerNormalization(axis=(1, 2, 3), epsilon=small),
        "batch": batch,
    }
    return {k: np.array(kind(picture[np.newaxis]))[0, :, :, 0] for k, kind in kinds.items()}


def around(image: np.ndarray, row: int, column: int, tall=9, wide=9, **_) -> np.ndarray:
    """The part of a window that lies inside."""
    rows = slice(max(row - tall // 2, 0), row + tall // 2 + 1)
    return image[rows, max(column - wide // 2, 0) : column + wide // 2 + 1]


@pytest.mark.parametrize("state", SETTINGS)
def test_pictures_are_what_the_layers_give(lcn: Live, state: dict) -> None:
    lcn.open(**state)
    x = in_even_light(state) if "even" in state else lit(**state)
    for kind, y in normalized(x, **state).items():
        grey = y if kind == "picture" else y / 4 + 0.5  # from −2 to 2
        # 1e-4 is how near the numbers are; browsers round, and cut off.
        expected = np.clip(255 * grey, 0, 255)
        off = abs(lcn.cells(kind, 28, 28)[..., 0] - expected) > 1.1
        frames = 20 + 4 * (state.get("tall", 9) + state.get("wide", 9))
        assert off.sum() <= frames, kind


@IN_ONE_VIEW
@pytest.mark.parametrize("state", SETTINGS)
def test_the_light_changes_as_much_as_is_said(lcn: Live, state: dict) -> None:
    lcn.open(**state)
    before = normalized(in_even_light(state), **state)
    after = normalized(lit(**state), **state)
    for kind in KINDS:
        change = np.linalg.norm(after[kind] - before[kind]) / np.linalg.norm(before[kind])
        (said,) = numbers(lcn.shown(f"{kind}-change"))
        assert said == pytest.approx(100 * change, abs=0.06), kind


@IN_ONE_VIEW
@pytest.mark.parametrize("state", SETTINGS)
def test_a_pixel_is_computed_as_is_written(lcn: Live, state: dict) -> None:
    lcn.open(**state)
    picture = in_even_light(state) if "even" in state else lit(**state)
    row, column = state.get("row", 9), state.get("column", 20)
    results = normalized(picture, **state)
    picture = picture[..., 0]
    window = around(picture, **{"row": row, "column": column, **state})
    epsilon = 10.0 ** state.get("epsilon", -4)
    means = {"local": window, "layer": picture, "batch": garments()}
    for kind, values in means.items():
        number, mean, deviation, result = numbers(lcn.shown(kind).replace(" − ", " "))
        assert number == pytest.approx(picture[row, column], abs=0.00051)
        assert mean == pytest.approx(values.mean(), abs=0.00051)
        if kind != "local":
            expected = np.sqrt(values.var() + epsilon)
            assert deviation == pytest.approx(expected, abs=0.00051)
        assert result == pytest.approx(results[kind][row, column], abs=0.0051)
        # And so the local deviation is that of the detail.
        slack = (0.001 + 0.0005 * abs(result)) / deviation + 0.005
        assert (number - mean) / deviation == pytest.approx(result, abs=slack)
    first, *_, last, count, mean = numbers(lcn.shown("mean"))
    assert (first, last) == pytest.approx((window[0, 0], window[-1, -1]), abs=0.0051)
    assert (count, mean) == pytest.approx((window.size, window.mean()), abs=0.00051)


@IN_ONE_VIEW
def test_fog_comes_through_batch_normalization_alone(lcn: Live) -> None:
    lcn.open()
    change = {kind: numbers(lcn.shown(f"{kind}-change"))[0] for kind in KINDS}
    assert max(change["local"], change["layer"]) < 1 < 50 < change["batch"]
    lcn.set(garment="8", shadow=0.8)
    change = {kind: numbers(lcn.shown(f"{kind}-change"))[0] for kind in KINDS}
    assert change["local"] < 10 < 30 < change["layer"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pixel_is_chosen_in_any_picture(lcn: Live, kind: str) -> None:
    lcn.open(row=5, column=4)
    results = normalized(lit())
    lcn.point(kind, (26, 9), (28, 28))
    said = "; local {local:.2f}, layer {layer:.2f}, batch {batch:.2f}."
    values = {name: y[26, 9] for name, y in results.items()}
    expect(lcn.words).to_contain_text(
        f"Pixel 26, 9: {values['picture']:.2f}{said.format(**values)}".replace("-", "−")
    )
    lcn.press(kind, "ArrowDown", "ArrowDown", "ArrowLeft")
    assert (lcn.value("row"), lcn.value("column")) == ("27", "8")
    lcn.keeps(row=27, column=8)


@IN_ONE_VIEW
def test_controls_are_kept_in_the_address_and_come_back(lcn: Live) -> None:
    lcn.open()
    first = lcn.shown("keras"), lcn.shown("local")
    state = {"garment": 12, "contrast": 0.8, "shadow": 0.3, "tall": 5, "epsilon": -1}
    lcn.set(**state)
    lcn.keeps(**state)
    assert lcn.shown("epsilon") == "0.1"
    shown = lcn.shown("keras"), lcn.shown("local")
    assert shown[0].splitlines() == [
        "LocalContrastNormalization(window=(5, 9), epsilon=0.1)",
        "keras.layers.LayerNormalization(axis=(1, 2, 3), epsilon=0.1)",
        "keras.layers.BatchNormalization(epsilon=0.1)",
    ]
    lcn.page.reload()
    lcn.ready()
    assert (lcn.shown("keras"), lcn.shown("local")) == shown
    lcn.box.get_by_role("button", name="Reset").click()
    lcn.keeps()
    assert (lcn.shown("keras"), lcn.shown("local")) == first


def test_space_compares_with_even_light_again_and_again(lcn: Live) -> None:
    lcn.open(column=14)
    change = lcn.shown("batch-change")
    compare = lcn.box.get_by_role("button", name="Compare")
    states = lcn.plays("local", 3)
    expect(compare).to_have_attribute("aria-pressed", "true")
    assert [state["even"] for state in states] == [True, False, True]
    compare.click()
    expect(compare).to_have_attribute("aria-pressed", "false")
    lcn.set(even=True)
    assert lcn.shown("batch-change") == change
    lcn.keeps(column=14, even="true")


def test_nothing_moves_when_words_change(lcn: Live) -> None:
    places = lcn.open().places()
    for state in (
        {"contrast": 0.1, "epsilon": -6, "row": 27, "column": 27, "garment": 12},
        {"tall": 27, "wide": 27, "brightness": 0, "row": 14, "column": 14},
        {"even": True},
    ):
        assert lcn.set(**state).places() == places
