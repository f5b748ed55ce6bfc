"""Dropout, to try: what is shown is what Keras does with the same draws."""

from collections.abc import Iterator

import numpy as np
import pytest
from keras import layers
from playwright.sync_api import expect

from .conftest import Reader
from .live import IN_ONE_VIEW, Live, garments, numbers

BOOT = garments()[36][..., 0]


class Dropout(Live):
    """The part, and what it shows."""

    def kept(self) -> np.ndarray:
        """Which pixels the last draw keeps, from the picture: (28, 28) of 0 and 1."""
        place = {name: self.value(name) for name in ("row", "column")}
        # The frame may lie over some cells, so it is put aside, first to one place.
        below = self.set(row=27, column=20).cells("kept", 28, 28)[..., 0]
        above = self.set(row=0, column=0).cells("kept", 28, 28)[..., 0]
        self.set(**place)
        return (np.vstack([below[:14], above[14:]]) > 127).astype("float32")

    def eight(self, name: str) -> list[float]:
        """A row of the numbers that are written out."""
        row = self.drawn().box.locator(f'[data-eight="{name}"] td')
        return numbers(" ".join(row.all_inner_texts()))


@pytest.fixture
def dropout(reader: Reader) -> Iterator[Dropout]:
    dropout = Dropout(reader, "overfitting/", "cnn-dropout")
    yield dropout
    dropout.is_fine()


def unframed(row: int = 18, column: int = 12) -> np.ndarray:
    """The cells that no frame lies over, also on a phone."""
    cells = np.ones((28, 28), bool)
    cells[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 9] = False
    return cells


def means(dropout: Dropout) -> list[float]:
    """Of all pixels before, after the last draw and over all draws; how far off."""
    return numbers(dropout.shown("means"))


@IN_ONE_VIEW
@pytest.mark.parametrize("rate", [0, 0.25, 0.4, 0.9])
def test_what_is_kept_grows_as_in_keras(dropout: Dropout, rate: float) -> None:
    dropout.open(rate=rate)
    grown = layers.Dropout(rate)(np.ones((100, 100), "float32"), training=True).numpy()
    free, kept = unframed(), dropout.kept()
    expected = BOOT * kept * grown.max()
    after = dropout.cells("after", 28, 28)[..., 0]
    assert after[free] == pytest.approx(255 * np.minimum(expected, 1)[free], abs=1.01)
    assert dropout.eight("kept") == pytest.approx(kept[18, 12:20])
    assert dropout.eight("before") == pytest.approx(BOOT[18, 12:20], abs=0.0051)
    assert dropout.eight("after") == pytest.approx(expected[18, 12:20], abs=0.0051)
    before, this, over_all, off = means(dropout)
    assert [before, this, over_all] == pytest.approx(
        [BOOT.mean(), expected.mean(), expected.mean()], abs=0.0006
    )
    assert off == pytest.approx(abs(expected - BOOT).mean(), abs=0.0006)
    dropped, pixels, share, *_, scale = numbers(dropout.shown("drawn"))
    assert (dropped, pixels) == ((kept == 0).sum(), 784)
    assert share == pytest.approx(100 * dropped / 784, abs=0.051)
    assert scale == pytest.approx(grown.max(), abs=0.0051)


@IN_ONE_VIEW
def test_a_rate_of_one_leaves_nothing_as_in_keras(dropout: Dropout) -> None:
    dropout.open(rate=1)
    expected = layers.Dropout(1)(BOOT, training=True).numpy()
    assert not expected.any() and not dropout.kept().any()
    assert dropout.eight("after") == dropout.eight("average") == [0] * 8
    assert means(dropout)[1:3] == [0, 0]
    assert "nothing is left" in dropout.shown("drawn")


@IN_ONE_VIEW
def test_the_mean_is_that_of_all_draws(dropout: Dropout) -> None:
    dropout.open(row=20, column=8)
    drawn = []
    for draws in range(1, 5):
        dropout.set(draws=draws)
        drawn.append(BOOT * dropout.kept() / 0.6)
        assert dropout.shown("count") == str(draws)
    average = np.mean(drawn, axis=0)
    assert len({each.tobytes() for each in drawn}) == 4
    assert dropout.eight("average") == pytest.approx(average[20, 8:16], abs=0.0051)
    assert means(dropout)[2:] == pytest.approx(
        [average.mean(), abs(average - BOOT).mean()], abs=0.0006
    )
    grey = dropout.cells("average", 28, 28)[..., 0]
    free = unframed(20, 8)
    assert grey[free] == pytest.approx(255 * np.minimum(average, 1)[free], abs=1.01)


@IN_ONE_VIEW
def test_the_mean_comes_closer_to_the_picture_as_the_root_of_draws(
    dropout: Dropout,
) -> None:
    dropout.open()
    off = {draws: means(dropout.set(draws=draws))[3] for draws in (1, 5, 500)}
    # The deviation of one draw is x·√(rate / (1 − rate)); of a mean of n, √n times less.
    expected = np.sqrt(2 / np.pi) * BOOT.mean() * np.sqrt(0.4 / 0.6 / 500)
    assert off[1] > off[5] > off[500]
    assert off[500] == pytest.approx(expected, rel=0.15)


