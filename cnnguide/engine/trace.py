"""Everything of the package that a piece of code reaches, definition by definition."""

import ast
import copy
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from cnnguide.engine.find import Library, Module, origin

Chain = tuple[str, ...]
READERS = {"__doc__", "getdoc", "getsource", "getsourcelines", "help"}


@dataclass
class Scope:
    """What a module's top level binds, and what else it does when imported.

    Args:
        definitions: name → the statements that bind it to a function, class or value.
        imports: name → the dotted name of the module or attribute it stands for.
        effects: statements that do more than bind a name; importing runs them.
    """

    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    effects: list[ast.stmt] = field(default_factory=list)


def reach(library: Library, module: Module, nodes: list[ast.AST]) -> dict[str, str]:
    """What the nodes, standing in the module, depend on within the package.

    Names are followed through functions, classes, constants and modules. The engine, and
    `keep` at its door, are left out: they count in a key by the engine's format, as other
    packages count by their version.

    Returns:
        Qualified name → hash of its code without comments, docstrings and layout.
    """
    walk = _Walk(library)
    walk.enter(module)
    for node in nodes:
        walk.follow(module, node)
    return walk.hashes()


class _Walk:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.module = functools.cache(library.module)  # a walk sees one state of the files
        self.reached: dict[str, tuple[Module, list[ast.stmt]] | str] = {}
        self.entered: dict[str, Scope] = {}
        self.targets: set[tuple[str, Chain]] = set()
        self.reads_sources = False

    def hashes(self) -> dict[str, str]:
        codes = {
            name: code if isinstance(code, str) else self._dump(*code)
            for name, code in self.reached.items()
        }
        if self.reads_sources:
            for name in self.entered:
                docstring = ast.get_docstring(self.module(name).tree)
                codes[f"{name} (docstring)"] = docstring or ""
        return {name: _hash(code) for name, code in sorted(codes.items())}

    def _dump(self, module: Module, statements: list[ast.stmt]) -> str:
        if self.reads_sources:
            return "\n".join(_source(module, node) for node in statements)
        return "\n".join(_bare(node) for node in statements)

    def enter(self, module: Module) -> Scope:
        """Count what runs when the module is imported, its parents first."""
        if module.name in self.entered:
            return self.entered[module.name]
        scope = self.entered[module.name] = _scope(module, self.library)
        parent = self.module(module.name.rpartition(".")[0])
        if parent:
            self.enter(parent)
        for statement in module.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._enter_imports(module, statement)
        if scope.effects:
            self.reached[f"{module.name} (on import)"] = module, scope.effects
        for statement in scope.effects:
            self.follow(module, statement)
        return scope

    def follow(self, module: Module, node: ast.AST) -> None:
        """Reach everything that a node of the module names."""
        self._enter_imports(module, node)
        local = dict(_import_targets(node, module, self.library))
        for chain in _chains_in(node):
            # Code that reads docstrings or sources depends on them too.
            self.reads_sources |= not READERS.isdisjoint(chain)
            if chain[0] in local:
                self._reach_target(local[chain[0]], chain[1:])
            self._reach_name(module, chain)

    def _enter_imports(self, module: Module, node: ast.AST) -> None:
        for name in _imported(node, module):
            imported = self._nearest_module(name)
            if imported:
                self.enter(imported)

    def _reach_name(self, module: Module, chain: Chain) -> None:
        scope = self.enter(module)
        name, *attributes = chain
        qualified = f"{module.name}.{name}"
        if name in scope.definitions and qualified not in self.reached:
            self.reached[qualified] = module, scope.definitions[name]
            for statement in scope.definitions[name]:
                self.follow(module, statement)
        if name in scope.imports:
            target = scope.imports[name]
            self.reached.setdefault(qualified, target)
            self._reach_target(target, tuple(attributes))

    def _reach_target(self, target: str, attributes: Chain) -> None:
        module = self._nearest_module(target)
        if module is None or (target, attributes) in self.targets:
            return
        self.targets.add((target, attributes))
        rest = target[len(module.name) + 1 :]
        chain = (*(rest.split(".") if rest else ()), *attributes)
        while chain and (inner := self.module(f"{module.name}.{chain[0]}")):
            if self._is_left_out(inner.name):
                return
            module, chain = inner, chain[1:]
        scope = self.enter(module)
        if chain and (chain[0] in scope.definitions or chain[0] in scope.imports):
            self._reach_name(module, chain)
        else:
            # The module itself is handed around: anything of it may be used.
            for name in [*scope.definitions, *scope.imports]:
                self._reach_name(module, (name,))

    def _nearest_module(self, target: str) -> Module | None:
        """The package's module that a dotted name is, or is an attribute of."""
        if self._is_left_out(target):
            return None
        return self.module(target) or self.module(target.rpartition(".")[0])

    def _is_left_out(self, name: str) -> bool:
        package, *inner = name.split(".")
        return package == self.library.name and inner[:1] in (["engine"], ["keep"])


