"""Write a snippet as the script that readers see, and that runs."""

import ast
import builtins
import functools
import io
import symtable
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from cnnguide.engine.errors import BadScript
from cnnguide.engine.find import Module, Snippet, origin

DECORATORS = {"keep.once", "measures_time"}
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


@dataclass(frozen=True)
class Script:
    """The text that is shown and executed.

    Args:
        text: the script, ending with a line break.
        lines: for each of its lines the line in the lesson's file, 0 for none.
        has_value: whether the last line is an expression whose value is to be shown.
    """

    text: str
    lines: tuple[int, ...]
    has_value: bool


def write(snippet: Snippet) -> Script:
    """Turn a snippet's function into a script.

    The script is the imports that the body uses, each parameter with its default as an
    assignment, the body, and the returned expression as the last line.

    Raises:
        BadScript: the function needs arguments, returns early, yields, is changed by a
            decorator, or uses a name that its module does not define.
    """
    _check(snippet)
    parts = [
        _imports(snippet),
        _assignments(snippet),
        list(_body(snippet)),
    ]
    numbered: list[tuple[str, int]] = []
    for part in filter(None, parts):
        numbered += [("", 0), *part] if numbered else part
    text = "".join(f"{line}\n" for line, _ in numbered)
    lines = tuple(number for _, number in numbered)
    try:
        compile(text, snippet.reference, "exec")
    except SyntaxError as error:
        line = lines[error.lineno - 1] or snippet.node.lineno
        raise _error(snippet, line, f"cannot be a script: {error.msg}") from None
    last = snippet.node.body[-1]
    has_value = isinstance(last, ast.Return) and last.value is not None
    return Script(text, lines, has_value)


def _error(snippet: Snippet, line: int, message: str) -> BadScript:
    place = f"{snippet.module.path.name}:{line}"
    return BadScript(f"snippet {snippet.reference} ({place}) {message}")


def _check(snippet: Snippet) -> None:
    node, arguments = snippet.node, snippet.node.args
    named = arguments.posonlyargs + arguments.args
    required = named[: len(named) - len(arguments.defaults)] + [
        argument
        for argument, default in zip(
            arguments.kwonlyargs, arguments.kw_defaults, strict=True
        )
        if default is None
    ]
    if required:
        names = ", ".join(argument.arg for argument in required)
        raise _error(
            snippet, node.lineno, f"requires arguments ({names}); give each a default"
        )
    if arguments.vararg or arguments.kwarg:
        raise _error(
            snippet, node.lineno, "takes any number of arguments; name each of them"
        )
    for decorator in node.decorator_list:
        if ast.unparse(decorator) not in DECORATORS:
            raise _error(
                snippet,
                decorator.lineno,
                f"is changed by @{ast.unparse(decorator)}, which a script cannot show; "
                f"allowed: {', '.join(sorted(DECORATORS))}",
            )
    if node.body[0].lineno == node.lineno:
        raise _error(
            snippet, node.lineno, "has its body on the line of its def; begin a new line"
        )
    for inner in _own_nodes(node):
        if isinstance(inner, ast.Return) and inner is not node.body[-1]:
            raise _error(
                snippet, inner.lineno, "returns before its end; return once, at the end"
            )
        if isinstance(inner, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal):
            kind = type(inner).__name__.lower()
            raise _error(snippet, inner.lineno, f"uses {kind}, which a script cannot show")
        if isinstance(inner, ast.ImportFrom) and inner.level:
            name = origin(inner, snippet.module)
            raise _error(snippet, inner.lineno, f"imports relatively; write from {name}")


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below, without those of nested functions and classes."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _own_nodes(child)


def _defaults(node: ast.FunctionDef) -> list[tuple[str, ast.expr]]:
    arguments = node.args
    named = arguments.posonlyargs + arguments.args
    named += arguments.kwonlyargs
    values = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
    return [(argument.arg, value) for argument, value in zip(named, values, strict=True)]


def _assignments(snippet: Snippet) -> list[tuple[str, int]]:
    source = snippet.module.text.splitlines()
    inside_strings = _lines_inside_strings(snippet.module.text)
    numbered = []
    for name, value in _defaults(snippet.node):
        begun = source[value.lineno - 1]
        columns = len(begun) - len(begun.lstrip())
        lines = ast.get_source_segment(snippet.module.text, value).splitlines()
        if not _stands_alone("\n".join(lines)):
            lines[0], lines[-1] = f"({lines[0]}", f"{lines[-1]})"
        lines[0] = f"{name} = {lines[0]}"
        for number, line in enumerate(lines, value.lineno):
            first_or_string = number == value.lineno or number in inside_strings
            numbered.append((line if first_or_string else _outdent(line, columns), number))
    return numbered


