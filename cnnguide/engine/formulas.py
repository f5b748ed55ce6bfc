r"""The Markdown extension that turns formulas into mathematics: `$k^2$` and `\[ … \]`.

KaTeX does it while the site is built and gives MathML, which browsers show by themselves:
no script, no font and no style sheet has to be loaded. A formula that KaTeX cannot read
stops the build.
"""

from html import unescape
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from pymdownx.arithmatex import ArithmatexExtension

from cnnguide.engine import build, render
from cnnguide.engine.errors import BadFormula
from cnnguide.engine.fence import page_of

# After inline patterns have been applied (20), so that Arithmatex has found all formulas.
PRIORITY = 15


class FormulaTreeprocessor(Treeprocessor):
    """Replaces what Arithmatex has marked as formulas."""

    def run(self, root: Element) -> None:
        """Convert each formula; everything else stays as it is."""
        for element in root.iter():
            if element.get("class") == "arithmatex":
                marked = element.text
                if element.tag == "div":
                    # These Arithmatex escapes for HTML; those within a line it does not.
                    marked = unescape(marked)
                element.text = self.md.htmlStash.store(self._convert(marked))

    def _convert(self, marked: str) -> str:
        try:
            return mathml(marked)
        except BadFormula as error:
            located = error.at(str(page_of(self.md)))
            if not build.current().serving:
                raise located from None
            return render.error(located)


def mathml(marked: str) -> str:
    r"""A formula as MathML, which keeps its source as an annotation.

    Args:
        marked: TeX between `\(` and `\)` to stand in a line, between `\[` and `\]` to stand
            by itself.

    Raises:
        BadFormula: KaTeX cannot read it.

    >>> mathml(r"\(k^2\)")[:60]
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics>'
    """
    import pykatex  # a page without formulas does not need it

    marked = marked.strip()
    source = marked[2:-2].strip()
    try:
        html = pykatex.renderToString(
            source, displayMode=marked.startswith(r"\["), output="mathml"
        )
    except pykatex.ParseError as error:
        raise BadFormula(f"KaTeX cannot read the formula {source!r}: {error}") from None
    return html.removeprefix('<span class="katex">').removesuffix("</span>")


class FormulaExtension(Extension):
    """Arithmatex finds formulas; KaTeX sets them."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Register both."""
        ArithmatexExtension(generic=True).extendMarkdown(md)
        md.treeprocessors.register(FormulaTreeprocessor(md), "formula", PRIORITY)


def makeExtension(**kwargs: object) -> FormulaExtension:  # noqa: N802 - as above
    """What Python-Markdown calls to load the extension."""
    return FormulaExtension(**kwargs)
