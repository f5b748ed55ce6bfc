import shutil
import zipfile
from pathlib import Path

import pytest
from markdown import Markdown

from cnnguide.engine import build, fences, models, netron, pages
from cnnguide.engine.errors import BadPackage, BadReference, EngineError
from cnnguide.engine.fence import SnippetExtension

from .course import Course

LESSON = """
    import keras
    from cnnguide import keep

    @keep.once
    def train():
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        return model, {"loss": [0.5]}

    @keep.once
    def both():
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        return model, model

    @keep.once
    def number():
        return 1

    def loose():
        return 1

    @keep.once
    def failing():
        raise ValueError("no")
    """
PAGE = "# Page\n\n```model\ntiny.train\n```\n\nEnd.\n"


@pytest.fixture
def tiny(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    course.lesson(LESSON)
    monkeypatch.setattr(build, "current", lambda: course.engine)
    monkeypatch.chdir(tmp_path)
    return course


def convert(text: str) -> str:
    return Markdown(extensions=["pymdownx.superfences", SnippetExtension()]).convert(text)


def read(text: str) -> models.Offer:
    [fence] = fences.scan(["```model", *text.splitlines(), "```"], kind="model")
    return models.read(fence)


def written(name: str, text: str) -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def link(path: str) -> str:
    return f"../{path}"


def test_the_file_has_the_name_of_the_lesson_or_the_given_one() -> None:
    assert read("flowers_training.train").path == "models/flowers-training.keras"
    assert read("flowers_training.train\nname: flowers").file == "flowers.keras"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty model fence"),
        ("tiny.train\nnmae: x", 'got "nmae: x"'),
        ("tiny.train\nname: ../x", 'got "name: ../x"'),
        ("tiny.train\nname:", 'got "name:"'),
        ("tiny.train\n\nwords", 'got "words"'),
    ],
)
def test_what_cannot_be_offered_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadReference) as caught:
        read(text)
    assert message in str(caught.value)


def test_a_build_names_page_and_line(tiny: Course) -> None:
    with pytest.raises(BadReference, match="page:3: expected"):
        convert(PAGE.replace("tiny.train", "tiny.train\nwhat: x"))


def test_where_no_site_has_the_files_the_page_shows_nothing(tiny: Course) -> None:
    html = convert(PAGE)
    assert "hidden></p>" in html
    assert "Netron" not in html
    assert tiny.ran == []


def test_the_place_is_filled_with_links(tiny: Course) -> None:
    html = models.filled(convert(PAGE), tiny.engine, link)
    assert 'href="../netron/?url=../models/tiny.keras">Look at this model' in html
    assert 'href="../models/tiny.keras" download>Download tiny.keras</a> (' in html
    assert "hidden" not in html
    assert models.filled("<p>other</p>", tiny.engine, link) == "<p>other</p>"


def test_the_site_holds_the_kept_file_and_the_viewer(tiny: Course) -> None:
    found, errors = models.files(tiny.engine, [written("page.md", PAGE)])
    assert not errors
    kept = found.pop("models/tiny.keras")
    assert "config.json" in zipfile.ZipFile(kept).namelist()
    assert kept.is_relative_to(tiny.store.place)
    assert found == {f"netron/{name}": file for name, file in netron.files().items()}


def test_without_offers_the_site_holds_nothing_more(
    tiny: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(netron, "files")
    assert models.files(tiny.engine, [written("page.md", "# Page\n")]) == ({}, [])


def test_a_model_that_is_lost_is_made_again(tiny: Course) -> None:
    kept = models.kept(tiny.engine, "tiny.train")
    assert models.kept(tiny.engine, "tiny.train") == kept
    assert tiny.ran == ["tiny.train"]
    shutil.rmtree(kept.parent)
    assert models.kept(tiny.engine, "tiny.train").is_file()
    assert tiny.ran == ["tiny.train", "tiny.train"]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("tiny.loose", "keeps no value"),
        ("tiny.number", "expected one model in the value of tiny.number; got 0"),
        ("tiny.both", "got 2"),
        ("tiny.tarin", 'did you mean "train"'),
        ("tiny.failing", "ValueError: no"),
    ],
)
def test_without_one_model_the_error_names_page_and_line(
    tiny: Course, reference: str, message: str
) -> None:
    page = written("page.md", PAGE.replace("tiny.train", reference))
    found, [error] = models.files(tiny.engine, [page])
    assert found == {}
    assert str(error).startswith("page.md:3: ")
    assert message in str(error)


def test_two_models_cannot_have_one_name(tiny: Course) -> None:
    tiny.lesson(LESSON, "other")
    sources = [
        written("a.md", PAGE),
        written("b.md", PAGE),  # the same model again is no other
        written("c.md", PAGE.replace("tiny.train", "other.train\nname: tiny")),
    ]
    _, [error] = models.files(tiny.engine, sources)
    assert "c.md:3: tiny.keras is the model of tiny.train already" in str(error)


def test_another_netron_is_an_error_of_the_build(
    tiny: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs() -> dict[str, bytes]:
        raise BadPackage("not as expected")

    monkeypatch.setattr(netron, "files", differs)
    found, [error] = models.files(tiny.engine, [written("page.md", PAGE)])
    assert list(found) == ["models/tiny.keras"]
    assert str(error) == "not as expected"
    with pytest.raises(EngineError):
        models.filled(convert(PAGE), tiny.engine, link)


def test_its_snippet_counts_as_shown(tiny: Course) -> None:
    page = written("page.md", PAGE)
    [place], errors = pages.places([page])
    assert (place.order.reference, place.line, errors) == ("tiny.train", 3, [])
    page.write_text(PAGE.replace("tiny.train", ""))
    assert "page.md:3: an empty model fence" in str(pages.places([page])[1][0])
