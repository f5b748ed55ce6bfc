"""The shape calculator beside Keras."""

import math
import re
from collections.abc import Iterator

import keras
import pytest
from playwright.sync_api import Locator, expect

from cnnguide.explain import architecture, fields

from .conftest import Reader
from .live import IN_ONE_VIEW, Live

FIRST = "conv 16 3, pool 2, conv 32 3, flatten, dense 10"
ROWS = (
    "(body) => [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent))"
)
POSSIBLE = {
    "conv 32 3 same, pool 2, conv 64 3, flatten, dense 10": (28, 28, 1),
    "conv 16 3, pool 2, conv 32 3, global, dense 5": (200, 200, 3),
    "conv 4 5 strides 3 same, average 3 strides 2, norm, conv 6 3 dilation 2 same, "
    "dropout 0.25, flatten, dense 7, norm, dense 3": (45, 37, 2),
    "dense 4, conv 5 3 strides 2, pool 3 strides 1 same, pool 2 same, dense 6, global, "
    "dropout 1, flatten, dense 2": (17, 30, 3),
    "pool 4, conv 8 2 strides 2 same, conv 3 1, conv 1 3 dilation 3 same": (40, 16, 1),
    "average 2 strides 3, norm, global": (9, 12, 64),
    "flatten": (5, 4, 2),
}
IMPOSSIBLE = {
    "pool 8, conv 16 4": "Layer 2 is impossible, and Keras refuses it: a window of 4×4 "
    "does not fit into 3×3.",
    "conv 16 8 dilation 4": "a window of 29×29 does not fit into 28×28.",
    "average 29": "a window of 29×29 does not fit into 28×28.",
    "conv 16 3, flatten, conv 16 3": "Conv2D expects maps with rows and columns, and "
    "gets a row of 10816 numbers.",
    "flatten, pool 2": "MaxPooling2D expects maps",
    "flatten, average 2": "AveragePooling2D expects maps",
    "global, global": "GlobalAveragePooling2D expects maps",
    "conv 16 3 strides 2 dilation 3": "It has strides 2 and dilation 3.",
}
UNREAD = {
    "conv 16, pool 2": "Layer 1 cannot be read. Expected “conv”, the number of filters "
    "(1 to 2048) and the side of the window (1 to 64)",
    "pool 2, Convolution 16 3": "Layer 2 cannot be read. Expected conv, pool, average, "
    "global, flatten, dense, dropout or norm; got “Convolution 16 3”.",
    "conv 0 3": "got “conv 0 3”",
    "conv 16 3 strides": "got “conv 16 3 strides”",
    "conv 16 3 same valid": "got “conv 16 3 same valid”",
    "pool 2 dilation 2": "Expected “pool” and the side of the window",
    "average 2.5": "Expected “average” and the side",
    "global 2": "Expected “global” alone; got “global 2”",
    "flatten 1": "Expected “flatten” alone",
    "dense": "Expected “dense” and the number of units",
    "dropout 1.5": "Expected “dropout” and a rate from 0 to 1",
    "norm 1": "Expected “norm” alone",
    "conv 16 3,": "got “”",
    "constructor": "got “constructor”",
}


class Calculator(Live):
    """The shape calculator, and what it shows."""

    def field(self, name: str) -> Locator:
        """A control for the chosen layer."""
        return self.box.locator(f'[data-field="{name}"]')

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name)

    @property
    def row(self) -> Locator:
        """The table's rows, one a layer."""
        return self.box.locator("tbody").first.locator("tr")

    def choose(self, layer: int) -> None:
        """Choose a layer in the table, by mouse or finger."""
        button = self.row.nth(layer - 1).get_by_role("button")
        button.tap() if self.page.evaluate("navigator.maxTouchPoints") else button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def rows(self) -> list[list[str]]:
        return self.drawn().box.locator("tbody").first.evaluate(ROWS)

    def stack(self, text: str, shape: tuple[int, int, int] = (28, 28, 1)) -> None:
        """Type another stack for pictures (rows, columns, channels)."""
        rows, columns, channels = shape
        self.set(rows=rows, columns=columns, channels=channels, stack=text)

    def model(self) -> keras.Model:
        """What the shown code builds."""
        names: dict[str, object] = {}
        exec(self.shown("keras"), names)
        return names["model"]


@pytest.fixture
def calculator(reader: Reader) -> Iterator[Calculator]:
    calculator = Calculator(reader, "why-convolution/", "cnn-shape")
    yield calculator.open()
    calculator.is_fine()


def digits(text: str) -> int:
    return int(text.replace(",", ""))


