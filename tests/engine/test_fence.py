import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from markdown import Markdown

from cnnguide.engine import build
from cnnguide.engine.errors import BadReference, BadScript, EngineError, SnippetFailed
from cnnguide.engine.fence import SnippetExtension, world

from .course import Course

SITE = ["admonition", "md_in_html", "pymdownx.superfences", "pymdownx.tabbed"]
LESSON = '''
    import math
    import warnings

    def look(n=2):
        """Look."""
        print("<b>", n)
        return math.floor(n)

    def ticks():
        text = "``` and ````"
        return text

    def bad():
        return 1 / 0

    def million():
        return 1_000_000

    def share():
        return f"{7 / 8:.1%}"

    def warns():
        warnings.warn("one\\ntwo")

    def line():
        print("<just> this")

    def needy(a):
        return a
    '''


@pytest.fixture
def site(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    """A course whose engine the extension uses, in a folder of its own."""
    course.lesson(LESSON)
    monkeypatch.setattr(build, "current", lambda: course.engine)
    monkeypatch.chdir(tmp_path)
    return course


def convert(text: str, page: str = "") -> str:
    """The HTML of a page, as the site's generator makes it."""
    extension = SnippetExtension(source="https://code.example/main")
    markdown = Markdown(extensions=[*SITE, extension])
    if page:
        # As MkDocs says which page it is.
        told = SimpleNamespace(run=lambda root: None)
        told.file = SimpleNamespace(abs_src_path=str(Path.cwd() / page))
        markdown.treeprocessors.register(told, "told", 0)
    return markdown.convert(text)


def fence(*lines: str, indent: str = "") -> str:
    return "".join(f"{indent}{line}\n" for line in ("```snippet", *lines, "```"))


def shown(html: str) -> str:
    """The text of the code blocks."""
    code = "".join(re.findall(r'<div class="highlight">.*?</div>', html, re.DOTALL))
    return re.sub("<[^>]*>", "", code)


def test_a_fence_becomes_code_and_output(site: Course) -> None:
    html = convert(f"# Title\n\nBefore.\n\n{fence('tiny.look')}\nAfter.\n")
    assert shown(html) == 'import math\n\nn = 2\n\nprint("&lt;b&gt;", n)\nmath.floor(n)\n'
    assert ">&lt;b&gt; 2<" in html
    assert 'class="snippet-value"' in html
    assert 'href="https://code.example/main/tinycourse/lessons/tiny.py#L4"' in html
    order = ["Before.", "import", "&lt;b&gt; 2", "<details", "After."]
    places = [html.index(text) for text in order]
    assert places == sorted(places)


def test_only_code_or_only_output_can_be_shown(site: Course) -> None:
    code = convert(fence("tiny.look", "show: code"))
    output = convert(fence("tiny.look", "show: output"))
    assert "floor" in code and "snippet-output" not in code
    assert "floor" not in output and "snippet-output" in output


def test_a_fence_in_an_admonition_or_a_tab_stays_in_it(site: Course) -> None:
    inner = fence("tiny.look", indent="    ")
    html = convert(f"!!! note\n\n{inner}\n    Inside.\n\nOutside.\n")
    order = ["admonition", "floor", "snippet-output", "<p>Inside", "</div>\n<p>Outside"]
    places = [html.index(text) for text in order]
    assert places == sorted(places)
    html = convert(f'=== "One"\n\n{inner}\n=== "Two"\n\n    Text.\n')
    _, one, two = html.split('<div class="tabbed-content"')
    assert "floor" in one and "snippet-output" in one
    assert "Text." in two and "snippet-output" not in two


def test_annotations_follow_the_code(site: Course) -> None:
    html = convert(fence("tiny.look", "show: code", "", "1.  Rounds *down*."))
    assert html.index("floor") < html.index("<li>Rounds <em>down</em>.</li>")


def test_backticks_in_the_code_do_not_end_it(site: Course) -> None:
    html = convert(fence("tiny.ticks"))
    assert "``` and ````" in shown(html)
    assert "snippet-output" in html


def test_a_fence_within_another_fence_is_left_as_it_is(site: Course) -> None:
    html = convert(f"````markdown\n{fence('tiny.look')}````\n")
    assert "```snippet" in html and "floor" not in html
    assert site.ran == []


def test_a_mention_becomes_the_value_within_its_sentence(site: Course) -> None:
    html = convert("About {{ tiny.million }} of *them*, {{tiny.share}}; {{ tiny.line }}.")
    text = re.sub("<[^>]*>", "", html)
    assert text == "About 1,000,000 of them, 87.5%; &lt;just&gt; this."


def test_a_mention_of_a_warning_is_its_first_line(site: Course) -> None:
    html = convert("It says: {{ tiny.warns }}")
    assert re.sub("<[^>]*>", "", html) == "It says: UserWarning: one"


def test_a_mention_in_code_is_left_as_it_is(site: Course) -> None:
    html = convert("Write `{{ tiny.share }}`.\n\n```\n{{ tiny.share }}\n```\n")
    assert html.count("{{ tiny.share }}") == 2
    assert site.ran == []


@pytest.mark.parametrize(
    ("mention", "message"),
    [
        ("tiny.look", "must give one value or print one line; it gave 2 outputs"),
        ("tiny.milion", 'has no snippet "milion"; did you mean "million"?'),
    ],
)
def test_a_mention_of_nothing_to_say_is_an_error(
    site: Course, mention: str, message: str
) -> None:
    Path("docs").mkdir()
    text = f"---\ntitle: T\n---\n\nOne.\n\nA {{{{ {mention} }}}}.\n"
    Path("docs/page.md").write_text(text)
    with pytest.raises(BadReference) as caught:
        convert(text.split("---\n")[2], "docs/page.md")
    assert str(caught.value).startswith("docs/page.md:7: ")
    assert message in str(caught.value)


def test_pages_without_fences_pass_through(site: Course) -> None:
    assert convert("Some *prose*.") == "<p>Some <em>prose</em>.</p>"


ERRORS = [
    (["tinny.look"], BadReference, 'there is no lesson "tinny"; did you mean "tiny"?'),
    (["tiny.lok"], BadReference, 'has no snippet "lok"; did you mean "look"?'),
    (["tiny.needy"], BadScript, "requires arguments (a); give each a default"),
    (["tiny.look", "shwo: code"], BadReference, 'did you mean "show"?'),
    (["tiny.look", "show: al"], BadReference, "show is code, output or both"),
    ([], BadReference, "an empty snippet fence"),
    (["tiny.bad"], SnippetFailed, "failed at tinycourse/lessons/tiny.py:14: ZeroDivision"),
]


@pytest.mark.parametrize(("lines", "kind", "message"), ERRORS)
@pytest.mark.parametrize("front", ["", "---\ntitle: T\n---\n"])
def test_an_error_names_page_and_line(
    site: Course, lines: list[str], kind: type[EngineError], message: str, front: str
) -> None:
    text = f'# Title\n\n{fence("tiny.look")}\n=== "Tab"\n\n{fence(*lines, indent="    ")}'
    Path("docs").mkdir()
    Path("docs/page.md").write_text(front + text)
    with pytest.raises(kind) as caught:
        convert(text, "docs/page.md")
    line = (front + text).splitlines().index("    ```snippet") + 1
    assert str(caught.value).startswith(f"docs/page.md:{line}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(("lines", "kind", "message"), ERRORS)
def test_while_serving_an_error_is_shown_in_place(
    site: Course, lines: list[str], kind: type[EngineError], message: str
) -> None:
    site.engine.serving = True
    html = convert(f"Before.\n\n{fence(*lines)}\n{fence('tiny.look')}", "docs/page.md")
    error = html[html.index('<div class="snippet-error" role="alert">') :]
    assert message.replace('"', "&quot;") in error.partition("</div>")[0]
    assert "docs/page.md:3: " in error
    assert "Before." in html and "snippet-output" in html


def test_an_error_shows_its_traceback_and_is_gone_once_mended(site: Course) -> None:
    site.engine.serving = True
    html = convert(fence("tiny.bad"))
    assert "File &quot;tinycourse/lessons/tiny.py&quot;, line 14, in tiny.bad" in html
    site.edit("lessons/tiny.py", "1 / 0", "1 / 4")
    html = convert(fence("tiny.bad"))
    assert "0.25" in html and "snippet-error" not in html


def test_the_limit_of_a_fence_holds(site: Course) -> None:
    site.edit("lessons/tiny.py", "return 1 / 0", "while True:\n        pass")
    with pytest.raises(SnippetFailed, match=r"longer than its limit of 0\.3 s"):
        convert(fence("tiny.bad", "limit: 0.3"))


def test_the_world_changes_with_sources_seed_data_and_serving(
    site: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = [world(), world()]
    site.edit("lessons/tiny.py", "Look", "See!")
    worlds.append(world())
    for name in ("CNNGUIDE_DATA", "CNNGUIDE_SEED"):
        monkeypatch.setenv(name, "1")
        worlds.append(world())
    site.engine.serving = True
    worlds.append(world())
    assert worlds[0] == worlds[1]
    assert len(set(worlds)) == len(worlds) - 1
