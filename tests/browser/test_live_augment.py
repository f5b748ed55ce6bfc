"""Augmentation, to try: the changed picture and the answer are those of Keras."""

from collections.abc import Iterator

import keras
import numpy as np
import pytest
from playwright.sync_api import expect

from cnnguide.data import fashion_mnist, flowers
from cnnguide.lessons import garments as lesson
from cnnguide.lessons import live_augment

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers, unpacked

FIRST = {"picture": "Sneaker", "which": 2, "mirrored": "horizontal"}
SETTINGS = [
    {},
    {"mirrored": "none", "turned": 25},
    {"picture": "Sandal", "mirrored": "vertical", "zoomed": 30, "fill": "reflect"},
    {"picture": "Ankle boot", "which": 3, "mirrored": "both", "right": 20, "down": -10},
    {"picture": "Dress", "turned": -50, "zoomed": -25, "right": 7, "fill": "wrap"},
    {"picture": "tulips", "which": 3, "turned": 33, "down": 15, "fill": "nearest"},
    {"picture": "daisy", "zoomed": 40, "turned": -75, "right": -21, "fill": "reflect"},
]


@pytest.fixture
def augment(reader: Reader) -> Iterator[Live]:
    augment = Live(reader, "overfitting/", "cnn-augment")
    yield augment
    augment.is_fine()


def picture(picture="Sneaker", which=2, **_: object) -> np.ndarray:
    """The picture that a state is about: (rows, columns, channels)."""
    if picture in flowers.CLASS_NAMES:
        label = flowers.CLASS_NAMES.index(picture)
        return unpacked(live_augment.pictures())[3 * label + which - 1]
    return garments()[4 * fashion_mnist.CLASS_NAMES.index(picture) + which - 1]


def changed(
    mirrored="horizontal",
    turned=0,
    zoomed=0,
    right=0,
    down=0,
    fill="constant",
    **chosen: object,
) -> np.ndarray:
    """What Keras's layers make of it, with fixed numbers in place of random ones."""
    x = picture(**chosen)[np.newaxis]
    axes = {"none": (), "horizontal": (2,), "vertical": (1,), "both": (1, 2)}[mirrored]
    turn, zoom, down, right = turned / 360, zoomed / 100, down / 100, right / 100
    stack = [
        keras.layers.RandomRotation((turn, turn), fill_mode=fill),
        keras.layers.RandomZoom((zoom, zoom), fill_mode=fill),
        keras.layers.RandomTranslation((down, down), (right, right), fill_mode=fill),
    ]
    x = np.flip(x, axes)
    for layer in stack:
        x = layer(x, training=True)
    return keras.ops.convert_to_numpy(x)[0]


def probabilities(x: np.ndarray) -> dict[str, float]:
    """What the network for such pictures says, class → percent."""
    if x.shape[-1] == 3:
        model, names = live_augment.train(), flowers.CLASS_NAMES
    else:
        model, names = lesson.train()[0], fashion_mnist.CLASS_NAMES
    shares = keras.ops.softmax(model(x[np.newaxis]))[0]
    return dict(zip(names, 100 * keras.ops.convert_to_numpy(shares), strict=True))


def bars(augment: Live) -> dict[str, float]:
    """What the bars say, class → percent."""
    lines = augment.drawn().box.locator(".cnn-bars li").all()
    pairs = [line.locator("span").all_inner_texts() for line in lines]
    return {name: numbers(share)[0] for name, share in pairs}


def drawn_pixels(augment: Live, canvas: str, like: np.ndarray) -> np.ndarray:
    """What a canvas shows, as numbers from 0 to 1 of the shape of a picture."""
    rows, columns, channels = like.shape
    return augment.cells(canvas, rows, columns)[..., :channels] / 255


def best(shares: dict[str, float]) -> str:
    return max(shares, key=shares.get)


@pytest.mark.parametrize("state", SETTINGS)
def test_the_picture_is_changed_as_keras_changes_it(augment: Live, state: dict) -> None:
    augment.open(**state)
    before, after = picture(**state), changed(**state)
    assert drawn_pixels(augment, "before", before) == pytest.approx(before, abs=0.005)
    assert drawn_pixels(augment, "after", after) == pytest.approx(after, abs=0.005)


@IN_ONE_VIEW
@pytest.mark.parametrize("state", SETTINGS)
def test_the_answer_is_that_of_keras(augment: Live, state: dict) -> None:
    augment.open(**state)
    before, after = probabilities(picture(**state)), probabilities(changed(**state))
    shown = bars(augment)
    assert list(shown) == list(after)
    assert list(shown.values()) == pytest.approx(list(after.values()), abs=0.1)
    for name, shares in (("before", before), ("after", after)):
        text = augment.shown(name)
        assert text.startswith(f"{best(shares)}, ")
        assert numbers(text) == [pytest.approx(max(shares.values()), abs=0.1)]
    same = best(before) == best(after)
    said = "the same answer" if same else "another answer"
    expect(augment.words).to_contain_text(said)


@IN_ONE_VIEW
@pytest.mark.parametrize("state", SETTINGS)
def test_the_shown_code_gives_the_shown_picture(augment: Live, state: dict) -> None:
    augment.open(**state)
    names = {"keras": keras, "x": picture(**state)[np.newaxis]}
    exec(augment.shown("keras"), names)
    made = keras.ops.convert_to_numpy(names["x"])[0]
    assert drawn_pixels(augment, "after", made) == pytest.approx(made, abs=0.005)