@IN_ONE_VIEW
@pytest.mark.parametrize("text", POSSIBLE)
def test_shapes_and_counts_are_those_of_the_model_that_the_code_builds(
    calculator: Calculator, text: str
) -> None:
    calculator.stack(text, POSSIBLE[text])
    model = calculator.model()
    tried = architecture.trial(model)
    expected = architecture.rows(model, tried)
    seen = fields.along(tried.steps, tried.given)
    shown = calculator.rows()
    assert [cells[1:] for cells in shown] == [
        [
            architecture.sides(row.shape),
            f"{row.parameters:,}",
            f"{row.multiply_adds:,}",
            architecture.sides(field.sides),
        ]
        for row, field in zip(expected, seen, strict=True)
    ]
    names = [re.match(r"\d+ (\w+)\(", cells[0])[1] for cells in shown]
    assert names == [type(layer).__name__ for layer in model.layers]
    parameters, adds = architecture.totals(expected)
    assert digits(calculator.shown("parameters")) == parameters
    assert digits(calculator.shown("adds")) == adds
    assert model.count_params() == parameters
    expect(calculator.control("stack")).to_have_attribute("aria-invalid", "false")


@IN_ONE_VIEW
def test_what_has_weights_has_a_relu_but_for_the_logits(calculator: Calculator) -> None:
    layers = calculator.model().layers
    active = [getattr(layer, "activation", None) for layer in layers]
    names = [function and function.__name__ for function in active]
    assert names == ["relu", None, "relu", None, "linear"]


@IN_ONE_VIEW
def test_what_keras_refuses_is_explained(calculator: Calculator) -> None:
    for text, said in IMPOSSIBLE.items():
        calculator.stack(text)
        assert said in calculator.shown("note")
        with pytest.raises(ValueError):
            calculator.model()
        bad = [row.get_attribute("class") for row in calculator.row.all()]
        assert bad.count("cnn-bad") == 1
        assert calculator.rows()[bad.index("cnn-bad")][1:] == ["–"] * 4
        assert calculator.shown("parameters") == "–"
        expect(calculator.control("stack")).to_have_attribute("aria-invalid", "true")
        calculator.stack("conv 16 3 same")
        assert "A layer is a word" in calculator.shown("note")


@IN_ONE_VIEW
def test_a_text_that_cannot_be_read_says_so_and_leaves_the_table(
    calculator: Calculator,
) -> None:
    remove = calculator.button("Remove")
    before = calculator.rows()
    for text, said in UNREAD.items():
        calculator.set(stack=text)
        assert said in calculator.shown("note")
        assert "Expected" in calculator.shown("note")
        assert calculator.rows() == before
        expect(remove).to_be_disabled()
    calculator.set(stack="Flatten")
    expect(remove).to_be_enabled()
    assert len(calculator.rows()) == 1


@IN_ONE_VIEW
def test_a_dense_layer_on_maps_is_a_convolution_of_one_pixel(
    calculator: Calculator,
) -> None:
    calculator.stack("conv 16 3, dense 7")
    said = (
        "Layer 2, Dense, gets maps, as no Flatten is before it. It works along the "
        "channels alone: the same 7 neurons at each of the 26×26 places"
    )
    assert said in calculator.shown("note")
    dense = calculator.rows()[1][1:]
    calculator.stack("conv 16 3, conv 7 1")
    assert calculator.rows()[1][1:] == dense


@IN_ONE_VIEW
def test_dense_beside_a_convolution_has_the_parameters_of_keras(
    calculator: Calculator,
) -> None:
    def compared() -> list[int]:
        return [
            digits(calculator.shown(f"{way}-{what}"))
            for way in ("conv", "dense", "times")
            for what in ("parameters", "adds")
        ]

    def expected(layer: int) -> list[int]:
        """With a dense layer in the convolution's place."""
        model = calculator.model()
        convolution = model.layers[layer - 1]
        dense = keras.Sequential(
            [
                keras.Input(convolution.input.shape[1:]),
                keras.layers.Flatten(),
                keras.layers.Dense(math.prod(convolution.output.shape[1:])),
            ]
        )
        counts = []
        for each in (model, dense):
            found = architecture.rows(each, architecture.trial(each))
            row = next(r for r in found if r.layer in (convolution, dense.layers[-1]))
            counts += [row.parameters, row.multiply_adds]
        return [*counts, round(counts[2] / counts[0]), round(counts[3] / counts[1])]

    assert "layer 1: from 28×28×1 to 26×26×16" in calculator.shown("beside")
    assert compared() == expected(1) == [160, 97_344, 8_490_560, 8_479_744, 53_066, 87]
    calculator.choose(3)
    assert "layer 3: from 13×13×16 to 11×11×32" in calculator.shown("beside")
    assert compared() == expected(3)
    calculator.choose(4)
    assert "layer 1" in calculator.shown("beside")
    calculator.stack("flatten, dense 10")
    assert "no Conv2D" in calculator.shown("beside")
    assert calculator.shown("dense-parameters") == "–"


