import json
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from matplotlib import pyplot as plt

from cnnguide import charts
from cnnguide.lessons import garments, saving, saving_formats, saving_risks

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.fixture
def model() -> keras.Model:
    return saving.train()


def lambda_model() -> keras.Model:
    return keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x * 1.5)])


# Whole models


def test_a_loaded_model_answers_as_before(capsys: Printed) -> None:
    saving.whole()
    assert capsys.readouterr().out == "largest difference: 0.0\n"


def test_the_file_lands_in_the_working_directory(capsys: Printed) -> None:
    saving.where()
    assert capsys.readouterr().out == "project/garments.keras\n"


def test_a_missing_folder_is_an_error_and_an_old_file_is_not(capsys: Printed) -> None:
    saving.paths()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("FileNotFoundError: ")
    assert second == "garments.keras models/garments.keras"


def test_overwrite_false_asks_at_the_keyboard(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or "n")
    saving.build().save("one.keras")
    before = Path("one.keras").read_bytes()
    saving.build().save("one.keras", overwrite=False)
    assert len(asked) == 1
    assert Path("one.keras").read_bytes() == before


def test_a_path_and_its_ending_are_needed(capsys: Printed) -> None:
    with pytest.raises(TypeError, match="filepath"):
        saving.build().save()
    saving.endings()
    text = " ".join(capsys.readouterr().out.split())
    assert "Invalid filepath extension" in text
    assert "`save_format` argument is deprecated" in text
    assert list(Path().iterdir()) == []


def test_the_old_names_are_what_the_page_says() -> None:
    assert keras.models.load_model is keras.saving.load_model
    assert not hasattr(tf.keras, "model")
    assert callable(tf.keras.models.save_model)


def test_without_compile_it_answers_but_neither_judges_nor_trains(
    capsys: Printed, model: keras.Model
) -> None:
    saving.not_compiled()
    assert "(1, 10)" in (text := capsys.readouterr().out)
    assert "ValueError: You must call `compile()`" in text
    again = keras.saving.load_model("garments.keras", compile=False)
    with pytest.raises(ValueError, match="compile"):
        again.fit(np.zeros((1, 28, 28, 1)), np.zeros(1), verbose=0)


# Inside the file


def test_the_archive_has_three_members_and_no_code(capsys: Printed) -> None:
    rows = saving.members().rows
    assert [name for name, _ in rows] == [
        "metadata.json",
        "config.json",
        "model.weights.h5",
    ]
    saving.texts()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "keras_version date_saved"
    assert "Dense answer" in lines
    assert "optimizer Adam" in lines


def test_the_arrays_are_those_of_the_question(capsys: Printed, model: keras.Model) -> None:
    saving.numbers()
    text = capsys.readouterr().out
    assert "answer" not in text
    shapes = re.findall(r"shape=\(([\d, ]*)\)", text)
    sizes = [
        int(np.prod([int(n) for n in shape.split(",") if n.strip()])) for shape in shapes
    ]
    weights = sum(array.size for array in model.get_weights())
    assert weights == saving.build().count_params() == 2970
    assert sum(sizes) == 3 * weights + 2 == 8912
    assert len(model.optimizer.variables) == 10
    assert [len(v.shape) for v in model.optimizer.variables[:2]] == [0, 0]


def test_the_optimizer_makes_up_much_of_the_file() -> None:
    both, bare = (int(n) for n in re.findall(r"(\d+) kB", saving.sizes()))
    # 59 and 30 kB; the raw numbers are 36 and 12 kB.
    assert 36 < both < 80
    assert 12 < bare < both - 20


# Training on


def test_the_optimizer_comes_back(capsys: Printed) -> None:
    saving.state()
    assert capsys.readouterr().out.splitlines() == [
        "equal variables: 10 of 10",
        "iterations: 128",
        "learning rate: 0.0003",
    ]


def test_a_loaded_model_trains_on_as_if_nothing_had_happened() -> None:
    loaded, anew = saving.resume()
    # Always 0, and 0.016, 0.013, 0.016 and 0.013 with the seeds 0 to 3.
    assert loaded == pytest.approx(0, abs=1e-6)
    assert anew > 0.004


