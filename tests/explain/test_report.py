import re
import shutil
import stat
import zipfile
from pathlib import Path

import keras
import pytest
from click.testing import CliRunner, Result
from keras import layers

from cnnguide import cli
from cnnguide.explain import report
from cnnguide.explain.errors import ExplainError

from . import models


def call(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, ["explain", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def saved(model: keras.Model, name: str = "my.keras") -> Path:
    model.save(name)
    return Path(name)


def pages() -> list[str]:
    """All that lies in the folder and is no model, no picture and no list of names."""
    known = (".keras", ".png", ".txt")
    return sorted(path.name for path in Path().iterdir() if path.suffix not in known)


def test_a_model_and_a_picture_become_a_page(photo: Path) -> None:
    saved(models.nested())
    done = call("my.keras", photo, "--classes", "cat,dog")
    assert done.exit_code == 0
    *facts, told, written = done.stdout.splitlines()
    assert facts[0].startswith(
        "my.keras is a Functional model of 7 layers with 308 parameters."
    )
    assert "24×24 pixels, colour, and gets them with numbers from 0 to 255" in facts[1]
    assert (
        facts[2]
        == "It gives a probability each for cat, dog (the last activation is softmax)."
    )
    assert re.match(r"photo\.png: (cat|dog) 0\.\d{3}\. (Covering|No patch)", told)
    assert re.fullmatch(r"wrote my-explained\.html \(\d+ kB\)", written)
    assert pages() == ["my-explained.html"]
    html = Path("my-explained.html").read_text(encoding="utf-8")
    titles = re.findall(r"<h3>(.*?)</h3>", html)
    assert titles[0] == "photo.png"
    assert [title.partition(": ")[2] for title in titles[1:]] == [
        "Conv2D, output 11×11×4",
        "DepthwiseConv2D, output 11×11×4",
        "SeparableConv2D, output 9×9×6",
    ]
    assert html.count("<img ") == html.count("data:image/png;base64,") == 2 + 2 * 3
    assert not re.search(r"https?:|<script|<link|url\(|@import", html)
    assert stat.S_IMODE(Path("my-explained.html").stat().st_mode) == 0o644


def test_without_pictures_there_are_layers_and_kernels() -> None:
    found = report.explain(saved(models.plain()))
    assert found.notes == [] and found.told == []
    html = Path("my-explained.html").read_text(encoding="utf-8")
    assert "None was given." in html and html.count("<img ") == 2


def test_an_earlier_page_is_replaced_with_a_word(tmp_path: Path) -> None:
    saved(models.plain())
    assert "\nwrote page.html (" in call("my.keras", "--output", "page.html").stdout
    before = Path("page.html").read_bytes()
    assert "\nreplaced page.html (" in call("my.keras", "--output", "page.html").stdout
    assert Path("page.html").read_bytes() == before
    assert pages() == ["page.html"]


def test_options_change_what_is_given_and_how_the_answer_is_read(photo: Path) -> None:
    saved(models.plain(2))
    usual = call("my.keras", photo).stdout
    assert "from 0 to 1 (no Rescaling" in usual and "(no last activation" in usual
    asked = call("my.keras", photo, "--scale", "255", "--probabilities").stdout
    assert "from 0 to 255 (as asked for)" in asked and "class 1 (as asked for)" in asked
    assert call("my.keras", "--scale", "7").exit_code == 2


@pytest.mark.parametrize(
    ("make", "notes"),
    [
        (
            models.two_inputs,
            ["Pictures: it takes 2 inputs", "Kernels and maps: the model has no"],
        ),
        (
            models.recurrent,
            ["Pictures: its input", "Multiply-adds of lstm (LSTM)", "Kernels"],
        ),
        (models.without_convolution, ["Kernels and maps: the model has no convolution."]),
        (models.outputs_of_two_kinds, ["The answer: the model gives several outputs"]),
        (
            models.segmenting,
            ["The answer: the output is not one row", "The receptive field, from"],
        ),
        (
            lambda: models.stack(layers.Conv1D(2, 3), layers.Flatten(), shape=(9, 3)),
            ["Pictures: its input is no picture", "Kernels and maps inside conv1d"],
        ),
        (
            lambda: models.stack(models.Doubling(), layers.Conv2D(2, 3)),
            [
                "The answer",
                "The receptive field, from doubling",
                "Kernels and maps inside doubl",
            ],
        ),
    ],
)
def test_odd_models_say_what_is_missing_and_show_the_rest(make, notes, photo: Path) -> None:
    keras.utils.clear_session()
    found = report.explain(saved(make()), [photo])
    assert len(found.notes) == len(notes), found.notes
    for note, start in zip(found.notes, notes, strict=True):
        assert note.startswith(start)
    html = Path("my-explained.html").read_text(encoding="utf-8")
    assert "What could not be shown" in html and "together" in html
    # What takes a picture still shows it.
    assert ("As the model sees it" in html) == (not notes[0].startswith("Pictures"))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: models.stack(models.Unheard(), layers.Flatten()), "Unheard"),
        (lambda: built(models.Alone()), "Alone"),
    ],
)
def test_without_the_code_of_a_class_the_file_alone_is_shown(make, name: str) -> None:
    done = call(saved(make()))
    assert (
        done.exit_code == 0 and f"cannot be built without the code of {name}" in done.stdout
    )
    html = Path("my-explained.html").read_text(encoding="utf-8")
    assert "<td>3×3×1×2</td>" in html and html.count("<img ") == 1
    assert (f"<td>{name}</td>" in html) == (name == "Unheard")


