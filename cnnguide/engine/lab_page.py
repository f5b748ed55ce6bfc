"""An executed lab as a page: the site's own Markdown, code blocks and outputs."""

import re
from typing import Any

from cnnguide.engine import lab, labs, render, shown
from cnnguide.engine.errors import BadScript, EngineError, SnippetFailed
from cnnguide.engine.kernel import FAULT, READINGS
from cnnguide.engine.labs import Plan, Run
from cnnguide.engine.store import Output

# Stands in the Markdown for the outputs of a cell.
MARK = "lab-output-{}"
MARKED = re.compile(r"<p>lab-output-(\d+)</p>")
WARNING = re.compile(r"^(?=\w+(?:Warning|WARNING)?: )", re.MULTILINE)
# Within the page the verdict has the site's colours.
STYLE = re.compile(r'(<div class="verdict[^>]*?) style="[^"]*"')


class Executed:
    """Turns the cells of a lab, once they are executed, into its page.

    Args:
        plan: of the lab.
        source: the address before a source file's path, or nothing.
    """

    def __init__(self, plan: Plan, source: str) -> None:
        self.plan = plan
        self.path = plan.path
        self.source = source
        self._outputs: list[str] = []

    def markdown(self, cells: list[Any]) -> str:
        """The page in the site's Markdown, with marks where outputs belong.

        Raises:
            EngineError: a task is ill-formed, a solution is not right, or a figure has no
                description.
        """
        lab.check(self.path, cells)
        lines: list[str] = []
        for cell in cells:
            if cell.cell_type == "markdown":
                lines += [*cell.source.splitlines(), ""]
            elif not lab.is_task(cell):
                lines += [*self._block(cell, cell.source), ""]
            else:
                lines += [*_code(lab.gap(cell.source)), ""]
                lines += ['??? success "Solution"', ""]
                inner = self._block(cell, lab.solved(cell.source))
                lines += [f"    {line}".rstrip() for line in inner] + [""]
        return "\n".join([*lines, MARK.format("end")])

    def with_outputs(self, html: str, run: Run) -> str:
        """The page's HTML with the outputs in their places, and how it was made.

        Args:
            html: of the Markdown, with marks.
            run: what the execution gave.
        """
        html = MARKED.sub(lambda m: self._outputs[int(m[1])], html)
        made = render.made_how(labs.facts(self.plan, run), self.source)
        box = f'<div class="snippet-output lab-made">{made}</div>'
        return html.replace(f"<p>{MARK.format('end')}</p>", box)

    def failed(self, error: Exception) -> EngineError:
        """What the author is told when the lab could not be executed."""
        name, value = getattr(error, "ename", ""), getattr(error, "evalue", "")
        if not name:
            return SnippetFailed(f"{self.path}: {type(error).__name__}: {error}")
        details = shown.TERMINAL_CODE.sub("", str(error))
        return SnippetFailed(f"{self.path}: a cell failed: {name}: {value}", details)

    def _block(self, cell: Any, source: str) -> list[str]:
        lines = _code(source)
        outputs = [o for output in cell.outputs for o in self._read(output)]
        if outputs:
            lines += ["", MARK.format(len(self._outputs)), ""]
            name = f"labs.{self.path.stem}, cell {len(self._outputs) + 1}"
            self._outputs.append(STYLE.sub(r"\1", render.boxed(name, outputs)))
        return lines

    def _read(self, output: Any) -> list[Output]:
        if output.output_type == "stream":
            return _streamed(output)
        if output.output_type == "error":
            return []  # the error itself has ended the rendering
        data = output.data
        if FAULT in data:
            raise BadScript(f"{self.path}: {data[FAULT]}")
        plain = data.get("text/plain", "")
        if "image/svg+xml" in data:
            svg = data["image/svg+xml"]
            return [Output("figure", svg, plain, data.get(READINGS, ""))]
        table = data.get("text/html", "")
        if 'class="verdict verdict-wrong"' in table:
            raise SnippetFailed(f"{self.path}: a solution is not right: {plain}")
        # Terminal text that was coloured for notebooks: the page has colours of its own.
        if table and not table.startswith("<pre"):
            return [Output("html", table, plain)]
        outputs = shown.printed(plain) if table else [("value", plain)]
        return [Output(kind, content) for kind, content in outputs]


def _code(source: str) -> list[str]:
    return ["```python", *source.strip("\n").splitlines(), "```"]


def _streamed(output: Any) -> list[Output]:
    if output.name == "stdout":
        return [Output(kind, text) for kind, text in shown.printed(output.text)]
    texts = [text for _, text in shown.printed(output.text)]
    found = [part.strip() for text in texts for part in WARNING.split(text)]
    return [Output("warning", part) for part in found if part]
