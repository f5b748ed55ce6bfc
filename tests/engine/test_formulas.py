import re

import pytest
from markdown import Markdown

from cnnguide.engine.errors import BadFormula


def convert(text: str) -> str:
    return Markdown(extensions=["cnnguide.engine.formulas"]).convert(text)


def test_a_formula_in_a_line_becomes_mathematics() -> None:
    html = convert("A kernel of $k^2$ numbers.")
    assert "<msup><mi>k</mi><mn>2</mn></msup>" in html
    assert 'display="block"' not in html


def test_a_formula_by_itself_stands_by_itself() -> None:
    html = convert("Before.\n\n$$\no = \\frac{i}{s}\n$$\n\nAfter.")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in html
    assert "<mfrac><mi>i</mi><mi>s</mi></mfrac>" in html


def test_the_source_is_kept_for_readers_who_copy_it() -> None:
    assert '<annotation encoding="application/x-tex">a &lt; b</annotation>' in convert(
        "$a < b$"
    )


def test_signs_of_html_are_signs_of_a_formula_by_itself() -> None:
    source = "\\begin{aligned} a &< b \\\\ c &> d \\end{aligned}"
    html = convert(f"$$\n{source}\n$$")
    # Two lines, each with a cell before and one behind its sign of alignment.
    assert (html.count("<mtr>"), html.count("<mtd>")) == (2, 4)
    assert "<mo>&lt;</mo>" in html and "<mo>&gt;</mo>" in html
    assert "amp;" not in re.sub("<annotation.*?</annotation>", "", html)


def test_money_and_code_are_no_formulas() -> None:
    html = convert("From $5 to $6, and `$k$`.")
    assert "<math" not in html


def test_a_formula_that_cannot_be_read_names_itself_and_the_cause() -> None:
    with pytest.raises(BadFormula, match=r"page: KaTeX cannot read the formula .*frac"):
        convert(r"$\frac{1$")