# What a node says never changes, so that each is read once however many snippets reach it.
_once = functools.lru_cache(maxsize=10_000)


@_once
def _chains_in(node: ast.AST) -> tuple[Chain, ...]:
    return tuple(dict.fromkeys(_chains(node)))


def _chains(node: ast.AST) -> Iterator[Chain]:
    """Each name that is read, with the attributes taken of it: `a.b.c` is (a, b, c)."""
    attributes: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        attributes.insert(0, inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        yield (inner.id, *attributes)
        return
    if attributes:
        yield from _chains(inner)
        # Attributes of a value belong to no module, but may be its docstring.
        yield from ((name,) for name in attributes if name in READERS)
        return
    for child in ast.iter_child_nodes(node):
        yield from _chains(child)


def _scope(module: Module, library: Library) -> Scope:
    scope = Scope()
    for statement in module.tree.body:
        names = _names_bound(statement)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            scope.imports |= dict(_import_targets(statement, module, library))
        elif names:
            for name in names:
                scope.definitions.setdefault(name, []).append(statement)
        elif not _is_inert(statement):
            scope.effects.append(statement)
            scope.imports |= dict(_import_targets(statement, module, library))
            for inner in ast.walk(statement):
                for name in _names_bound(inner):
                    scope.definitions.setdefault(name, []).append(statement)
    return scope


def _names_bound(statement: ast.AST) -> list[str]:
    """Names that a plain definition or assignment binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        return []
    names = []
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        if not all(isinstance(part, ast.Name) for part in parts):
            return []
        names += [part.id for part in parts]
    return names


def _is_inert(statement: ast.stmt) -> bool:
    """Whether a statement does nothing when the module is imported by a script."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.If) and not statement.orelse:
        return ast.unparse(statement.test) in {
            "TYPE_CHECKING",
            "typing.TYPE_CHECKING",
            "__name__ == '__main__'",
        }
    return isinstance(statement, ast.Pass)


def _import_targets(
    node: ast.AST, module: Module, library: Library
) -> Iterator[tuple[str, str]]:
    for statement in _imports_in(node):
        if isinstance(statement, ast.Import):
            for name in statement.names:
                top = name.name.partition(".")[0]
                yield name.asname or top, name.name if name.asname else top
        else:
            source = origin(statement, module)
            for name in statement.names:
                if name.name == "*" and source.startswith(library.name):
                    yield from _star(source, library)
                else:
                    yield name.asname or name.name, f"{source}.{name.name}"


@_once
def _imports_in(node: ast.AST) -> tuple[ast.Import | ast.ImportFrom, ...]:
    nodes = ast.walk(node)
    return tuple(inner for inner in nodes if isinstance(inner, ast.Import | ast.ImportFrom))


def _imported(node: ast.AST, module: Module) -> Iterator[str]:
    """Dotted names that imports within the node may bring in as modules."""
    for statement in _imports_in(node):
        if isinstance(statement, ast.Import):
            yield from (name.name for name in statement.names)
        else:
            source = origin(statement, module)
            yield from (f"{source}.{name.name}" for name in statement.names)


def _star(source: str, library: Library) -> Iterator[tuple[str, str]]:
    module = library.module(source)
    if module:
        scope = _scope(module, library)
        for name in [*scope.definitions, *scope.imports]:
            yield name, f"{source}.{name}"


def _source(module: Module, statement: ast.stmt) -> str:
    """The lines of a statement, with its decorators and comments."""
    decorators = getattr(statement, "decorator_list", [])
    first = min(node.lineno for node in [statement, *decorators])
    return "\n".join(module.text.splitlines()[first - 1 : statement.end_lineno])


@_once
def _bare(statement: ast.stmt) -> str:
    """A statement as text without comments, docstrings and layout."""
    clean = copy.deepcopy(statement)
    for node in ast.walk(clean):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:]
    return ast.dump(clean)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
