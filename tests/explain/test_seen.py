"""What is drawn, decoded from the page's own images."""

import base64
import io
import re

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from cnnguide.explain import convolutions, occlusion, page, pictured, tiles
from cnnguide.explain.answers import Reading
from cnnguide.explain.inputs import read
from cnnguide.explain.pictures import Picture
from cnnguide.explain.steps import take

from . import models

ONE = Reading("", ("it",), "number", "")


def images(html: str) -> list[np.ndarray]:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in found]


def tile(mosaic: np.ndarray, number: int, side: int, columns: int) -> np.ndarray:
    top, left = number // columns * (side + 1), number % columns * (side + 1)
    return mosaic[top : top + side, left : left + side, :-1].squeeze() / 255


@pytest.mark.parametrize("make", [models.plain, models.nested])
def test_maps_are_the_outputs_of_keras(make) -> None:
    model = make()
    shape = (1, *model.input_shape[1:])
    picture = np.random.default_rng(0).uniform(size=shape).astype("float32")
    steps, _ = take(model, picture)
    parts = convolutions.shown(steps, [("noise", convolutions.made(steps))])
    drawn = [step for step in steps if convolutions.is_shown(step)]
    assert len(parts) == len(drawn) == sum("Conv" in type(s.layer).__name__ for s in steps)
    flat = model if isinstance(model, keras.Sequential) else model.layers[1]
    for part, step in zip(parts, drawn, strict=True):
        expected = keras.Model(flat.inputs[0], step.layer.output)(picture)[0].numpy()
        assert np.allclose(step.outputs[0][0], expected, atol=1e-6)
        _, mosaic = images(part)
        for number in range(expected.shape[-1]):
            values = expected[..., number] / (np.abs(expected[..., number]).max() or 1)
            values = values / 2 + 0.5 if expected.min() < 0 else values
            seen = tile(mosaic, number, values.shape[0], min(8, expected.shape[-1]))
            assert np.allclose(seen, values, atol=1 / 32)


def test_kernels_keep_their_numbers() -> None:
    layer = layers.Conv2D(3, 2)
    models.stack(layer, shape=(5, 5, 1))
    html = convolutions.kernels(convolutions.kernel(layer), "conv")
    (mosaic,) = images(html)
    for number, kernel in enumerate(np.moveaxis(layer.kernel.numpy()[:, :, 0], -1, 0)):
        seen = tile(mosaic, number, 2, 3)
        assert np.allclose(seen, kernel / np.abs(kernel).max() / 2 + 0.5, atol=1 / 32)
    assert f"{layer.kernel.numpy().max():.3g}" in html


@pytest.mark.parametrize(
    ("layer", "channels", "shape", "words"),
    [
        (layers.Conv2D(70, 3), 3, (31, 31, 4), "64 of 70 kernels"),
        (layers.Conv2D(20, 1), 18, (16, 16, 2), "16 of 20 kernels, a row for each, on 16"),
        (layers.DepthwiseConv2D(3), 5, (3, 19, 2), "5 of 5 kernels"),
        (layers.SeparableConv2D(4, 3, depth_multiplier=2), 3, (3, 23, 2), "6 of 6 kernels"),
        (
            layers.Conv2DTranspose(4, 2),
            2,
            (11, 5, 2),
            "4 of 4 kernels, a row for each, on 2",
        ),
    ],
    ids=["colour", "deep", "depthwise", "separable", "transposed"],
)
def test_kernels_of_each_kind_are_drawn(layer, channels, shape, words) -> None:
    models.stack(layer, shape=(9, 9, channels))
    html = convolutions.kernels(convolutions.kernel(layer), "it")
    assert words in html
    assert images(html)[0].shape == shape


def test_many_large_maps_are_not_all_drawn() -> None:
    html = convolutions.maps(np.ones((200, 200, 32)), "conv", "cat.png")
    assert "8 of 32 maps, 200×200 each. 100% of their numbers are above zero." in html
    assert images(html)[0].shape[:2] == (200, 8 * 201 - 1)
    dark = convolutions.maps(np.zeros((2, 2, 3)), "conv", "cat.png")
    assert "0% of their numbers are above zero; 3 are zero everywhere" in dark


def test_occlusion_finds_a_planted_patch() -> None:
    # Its answer is the brightest spot that a bright square of 4×4 makes.
    kernel = layers.Conv2D(1, 4, kernel_initializer=keras.initializers.Constant(1 / 16))
    model = models.stack(kernel, layers.GlobalMaxPooling2D(), shape=(28, 28, 1))
    values = np.full((28, 28, 1), 0.2, "float32")
    values[17:21, 6:10] = 1
    picture = Picture("planted.png", (28, 28), values)
    told = pictured.told(model, picture, read(model), ONE)
    assert told.line.startswith("planted.png: it 1.000. Covering rows 1")
    looked = occlusion.look(
        lambda batch: model(batch).numpy()[:, 0], values, float(values.mean())
    )
    row, column = np.unravel_index(np.argmax(looked.drops), looked.drops.shape)
    assert 17 <= row < 21 and 6 <= column < 10
    far = looked.drops.copy()
    far[12:26, 1:15] = 0
    assert not far.any()
    seen, marked = images(told.html)
    assert np.array_equal(seen, np.uint8(np.round(values[..., 0] * 255)))
    orange = marked[..., 0].astype(int) - marked[..., 2]
    assert orange[row, column] > 150 and orange[0, 27] == 0


def test_where_covering_raises_the_answer_the_map_is_blue() -> None:
    picture = np.zeros((10, 10, 1))
    picture[:, 5:] = 1
    looked = occlusion.look(lambda batch: -batch.mean(axis=(1, 2, 3)), picture, 0.5)
    assert looked.drops[0, 0] > 0 > looked.drops[0, 9]
    marked = tiles.overlay(picture, looked.drops)
    assert marked[0, 0, 0] > marked[0, 0, 2] and marked[0, 9, 2] > marked[0, 9, 0]


def test_an_answer_that_nothing_lowers_is_said_to_be_so() -> None:
    looked = occlusion.look(lambda batch: np.ones(len(batch)), np.zeros((3, 200, 1)), 0)
    assert looked.text == "No patch lowers it from 1"
    assert looked.drops.shape == (3, 200) and not looked.drops.any()


def test_bars_are_as_long_as_their_numbers() -> None:
    html = page.bars(["<cat>", "dog"], np.array([0.75, -0.25]), "number", "Answer")
    assert "&lt;cat&gt;" in html and "<cat>" not in html
    assert re.findall(r"width:([\d.]+)%", html) == ["75.0", "0.0"]
    assert "0.750" in html and "-0.250" in html
