from markdown import Markdown


def convert(text: str) -> str:
    extensions = ["cnnguide.engine.examples", "pymdownx.superfences"]
    return Markdown(extensions=extensions).convert(text)


def test_an_example_becomes_code_up_to_the_empty_line() -> None:
    html = convert("Before.\n\n>>> 1 + 1\n2\n\nAfter.")
    assert html.count('<div class="highlight">') == 1
    code = html[html.index("<code>") : html.index("</code>")]
    assert "+" in code and code.rstrip().endswith("2</span>")
    assert html.endswith("<p>After.</p>")
    assert "blockquote" not in html


def test_an_example_at_the_end_is_closed() -> None:
    assert "<p>" not in convert(">>> 1\n1")


def test_quotations_and_fenced_examples_stay() -> None:
    assert "<blockquote>" in convert("> said")
    assert convert("```\n>>> 1\n1\n```").count("<pre>") == 1
