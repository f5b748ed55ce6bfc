import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from cnnguide import cli
from cnnguide.engine import build
from tests.engine.course import Course

LESSON = '''
    import warnings

    import matplotlib.pyplot as plt

    from cnnguide import keep

    @keep.once
    def base():
        """Make what others need."""
        return 20

    def look():
        """Look at it.

        For long.
        """
        print("seen")
        warnings.warn("careful")
        return base() + 1

    def draw():
        """Draw a line & more."""
        for name in ("one", "two"):
            figure, axes = plt.subplots()
            axes.plot([1, 2])
            axes.set_title("Loss & <more>")
            axes.imshow([[1, 2]])
            figure.description = name

    class File:
        def __repr__(self):
            return "a.txt, 3 bytes"

        def _repr_file_(self):
            return "a.txt", b"abc"

    def write():
        """Hand on a file."""
        return File()
    '''


@pytest.fixture
def site(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    """A course for the command line, in a folder of its own without pages."""
    course.lesson(LESSON)
    monkeypatch.setattr(build, "current", lambda: course.engine)
    monkeypatch.chdir(tmp_path)
    return course


def call(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def page(*references: str) -> None:
    fences = "".join(f"```snippet\n{reference}\n```\n\n" for reference in references)
    Path("docs").mkdir(exist_ok=True)
    Path("docs/page.md").write_text(f"# Page\n\n{fences}")


def test_list_names_lessons_snippets_and_their_pages(site: Course) -> None:
    page("tiny.look")
    listed = call("list")
    assert listed.exit_code == 0
    assert listed.output.splitlines() == [
        "tiny",
        "  tiny.base: Make what others need.",
        "  tiny.look: Look at it.  (docs/page.md:3)",
        "  tiny.draw: Draw a line & more.",
        "  tiny.write: Hand on a file.",
    ]
    assert site.ran == []


def test_run_prints_what_a_snippet_shows(site: Course) -> None:
    ran = call("run", "tiny.look")
    assert ran.exit_code == 0
    assert ran.stdout == "seen\nUserWarning: careful\n21\n"
    assert site.ran == ["tiny.base", "tiny.look"]
    assert call("run", "tiny.look").stdout == ran.stdout
    assert len(site.ran) == 2
    call("run", "--force", "tiny.look")
    assert site.ran[2:] == ["tiny.look"]


def test_run_saves_figures_that_can_be_opened_alone(site: Course) -> None:
    ran = call("run", "tiny.draw", "--figures", "some/where")
    first, second = sorted(Path("some/where").iterdir())
    assert (first.name, second.name) == ("tiny.draw-1.svg", "tiny.draw-2.svg")
    assert f"[figure saved as {first}: one]" in ran.output
    for file in (first, second):
        root = ElementTree.parse(file).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "Loss & <more>" in [element.text for element in root.iter()]


def test_run_saves_files(site: Course) -> None:
    ran = call("run", "tiny.write", "--figures", "some/where")
    assert Path("some/where/a.txt").read_bytes() == b"abc"
    assert "[file saved as some/where/a.txt: a.txt, 3 bytes]" in ran.output


def test_run_without_a_name_runs_what_is_stale_on_the_pages(site: Course) -> None:
    page("tiny.look")
    assert call("run").stdout == ""
    assert site.ran == ["tiny.base", "tiny.look"]
    site.ran.clear()
    call("run")
    assert site.ran == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tiny.lok", 'lesson "tiny" has no snippet "lok"; did you mean "look"?'),
        ("tinny.look", 'there is no lesson "tinny"; did you mean "tiny"?'),
        ("look", 'expected lesson.snippet, such as garments.look; got "look"'),
    ],
)
def test_an_unknown_name_suggests_the_nearest(site: Course, name: str, hint: str) -> None:
    ran = call("run", name)
    assert ran.exit_code == 1
    assert hint in ran.stderr
    assert "Traceback" not in ran.output


