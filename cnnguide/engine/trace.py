"""Everything of the package that a piece of code reaches, definition by definition."""

import ast
import copy
import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

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
    return Graph(library).reach(module, nodes)


# A place in the code: importing a module ("import", name), a definition ("define", module,
# name), a name as a module uses it ("name", module, chain), or what a dotted name stands
# for ("target", dotted name, attributes).
Place = tuple


@dataclass
class Links:
    """What lies at a place, and which places follow from it.

    Args:
        code: qualified name → the statements that count, or the dotted name that a name
            stands for.
        places: where to go on.
        reads_sources: whether the code reads docstrings or sources of other code.
    """

    code: dict[str, tuple[Module, list[ast.stmt]] | str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    reads_sources: bool = False


class Graph:
    """Which code of a library depends on which, in one state of its files.

    Each place is looked at once, however many snippets reach it.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._guests: dict[str, Module] = {}
        self.module = functools.cache(self._module)
        self.scope = functools.cache(self._scope)
        self.links = functools.cache(self._links)
        self._bare_hash = functools.cache(self._hash_of_definition)

    def reach(self, module: Module, nodes: list[ast.AST]) -> dict[str, str]:
        """As the function `reach`."""
        start = Links(places=[("import", module.name)])
        for node in nodes:
            self._follow(start, module, node)
        seen: dict[Place, Links] = {}
        waiting = list(start.places)
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen[place] = self.links(place)
                waiting += seen[place].places
        reads_sources = start.reads_sources or any(
            links.reads_sources for links in seen.values()
        )
        hashes: dict[str, str] = {}
        for place, links in seen.items():
            for name, code in links.code.items():
                if isinstance(code, str):
                    hashes.setdefault(name, _hash(code))
                elif reads_sources:
                    hashes[name] = _hash("\n".join(_source(code[0], s) for s in code[1]))
                else:
                    hashes[name] = self._bare_hash(place, name)
            if reads_sources and place[0] == "import":
                docstring = ast.get_docstring(self.module(place[1]).tree)
                hashes[f"{place[1]} (docstring)"] = _hash(docstring or "")
        return dict(sorted(hashes.items()))

    def reach_from(self, path: Path, modules: Iterable[str] = ()) -> dict[str, str]:
        """What a script outside the library depends on within it.

        Args:
            path: the script.
            modules: dotted names of modules that it reaches whole, besides.
        """
        guest = f"__{path.stem}__"
        text = path.read_text(encoding="utf-8")
        self._guests[guest] = Module(guest, path, text, ast.parse(text, str(path)))
        whole = [ast.parse(f"import {name}\n{name}") for name in modules]
        hashes = self.reach(self._guests[guest], [*self._guests[guest].tree.body, *whole])
        return {name: code for name, code in hashes.items() if not name.startswith(guest)}

    def _module(self, name: str) -> Module | None:
        return self._guests.get(name) or self.library.module(name)

    def _hash_of_definition(self, place: Place, name: str) -> str:
        _, statements = self.links(place).code[name]
        return _hash("\n".join(_bare(statement) for statement in statements))

    def _scope(self, module: str) -> Scope:
        return _scope(self.module(module), self.library)

    def _links(self, place: Place) -> Links:
        kind, *rest = place
        links = Links()
        if kind == "import":
            self._import(links, self.module(rest[0]))
        elif kind == "define":
            module, name = self.module(rest[0]), rest[1]
            statements = self.scope(module.name).definitions[name]
            links.code[f"{module.name}.{name}"] = module, statements
            for statement in statements:
                self._follow(links, module, statement)
        elif kind == "name":
            self._name(links, self.module(rest[0]), rest[1])
        else:
            self._target(links, *rest)
        return links

    def _import(self, links: Links, module: Module) -> None:
        """What runs when the module is imported, its parents first."""
        parent = self.module(module.name.rpartition(".")[0])
        if parent:
            links.places.append(("import", parent.name))
        for statement in module.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._imports(links, module, statement)
        effects = self.scope(module.name).effects
        if effects:
            links.code[f"{module.name} (on import)"] = module, effects
        for statement in effects:
            self._follow(links, module, statement)

    def _follow(self, links: Links, module: Module, node: ast.AST) -> None:
        """Go on to everything that a node of the module names."""
        self._imports(links, module, node)
        local = dict(_import_targets(node, module, self.library))
        for chain in _chains_in(node):
            # Code that reads docstrings or sources depends on them too.
            links.reads_sources |= not READERS.isdisjoint(chain)
            if chain[0] in local:
                links.places.append(("target", local[chain[0]], chain[1:]))
            scope = self.scope(module.name)
            if chain[0] in scope.definitions or chain[0] in scope.imports:
                links.places.append(("name", module.name, chain))

    def _imports(self, links: Links, module: Module, node: ast.AST) -> None:
        for name in _imported(node, module):
            imported = self._nearest_module(name)
            if imported:
                links.places.append(("import", imported.name))

    def _name(self, links: Links, module: Module, chain: Chain) -> None:
        scope = self.scope(module.name)
        name, *attributes = chain
        links.places.append(("import", module.name))
        if name in scope.definitions:
            links.places.append(("define", module.name, name))
        if name in scope.imports:
            target = scope.imports[name]
            if name not in scope.definitions:
                links.code[f"{module.name}.{name}"] = target
            links.places.append(("target", target, tuple(attributes)))

    def _target(self, links: Links, target: str, attributes: Chain) -> None:
        module = self._nearest_module(target)
        if module is None:
            return
        rest = target[len(module.name) + 1 :]
        chain = (*(rest.split(".") if rest else ()), *attributes)
        while chain and (inner := self.module(f"{module.name}.{chain[0]}")):
            if self._is_left_out(inner.name):
                return
            module, chain = inner, chain[1:]
        links.places.append(("import", module.name))
        scope = self.scope(module.name)
        if chain and (chain[0] in scope.definitions or chain[0] in scope.imports):
            links.places.append(("name", module.name, chain))
        else:
            # The module itself is handed around: anything of it may be used.
            names = [*scope.definitions, *scope.imports]
            links.places += [("name", module.name, (name,)) for name in names]

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
