import textwrap

import pytest

from cnnguide.engine import prose


def plain(text: str) -> str:
    lines = textwrap.dedent(text).strip("\n").splitlines()
    return "\n".join(prose.plain(lines, lambda target: f"<{target}>"))


def test_an_admonition_becomes_a_quote_with_a_title() -> None:
    text = """
        Before.

        !!! warning "Mind `this`"

            One.

            - two

        After.
        """
    assert plain(text) == ("Before.\n\n> **Mind `this`**\n>\n> One.\n>\n> - two\n\nAfter.")
    assert plain("!!! tip\n\n    One.") == "> **Tip**\n>\n> One."
    assert plain('!!! tip ""\n\n    One.') == "> One."
    assert plain('!!! tip inline end "A"\n\n    One.') == "> **A**\n>\n> One."


def test_a_folded_one_becomes_details() -> None:
    text = '??? note "A `b` < c"\n\n    One.\n\nTwo.'
    assert plain(text) == (
        "<details><summary>A <code>b</code> &lt; c</summary>\n\nOne.\n\n</details>\n\nTwo."
    )


def test_blocks_may_hold_blocks() -> None:
    text = '!!! question "Q"\n\n    ??? success "Answer"\n\n        **4**'
    assert plain(text) == (
        "> **Q**\n>\n> <details><summary>Answer</summary>\n>\n> **4**\n>\n> </details>"
    )


def test_tabs_become_titles() -> None:
    assert plain('=== "make"\n\n    One.\n\n=== "pip"\n\n    Two.') == (
        "**make**\n\nOne.\n\n**pip**\n\nTwo."
    )


def test_attributes_and_icons_go() -> None:
    assert plain("## Head {#here}") == "## Head"
    assert plain("## Head { #here .big }") == "## Head"
    assert plain(":material-star:{ .lg } **Star**") == "**Star**"
    assert plain("A set {1, 2} and $x_{i}$.") == "A set {1, 2} and $x_{i}$."


def test_links_become_whole_also_over_two_lines() -> None:
    assert plain("[a](b.md) and ![c](d.svg)") == "[a](<b.md>) and ![c](<d.svg>)"
    assert plain("[a\nb](c.md#d)") == "[a\nb](<c.md#d>)"
    assert plain("[`f(x)`](c.md)") == "[`f(x)`](<c.md>)"


def test_code_stays_as_it_is() -> None:
    code = "```python\n!!! note\na = b[0](c)  # {#x}\n```"
    assert plain(code) == code
    assert plain("`[a](b)` and `{.c}`") == "`[a](b)` and `{.c}`"


def test_formulas_stay_as_they_are() -> None:
    text = "$$\n\\frac{a}{b}\n$$"
    assert plain(text) == text


@pytest.mark.parametrize(
    ("page", "target", "whole"),
    [
        ("garments.md", "flowers.md", "https://a.example/b/flowers/"),
        ("garments.md", "flowers.md#x", "https://a.example/b/flowers/#x"),
        ("garments.md", "#x", "https://a.example/b/garments/#x"),
        ("labs/shapes.py", "../garments.md", "https://a.example/b/garments/"),
        ("labs/shapes.py", "saving.py", "https://a.example/b/labs/saving/"),
        ("garments.md", "labs/index.md", "https://a.example/b/labs/"),
        ("garments.md", "assets/a.svg", "https://a.example/b/assets/a.svg"),
        ("garments.md", "mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_addresses(page: str, target: str, whole: str) -> None:
    assert prose.address("https://a.example/b/", page, target) == whole
