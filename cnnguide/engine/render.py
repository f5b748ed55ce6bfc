"""A script and its result as Markdown and HTML for a page."""

import ast
import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

from cnnguide.engine import readings
from cnnguide.engine.build import Plan
from cnnguide.engine.errors import BadReference, EngineError
from cnnguide.engine.script import Script
from cnnguide.engine.store import Output, Result

STREAM = {"text", "warning"}
LABELS = {
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "python": "Python",
    "data": "Data",
    "seconds": "Seconds",
    "seed": "Seed",
    "date": "Date run",
    "key": "Key",
}


def code(script: Script) -> list[str]:
    """The script as lines of a Python fence, for the site's own highlighter."""
    longest = max((len(marks) for marks in re.findall("`+", script.text)), default=0)
    marks = "`" * max(3, longest + 1)
    return [f"{marks}python", *script.text.splitlines(), marks]


def outputs(plan: Plan, result: Result, source: str) -> str:
    """What the snippet showed, and under it, folded, how that was made.

    Args:
        source: the address before a source file's path, or nothing for no link.
    """
    made = made_how(provenance(plan, result), source)
    return boxed(result.reference, result.outputs, made)


def boxed(name: str, outputs: Iterable[Output], below: str = "") -> str:
    """Outputs in their box.

    Args:
        name: of what gave them.
        outputs: in order.
        below: HTML for the end of the box.
    """
    name = escape(name)
    parts = [f'<div class="snippet-output" data-snippet="{name}" data-search-exclude>']
    # Printed text and the warnings within it are one stream, in the order they came.
    for is_stream, group in groupby(outputs, lambda output: output.kind in STREAM):
        if is_stream:
            parts.append(_stream(group, name))
        else:
            parts += [_single(output, name) for output in group]
    return "\n".join([*parts, *filter(None, [below]), "</div>"])


def mention(result: Result) -> str:
    """A snippet's value for a sentence; whole numbers with their thousands parted.

    What it printed stands for the value, if that is one line. A snippet that only warns is
    mentioned by the first line of its warning.

    Raises:
        BadReference: it gave no such value or line, or more than one.
    """
    name = result.reference
    given = [output for output in result.outputs if output.kind in ("value", "text")]
    lines = [output.content.strip() for output in given]
    if not given:
        lines = [
            o.content.partition("\n")[0] for o in result.outputs if o.kind == "warning"
        ]
    if len(lines) != 1 or "\n" in lines[0]:
        raise BadReference(
            f"{name} is mentioned in a sentence, so it must give one value or print one "
            f"line; it gave {len(result.outputs)} outputs"
        )
    text = _in_words(lines[0]) if given and given[0].kind == "value" else lines[0]
    return f'<span data-snippet="{escape(name)}">{escape(text)}</span>'


def error(failure: EngineError, *, inline: bool = False) -> str:
    """A failure in place of the outputs, for an author at work."""
    if inline:
        return f'<strong class="snippet-error" role="alert">{escape(str(failure))}</strong>'
    details = (
        f'\n<pre tabindex="0">{escape(failure.details)}</pre>' if failure.details else ""
    )
    message = escape(failure.message)
    return f'<div class="snippet-error" role="alert">\n<p>{message}</p>{details}\n</div>'


def provenance(plan: Plan, result: Result) -> dict[str, object]:
    """How a result was made, as data for the page and for the JSON beside it."""
    return {
        "snippet": result.reference,
        "source": plan.snippet.module.name.replace(".", "/") + ".py",
        "line": plan.snippet.node.lineno,
        **{name: result.parts[name] for name in ("tensorflow", "keras", "python")},
        "data": list(result.data),
        "seconds": round(result.seconds, 2),
        "measures_time": plan.snippet.measures_time,
        "seed": int(result.parts["seed"]),
        "date": result.date,
        "key": result.digest,
    }


def _in_words(representation: str) -> str:
    try:
        value = ast.literal_eval(representation)
    except (ValueError, SyntaxError):
        return representation
    if isinstance(value, str):
        return value
    return f"{value:,}" if type(value) is int else representation


def _stream(group: Iterable[Output], name: str) -> str:
    inner = "".join(
        f'<span class="snippet-warning">{escape(output.content)}</span>\n'
        if output.kind == "warning"
        else escape(output.content)
        for output in group
    )
    return _pre("snippet-text", f"Output of {name}", inner.rstrip("\n"))


def _single(output: Output, name: str) -> str:
    if output.kind == "value":
        return _pre("snippet-value", f"Value of {name}", escape(output.content))
    if output.kind == "file":
        return _pre("snippet-value", f"Value of {name}", escape(output.description))
    if output.kind == "html":
        label = f'tabindex="0" role="region" aria-label="Table of {name}"'
        return f'<div class="snippet-table" {label}>{output.content}</div>'
    label = escape(output.description)
    svg = output.content.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    places, table = readings.on_page(output.readings, name)
    return f'<figure class="snippet-figure"{places}>{svg}</figure>{table}'


def _pre(kind: str, label: str, inner: str) -> str:
    # Long lines scroll inside the box, which the keyboard must be able to reach.
    return (
        f'<pre class="{kind}" tabindex="0" role="region" aria-label="{label}">'
        f"<samp>{inner}</samp></pre>"
    )


def made_how(facts: dict[str, object], source: str) -> str:
    """How something was made, folded.

    Args:
        facts: as from `provenance`.
        source: the address before a source file's path, or nothing for no link.
    """
    place = f"{facts['source']}:{facts['line']}"
    if source:
        address = escape(f"{source.rstrip('/')}/{facts['source']}#L{facts['line']}")
        place = f'<a href="{address}">{place}</a>'
    rows = {
        label: escape("; ".join(fact) or "none" if isinstance(fact, list) else str(fact))
        for part, label in LABELS.items()
        for fact in [facts[part]]
    } | {"Source": place}
    if facts["measures_time"]:
        rows["Times"] = "measured on the machine that built this page; yours will differ"
    inner = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in rows.items())
    return (
        '<details class="snippet-provenance"><summary>How this was made</summary>'
        f"<dl>{inner}</dl></details>"
    )