def test_large_counts_have_all_their_digits(calculator: Calculator) -> None:
    calculator.stack("conv 2047 1", (511, 511, 63))
    inputs, outputs = 511 * 511 * 63, 511 * 511 * 2047
    assert digits(calculator.shown("dense-adds")) == inputs * outputs
    calculator.stack("conv 16 2", (2, 2, 1))
    assert calculator.shown("times-parameters") == "1.0"


def test_layers_are_changed_by_keyboard_alone(calculator: Calculator) -> None:
    press = calculator.page.keyboard.press
    stack = calculator.control("stack")
    first, second = calculator.row.get_by_role("button").all()[:2]
    second.focus()
    press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(calculator.field("filters")).to_be_hidden()
    calculator.field("kind").focus()
    press("ArrowDown")
    expect(stack).to_have_value("conv 16 3, average 2, conv 32 3, flatten, dense 10")
    expect(calculator.field("kind")).to_be_focused()
    calculator.field("window").focus()
    press("ArrowUp")
    expect(stack).to_have_value("conv 16 3, average 3, conv 32 3, flatten, dense 10")
    calculator.box.get_by_text("Strides, dilation, padding").focus()
    press("Enter")
    expect(calculator.field("strides")).to_have_value("3")  # they follow the window
    calculator.field("strides").focus()
    press("ArrowDown")
    expect(stack).to_have_value(
        "conv 16 3, average 3 strides 2, conv 32 3, flatten, dense 10"
    )
    for name, then in {
        "Move down": "conv 16 3, conv 32 3, average 3 strides 2, flatten, dense 10",
        "Add a layer below": "conv 16 3, conv 32 3, average 3 strides 2, conv 16 3, "
        "flatten, dense 10",
        "Move up": "conv 16 3, conv 32 3, conv 16 3, average 3 strides 2, flatten, "
        "dense 10",
        "Remove": "conv 16 3, conv 32 3, average 3 strides 2, flatten, dense 10",
    }.items():
        calculator.button(name).focus()
        press("Space")
        expect(stack).to_have_value(then)


@IN_ONE_VIEW
def test_the_last_layer_stays_and_the_first_moves_no_further(
    calculator: Calculator,
) -> None:
    calculator.stack("dense 3")
    for name in ("Remove", "Move up", "Move down"):
        calculator.button(name).click()
        expect(calculator.control("stack")).to_have_value("dense 3")
    assert len(calculator.rows()) == 1


@IN_ONE_VIEW
def test_behind_a_row_of_numbers_a_dense_layer_is_added(calculator: Calculator) -> None:
    calculator.choose(5)
    calculator.button("Add a layer below").click()
    expect(calculator.control("stack")).to_have_value(f"{FIRST}, dense 10")
    expect(calculator.control("layer")).to_have_value("6")


def test_a_number_that_cannot_be_changes_nothing_and_is_put_right(
    calculator: Calculator,
) -> None:
    calculator.field("filters").fill("0")
    calculator.field("filters").fill("")
    expect(calculator.control("stack")).to_have_value(FIRST)
    calculator.field("window").focus()
    expect(calculator.field("filters")).to_have_value("16")
    expect(calculator.control("stack")).to_have_value(FIRST)


@IN_ONE_VIEW
def test_a_shared_address_shows_the_same_stack(calculator: Calculator) -> None:
    calculator.choose(5)
    text = "conv 8 5 strides 2 same, global, dense 3"
    calculator.stack(text, (32, 48, 3))
    state = {"rows": 32, "columns": 48, "channels": 3, "stack": text}
    calculator.keeps(**state, layer=3)  # there are no more
    rows, code = calculator.rows(), calculator.shown("keras")
    calculator.open(**state, layer=3)
    assert (calculator.rows(), calculator.shown("keras")) == (rows, code)
    calculator.button("Reset").click()
    expect(calculator.control("stack")).to_have_value(FIRST)
    expect(calculator.row.first).to_contain_text("Conv2D(16, 3)")
    calculator.keeps()


@IN_ONE_VIEW
def test_a_shared_address_with_an_unreadable_stack_shows_the_first(
    calculator: Calculator,
) -> None:
    calculator.open(stack="conv many")
    assert "got “conv many”" in calculator.shown("note")
    assert calculator.model().count_params() == 43_530


@IN_ONE_VIEW
def test_the_words_below_say_the_sums(calculator: Calculator) -> None:
    said = "Layers: 5. Parameters: 43,530. Multiply-adds: 693,632."
    expect(calculator.words).to_have_text(said)
    calculator.stack("conv 16 3, pool 27")
    expect(calculator.words).to_have_text("Layer 2 is impossible.")


def test_nothing_is_wider_than_a_phone(calculator: Calculator) -> None:
    calculator.stack("conv 64 3 strides 2 same, global, dense 1000", (224, 224, 3))
    assert calculator.page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    for box in calculator.box.locator(".cnn-table").all():
        assert box.evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")