@IN_ONE_VIEW
def test_the_share_dropped_is_the_rate_in_the_mean_of_seeds(dropout: Dropout) -> None:
    dropout.open(rate=0.3)
    masks = [dropout.set(seed=seed).kept().ravel() for seed in range(8)]
    cells = np.size(masks)
    four_deviations = 4 * np.sqrt(0.3 * 0.7 / cells)
    assert 1 - np.mean(masks) == pytest.approx(0.3, abs=four_deviations)
    # One seed knows nothing of the next.
    assert abs(np.corrcoef(masks) - np.eye(8)).max() < 0.2


@IN_ONE_VIEW
def test_a_higher_rate_drops_more_of_the_same_draw(dropout: Dropout) -> None:
    dropout.open(rate=0.2)
    few = dropout.kept()
    many = dropout.set(rate=0.7).kept()
    assert (many <= few).all()
    assert many.sum() < few.sum()


@IN_ONE_VIEW
def test_outside_of_training_it_does_nothing_as_in_keras(dropout: Dropout) -> None:
    dropout.open(rate=0.9, training="false", draws=7)
    expected = layers.Dropout(0.9)(BOOT, training=False).numpy()
    after = dropout.cells("after", 28, 28)[..., 0]
    free = unframed()
    assert after[free] == pytest.approx(255 * expected[free], abs=1.01)
    assert dropout.eight("average") == dropout.eight("before")
    assert means(dropout)[3] == 0
    for said in ("predict", "evaluate", "fit", "training=True"):
        assert said in dropout.shown("drawn")
    assert dropout.shown("keras").endswith("training=False)")
    dropout.set(training=True)
    assert dropout.shown("keras").split("\n") == [
        "drop = keras.layers.Dropout(0.9)",
        "y = drop(x, training=True)",
    ]
    assert means(dropout)[3] > 0


def test_drawing_again_and_playing_go_on_by_one_draw(dropout: Dropout) -> None:
    dropout.open()
    again = dropout.box.get_by_role("button", name="Draw again")
    first = dropout.kept()
    again.focus()
    dropout.page.keyboard.press("Enter")
    expect(dropout.control("draws")).to_have_value("2")
    assert (dropout.kept() != first).mean() > 0.2
    assert [state["draws"] for state in dropout.plays("after", 2)] == [3, 4]
    dropout.press("after", "Space")
    play = dropout.box.get_by_role("button", name="Play")
    expect(play).to_have_attribute("aria-pressed", "false")
    # After the last comes the first.
    dropout.set(draws=500)
    again.click()
    expect(dropout.control("draws")).to_have_value("1")
    assert (dropout.kept() == first).all()


def test_eight_pixels_are_chosen_by_pointing_and_by_arrows(dropout: Dropout) -> None:
    dropout.open()
    dropout.point("before", (9, 17), (28, 28))
    assert (dropout.value("row"), dropout.value("column")) == ("9", "13")
    assert dropout.eight("before") == pytest.approx(BOOT[9, 13:21], abs=0.0051)
    dropout.press("after", "ArrowDown", "ArrowRight", "ArrowRight")
    assert (dropout.value("row"), dropout.value("column")) == ("10", "15")
    dropout.point("after", (27, 0), (28, 28))
    dropout.press("after", "ArrowDown", "ArrowLeft")
    assert (dropout.value("row"), dropout.value("column")) == ("27", "0")
    dropout.point("before", (0, 27), (28, 28))
    assert (dropout.value("row"), dropout.value("column")) == ("0", "20")
    dropout.keeps(row=0, column=20)


@IN_ONE_VIEW
def test_a_shared_address_shows_the_same_draws(dropout: Dropout) -> None:
    state = {"garment": 8, "which": 2, "rate": 0.55, "seed": 7, "draws": 3}
    dropout.open()
    dropout.set(**state)
    dropout.keeps(**state)
    kept, said = dropout.kept(), dropout.shown("means")
    dropout.open(**state)
    assert (dropout.kept() == kept).all()
    assert dropout.shown("means") == said
    assert means(dropout)[0] == pytest.approx(garments()[9].mean(), abs=0.0006)
    dropout.box.get_by_role("button", name="Reset").click()
    dropout.keeps()
    assert means(dropout)[0] == pytest.approx(BOOT.mean(), abs=0.0006)


def test_nothing_moves_whatever_is_set(dropout: Dropout) -> None:
    dropout.open()
    places = dropout.places()
    for state in ({"rate": 1}, {"rate": 0.95, "draws": 500}, {"training": False}):
        assert dropout.set(**state).places() == places
    table = dropout.box.locator(".cnn-table")
    assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")
