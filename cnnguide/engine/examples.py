"""The Markdown extension that shows a docstring's examples as code.

In our docstrings an example begins with `>>>`, for the tests, and ends at an empty line.
To Markdown that would be a quotation.
"""

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from cnnguide.engine.fences import in_fences

# After white space is normal (30), before fences are read (25).
PRIORITY = 27
PROMPT = ">>> "


class ExamplesPreprocessor(Preprocessor):
    """Puts fences around examples."""

    def run(self, lines: list[str]) -> list[str]:
        """Fence each example; everything else stays as it is."""
        fenced = in_fences(lines)
        result: list[str] = []
        indent = None
        for number, line in enumerate([*lines, ""], start=1):
            bare = line.lstrip()
            if indent is None and bare.startswith(PROMPT) and number not in fenced:
                indent = line[: len(line) - len(bare)]
                result.append(f"{indent}```pycon")
            elif indent is not None and not bare:
                result.append(f"{indent}```")
                indent = None
            result.append(line)
        return result[:-1]


class ExamplesExtension(Extension):
    """Takes no options."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name Markdown calls
        """Register the preprocessor."""
        md.preprocessors.register(ExamplesPreprocessor(md), "examples", PRIORITY)


def makeExtension(**kwargs: object) -> ExamplesExtension:  # noqa: N802 - as above
    """What Python-Markdown calls to load the extension."""
    return ExamplesExtension(**kwargs)
