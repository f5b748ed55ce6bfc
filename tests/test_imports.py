import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cnnguide

PACKAGE = Path(cnnguide.__file__).parent
HEAVY = {"tensorflow", "keras", "numpy", "matplotlib", "PIL"}
FOR_LESSONS = {
    "asset",
    "data",
    "charts",
    "table",
    "keep",
    "labs",
    "layers",
    "export",
    "explain",
    "lessons",
}


def names(folder: Path, pattern: str = "*.py") -> list[str]:
    return sorted(str(p.relative_to(PACKAGE)) for p in folder.rglob(pattern))


def imported(name: str) -> Iterator[str]:
    """The dotted name of all that a file of the package imports, anywhere in it."""
    path = PACKAGE / name
    package = ["cnnguide", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def parts_of_ours(name: str) -> set[str]:
    """The parts of the package, such as "engine", that a file imports."""
    dotted = (found.split(".") for found in imported(name))
    return {found[1] for found in dotted if found[0] == "cnnguide"}


def tops(name: str) -> set[str]:
    return {found.partition(".")[0] for found in imported(name)}


@pytest.mark.parametrize("name", names(PACKAGE / "lessons"))
def test_lessons_know_only_data_charts_and_what_is_kept(name: str) -> None:
    assert parts_of_ours(name) <= FOR_LESSONS


@pytest.mark.parametrize("name", names(PACKAGE / "data"))
def test_data_know_only_data(name: str) -> None:
    assert parts_of_ours(name) <= {"data"}


@pytest.mark.parametrize("name", names(PACKAGE / "explain"))
def test_explaining_knows_no_engine(name: str) -> None:
    assert parts_of_ours(name) <= {"explain", "layers", "table"}


@pytest.mark.parametrize("name", names(PACKAGE / "engine"))
def test_the_engine_knows_no_lesson(name: str) -> None:
    assert parts_of_ours(name) <= {"engine", "keep"}


@pytest.mark.parametrize("name", names(PACKAGE / "labs"))
def test_checks_know_no_engine(name: str) -> None:
    assert parts_of_ours(name) <= FOR_LESSONS


@pytest.mark.parametrize("name", names(PACKAGE / "golden"))
def test_golden_cases_know_what_they_compare(name: str) -> None:
    assert parts_of_ours(name) <= {"golden", "data", "export", "layers", "lessons"}


@pytest.mark.parametrize(
    ("package", "file"), [("mkdocs", "hooks"), ("mkdocs_jupyter", "jupyter")]
)
def test_only_one_file_knows_a_generator(package: str, file: str) -> None:
    knowing = [name for name in names(PACKAGE) if package in tops(name)]
    assert knowing == [f"engine/{file}.py"]


IMPORT = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
LIGHT = [
    "cnnguide",
    "cnnguide.keep",
    "cnnguide.cli",
    "cnnguide.data.source",
    "cnnguide.explain.errors",
    *(
        "cnnguide." + name.removesuffix(".py").replace("/", ".")
        for name in names(PACKAGE / "engine", "[!_]*.py")
        if name != "engine/warm.py"
    ),
]


def test_nothing_that_builds_imports_anything_heavy() -> None:
    code = f"{IMPORT}\n".replace(
        "importlib.import_module(sys.argv[1])",
        "[importlib.import_module(name) for name in sys.argv[1:]]",
    )
    command = [sys.executable, "-c", code, *LIGHT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not HEAVY & set(json.loads(done.stdout))
    assert done.stderr == ""


@pytest.mark.parametrize("name", LIGHT)
def test_each_module_can_be_imported_first(name: str) -> None:
    command = [sys.executable, "-c", IMPORT, name]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