def built(model: keras.Model) -> keras.Model:
    model(keras.ops.ones((1, 8, 8, 1)))
    return model


def test_a_model_that_fails_is_shown_as_far_as_it_goes(photo: Path) -> None:
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(2, 5)(layers.MaxPooling2D(30)(inputs))
    found = report.explain(saved(keras.Model(inputs, x)), [photo])
    assert found.notes[0].startswith("Shapes, multiply-adds and receptive fields: a trial")
    assert "together" in Path("my-explained.html").read_text(encoding="utf-8")


def test_a_picture_with_which_the_model_fails_is_named(photo: Path) -> None:
    inputs = keras.Input((None, None, 3))
    x = layers.GlobalMaxPooling2D()(layers.Conv2D(2, 50)(inputs))
    found = report.explain(saved(keras.Model(inputs, x)), [photo])
    assert found.notes == [found.notes[0]]
    assert found.notes[0].startswith("photo.png: the model failed with this picture")


def without(member: str) -> None:
    """A model's file in which one part is missing."""
    saved(models.plain(), "whole.keras")
    with zipfile.ZipFile("whole.keras") as old, zipfile.ZipFile("my.keras", "w") as new:
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))


def cut() -> None:
    content = saved(models.plain()).read_bytes()
    Path("my.keras").write_bytes(content[: len(content) // 2])


def flipped() -> None:
    content = bytearray(saved(models.plain()).read_bytes())
    content[len(content) // 2] ^= 0xFF
    Path("my.keras").write_bytes(content)


def other_config(text: str) -> None:
    without("config.json")
    with zipfile.ZipFile("my.keras", "a") as archive:
        archive.writestr("config.json", text)


DAMAGED = {
    "empty": (lambda: Path("my.keras").write_bytes(b""), "no ZIP archive"),
    "cut": (cut, "no ZIP archive"),
    "flipped": (flipped, "got"),
    "a folder": (lambda: Path("my.keras").mkdir(), "no ZIP archive"),
    "no config": (lambda: without("config.json"), "an archive without config.json"),
    "no weights": (lambda: without("model.weights.h5"), "without model.weights.h5"),
    "no JSON": (lambda: other_config("{"), "got Expecting property name"),
    "no model": (lambda: other_config("[]"), "describes no model"),
    "foreign": (
        lambda: other_config('{"module": "os", "class_name": "system", "config": {}}'),
        "can load with safe_mode=True",
    ),
    "no Keras model": (
        lambda: other_config(
            '{"module": "keras.layers", "class_name": "ReLU", "config": {"max_value": 1}}'
        ),
        "got",
    ),
    "a lambda": (
        lambda: saved(models.stack(layers.Lambda(lambda x: x + 1))),
        "without Python code in its file; got my.keras with a Lambda layer",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_file_that_is_no_sound_model_is_refused(kind: str) -> None:
    make, words = DAMAGED[kind]
    make()
    done = call("my.keras")
    assert done.exit_code == 2 and done.stdout == ""
    said = done.stderr.splitlines()[-1]
    assert said.startswith("Error: expected ") and words in said
    assert pages() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.keras"], "expected the file missing.keras; got no such file"),
        (["model.h5"], "expected a file with the ending .keras; got model.h5"),
        (["my.keras", "missing.png"], "expected the picture missing.png; got no such file"),
        (["my.keras", "names.txt"], "expected names.txt to be a picture"),
        (["my.keras", "."], "expected the picture .; got a folder"),
        (["my.keras", "--classes", "cat"], "expected 3 names of classes"),
        (["my.keras", "--classes", "none.txt"], "none.txt"),
        (["my.keras", "--output", "my.keras"], "ending .html; got my.keras"),
        (["my.keras", "--output", "no/page.html"], "got no such folder"),
        (["my.keras", "--output", "folder.html"], "got a folder of that name"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], words: str) -> None:
    model = saved(models.plain()).read_bytes()
    Path("names.txt").write_text("cat\ndog\n")
    Path("folder.html").mkdir()
    done = call(*arguments)
    assert done.exit_code == 2 and done.stdout == ""
    assert words in done.stderr.splitlines()[-1]
    assert pages() == ["folder.html"]
    assert Path("my.keras").read_bytes() == model


def test_what_cannot_be_written_leaves_the_earlier_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saved(models.plain())
    Path("my-explained.html").write_text("earlier")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(
        ExplainError, match="No space left on device: choose another --output"
    ):
        report.explain("my.keras")
    assert pages() == ["my-explained.html"]
    assert Path("my-explained.html").read_text() == "earlier"


def test_names_from_strangers_are_text_on_the_page(photo: Path) -> None:
    saved(models.stack(layers.Conv2D(2, 3, name="<script>"), shape=(12, 12, 3)))
    Path("<b>.png").write_bytes(photo.read_bytes())
    shutil.move("my.keras", "<i>.keras")
    report.explain("<i>.keras", ["<b>.png"], output="page.html")
    html = Path("page.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|b|i)>", html)
    assert "&lt;script&gt;" in html and "&lt;b&gt;.png" in html


def test_the_same_model_gives_the_same_page(photo: Path) -> None:
    saved(models.residual())
    first, second = (report.explain("my.keras", [photo]).html for _ in range(2))
    assert first == second
