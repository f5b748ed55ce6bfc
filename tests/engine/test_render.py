import re
from html import unescape

import pytest

from cnnguide.engine import render
from cnnguide.engine.build import Plan
from cnnguide.engine.errors import SnippetFailed
from cnnguide.engine.script import Script
from cnnguide.engine.store import Output, Result

from .course import Course

PARTS = {"tensorflow": "2.21.0", "keras": "3.15.1", "python": "3.11.7", "seed": "7"}


@pytest.fixture
def plan(course: Course) -> Plan:
    course.lesson("\n\ndef snippet():\n    return 1\n")
    return course.engine.plan("tiny.snippet")


def result(*outputs: Output, data: tuple[str, ...] = ()) -> Result:
    return Result("tiny.snippet", "5f2c", PARTS, outputs, data, 1.2345, "2025-12-31")


def rows(html: str) -> dict[str, str]:
    """The provenance in a page."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    return {name: unescape(re.sub("<[^>]*>", "", value)) for name, value in pairs}


def test_outputs_are_escaped(plan: Plan) -> None:
    html = render.outputs(
        plan,
        result(
            Output("text", "a < b & <script>\n"),
            Output("warning", "<w>"),
            Output("value", "'<v>'"),
            Output("figure", "<svg/>", 'a "line" & <more>'),
            data=("things <x>",),
        ),
        "",
    )
    assert "a &lt; b &amp; &lt;script&gt;" in html
    assert '<span class="snippet-warning">&lt;w&gt;</span>' in html
    assert ">&#x27;&lt;v&gt;&#x27;<" in html
    assert 'aria-label="a &quot;line&quot; &amp; &lt;more&gt;"' in html
    assert "things &lt;x&gt;" in html
    for raw in ("<script>", "<w>", "<v>", "<more>", "<x>"):
        assert raw not in html


def test_printed_text_and_warnings_are_one_stream_before_all_else(plan: Plan) -> None:
    html = render.outputs(
        plan,
        result(
            Output("text", "one\n"),
            Output("warning", "two"),
            Output("text", "three\n"),
            Output("value", "four"),
        ),
        "",
    )
    assert html.count("<pre") == 2
    inner = re.search(r'<pre class="snippet-text".*?</pre>', html, re.DOTALL)[0]
    assert re.sub("<[^>]*>", "", inner) == "one\ntwo\nthree"
    assert html.index("three") < html.index("four")


def test_what_scrolls_can_be_reached_and_has_a_name(plan: Plan) -> None:
    html = render.outputs(
        plan, result(Output("text", "a"), Output("value", "1"), Output("html", "<p>")), ""
    )
    boxes = re.findall(r"<(?:pre|div) class=\"snippet-(?:text|value|table)\"[^>]*>", html)
    assert len(boxes) == 3
    for box in boxes:
        assert 'tabindex="0"' in box and 'role="region"' in box and "tiny.snippet" in box


def test_tables_and_figures_stand_in_the_page_as_they_are(plan: Plan) -> None:
    table = "<table><tr><td>1</td></tr></table>"
    figure = Output("figure", '<svg viewBox="0 0 1 1"><g/></svg>', "a line")
    html = render.outputs(plan, result(Output("html", table, "1"), figure), "")
    assert table in html
    assert '<svg role="img" aria-label="a line" viewBox="0 0 1 1"><g/></svg>' in html


READINGS = """{
    "table": "<table><caption>Loss</caption><tr><td>a &lt; b</td></tr></table>",
    "axis": 1, "spans": [[3.5, 90]], "marks": [[[1, 20.5]], [null]]
}"""


def test_a_chart_that_answers_has_its_table_folded_below_it(plan: Plan) -> None:
    svg = '<svg viewBox="0 0 1 1"/>'
    output = Output("figure", svg, "bars", READINGS)
    html = render.outputs(plan, result(output), "")
    places = 'data-readings="[1,[[3.5,90]],[[[1,20.5]],[null]]]"'
    assert f'<figure class="snippet-figure" {places}><svg role="img" aria-lab' in html
    assert 'aria-label="bars"' in html
    [folded] = re.findall(r'</figure><details class="snippet-readings">.*?</details>', html)
    assert "<summary>The figures behind this chart</summary>" in folded
    assert "<caption>Loss</caption><tr><td>a &lt; b</td></tr>" in folded
    assert 'tabindex="0" role="region" aria-label="Loss (tiny.snippet)"' in folded
    # What is searched leaves out the box that holds it.
    assert html.index("data-search-exclude") < html.index("<details")


def test_a_table_alone_has_no_places(plan: Plan) -> None:
    readings = READINGS.replace("[[[1, 20.5]], [null]]", "[]")
    html = render.outputs(plan, result(Output("figure", "<svg/>", "a", readings)), "")
    assert "data-readings" not in html and html.count("<details") == 2
    html = render.outputs(plan, result(Output("figure", "<svg/>", "a")), "")
    assert '<figure class="snippet-figure"><svg' in html and html.count("<details") == 1


def test_provenance_says_how_an_output_was_made(plan: Plan) -> None:
    html = render.outputs(plan, result(data=("things", "more")), "https://code.example/m/")
    assert rows(html) == {
        "TensorFlow": "2.21.0",
        "Keras": "3.15.1",
        "Python": "3.11.7",
        "Data": "things; more",
        "Seconds": "1.23",
        "Seed": "7",
        "Date run": "2025-12-31",
        "Key": "5f2c",
        "Source": "tinycourse/lessons/tiny.py:1",
    }
    address = "https://code.example/m/tinycourse/lessons/tiny.py#L1"
    assert f'<a href="{address}">' in html
    assert html.count("<details") == 1 and "<details open" not in html


def test_without_a_place_for_sources_there_is_no_link(plan: Plan) -> None:
    html = render.outputs(plan, result(), "")
    assert "href" not in html
    assert rows(html)["Data"] == "none"


def test_the_same_facts_are_data(plan: Plan) -> None:
    facts = render.provenance(plan, result(data=("things",)))
    assert facts == {
        "snippet": "tiny.snippet",
        "source": "tinycourse/lessons/tiny.py",
        "line": 1,
        "tensorflow": "2.21.0",
        "keras": "3.15.1",
        "python": "3.11.7",
        "data": ["things"],
        "seconds": 1.23,
        "measures_time": False,
        "seed": 7,
        "date": "2025-12-31",
        "key": "5f2c",
    }


def test_measured_times_are_said_to_be_so(course: Course, plan: Plan) -> None:
    assert "Times" not in rows(render.outputs(plan, result(), ""))
    course.lesson("@measures_time\ndef snippet():\n    return 1\n")
    timed = course.engine.plan("tiny.snippet")
    assert "yours will differ" in rows(render.outputs(timed, result(), ""))["Times"]


@pytest.mark.parametrize(
    ("text", "marks"), [("a\n", "```"), ("'```'\n", "````"), ("# ````` ``\n", "``````")]
)
def test_code_is_a_fence_that_the_code_cannot_end(text: str, marks: str) -> None:
    lines = render.code(Script(text, (1,), False))
    assert lines == [f"{marks}python", text.rstrip("\n"), marks]


def test_an_error_in_a_page_is_escaped_and_an_alert() -> None:
    html = render.error(SnippetFailed("page.md:1: <a> failed", "File <x>, line 1"))
    assert 'role="alert"' in html
    assert "<p>page.md:1: &lt;a&gt; failed</p>" in html
    assert "File &lt;x&gt;, line 1</pre>" in html
    assert "<pre" not in render.error(SnippetFailed("no details"))
