import json
import re
from pathlib import Path

import pytest
from markdown import Markdown

from cnnguide.engine import build, fences, pages, questions
from cnnguide.engine.errors import BadReference
from cnnguide.engine.fence import SnippetExtension

from .course import Course

SITE = ["admonition", "pymdownx.details", "pymdownx.superfences"]
LESSON = """
    def shape():
        return (14, 14, 16)

    def share():
        return 0.25

    def count():
        return 18496

    def word():
        return "max pooling"

    def picture():
        return {"a": 1}

    def nothing():
        print(1)
    """
PAGE = """\
# Page

## Questions

!!! question "Which shape has `Conv2D(16, 5)`?"

    ```question
    tiny.shape
    hint: Count the places with <care> and `padding`.
    wrong (16, 16, 16): That is with `same`.

    There are {{ tiny.count }} weights.
    ```

!!! question "Which pooling?"

    ```question
    tiny.word
    hint: Think of the corner.
    choice: max pooling
    choice: average pooling
    wrong average pooling: It blurs.

    It keeps the largest.
    ```
"""


@pytest.fixture
def site(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    course.lesson(LESSON)
    monkeypatch.setattr(build, "current", lambda: course.engine)
    monkeypatch.chdir(tmp_path)
    return course


def convert(text: str) -> str:
    return Markdown(extensions=[*SITE, SnippetExtension()]).convert(text)


def fence(text: str) -> fences.Fence:
    [found] = fences.scan(["```question", *text.splitlines(), "```"], kind="question")
    return found


def ask(site: Course, text: str) -> tuple[questions.Question, object]:
    question = questions.read(fence(text))
    return question, questions.answer(question, site.engine.result(question.reference))


def test_a_fence_becomes_a_hidden_form_and_a_folded_answer(site: Course) -> None:
    html = convert(PAGE)
    first, second = re.findall(r'<form class="quiz".*?</form>', html, re.DOTALL)
    assert 'data-kind="list"' in first
    assert 'data-answer="[14, 14, 16]"' in first
    assert " hidden>" in first.partition("<label>")[0]
    assert "with &lt;care&gt; and <code>padding</code>" in first
    assert 'data-value="[16, 16, 16]">That is with <code>same</code>' in first
    assert 'data-kind="choice"' in second
    assert second.count('type="radio"') == 2
    folded = html.partition("<details")[2].partition("</details>")[0]
    assert "<summary>Answer</summary>" in folded
    assert "<strong>(14, 14, 16)</strong>" in folded
    assert ">18,496</span> weights" in folded


def test_the_answer_stands_in_the_page_only_as_computed(site: Course) -> None:
    site.edit("lessons/tiny.py", "(14, 14, 16)", "(13, 13, 16)")
    html = convert(PAGE)
    assert "(14, 14, 16)" not in html
    assert "(13, 13, 16)" in html


def test_progress_stands_once_before_the_first_question(site: Course) -> None:
    html = convert(PAGE)
    assert html.count('class="quiz-progress"') == 1
    assert html.index("quiz-progress") < html.index('class="admonition question"')


def test_its_snippets_count_as_shown(site: Course, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    found, errors = pages.places([page])
    assert not errors
    assert {p.order.reference for p in found} == {"tiny.shape", "tiny.count", "tiny.word"}


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("tiny.shape\nhint: h", [14, 14, 16], "list"),
        ("tiny.share\nhint: h", 0.25, "number"),
        ("tiny.count\nhint: h", 18496, "number"),
        ("tiny.word\nhint: h\nchoice: max pooling\nchoice: b", "max pooling", "choice"),
    ],
)
def test_the_kind_follows_from_the_value(
    site: Course, text: str, value: object, kind: str
) -> None:
    question, found = ask(site, text)
    assert found == value
    assert f'data-kind="{kind}"' in questions.form(question, found)


def test_only_decimal_numbers_have_a_tolerance(site: Course) -> None:
    for reference, tolerance in [("share", "0.01"), ("count", "0"), ("shape", "0")]:
        form = questions.form(*ask(site, f"tiny.{reference}\nhint: h"))
        assert f'data-tolerance="{tolerance}"' in form
    form = questions.form(*ask(site, "tiny.share\nhint: h\ntolerance: 0.1\nunit: %"))
    assert 'data-tolerance="0.1"' in form
    assert '<span class="quiz-unit">%</span>' in form


def test_the_example_in_the_label_is_never_the_answer(site: Course) -> None:
    form = questions.form(*ask(site, "tiny.shape\nhint: h"))
    example = re.search(r"such as \(([^)]*)\)", form)[1]
    assert len(example.split(",")) == 3
    assert json.loads(f"[{example}]") != [14, 14, 16]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty question fence"),
        ("tiny.shape", 'needs a line "hint: …"'),
        ("tiny.shape\nhnt: h", 'did you mean "hint"'),
        ("tiny.shape\nhint here: h", "expected an option of a question"),
        ("tiny.share\nhint: h\ntolerance: few", "tolerance is a share"),
        ("tiny.picture\nhint: h", "must be a number, a tuple of whole numbers or a string"),
        ("tiny.nothing\nhint: h", "got none"),
        ("tiny.word\nhint: h", 'a string needs the lines "choice: …"'),
        ("tiny.count\nhint: h\nchoice: a", 'only a string has "choice: …"'),
        ("tiny.word\nhint: h\nchoice: a\nchoice: b", "none of the choices"),
        ("tiny.shape\nhint: h\nwrong (14, 14, 16): no", "is called wrong, but is right"),
    ],
)
def test_what_cannot_be_asked_is_refused(site: Course, text: str, message: str) -> None:
    with pytest.raises(BadReference, match=re.escape(message)):
        ask(site, text)


def test_an_unclosed_fence_is_refused() -> None:
    [found] = fences.scan(["```question", "tiny.shape"], kind="question")
    with pytest.raises(BadReference, match="never closed"):
        questions.read(found)


def test_a_build_names_page_and_line(site: Course) -> None:
    with pytest.raises(BadReference, match=r"page:7: the question tiny\.shape needs"):
        convert(PAGE.replace("    hint: Count the places with <care> and `padding`.\n", ""))