def test_only_the_never_trained_optimizer_is_skipped(model: keras.Model) -> None:
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer"):
        saving.never_trained()
    model.save("trained.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        keras.saving.load_model("trained.keras")


def test_the_checkpoint_is_the_best_epoch(capsys: Printed) -> None:
    losses = [float(loss) for _, loss in saving.checkpoint().rows]
    kept = float(capsys.readouterr().out.split()[-1])
    assert kept == pytest.approx(min(losses), abs=0.011)
    # The best of ten epochs was 7, 4, 6 and 3 with the seeds 0 to 3.
    assert losses[-1] > min(losses)


def test_training_goes_on_after_a_break(capsys: Printed) -> None:
    saving.backup()
    assert "after the restart, epochs [3, 4]" in capsys.readouterr().out
    assert not Path("backup").exists()


# Formats


def test_what_each_format_keeps() -> None:
    rows = {
        way: "".join(cell[0] for cell in cells)
        for way, *cells in saving_formats.table().rows
    }
    # Layers, weights, compile, state, code; the same with the seeds 0 to 3.
    assert rows == {
        ".keras": "yyyyn",
        ".h5": "yyypn",
        ".weights.h5": "nynpn",
        "JSON": "ynynn",
        "SavedModel": "nynny",
    }
    reasons = dict(saving_formats.reasons().rows)
    assert len(reasons) == sum(row.count("n") + row.count("p") for row in rows.values())
    assert reasons[".h5: state"] == "2 of 10 variables"


def test_the_figure_says_what_the_table_says() -> None:
    description = saving_formats.overview().description
    assert "JSON: layers yes, weights no: new random ones" in description


def test_the_figure_refuses_what_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="perhaps"):
        charts.kept_parts({"a": "first"}, {"way": {"a": "perhaps"}})
    with pytest.raises(ValueError, match="for way"):
        charts.kept_parts({"a": "first"}, {"way": {"b": "yes"}})


# The old format


def test_h5_loses_the_optimizer(capsys: Printed) -> None:
    saving_risks.h5()
    text = capsys.readouterr().out
    assert "the same kernel: True\nValueError: Unknown variable" in text
    assert text.endswith("it trains: True\n")


def test_h5_knows_the_long_name_of_a_loss_only(capsys: Printed) -> None:
    saving_risks.h5_mse()
    assert "ValueError: Could not" in capsys.readouterr().out
    keras.saving.load_model("garments.h5", compile=False)
    model = saving.build()
    model.compile(optimizer="adam", loss="mean_squared_error")
    model.save("long.h5")
    assert keras.saving.load_model("long.h5").compiled


def test_h5_spoils_the_next_file(capsys: Printed) -> None:
    with pytest.warns(UserWarning, match="rm_sprop"):
        saving_risks.h5_then_keras()
    assert capsys.readouterr().out == "Adam became RMSprop\n"
    model = saving.build()
    model.compile()
    assert isinstance(model.optimizer, keras.optimizers.RMSprop)


def test_leaving_the_optimizer_out_works_for_h5_only(
    capsys: Printed, model: keras.Model
) -> None:
    saving_risks.with_optimizer()
    assert capsys.readouterr().out == "iterations: 128\n"
    model.save("bare.h5", include_optimizer=False)
    assert not keras.saving.load_model("bare.h5").compiled


# Serving


def test_the_export_answers_alike(capsys: Printed, model: keras.Model) -> None:
    saving_risks.serve()
    assert capsys.readouterr().out == "True\nTrue\n"
    images, _ = garments.prepare("test")
    signature = tf.saved_model.load("serving").signatures
    assert sorted(signature) == ["serve", "serving_default"]
    layer = layers.TFSMLayer("serving", call_endpoint="serving_default")
    [answer] = layer(images[:5]).values()
    assert np.allclose(answer, model(images[:5]), atol=1e-5)
    saving_risks.export()
    assert "serving/saved_model.pb" in capsys.readouterr().out.splitlines()


def test_an_export_must_be_held_and_is_no_model(capsys: Printed) -> None:
    saving_risks.let_go()
    saving_risks.not_a_model()
    text = " ".join(capsys.readouterr().out.split())
    assert "AssertionError: Called a function referencing variables which have been" in text
    assert "ValueError: File format not supported: filepath=serving" in text


# Files from strangers


def test_a_lambda_is_refused_in_both_formats(capsys: Printed) -> None:
    saving_risks.refused()
    assert "ValueError: Requested the deserialization" in capsys.readouterr().out
    lambda_model().save("lambda.h5")
    with pytest.raises(ValueError, match="Lambda"):
        keras.saving.load_model("lambda.h5")


def test_loading_runs_the_files_code(capsys: Printed) -> None:
    saving_risks.code_runs()
    lines = capsys.readouterr().out.splitlines()
    now = lines.index("now it is only loaded, not used:")
    assert "I am code from the file" in lines[now + 1 :]
    with zipfile.ZipFile("stranger.keras") as archive:
        config = json.loads(archive.read("config.json"))
    function = config["config"]["layers"][1]["config"]["function"]
    assert function["class_name"] == "__lambda__"


def test_a_registered_function_is_a_name(capsys: Printed) -> None:
    saving_risks.named_function()
    assert capsys.readouterr().out == "1.5\n"
    with zipfile.ZipFile("bright.keras") as archive:
        assert b"course>brighten" in archive.read("config.json")


def test_a_pickle_calls_what_it_names(capsys: Printed) -> None:
    saving_risks.pickled()
    assert capsys.readouterr().out == "this could have been any command\n"
