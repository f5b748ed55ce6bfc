"""A lab: a notebook written as a percent script, whose tasks have a gap and a solution.

    # %% tags=["task"]
    images = keras.random.normal((4, 28, 28, 1))

    # solution
    shape = tuple(layer(images).shape)
    # end

    labs.check("shapes.valid", shape)

The solution is what runs. Readers get the same cell with a gap, `shape = ...`.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from cnnguide.engine.errors import BadScript

TASK = "task"
BEGIN = re.compile(r"^([ \t]*)# solution$")
END = re.compile(r"^[ \t]*# end$")
CHECK = re.compile(r"^labs\.check\(")


def is_task(cell: object) -> bool:
    """Whether a cell is one that readers fill in."""
    return TASK in cell.metadata.get("tags", [])


def solved(source: str) -> str:
    """A task's code with its solution, without the marks.

    >>> solved("a = 1\\n# solution\\nb = a + 1\\n# end\\nprint(b)")
    'a = 1\\nb = a + 1\\nprint(b)'
    """
    return "\n".join(line for _, line in _parts(source))


def gap(source: str) -> str:
    """A task's code with dots in the place of its solution.

    Of a solution stay comments at its beginning, the names that it binds, and the head and
    docstring of each function and class, without decorators.

    >>> print(gap("# solution\\n# Count them.\\nb = a + 1\\nprint(b)\\n# end\\nb"))
    # Count them.
    b = ...
    b
    >>> print(gap('# solution\\ndef f(a):\\n    "Twice."\\n    return 2 * a\\n# end'))
    def f(a):
        "Twice."
        ...
    """
    lines: list[str] = []
    region: list[str] = []
    for is_solution, line in [*_parts(source), (False, None)]:
        if is_solution:
            region.append(line)
            continue
        if region:
            lines += _emptied(region)
            region = []
        if line is not None:
            lines.append(line)
    return "\n".join(lines)


def check(path: Path, cells: list[object]) -> None:
    """See that each task can be filled in and is checked.

    Raises:
        BadScript: a task has no solution, one that never ends, or does not end in a check.
    """
    for number, cell in enumerate(filter(is_task, cells), start=1):
        lines = cell.source.rstrip().splitlines()
        begun = sum(bool(BEGIN.match(line)) for line in lines)
        ended = sum(bool(END.match(line)) for line in lines)
        if not begun or begun != ended:
            raise BadScript(
                f'{path}: task {number} needs its solution between the lines "# solution" '
                f'and "# end"; got {begun} of the first and {ended} of the second'
            )
        if not CHECK.match(lines[-1]):
            raise BadScript(
                f'{path}: task {number} must end in labs.check("lab.task", answer); '
                f"got {lines[-1]!r}"
            )


def _parts(source: str) -> Iterator[tuple[bool, str]]:
    """Each line without the marks, and whether it belongs to a solution."""
    inside = False
    for line in source.splitlines():
        if BEGIN.match(line) or END.match(line):
            inside = BEGIN.match(line) is not None
        else:
            yield inside, line


def _emptied(region: list[str]) -> list[str]:
    text = textwrap.dedent("\n".join(region))
    first = next(line for line in region if line.strip())
    indent = first[: len(first) - len(first.lstrip())]
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines.append(line)
    # Alone, a return is no module; within a function it is.
    tree = ast.parse(f"def region():\n{textwrap.indent(text, ' ')}").body[0]
    source = [line[1:] for line in textwrap.indent(text, " ").splitlines()]
    for node in tree.body:
        is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if is_definition and lines and not lines[-1].startswith("#"):
            lines.append("")
        # What is bound several times leaves one line.
        kept = _kept(node, source)
        lines += kept if kept != lines[-1:] else []
    if not lines or all(line.startswith("#") or not line for line in lines):
        lines.append("...")
    return [f"{indent}{line}".rstrip() for line in lines]


def _kept(node: ast.stmt, source: list[str]) -> list[str]:
    """What stays of a statement; its line numbers are one too high."""
    if isinstance(node, ast.Return):
        return ["return ..."]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return _head(node, source)
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    lines = []
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        if all(isinstance(part, ast.Name) for part in parts):
            dots = ", ".join("..." for _ in parts)
            lines.append(f"{ast.unparse(target).strip('()')} = {dots}")
    return lines


def _head(node: ast.FunctionDef | ast.ClassDef, source: list[str]) -> list[str]:
    has_text = ast.get_docstring(node) is not None
    last = node.body[0].end_lineno - 1 if has_text else node.body[0].lineno - 2
    lines = source[node.lineno - 2 : last]
    indent = " " * (node.col_offset + 3)
    methods = [inner for inner in node.body if isinstance(inner, ast.FunctionDef)]
    if isinstance(node, ast.FunctionDef) or not methods:
        return [*lines, f"{indent}..."]
    for method in methods:
        lines += ["", *_head(method, source)]
    return lines
