"""How inputs, pictures and outputs are read."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from cnnguide.explain import answers, inputs, pictures
from cnnguide.explain.errors import ExplainError, NotShown
from cnnguide.explain.inputs import Intake
from cnnguide.explain.steps import take

from . import models

GREY = Intake(2, 2, 1, 0, 1, "")


def normalized(mean: float) -> layers.Layer:
    return layers.Normalization(mean=mean, variance=1.0, axis=None)


@pytest.mark.parametrize(
    ("front", "high", "why"),
    [
        (layers.Rescaling(1 / 255), 255, "a Rescaling"),
        (layers.Rescaling(1 / 127.5, offset=-1), 255, "a Rescaling"),
        (layers.Rescaling(2, offset=-1), 1, "a Rescaling"),
        (normalized(120.0), 255, "a Normalization"),
        (normalized(0.45), 1, "a Normalization"),
        (layers.BatchNormalization(), 1, "no Rescaling or Normalization"),
    ],
)
def test_the_range_is_what_the_layers_in_front_take(front, high, why) -> None:
    inner = models.stack(layers.RandomFlip(), front, shape=(8, 8, 3))
    model = models.stack(
        inner, layers.Conv2D(2, 3), layers.Rescaling(1 / 255), shape=(8, 8, 3)
    )
    intake = inputs.read(model)
    assert (intake.low, intake.high) == (0, high) and why in intake.why
    assert (intake.rows, intake.columns, intake.channels) == (8, 8, 3)


def test_whole_numbers_are_given_as_such() -> None:
    model = keras.Sequential([keras.Input((2, 2, 1), dtype="uint8"), layers.Flatten()])
    batch = inputs.read(model).scaled(np.full((2, 2, 1), 0.5))
    assert batch.dtype == "uint8" and batch.shape == (1, 2, 2, 1) and batch.max() == 128


def test_a_range_that_is_asked_for_counts() -> None:
    intake = inputs.read(models.nested(), "-1..1")
    assert intake.scaled(np.array([[[0.0], [1.0]]])).ravel().tolist() == [-1, 1]
    assert intake.why == "as asked for"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (models.two_inputs, "2 inputs"),
        (models.recurrent, r"shape \(10, 4\)"),
        (lambda: models.stack(layers.Flatten(), shape=(8, 8, 2)), r"shape \(8, 8, 2\)"),
        (lambda: keras.Sequential([layers.Dense(2)]), "does not say"),
        (models.Alone, "does not say"),
    ],
)
def test_what_is_no_picture_is_said_to_be_none(make, why: str) -> None:
    with pytest.raises(NotShown, match=why):
        inputs.read(make())


def saved(image: Image.Image, name: str = "it.png", **options: object) -> Path:
    image.save(name, **options)
    return Path(name)


def test_pictures_become_what_the_model_takes(photo: Path) -> None:
    grey = pictures.read(photo, Intake(12, 12, 1, 0, 1, ""))
    assert grey.values.shape == (12, 12, 1) and grey.values.dtype == "float32"
    assert grey.change == "resized from 30×40 to 12×12, its sides not alike"
    whole = pictures.read(photo, Intake(None, None, 3, 0, 1, ""))
    assert whole.change == "30×40 pixels, as in the file"
    assert np.array_equal(whole.values * 255, np.asarray(Image.open(photo)))
    wide = saved(Image.new("L", (1024, 256)), "wide.png")
    assert pictures.read(wide, Intake(None, None, 3, 0, 1, "")).values.shape == (64, 256, 3)
    assert pictures.read(wide, Intake(32, None, 4, 0, 1, "")).values.shape == (32, 256, 4)


def test_a_picture_is_turned_as_its_camera_noted() -> None:
    pixels = np.zeros((2, 2), "uint8")
    pixels[0, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    path = saved(Image.fromarray(pixels), exif=exif)
    assert pictures.read(path, GREY).values[..., 0].tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "CMYK", "L"])
def test_each_kind_of_picture_can_be_read(mode: str) -> None:
    image = Image.new("RGB", (2, 2), (255, 255, 255)).convert(mode)
    path = saved(image, "it.tiff" if mode == "CMYK" else "it.png")
    assert pictures.read(path, GREY).values.min() == 1


def test_what_is_transparent_is_white() -> None:
    path = saved(Image.new("RGBA", (2, 2), (0, 0, 0, 0)))
    assert pictures.read(path, GREY).values.min() == 1
    assert pictures.read(path, Intake(2, 2, 4, 0, 1, "")).values.max() == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.full((2, 2), 65535, "uint16"), 1),
        (np.full((2, 2), 32768, "uint16"), 0.5),
        (np.full((2, 2), 0.5, "float32"), 0.5),
        (np.full((2, 2), 255, "float32"), 1),
    ],
)
def test_deep_pictures_keep_their_shades(values: np.ndarray, expected: float) -> None:
    path = saved(Image.fromarray(values), "deep.tiff")
    assert pictures.read(path, GREY).values == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    Path("it.png").write_bytes(content)
    with pytest.raises(ExplainError, match=r"expected it\.png to be a picture"):
        pictures.read(Path("it.png"), GREY)


def reading(model: keras.Model, **options: object) -> answers.Reading:
    shape = (1, *model.input_shape[1:])
    return answers.read(*take(model, np.ones(shape, "float32")), **options)


@pytest.mark.parametrize(
    ("classes", "activation", "options", "expected"),
    [
        (3, "softmax", {}, ("", "probability")),
        (3, None, {}, ("softmax", "probability")),
        (3, None, {"loss": "SparseCategoricalCrossentropy"}, ("softmax", "probability")),
        (3, None, {"loss": "mean_squared_error"}, ("", "number")),
        (3, None, {"logits": False}, ("", "probability")),
        (3, "sigmoid", {}, ("", "probability")),
        (3, "relu", {}, ("", "number")),
        (1, "sigmoid", {}, ("", "probability")),
        (1, None, {"loss": "BinaryCrossentropy"}, ("sigmoid", "probability")),
        (1, None, {"loss": "binary_crossentropy"}, ("sigmoid", "probability")),
        (1, None, {"logits": True}, ("sigmoid", "probability")),
        (1, None, {}, ("", "number")),
        (3, "relu", {"logits": True}, ("softmax", "probability")),
    ],
)
def test_outputs_are_read_by_the_last_activation(
    classes, activation, options, expected
) -> None:
    found = reading(models.plain(classes, activation), **options)
    assert (found.activation, found.quantity) == expected
    yes_or_no = classes == 1 and found.quantity == "probability"
    assert len(found.names) == (2 if yes_or_no else classes)


def test_an_activation_may_be_a_layer_of_its_own() -> None:
    ends = (layers.Softmax(), layers.Activation("softmax"), layers.Activation("sigmoid"))
    for end in ends:
        tail = layers.Reshape((2,))
        model = models.stack(layers.Flatten(), layers.Dense(2), end, tail)
        assert reading(model).activation == "" and reading(model).quantity == "probability"


def test_probabilities_are_those_of_keras() -> None:
    outputs = np.array([[1.0, -2.0, 700.0], [0.0, 0.5, 0.25]])
    found = answers.Reading("softmax", ("a", "b", "c"), "probability", "")(outputs)
    assert np.allclose(found, keras.ops.softmax(outputs))
    yes = answers.Reading("sigmoid", ("no", "yes"), "probability", "")(outputs[:, :1])
    assert np.allclose(yes[:, 1], keras.ops.sigmoid(outputs[:, 0]))
    assert np.allclose(yes.sum(axis=1), 1)


def test_names_must_be_as_many_as_answers() -> None:
    assert reading(models.plain(1, "sigmoid"), names=["cat"]).names == ("not cat", "cat")
    assert reading(models.plain(1, "sigmoid"), names=["cat", "dog"]).names == ("cat", "dog")
    with pytest.raises(ExplainError, match=r"expected 3 names .* got 2: cat, dog"):
        reading(models.plain(3), names=["cat", "dog"])


def test_names_come_from_a_text_or_a_file() -> None:
    Path("names.txt").write_text("cat, with a tail\ndog\n\n", encoding="utf-8")
    assert answers.class_names("names.txt") == ["cat, with a tail", "dog"]
    assert answers.class_names(" cat ,dog,") == ["cat", "dog"]
    assert answers.class_names("") == []
    with pytest.raises(ExplainError, match="correct --classes"):
        answers.class_names("missing.txt")
    Path("names.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ExplainError, match="correct --classes"):
        answers.class_names("names.txt")


@pytest.mark.parametrize("make", [models.segmenting, models.outputs_of_two_kinds])
def test_what_is_not_one_row_of_numbers_is_no_answer(make) -> None:
    with pytest.raises(NotShown, match="one row of numbers"):
        reading(make())
