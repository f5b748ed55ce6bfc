from collections.abc import Callable
from pathlib import Path

import pytest
from markdown import Markdown

from cnnguide.engine import build, fence, uses

from .course import Course

LESSON = '''
    """A lesson."""

    import math

    from tinycourse import charts
    from tinycourse.table import ROWS, Table

    def drawn():
        return charts.draw(charts.WIDTH)

    def told():
        return Table(drawn() * ROWS)

    def plain():
        return math.pi
    '''


@pytest.fixture
def convert(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str, str], str]:
    course.lesson(LESSON)
    course.write(
        {
            "charts.py": '"""Charts."""\nWIDTH = 3\n\ndef draw(w):\n    return w\n',
            "table.py": '"""Tables."""\nROWS = 2\n\nclass Table(tuple):\n    """One."""\n',
        }
    )
    monkeypatch.setattr(build, "current", lambda: course.engine)
    monkeypatch.chdir(tmp_path)
    Path("docs/reference").mkdir(parents=True)

    def convert(text: str, page: str) -> str:
        monkeypatch.setattr(uses, "page_of", lambda md: Path("docs", page))
        return Markdown(extensions=["tables", "cnnguide.engine.uses"]).convert(text)

    return convert


def snippet(name: str, option: str = "") -> str:
    return f"```snippet\ntiny.{name}\n{option}\n```\n"


def test_a_page_ends_with_links_to_what_its_code_uses(convert) -> None:
    html = convert(f"# T\n\n{snippet('told')}\n{snippet('drawn')}\n", "t.md")
    last = html.split("The code on this page uses ")[1]
    links = [f'<a href="reference/{n.split(".")[1]}.md#{n}">' for n in NAMES]
    assert [last.index(link) for link in links] == sorted(map(last.index, links))
    assert not any(name in last for name in ("WIDTH", "ROWS", "lessons"))


NAMES = ("tinycourse.charts.draw", "tinycourse.table.Table")


@pytest.mark.parametrize(
    "text", [snippet("plain"), snippet("drawn", "show: output"), snippet("gone"), "Prose."]
)
def test_a_page_whose_code_uses_nothing_has_no_such_line(convert, text: str) -> None:
    assert "The code on this page" not in convert(f"# T\n\n{text}\n", "t.md")


def test_the_reference_tells_which_pages_use_what(convert) -> None:
    Path("docs/one.md").write_text(f"# One: first\n\n{snippet('drawn')}")
    Path("docs/two.md").write_text(f"# Two\n\n{snippet('drawn')}\n{snippet('told')}")
    html = convert("# Charts\n\n```uses\ncharts\n```\n\nEnd.\n", "reference/charts.md")
    row = html[html.index("<tbody>") : html.index("</tbody>")]
    assert row.count("<tr>") == 1
    assert 'href="#tinycourse.charts.draw"' in row
    assert row.index('<a href="../one.md">One</a>') < row.index('href="../two.md">Two')
    assert "<p>End.</p>" in html


def test_links_are_added_before_fences_are_replaced() -> None:
    assert uses.PRIORITY > fence.PRIORITY