def _stands_alone(expression: str) -> bool:
    """Whether an expression needs no brackets around it to go over several lines."""
    try:
        ast.parse(expression, mode="eval")
    except SyntaxError:
        return False
    return True


def _outdent(line: str, columns: int) -> str:
    return line[min(columns, len(line) - len(line.lstrip())) :]


def _free_names(snippet: Snippet) -> set[str]:
    """Names that the body and the defaults take from the module or from Python."""
    node = snippet.node
    table = _symbols(snippet.module.text)
    scope = next(
        child
        for child in table.get_children()
        if child.get_name() == node.name and child.get_lineno() in _def_lines(node)
    )
    names = set(_globals_of(scope))
    for _, value in _defaults(node):
        names |= set(_globals_of(symtable.symtable(ast.unparse(value), "", "eval")))
    return names


def _def_lines(node: ast.FunctionDef) -> set[int]:
    # Python before 3.12 numbers a decorated function's scope by its first decorator.
    return {node.lineno, *(decorator.lineno for decorator in node.decorator_list)}


@functools.lru_cache(maxsize=64)
def _symbols(text: str) -> symtable.SymbolTable:
    return symtable.symtable(text, "", "exec")


def _globals_of(scope: symtable.SymbolTable) -> Iterator[str]:
    for symbol in scope.get_symbols():
        if symbol.is_global() and symbol.is_referenced():
            yield symbol.get_name()
    for child in scope.get_children():
        yield from _globals_of(child)


def _imports(snippet: Snippet) -> list[tuple[str, int]]:
    wanted = _free_names(snippet)
    imported: set[str] = set()
    lines: list[tuple[str, int]] = []
    last = 0
    for node in snippet.module.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        used = [name for name in node.names if _bound(name) in wanted]
        if not used:
            continue
        imported |= {_bound(name) for name in used}
        if lines and "" in _between(snippet.module, last, node.lineno):
            lines.append(("", 0))
        lines.append((ast.unparse(_only(node, used, snippet.module)), 0))
        last = node.end_lineno
    wanted -= imported
    defined = _defined(snippet.module) & wanted
    if defined:
        names = ", ".join(sorted(defined))
        lines.append((f"from {snippet.module.name} import {names}", 0))
    unknown = wanted - defined - set(dir(builtins))
    if unknown:
        names = ", ".join(sorted(unknown))
        raise _error(
            snippet, snippet.node.lineno, f"uses names its lesson does not define: {names}"
        )
    return lines


def _bound(name: ast.alias) -> str:
    return name.asname or name.name.partition(".")[0]


def _between(module: Module, first: int, last: int) -> list[str]:
    return module.text.splitlines()[first : last - 1]


def _only(
    node: ast.Import | ast.ImportFrom, names: list[ast.alias], module: Module
) -> ast.stmt:
    """The import of these names alone, by the whole name of what they come from."""
    if isinstance(node, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(origin(node, module), names, 0)


def _defined(module: Module) -> set[str]:
    """Names that functions, classes and assignments of the module bind."""
    names = set()
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                names |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names


def _body(snippet: Snippet) -> Iterator[tuple[str, int]]:
    node = snippet.node
    first = _first_line(snippet)
    source = snippet.module.text.splitlines()
    inside_strings = _lines_inside_strings(snippet.module.text)
    last = node.body[-1]
    for number in range(first, node.end_lineno + 1):
        line = source[number - 1]
        if number not in inside_strings:
            line = _outdent(line, node.body[0].col_offset)
        if isinstance(last, ast.Return) and number == last.lineno:
            line = line.removeprefix("return").lstrip()
            if not line:
                continue
        yield line, number


def _first_line(snippet: Snippet) -> int:
    """The line after the docstring, or after the function's header."""
    node = snippet.node
    if ast.get_docstring(node, clean=False) is not None:
        if len(node.body) == 1:
            raise _error(snippet, node.lineno, "has no code")
        first = node.body[0].end_lineno + 1
    else:
        lines = iter(snippet.module.text.splitlines(keepends=True)[node.lineno - 1 :])
        tokens = tokenize.generate_tokens(lambda: next(lines, ""))
        header = next(token for token in tokens if token.type == tokenize.NEWLINE)
        first = node.lineno + header.end[0]
    while not snippet.module.text.splitlines()[first - 1].strip():
        first += 1
    return first


@functools.lru_cache(maxsize=64)
def _lines_inside_strings(text: str) -> set[int]:
    """Lines that begin inside a string, where indentation belongs to the value."""
    inside: set[int] = set()
    starts: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
        elif kind == "FSTRING_START":
            starts.append(token.start[0])
        elif kind == "FSTRING_END":
            inside.update(range(starts.pop() + 1, token.end[0] + 1))
    return inside
