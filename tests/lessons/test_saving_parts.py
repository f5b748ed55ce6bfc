from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from cnnguide.lessons import saving, saving_parts

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def model() -> keras.Model:
    return saving.train()


def equal(one: keras.Model, other: keras.Model) -> bool:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


# Architecture


def test_a_layer_comes_back_unbuilt(capsys: Printed) -> None:
    saving_parts.layer()
    text = capsys.readouterr().out
    assert text.startswith("dict with ")
    assert "built: True and False" in text
    assert "arrays of weights: 2 and 0" in text


def test_a_model_comes_back_new_and_not_compiled(
    capsys: Printed, model: keras.Model
) -> None:
    saving_parts.sequential()
    text = capsys.readouterr().out
    assert "the same kernel: False" in text
    assert "compiled: True and False" in text
    again = keras.Sequential.from_config(model.get_config())
    assert again.built
    assert again.get_config() == model.get_config()


def test_the_class_must_be_the_models_own(capsys: Printed) -> None:
    saving_parts.functional()
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Functional (None, 10)"
    assert second.startswith("ValueError: Unrecognized keyword arguments")


def test_json_is_compiled_and_begins_anew(capsys: Printed) -> None:
    saving_parts.as_json()
    saving_parts.as_yaml()
    text = capsys.readouterr().out
    assert "the same kernel: False" in text
    assert "compiled: True with adam" in text
    assert "steps before: 128\nsteps after: 0" in text
    assert "AttributeError" in text


def test_a_twin_has_new_weights_and_may_get_the_old(capsys: Printed) -> None:
    saving_parts.clone()
    text = capsys.readouterr().out
    assert text == "compiled: True\nthe same kernel: False\nafter set_weights: True\n"


# Weights


def test_weights_in_memory_are_copies(capsys: Printed) -> None:
    saving_parts.in_memory()
    assert capsys.readouterr().out.count("True") == 2


def test_weights_that_do_not_fit_are_refused(capsys: Printed) -> None:
    saving_parts.do_not_fit()
    text = " ".join(capsys.readouterr().out.split())
    assert "list of length 3, but the layer was expecting 4" in text
    assert "not compatible with provided weight shape (8, 1, 3, 3)" in text
    assert text.endswith("[]")


def test_both_kinds_of_file_fill_a_model(capsys: Printed, model: keras.Model) -> None:
    saving_parts.on_disk()
    assert capsys.readouterr().out.count("True") == 2
    for file in ("garments.weights.h5", "garments.keras"):
        other = saving.build()
        other.load_weights(file)
        assert equal(model, other)


def test_the_usual_mistakes_have_their_messages(capsys: Printed) -> None:
    saving_parts.disk_errors()
    text = " ".join(capsys.readouterr().out.split())
    assert "must end in `.weights.h5`" in text
    assert "not yet been built" in text


def test_a_fresh_optimizer_skips_its_state_until_it_is_built(capsys: Printed) -> None:
    with pytest.warns(UserWarning, match="Skipping variable loading"):
        saving_parts.optimizer_state()
    assert capsys.readouterr().out == "iterations: 0\niterations: 128\n"


def test_position_decides_and_not_the_name(capsys: Printed) -> None:
    saving_parts.by_position()
    assert capsys.readouterr().out == 'layer 0 has it: True\n"left" has it: False\n'


def test_more_layers_in_the_file_are_no_error_and_fewer_are(capsys: Printed) -> None:
    saving_parts.too_short()
    assert capsys.readouterr().out == "loaded: True\n"
    longer = keras.Sequential([*saving.build().layers, layers.Dense(3)])
    longer.build((None, 28, 28, 1))
    with pytest.raises(ValueError, match="could not be loaded"):
        longer.load_weights("garments.weights.h5")


def test_layers_that_fit_can_be_handed_over(capsys: Printed) -> None:
    saving_parts.transfer()
    saving_parts.skip_mismatch()
    first, warning, *rest = capsys.readouterr().out.splitlines()
    assert first == "True"
    assert warning.startswith("UserWarning: A total of 1 objects could not be loaded")
    assert [line.split()[-1] for line in rest] == ["True", "True"]


def test_names_count_only_in_old_files(capsys: Printed, model: keras.Model) -> None:
    saving_parts.by_name()
    assert "`by_name` only supports" in capsys.readouterr().out
    model.save("old.h5")
    other = saving_parts.two_classes()
    other.load_weights("old.h5", by_name=True)
    assert np.array_equal(other.get_weights()[0], model.get_weights()[0])


# Classes of one's own


def test_a_class_must_be_named_or_registered(capsys: Printed) -> None:
    saving_parts.unknown_class()
    saving_parts.registered()
    assert capsys.readouterr().out.splitlines() == [
        "TypeError: … Could not locate class 'Brighten'",
        "with custom_objects: factor 1.5",
        "in the file: course>Brighten",
        "factor 1.5",
    ]


class Holder(layers.Layer):
    def __init__(self, held: object) -> None:
        super().__init__()
        self.held = held


@pytest.mark.parametrize("held", [1.5, "text", [1, 2]])
def test_plain_arguments_are_noted(held: object) -> None:
    assert Holder(held).get_config()["held"] == held


def test_other_arguments_are_not() -> None:
    with pytest.raises(NotImplementedError):
        Holder(np.ones(2)).get_config()


def test_a_model_class_must_name_its_arguments(capsys: Printed) -> None:
    saving_parts.no_config()
    saving_parts.with_config()
    text = capsys.readouterr().out
    assert text.startswith("NotImplementedError: Object Classifier")
    assert text.endswith("classes: 10\nthe same kernel: True\n")
