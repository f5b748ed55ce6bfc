"""Scripts that share one namespace, as the cells of a notebook do, import once, at the top.

On a page each script stands alone and imports what it needs. In a notebook a cell keeps an
import of its own only where the name has come to mean something else.
"""

import ast
import copy
import re
import sys
from collections.abc import Iterator

WIDTH = 88  # of a line in a notebook


def share(scripts: list[str]) -> tuple[list[str], list[str]]:
    """Move to the top what the scripts of one namespace import.

    Returns:
        The import statements in order, with empty lines between their groups, and the
        scripts without those that they need no more.

    >>> share(["import keras\\n\\nkeras.Input", "import keras\\nx = keras.ops"])
    (['import keras'], ['keras.Input', 'x = keras.ops'])
    >>> share(["import a\\n\\na.b", "a = 1", "import a\\n\\na.b"])[1]
    ['a.b', 'a = 1', 'import a\\n\\na.b']
    """
    # What each name stands for as the cells run from top to bottom: the import that gave
    # it, or None where something else did.
    bound: dict[str, str | None] = {}
    for script in scripts:
        for statement in _imports(ast.parse(script)):
            for name, text in _singly(statement):
                bound.setdefault(name, text)
    top = _grouped(filter(None, bound.values()))
    return top, [_without(script, bound) for script in scripts]


def _without(script: str, bound: dict[str, str | None]) -> str:
    """The script without imports that hold already; notes what it binds anew."""
    tree = ast.parse(script)
    lines = script.splitlines()
    imports = _imports(tree)
    for statement in imports:
        kept = [text for name, text in _singly(statement) if bound.get(name) != text]
        bound.update(_singly(statement))
        rest = statement.end_lineno - statement.lineno
        lines[statement.lineno - 1 : statement.end_lineno] = [
            "\n".join(kept),
            *[""] * rest,
        ]
    for node in tree.body:
        if node not in imports:
            bound.update(dict.fromkeys(_assigned(node)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n"))


def _imports(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def _singly(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Each name that the statement binds, with a statement for it alone."""
    for alias in statement.names:
        one = copy.copy(statement)
        one.names = [alias]
        yield alias.asname or alias.name.partition(".")[0], ast.unparse(one)


def _assigned(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds otherwise than by importing."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store | ast.Del):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.ClassDef):
            yield inner.name


def _grouped(statements: Iterator[str]) -> list[str]:
    """Python's own modules, then other packages, then the course."""
    groups: dict[int, dict[str, list[str]]] = {0: {}, 1: {}, 2: {}}
    for statement in statements:
        head, mark, name = statement.partition(" import ")
        module = head.split()[1].partition(".")[0]
        is_own = module == __name__.partition(".")[0]
        group = groups[2 if is_own else int(module not in sys.stdlib_module_names)]
        group.setdefault(f"{head}{mark}", []).append(name)
    lines: list[str] = []
    for group in filter(None, groups.values()):
        lines.append("")
        for head in sorted(group, key=lambda head: (head.startswith("from"), head)):
            names = sorted(group[head])
            line = f"{head}{', '.join(names)}"
            inner = "".join(f"\n    {name}," for name in names)
            lines.append(line if len(line) <= WIDTH else f"{head}({inner}\n)")
    return lines[1:]
