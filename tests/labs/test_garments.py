import keras
import numpy as np
import pytest

from cnnguide import labs
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments

NAMES = fashion_mnist.CLASS_NAMES
LOSSES = keras.losses
LAYERS = keras.layers


def ready(images: np.ndarray) -> np.ndarray:
    return images.astype("float32")[..., np.newaxis] / 255


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    """Rows: what it is; columns: what the lesson's network says."""
    _, labels = garments.prepare("test")
    counts = np.zeros((10, 10), int)
    for truth, chances in zip(labels, garments.probabilities(), strict=True):
        counts[truth, chances.argmax()] += 1
    return counts


def network(*layers: keras.Layer, last: int = 10) -> keras.Model:
    stack = [*layers, LAYERS.Flatten(), LAYERS.Dense(last)]
    return keras.Sequential([keras.Input((28, 28, 1)), *stack])


def fitted(model: keras.Model, epochs: int, seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    images, labels = garments.prepare("train")
    loss = LOSSES.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003), loss)
    model.fit(images[:3000], labels[:3000], batch_size=32, epochs=epochs, verbose=0)
    return model


def small() -> list[keras.Layer]:
    first = LAYERS.Conv2D(16, 3, padding="same", activation="relu")
    second = LAYERS.Conv2D(32, 3, padding="same", activation="relu")
    pools = LAYERS.MaxPooling2D(), LAYERS.MaxPooling2D()
    return [first, pools[0], second, pools[1], LAYERS.Dropout(0.3)]


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("prepared", ready),
        ("prepared", lambda i: np.expand_dims(np.float32(i) / 255, -1)),
        ("loss", LOSSES.SparseCategoricalCrossentropy(from_logits=True)),
        ("guessing", np.log(10)),
        ("guessing", 2.30),
    ],
)
def test_right_answers_pass(task: str, answer: object) -> None:
    assert labs.check(f"garments.{task}", answer).right


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("prepared", lambda i: np.float32(i) / 255, "last axis"),
        ("prepared", lambda i: ready(i)[np.newaxis, ..., 0], "another place"),
        ("prepared", lambda i: ready(i).astype("float64"), "astype"),
        ("prepared", lambda i: ready(i) * 255, "becomes 1"),
        ("prepared", lambda i: ..., "Fill in"),
        ("loss", LOSSES.SparseCategoricalCrossentropy(), "takes the logits for"),
        ("loss", LOSSES.CategoricalCrossentropy(from_logits=True), "sparse"),
        ("loss", LOSSES.MeanSquaredError(), "sparse"),
        ("loss", "sparse_categorical_crossentropy", "keras.losses"),
        ("guessing", -np.log(10), "sign"),
        ("guessing", 1.0, "natural"),
        ("guessing", 0.1, "its loss"),
        ("guessing", 5, "all ten"),
        ("score", "model", "keras.Sequential"),
        ("score", network(LAYERS.Conv2D(64, 3)), "behind Flatten"),
        ("score", network(LAYERS.MaxPooling2D(2)), "been trained"),
        ("score", network(LAYERS.MaxPooling2D(2), last=3), "Dense(10)"),
        ("confused", "Shirt", "Two of these"),
        ("confused", ("Shirt", "Hat"), "Two of these"),
        ("confused", ("Shirt", "Shirt"), "Set them to 0"),
        ("confused", ("Bag", "Sandal"), "table of 10×10"),
        ("sure", 100_000, "Both must hold"),
        ("sure", 1.5, "counts something"),
    ],
)
def test_wrong_answers_get_the_fitting_hint(task: str, answer: object, hint: str) -> None:
    verdict = labs.check(f"garments.{task}", answer)
    assert not verdict.right
    assert hint in verdict.hint


@pytest.mark.parametrize("seed", [0, 1])
def test_a_small_network_betters_the_score(seed: int) -> None:
    assert labs.check("garments.score", fitted(network(*small()), 8, seed)).right


def test_a_network_without_convolutions_does_not() -> None:
    verdict = labs.check("garments.score", fitted(network(), 6))
    assert not verdict.right
    assert "neighbouring pixels" in verdict.hint


def test_the_pair_confused_most_passes_and_turned_round_does_not(
    counts: np.ndarray,
) -> None:
    np.fill_diagonal(counts, 0)
    truth, answer = np.unravel_index(counts.argmax(), counts.shape)
    assert labs.check("garments.confused", (NAMES[truth], NAMES[answer])).right
    turned = labs.check("garments.confused", [NAMES[answer], NAMES[truth]])
    assert not turned.right
    assert "other way round" in turned.hint


def test_sure_mistakes_are_counted() -> None:
    _, labels = garments.prepare("test")
    chances = garments.probabilities()
    is_wrong, is_sure = chances.argmax(axis=1) != labels, chances.max(axis=1) > 0.9
    assert labs.check("garments.sure", (is_wrong & is_sure).sum()).right
    for mask, hint in [
        (is_sure, "right ones too"),
        (is_wrong, "Of how many"),
        (is_sure & ~is_wrong, "The others are wanted"),
    ]:
        assert hint in labs.check("garments.sure", int(mask.sum())).hint
