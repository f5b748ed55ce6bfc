from pathlib import Path

import keras
import numpy as np
import pytest

from cnnguide import labs
from cnnguide.lessons import saving

CHECKPOINT = keras.callbacks.ModelCheckpoint
load = keras.saving.load_model


def through(model: keras.Model, path: Path, **options: bool) -> keras.Model:
    model.save(path)
    return load(path, **options)


def only_layers(model: keras.Model, path: Path) -> keras.Model:
    model.save(path)
    return saving.compiled()


def handed(trained: keras.Model, fresh: keras.Model, path: Path) -> None:
    trained.save_weights(path)
    fresh.load_weights(path)


def going_on(
    path: Path, images: np.ndarray, labels: np.ndarray, **options: object
) -> keras.Model:
    model = load(path)
    model.fit(images, labels, verbose=0, **{"shuffle": False, **options})
    return model


def begun_anew(path: Path, images: np.ndarray, labels: np.ndarray) -> keras.Model:
    model = load(path)
    model.compile(optimizer="adam", loss=model.loss)
    model.fit(images, labels, shuffle=False, verbose=0)
    return model


class Plain(keras.layers.Layer):
    def __init__(self, amount: float, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.amount = amount

    def call(self, inputs: object) -> object:
        return inputs + self.amount

    def get_config(self) -> dict:
        return super().get_config() | {"amount": self.amount}


@keras.saving.register_keras_serializable(package="test")
class Registered(Plain):
    pass


@keras.saving.register_keras_serializable(package="test")
class Silent(Plain):
    def get_config(self) -> dict:
        return keras.layers.Layer.get_config(self)


@keras.saving.register_keras_serializable(package="test")
class Nameless(Plain):
    def get_config(self) -> dict:
        return {"amount": self.amount}


@keras.saving.register_keras_serializable(package="test")
class Still(Plain):
    def call(self, inputs: object) -> object:
        return inputs


@keras.saving.register_keras_serializable(package="test")
class Forgetful(Plain):
    def get_config(self) -> dict:
        return super().get_config() | {"amount": 0.0}


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("through_a_file", through),
        ("remembered", 5942),
        ("hand_over", handed),
        ("checkpoint", CHECKPOINT("best.keras", save_best_only=True)),
        ("resume", going_on),
        ("brighten", Registered),
    ],
)
def test_right_answers_pass(task: str, answer: object) -> None:
    assert labs.check(f"saving.{task}", answer).right


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("through_a_file", lambda m, p: through(m, p) and m, "the model itself"),
        ("through_a_file", lambda m, p: keras.models.clone_model(m), "takes the path"),
        ("through_a_file", only_layers, "not the weights"),
        ("through_a_file", lambda m, p: through(m, p, compile=False), "told not to"),
        ("through_a_file", lambda m, p: m.save(p), "return the result"),
        ("through_a_file", lambda m, p: m.save(p) or str(p), "last line"),
        ("remembered", 8912, "are Adam's"),
        ("remembered", 2970, "How many averages"),
        ("remembered", 5940, "for itself"),
        ("remembered", 3, "what it keeps once"),
        ("hand_over", lambda t, f, p: None, "takes the path"),
        ("hand_over", lambda t, f, p: t.save_weights(p), "Who loads"),
        ("hand_over", lambda t, f, p: handed(f, t, p), "which loads"),
        ("hand_over", lambda t, f, p: t.save_weights(p.parent / "x.h5"), "where it stops"),
        ("checkpoint", "best.keras", "of that name"),
        ("checkpoint", CHECKPOINT("b.keras", monitor="loss"), "unseen garments"),
        ("checkpoint", CHECKPOINT("b.keras"), "last one stays"),
        ("checkpoint", CHECKPOINT("b.keras", mode="max"), "larger loss"),
        (
            "checkpoint",
            CHECKPOINT("b.weights.h5", save_best_only=True, save_weights_only=True),
            "whole model",
        ),
        (
            "checkpoint",
            CHECKPOINT("b.keras", save_best_only=True, save_freq=10),
            "save_freq",
        ),
        ("resume", lambda p, i, n: load(p), "learned nothing"),
        ("resume", begun_anew, "compiled anew"),
        ("resume", lambda p, i, n: going_on(p, i, n, epochs=2), "not several"),
        ("resume", lambda p, i, n: going_on(p, i, n, shuffle=True), "shuffle=False"),
        ("resume", lambda p, i, n: p, "last line"),
        ("brighten", Registered(0.1), "class itself"),
        ("brighten", Still, "amount added"),
        ("brighten", Silent, "all that __init__ needs"),
        ("brighten", Nameless, "super().get_config()"),
        ("brighten", Plain, "registers it"),
        ("brighten", Forgetful, "another amount"),
    ],
)
def test_wrong_answers_get_the_fitting_hint(task: str, answer: object, hint: str) -> None:
    verdict = labs.check(f"saving.{task}", answer)
    assert not verdict.right
    assert hint in verdict.hint


def test_checks_leave_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    labs.check("saving.through_a_file", through)
    assert not list(tmp_path.iterdir())
