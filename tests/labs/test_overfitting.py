from types import SimpleNamespace

import keras
import numpy as np
import pytest

from cnnguide import labs
from cnnguide.lessons import flowers_training

LAYERS = keras.layers
STOPPING = keras.callbacks.EarlyStopping
ACTIVE = ["Dropout", "RandomFlip", "RandomRotation"]


def history(known: float, unseen: float) -> dict[str, list[float]]:
    return {"accuracy": [0.2, *[known] * 3], "val_accuracy": [0.2, *[unseen] * 3]}


def changes(*layers: keras.Layer) -> keras.Sequential:
    return keras.Sequential(list(layers))


@pytest.fixture(scope="module")
def curves() -> dict[str, list[float]]:
    return flowers_training.train()[1]


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("factor", 4 / 3),
        ("factor", 1.33),
        ("active", ACTIVE),
        ("active", {*ACTIVE}),
        ("active", [getattr(LAYERS, name) for name in ACTIVE]),
        ("augmentation", changes(LAYERS.RandomFlip(), LAYERS.RandomZoom(0.1))),
        (
            "augmentation",
            changes(
                LAYERS.RandomTranslation(0.1, 0.1),
                LAYERS.RandomBrightness(0.2, value_range=(0, 255)),
            ),
        ),
        ("stopping", STOPPING(patience=3, restore_best_weights=True)),
        ("tamed", history(0.7, 0.55)),
        ("tamed", SimpleNamespace(history=history(0.7, 0.55))),
    ],
)
def test_right_answers_pass(task: str, answer: object) -> None:
    assert labs.check(f"overfitting.{task}", answer).right


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("factor", 4, "share that stays"),
        ("factor", 0.75, "make up for the rest"),
        ("factor", 1.25, "0.94"),
        ("factor", 2, "1,000 ones"),
        ("active", "Dropout", "Write it as"),
        ("active", ["Dropout", "Dense"], "Take the names"),
        ("active", [*ACTIVE, "Rescaling"], "What does Rescaling do"),
        ("active", ["RandomFlip", "RandomRotation"], "drops numbers"),
        ("active", ["Dropout", "RandomFlip"], "begin alike"),
        ("augmentation", LAYERS.RandomFlip(), "keras.Sequential"),
        ("augmentation", changes(LAYERS.RandomFlip()), "keras.Sequential"),
        (
            "augmentation",
            changes(LAYERS.RandomFlip(), LAYERS.RandomZoom(0.1), LAYERS.Rescaling(1 / 255)),
            "Rescaling",
        ),
        (
            "augmentation",
            changes(LAYERS.RandomRotation(0.0), LAYERS.RandomTranslation(0.0, 0.0)),
            "larger than 0",
        ),
        (
            "augmentation",
            changes(LAYERS.RandomFlip(), LAYERS.RandomCrop(16, 16)),
            "changes the size",
        ),
        ("stopping", keras.callbacks.TerminateOnNaN(), "of that name"),
        ("stopping", STOPPING(monitor="loss", patience=3), "unseen pictures"),
        ("stopping", STOPPING(), "How many epochs"),
        ("stopping", STOPPING(patience=3), "takes back"),
        ("tamed", [0.5, 0.6], "train(model)"),
        ("tamed", {"loss": [1.0]}, "train(model)"),
        ("tamed", history(1.0, 0.5), "coming twice"),
        ("tamed", history(0.25, 0.2), "not learned enough"),
        ("tamed", history(0.9, 0.3), "by heart"),
    ],
)
def test_wrong_answers_get_the_fitting_hint(task: str, answer: object, hint: str) -> None:
    verdict = labs.check(f"overfitting.{task}", answer)
    assert not verdict.right
    assert hint in verdict.hint


def test_a_rare_draw_changes_no_verdict() -> None:
    # With this seed RandomFlip would leave eight pictures alone.
    keras.utils.set_random_seed(359)
    assert "begin alike" in labs.check("overfitting.active", ["Dropout", "RandomFlip"]).hint
    keras.utils.set_random_seed(359)
    assert labs.check("overfitting.active", ACTIVE).right


def test_the_gap_is_that_of_the_lesson(curves: dict[str, list[float]]) -> None:
    gap = curves["accuracy"][-1] - curves["val_accuracy"][-1]
    assert labs.check("overfitting.gap", gap).right
    losses = curves["val_loss"][-1] - curves["loss"][-1]
    for answer, hint in [
        (-gap, "higher one"),
        (100 * gap, "in percent"),
        (losses, "gap of the losses"),
        (gap + 0.01, "last number"),
    ]:
        assert hint in labs.check("overfitting.gap", answer).hint


def test_the_best_epoch_is_counted_from_one(curves: dict[str, list[float]]) -> None:
    best = np.argmin(curves["val_loss"]) + 1
    assert labs.check("overfitting.epoch", best).right
    assert "count from 0" in labs.check("overfitting.epoch", best - 1).hint
    last = np.argmin(curves["loss"]) + 1
    assert "known pictures" in labs.check("overfitting.epoch", last).hint
    assert "np.argmin" in labs.check("overfitting.epoch", 1000).hint