@IN_ONE_VIEW
def test_at_first_a_sneaker_is_mirrored_and_becomes_something_else(augment: Live) -> None:
    augment.open()
    assert augment.shown("before").startswith("Sneaker, ")
    assert not augment.shown("after").startswith("Sneaker, ")
    augment.set(mirrored="none")
    assert augment.shown("after") == augment.shown("before")
    expect(augment.words).to_contain_text("the same answer")


@IN_ONE_VIEW
def test_files_of_flowers_come_only_when_a_flower_is_chosen(augment: Live) -> None:
    augment.open()
    asked = augment.reader.requested
    assert any("/live/pictures-" in url for url in asked)
    assert not [url for url in asked if "/live/flo" in url]
    augment.set(picture="roses")
    expect(augment.box.locator(".cnn-bars li")).to_have_count(5)
    assert len([url for url in asked if "/live/flo" in url]) == 2
    augment.set(picture="Coat", mirrored="none")
    expect(augment.box.locator(".cnn-bars li")).to_have_count(10)
    augment.set(picture="roses")
    expect(augment.box.locator(".cnn-bars li")).to_have_count(5)
    assert len([url for url in asked if "/live/flo" in url]) == 2


@IN_ONE_VIEW
def test_files_of_garments_do_not_come_where_a_flower_is_chosen(augment: Live) -> None:
    augment.open(picture="roses")
    assert list(bars(augment)) == list(flowers.CLASS_NAMES)
    assert not [url for url in augment.reader.requested if "/live/garments-" in url]


@IN_ONE_VIEW
def test_a_number_beyond_the_last_picture_gives_the_last(augment: Live) -> None:
    augment.open(picture="daisy", which=4, mirrored="none")
    last = picture("daisy", 3)
    assert drawn_pixels(augment, "after", last) == pytest.approx(last, abs=0.005)


def test_pointing_says_where_the_middle_shall_be(augment: Live) -> None:
    augment.open(picture="Bag", mirrored="none")
    augment.point("after", (30, 65), (101, 101))
    assert (augment.value("down"), augment.value("right")) == ("-20", "15")
    after = changed("none", down=-20, right=15, picture="Bag")
    assert drawn_pixels(augment, "after", after) == pytest.approx(after, abs=0.005)
    augment.keeps(picture="Bag", mirrored="none", down=-20, right=15)


def test_arrows_shift_and_stop_at_the_ends(augment: Live) -> None:
    augment.open(right=49, down=-50)
    augment.press("after", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowDown", "ArrowDown")
    assert (augment.value("right"), augment.value("down")) == ("50", "-48")


def test_sliders_answer_to_the_keyboard(augment: Live) -> None:
    augment.open()
    augment.control("turned").focus()
    augment.page.keyboard.press("ArrowRight")
    augment.keeps(turned=1)
    assert "RandomRotation((1 / 360, 1 / 360)" in augment.shown("keras")


@IN_ONE_VIEW
def test_chance_stays_within_the_layers_factors_and_repeats_itself(augment: Live) -> None:
    augment.open()
    button = augment.box.get_by_role("button", name="Change at random")
    draws = []
    for _ in range(12):
        button.click()
        names = ("seed", "turned", "zoomed", "right", "down")
        draws.append([int(augment.value(name)) for name in names])
        assert augment.value("mirrored") in ("none", "horizontal")
    draws = np.array(draws)
    assert draws[:, 0].tolist() == list(range(1, 13))
    assert (np.abs(draws[:, 1:]) <= (36, 10, 10, 10)).all()
    # Twelve even draws reach beyond half of the way nearly always, and to both sides.
    assert (np.ptp(draws[:, 1:], axis=0) > (36, 10, 10, 10)).all()
    augment.set(seed=3)
    again = [int(augment.value(name)) for name in names]
    assert again == draws[2].tolist()


@IN_ONE_VIEW
def test_a_draw_is_kept_in_the_address_and_comes_back(augment: Live) -> None:
    augment.open(picture="sunflowers", which=1)
    augment.set(seed=8)
    names = ("mirrored", "turned", "zoomed", "right", "down")
    state = {name: augment.value(name) for name in names}
    shown = bars(augment), augment.shown("keras")
    augment.page.wait_for_function("location.hash.includes('cnn-augment.seed=8')")
    augment.page.reload()
    augment.ready()
    assert {name: augment.value(name) for name in names} == state
    assert (bars(augment), augment.shown("keras")) == shown
    augment.box.get_by_role("button", name="Reset").click()
    augment.keeps()
    # The network for garments may still be on its way.
    expect(augment.box.locator(".cnn-bars li")).to_have_count(10)
    assert list(bars(augment)) == list(fashion_mnist.CLASS_NAMES)


def test_space_plays_one_draw_after_the_other(augment: Live) -> None:
    augment.open(seed=998)
    play = augment.box.get_by_role("button", name="Play")
    states = augment.plays("after", 2)
    expect(play).to_have_attribute("aria-pressed", "true")
    # After the last seed comes the first one.
    assert [state["seed"] for state in states] == [999, 0]
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")


def test_nothing_moves_when_files_come_and_when_it_answers(augment: Live) -> None:
    held = []
    augment.page.route("**/live/*", lambda route: held.append(route))
    with augment.page.expect_request("**/live/garments-*"):
        augment.reader.open("overfitting/#cnn-augment.which=1")
    there = pytest.approx(np.array(augment.places()), abs=1)  # halves are rounded
    for route in held:
        route.continue_()
    augment.page.unroute("**/live/*")
    assert np.array(augment.ready().places()) == there
    augment.set(mirrored="none", turned=170, picture="T-shirt/top")
    assert np.array(augment.places()) == there
