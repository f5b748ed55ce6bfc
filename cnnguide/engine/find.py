"""Find a snippet by name and read it as text: nothing is imported."""

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from cnnguide.engine.errors import BadReference, BadScript, suggestion


@dataclass(frozen=True, eq=False)
class Module:
    """A Python file of the package, read and parsed.

    Args:
        name: its dotted name, such as `cnnguide.charts`.
        path: the file.
        text: its source.
        tree: its syntax tree.
    """

    name: str
    path: Path
    text: str
    tree: ast.Module


@dataclass(frozen=True, eq=False)
class Snippet:
    """A function that pages can show.

    Args:
        reference: what a page calls it, such as `garments.train`.
        module: the lesson it stands in.
        node: its definition.
    """

    reference: str
    module: Module
    node: ast.FunctionDef

    @property
    def summary(self) -> str:
        """The first line of its docstring, or nothing."""
        return (ast.get_docstring(self.node) or "").partition("\n")[0]

    @property
    def kept(self) -> bool:
        """Whether `keep.once` keeps its value between runs."""
        return "keep.once" in self._decorators

    @property
    def measures_time(self) -> bool:
        """Whether it shows measured times, which no two runs repeat."""
        return "measures_time" in self._decorators

    @property
    def _decorators(self) -> list[str]:
        return [ast.unparse(decorator) for decorator in self.node.decorator_list]


class Library:
    """The modules of one package, by name; a file is read again when it has changed.

    Args:
        package: the package's folder. Lessons are the modules in its folder `lessons`.

    >>> library = Library(Path(__file__).parents[1])
    >>> library.module("cnnguide.engine.find").path.name
    'find.py'
    >>> "garments" in library.lessons()
    True
    """

    def __init__(self, package: Path) -> None:
        self.package = package
        self._modules: dict[str, tuple[tuple[int, int], Module]] = {}

    @property
    def name(self) -> str:
        """The name under which the package is imported."""
        return self.package.name

    @property
    def root(self) -> Path:
        """The folder from which the package is imported."""
        return self.package.parent

    def module(self, name: str) -> Module | None:
        """The module of that dotted name, or None where the package has none."""
        path = self._path(name)
        if path is None:
            return None
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._modules.get(name)
        if known is None or known[0] != stamp:
            known = (stamp, _read(name, path))
            self._modules[name] = known
        return known[1]

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Something that is different whenever a file of the package has changed."""
        found, folders = [], [str(self.package)]
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.endswith(".py"):
                        status = entry.stat()
                        found.append((entry.path, status.st_mtime_ns, status.st_size))
                    elif entry.name != "__pycache__" and entry.is_dir():
                        folders.append(entry.path)
        return tuple(sorted(found))

    def lessons(self) -> list[str]:
        """The names of all lessons, sorted."""
        folder = self.package / "lessons"
        return sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")

    def snippets(self, lesson: str) -> list[str]:
        """The references of a lesson's snippets, in the order of its file."""
        module = self._lesson(lesson)
        return [f"{lesson}.{name}" for name in _functions(module)]

    def find(self, reference: str) -> Snippet:
        """The snippet of that reference.

        Raises:
            BadReference: no such lesson or snippet; the message suggests the nearest.
        """
        lesson, dot, name = reference.partition(".")
        if not dot or not name.isidentifier():
            raise BadReference(
                f'expected lesson.snippet, such as garments.look; got "{reference}"'
            )
        module = self._lesson(lesson)
        functions = _functions(module)
        if name not in functions:
            hint = suggestion(name, functions)
            raise BadReference(f'lesson "{lesson}" has no snippet "{name}"; {hint}')
        return Snippet(reference, module, functions[name])

    def _lesson(self, lesson: str) -> Module:
        is_name = lesson.isidentifier() and lesson != "__init__"
        module = self.module(f"{self.name}.lessons.{lesson}") if is_name else None
        if module is None:
            hint = suggestion(lesson, self.lessons())
            raise BadReference(f'there is no lesson "{lesson}"; {hint}')
        return module

    def _path(self, name: str) -> Path | None:
        package, *inner = name.split(".")
        if package != self.name:
            return None
        place = self.package.joinpath(*inner)
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                return path
        return None


def origin(statement: ast.ImportFrom, module: Module) -> str:
    """The dotted name that follows `from`, in full where the module wrote it relatively."""
    if not statement.level:
        return statement.module
    parts = module.name.split(".")
    is_package = module.path.name == "__init__.py"
    base = parts[: len(parts) - statement.level + is_package]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def _read(name: str, path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    try:
        return Module(name, path, text, ast.parse(text, str(path)))
    except SyntaxError as error:
        raise BadScript(f"{path.name}:{error.lineno}: {error.msg}") from None


def _functions(module: Module) -> dict[str, ast.FunctionDef]:
    return {
        node.name: node
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
