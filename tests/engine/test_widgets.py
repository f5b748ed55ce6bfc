from pathlib import Path
from types import SimpleNamespace

import pytest
from markdown import Markdown

from cnnguide.engine import build, fences, notebook, pages, replay, widgets
from cnnguide.engine.errors import BadReference, EngineError
from cnnguide.engine.fence import SnippetExtension

from .course import Course

LESSON = """
    import matplotlib.pyplot as plt
    from tinycourse import files

    def data():
        return files.File()

    def number():
        return 1

    def drawn():
        figure, axes = plt.subplots()
        figure.set_gid("a line")
        axes.plot([1, 2])
        files.describe(figure, "a line")
        return figure

    def failing():
        return 1 / 0
    """
FILES = """
    class File:
        def __repr__(self):
            return "a.bin, 3 bytes: letters"

        def _repr_file_(self):
            return "a.bin", b"abc"

    def describe(figure, text):
        figure.description = text
    """
PART = ["cnn-tiny", "still: tiny.drawn", "letters: tiny.data"]
PAGE = "# Page\n\n```widget\n{}\n```\n\nEnd.\n"
WORDS = '<form aria-label="Tiny">\n<!-- include end.html -->\n'
# "abc" and its hash.
NAME = "a-ba7816bf8f.bin"


@pytest.fixture
def tiny(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    course.lesson(LESSON)
    course.write({"files.py": FILES})
    monkeypatch.setattr(build, "current", lambda: course.engine)
    monkeypatch.chdir(tmp_path)
    words("widgets/cnn-tiny.html", WORDS)
    words("widgets/end.html", "<button>Go</button></form>\n")
    return course


def words(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def page(*lines: str, path: str = "docs/page.md") -> Path:
    words(path, PAGE.format("\n".join(lines or PART)))
    return Path(path)


def convert(source: Path) -> str:
    markdown = Markdown(extensions=["pymdownx.superfences", SnippetExtension()])
    told = SimpleNamespace(run=lambda root: None)
    told.file = SimpleNamespace(abs_src_path=str(source.absolute()))
    markdown.treeprocessors.register(told, "told", 0)
    return markdown.convert(source.read_text())


def read(*lines: str) -> widgets.Widget:
    [fence] = fences.scan(["```widget", *lines, "```"], kind="widget")
    return widgets.read(fence)


def test_a_fence_names_the_part_its_still_and_its_files() -> None:
    part = read(*PART)
    assert (part.name, part.still, part.play) == ("cnn-tiny", "tiny.drawn", False)
    assert part.files == {"letters": "tiny.data"}
    assert part.references == ["tiny.drawn", "tiny.data"]
    assert read(*PART, "play").play


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "empty widget fence"),
        (["tiny"], 'expected the name of a widget, such as cnn-pool; got "tiny"'),
        (["cnn-tiny"], 'cnn-tiny needs "still: "'),
        (["cnn-tiny", "still:"], 'got "still:"'),
        (["cnn-tiny", "still: tiny.drawn", "Net: tiny.data"], 'got "Net: tiny.data"'),
        (["cnn-tiny", "still: tiny.drawn", "", "words"], 'got "words"'),
    ],
)
def test_what_is_no_part_is_refused(lines: list[str], message: str) -> None:
    with pytest.raises(BadReference) as caught:
        read(*lines)
    assert message in str(caught.value)


def test_the_page_has_words_still_and_the_names_of_files(tiny: Course) -> None:
    html = convert(page())
    assert '<figure class="cnn-widget" id="cnn-tiny" data-search-exclude>' in html
    assert f'<cnn-tiny data-letters="{NAME}">' in html
    assert '<form aria-label="Tiny">\n<button>Go</button></form>' in html
    still = html.partition('<div class="cnn-still">')[2]
    assert "<svg" in still and "How this was made" in still
    assert "include" not in html
    # Markdown has put nothing of it into paragraphs, which would tear it apart.
    assert "<p><figure" not in html and "<p><cnn" not in html


