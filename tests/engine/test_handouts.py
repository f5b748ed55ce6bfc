import json
from pathlib import Path

import pytest

from cnnguide.engine import handouts, notebook

from .course import Course

SITE = handouts.Site("https://a.example/", "", "gh-pages", "", "tinycourse")
HOSTED = handouts.Site(
    "https://a.example/",
    "https://github.com/me/course/",
    "pages",
    "https://github.com/me/course/blob/main/",
    "tinycourse",
)
PAGE = "# Tiny\n\n```snippet\ntiny.number\n```\n"


@pytest.fixture
def page(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    course.lesson("def number():\n    return 7\n")
    made = notebook.of_page
    course.notebooks = []

    def count(*arguments: object) -> object:
        course.notebooks.append(arguments)
        return made(*arguments)

    monkeypatch.setattr(notebook, "of_page", count)
    page = tmp_path / "tiny.md"
    page.write_text(PAGE)
    return page


def files(course: Course, page: Path, site: handouts.Site = SITE) -> dict[str, str]:
    return handouts.of_lesson(course.engine, page, page.read_text(), site)


def test_a_lesson_is_known_by_its_page(course: Course) -> None:
    course.lesson("", "then_and_now")
    assert handouts.lesson(course.engine, "then-and-now.md") == "then_and_now"
    assert handouts.lesson(course.engine, "labs/then-and-now.md") is None
    assert handouts.lesson(course.engine, "index.md") is None


def test_handouts_are_made_once_until_something_changes(course: Course, page: Path) -> None:
    first = files(course, page)
    assert set(first) == {".ipynb", ".py"}
    assert files(course, page) == first
    assert len(course.notebooks) == 1
    course.edit("lessons/tiny.py", "7", "8")
    assert '"8"' in files(course, page)[".ipynb"]
    page.write_text(PAGE + "\nMore.\n")
    assert "More." in files(course, page)[".py"]
    assert "git+" in files(course, page, HOSTED)[".ipynb"]
    assert len(course.notebooks) == 4


def test_damaged_handouts_are_made_again(
    course: Course, page: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = files(course, page)
    kept = course.store.place / "handouts" / "tiny.md.json"
    kept.write_bytes(kept.read_bytes()[:-20])
    assert files(course, page) == first
    assert f"{kept} is damaged" in caplog.text


def test_links_without_a_repository_have_no_colab() -> None:
    row = handouts.links(SITE, "tiny/", "tiny", "cnnguide/lessons/tiny.py")
    assert row.count("<a ") == 2
    assert '<a href="tiny.ipynb" download>Download notebook</a>' in row
    assert '<a href="tiny.py">View source</a>' in row


def test_links_with_a_repository() -> None:
    row = handouts.links(HOSTED, "labs/tiny/", "tiny", "docs/labs/tiny.py")
    address = "github/me/course/blob/pages/labs/tiny/tiny.ipynb"
    assert f'<a href="https://colab.research.google.com/{address}">Open in Colab</a>' in row
    source = "https://github.com/me/course/blob/main/docs/labs/tiny.py"
    assert f'<a href="{source}">View source</a>' in row
    assert HOSTED.package == "git+https://github.com/me/course"


def test_colab_reads_no_other_host() -> None:
    other = handouts.Site("", "https://code.example/me/course", "pages", "", "")
    assert other.colab("a.ipynb") == ""
    assert "Colab" not in handouts.links(other, "", "a", "a.py")


def test_the_row_stands_under_the_title() -> None:
    assert handouts.below_title("<h1>A</h1><p>", "ROW") == "<h1>A</h1>\nROW<p>"


def test_files_are_written_beside_the_page(tmp_path: Path) -> None:
    handouts.write({".ipynb": "{}", ".py": "é"}, tmp_path / "tiny", "tiny")
    assert json.loads((tmp_path / "tiny" / "tiny.ipynb").read_text()) == {}
    assert (tmp_path / "tiny" / "tiny.py").read_text("utf-8") == "é"