def test_a_failure_is_told_and_the_others_are_printed(site: Course) -> None:
    site.edit("lessons/tiny.py", 'for name in ("one", "two"):', "for name in 1 / 0:")
    ran = call("run", "tiny.draw", "tiny.look")
    assert ran.exit_code == 1
    assert ran.stdout == "seen\nUserWarning: careful\n21\n"
    assert "ZeroDivisionError: division by zero" in ran.stderr
    assert 'File "tinycourse/lessons/tiny.py", line 2' in ran.stderr


def test_status_says_what_is_stale_and_why(site: Course) -> None:
    page("tiny.look", "tiny.draw")
    call("run", "tiny.look")
    stale = call("status")
    assert stale.exit_code == 1
    lines = stale.output.splitlines()
    assert lines[:3] == [
        "fresh  tiny.look",
        "stale  tiny.draw",
        "       it has not run yet",
    ]
    assert re.fullmatch(rf"1 stale; \d+\.\d MB in {site.store.place}", lines[3])
    call("run")
    fresh = call("status")
    assert (fresh.exit_code, fresh.output.count("fresh")) == (0, 2)
    site.edit("lessons/tiny.py", "return 20", "return 30")
    assert "stale  tiny.look\n       lessons.tiny.base changed\n" in call("status").output


def test_status_tells_what_is_wrong_with_a_page(site: Course) -> None:
    page("tiny.lok")
    status = call("status")
    assert status.exit_code == 1
    assert 'did you mean "look"?' in status.output


def test_without_pages_all_snippets_count(site: Course) -> None:
    assert call("status").output.count("it has not run yet") == 4


def test_clean_removes_what_no_page_needs(site: Course) -> None:
    page("tiny.look")
    call("run", "tiny.look", "tiny.draw")
    site.edit("lessons/tiny.py", "return 20", "return 30")
    call("run")
    assert len(list(site.store.entries())) == 7
    cleaned = call("clean")
    assert cleaned.exit_code == 0
    assert re.match(r"removed 4 entries, \d+\.\d MB", cleaned.output)
    site.ran.clear()
    site.edit("lessons/tiny.py", "base() + 1", "base() + 2")
    call("run")
    assert site.ran == ["tiny.look"]
    site.edit("lessons/tiny.py", "return 30", "return 20")
    assert call("status").exit_code == 1


def test_clean_all_removes_everything(site: Course) -> None:
    call("run", "tiny.look")
    assert "removed 3 entries" in call("clean", "--all").output
    assert list(site.store.entries()) == []
    assert "removed 0 entries" in call("clean").output


@pytest.mark.parametrize("command", ["list", "status", "clean", "run"])
def test_a_lesson_that_is_no_python_is_told_in_a_line(site: Course, command: str) -> None:
    page("tiny.look")
    site.lesson("def broken(:\n")
    told = call(command)
    assert told.exit_code == 1
    assert "tiny.py:1: invalid syntax" in told.output


@pytest.mark.parametrize("command", ["clean", "run"])
def test_a_page_that_makes_no_sense_is_told_with_its_line(
    site: Course, command: str
) -> None:
    page("tiny.look\nshwo: code")
    told = call(command)
    assert told.exit_code == 1
    assert 'docs/page.md:3: expected an option, "name: value"' in told.output


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ["list", "run", "status", "clean", "cnnguide run garments.look"]),
        (["list"], ["--docs", "pages that show them"]),
        (["run"], ["[NAME]...", "--figures", "--force", "Without a NAME"]),
        (["status"], ["exit code 1", "default: docs"]),
        (["clean"], ["--all", "Remove also what is fresh"]),
    ],
)
def test_help_teaches(site: Course, command: list[str], words: list[str]) -> None:
    helped = call(*command, "--help")
    assert helped.exit_code == 0
    for word in words:
        assert word in helped.output
    assert helped.output == call(*command, "-h").output


def test_a_bad_seed_is_told_in_a_line(
    site: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNGUIDE_SEED", "seven")
    told = call("run", "tiny.look")
    assert told.exit_code == 1
    assert "CNNGUIDE_SEED must be a whole number" in told.output