def test_a_part_may_move_by_itself(tiny: Course) -> None:
    assert "data-play>" in convert(page(*PART, "play"))


def test_the_nearest_words_count(tiny: Course) -> None:
    words("docs/zh/widgets/cnn-tiny.html", '<form aria-label="小"></form>')
    assert 'aria-label="小"' in convert(page(path="docs/zh/page.md"))
    assert 'aria-label="Tiny"' in convert(page(path="docs/page.md"))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["cnn-none", "still: tiny.drawn"], "cnn-none has no words: expected a file"),
        (["cnn-tiny", "still: tiny.number"], "tiny.number gives no figure"),
        (["cnn-tiny", "still: tiny.drawn", "a: tiny.number"], "got 0 files"),
        (["cnn-tiny", "still: tiny.drwan"], 'did you mean "drawn"'),
        (["cnn-tiny", "still: tiny.drawn", "a: tiny.failing"], "ZeroDivisionError"),
    ],
)
def test_a_build_names_page_and_line(tiny: Course, lines: list[str], message: str) -> None:
    with pytest.raises(EngineError) as caught:
        convert(page(*lines))
    assert str(caught.value).startswith("docs/page.md:3: ")
    assert message in str(caught.value)


def test_a_lost_piece_of_words_is_named(tiny: Course) -> None:
    Path("widgets/end.html").unlink()
    with pytest.raises(BadReference, match=r"expected a file .*end\.html"):
        convert(page())


def test_the_site_holds_the_files_under_the_names_of_the_page(tiny: Course) -> None:
    found, errors = widgets.files(tiny.engine, [page()])
    assert (found, errors) == ({f"live/{NAME}": b"abc"}, [])


def test_another_content_has_another_name(tiny: Course) -> None:
    tiny.edit("files.py", 'b"abc"', 'b"abd"')
    [name] = widgets.files(tiny.engine, [page()])[0]
    assert name.startswith("live/a-") and NAME not in name


def test_what_gives_no_file_is_an_error_with_its_place(tiny: Course) -> None:
    source = page("cnn-tiny", "still: tiny.drawn", "a: tiny.number")
    found, [error] = widgets.files(tiny.engine, [source])
    assert found == {}
    assert str(error).startswith("docs/page.md:3: expected a cnnguide.asset.Asset")


def test_its_snippets_count_as_shown(tiny: Course) -> None:
    found, errors = pages.places([page()])
    assert [place.order.reference for place in found] == ["tiny.drawn", "tiny.data"]
    assert errors == []
    assert "docs/page.md:3: an empty widget" in str(pages.places([page("")])[1][0])


def test_while_serving_changed_words_are_seen(tiny: Course) -> None:
    source = page()
    before = replay.state(tiny.engine, source, source.read_text(), "")
    assert replay.state(tiny.engine, source, source.read_text(), "") == before
    words("widgets/end.html", "other")
    changed = replay.state(tiny.engine, source, source.read_text(), "")
    assert None not in (before, changed) and changed != before
    Path("widgets/end.html").unlink()
    assert replay.state(tiny.engine, source, source.read_text(), "") is None


def test_a_notebook_leads_to_the_page(tiny: Course) -> None:
    lines = page().read_text().splitlines()
    setting = notebook.Setting(lambda target: f"https://a.example/{target}", "page", "a")
    cells = notebook.of_page(tiny.engine, lines, setting).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "[on the page](https://a.example/#cnn-tiny)" in text
    assert "```" not in text


def test_a_file_that_is_shown_is_its_name_and_size(tiny: Course) -> None:
    words("docs/shown.md", "# Page\n\n```snippet\ntiny.data\n```\n")
    html = convert(Path("docs/shown.md"))
    assert "<samp>a.bin, 3 bytes: letters</samp>" in html
    assert "YWJj" not in html  # the content
    lines = Path("docs/shown.md").read_text().splitlines()
    setting = notebook.Setting(str, "page", "a")
    *_, cell = notebook.of_page(tiny.engine, lines, setting).cells
    assert cell.outputs[0].data == {"text/plain": "a.bin, 3 bytes: letters"}
