"""Everything that a snippet's result depends on, as one hash whose parts are kept."""

import ast
import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from cnnguide.engine.errors import BadSetting, NoData
from cnnguide.engine.find import Library, Snippet
from cnnguide.engine.script import Script
from cnnguide.engine.trace import Graph

# Raise it when the same script would give an entry of another form or look.
FORMAT = 4
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib")


@dataclass(frozen=True)
class Key:
    """What a result depends on.

    Args:
        parts: what → its hash or value, such as `"code charts.describe": "5f2c…"`.
        data: the datasets it reads, each described in one line.
    """

    parts: dict[str, str]
    data: tuple[str, ...]

    @functools.cached_property
    def digest(self) -> str:
        """The parts as one hash: 32 hexadecimal digits."""
        text = json.dumps(self.parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def seed() -> int:
    """The seed for all randomness: `CNNGUIDE_SEED`, or 0.

    Raises:
        BadSetting: it is set, and not a whole number from 0 to 2³² - 1.
    """
    text = os.environ.get("CNNGUIDE_SEED") or "0"
    if not text.isdecimal() or int(text) >= 2**32:
        raise BadSetting(
            f"CNNGUIDE_SEED must be a whole number from 0 to 2³² - 1; got {text!r}"
        )
    return int(text)


def versions() -> dict[str, str]:
    """Python and the packages that results depend on → their versions."""
    return {"python": platform.python_version()} | {p: _version(p) for p in PACKAGES}


def reached(graph: Graph, snippet: Snippet) -> dict[str, str]:
    """The definitions of the package that the snippet's script reaches → their hashes."""
    arguments = snippet.node.args
    nodes: list[ast.AST] = [
        *snippet.node.body,
        *arguments.defaults,
        *filter(None, arguments.kw_defaults),
    ]
    return graph.reach(snippet.module, nodes)


class Datasets:
    """What a library's datasets say of themselves, each asked once.

    Args:
        library: the library.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.source = functools.cache(self._source)

    def reached_by(self, reached: dict[str, str]) -> dict[str, object]:
        """The sources of the datasets whose `source` function the code reaches.

        Raises:
            NoData: the data are not to be had.
        """
        prefix = f"{self.library.name}.data."
        names = [
            name.removeprefix(prefix).removesuffix(".source")
            for name in reached
            if name.startswith(prefix) and name.endswith(".source")
        ]
        modules = {name: self.library.module(prefix + name) for name in names}
        return {name: self.source(name, m.path) for name, m in modules.items() if m}

    def _source(self, name: str, path: Path) -> object:
        dataset = _load(str(path), path.stat().st_mtime_ns)
        try:
            return dataset.source()
        except Exception as error:
            raise NoData(f"data {name}: {error}") from None


def make(datasets: Datasets, script: Script, reached: dict[str, str]) -> Key:
    """The key of a script's result, without importing anything heavy.

    Args:
        datasets: those of the script's library.
        script: the script.
        reached: what it reaches, from `reached`.

    Raises:
        NoData, BadSetting: the data it reads are not to be had, or the seed is none.
    """
    data = datasets.reached_by(reached)
    package = datasets.library.name
    parts = {"script": hashlib.sha256(script.text.encode()).hexdigest()[:16]}
    for name, code in reached.items():
        parts[f"code {name.removeprefix(f'{package}.')}"] = code
    parts |= {f"data {name}": f"{d.label} [{d.fingerprint}]" for name, d in data.items()}
    parts |= versions() | {"seed": str(seed()), "engine": str(FORMAT)}
    return Key(parts, tuple(d.label for d in data.values()))


def differences(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Why a result with the old parts is stale, a line for each difference.

    >>> differences({"tensorflow": "2.20.0", "code charts.bars": "a"},
    ...             {"tensorflow": "2.21.0", "code charts.bars": "b", "seed": "0"})
    ['charts.bars changed', 'seed is reached now', 'tensorflow 2.20.0 → 2.21.0']
    """
    lines = []
    for part in sorted(old.keys() | new.keys()):
        before, after = old.get(part), new.get(part)
        name = part.removeprefix("code ")
        if before == after:
            continue
        if before is None:
            lines.append(f"{name} is reached now")
        elif after is None:
            lines.append(f"{name} is no longer reached")
        elif part == "script" or part.startswith("code "):
            lines.append(f"{name} changed")
        else:
            lines.append(f"{name} {before} → {after}")
    return lines


def surroundings() -> dict[str, str]:
    """What results may depend on besides code: versions, and the chosen data and seed."""
    chosen = {k: v for k, v in sorted(os.environ.items()) if k.startswith("CNNGUIDE_")}
    return versions() | chosen | {"engine": str(FORMAT)}


@functools.cache
def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


@functools.lru_cache(maxsize=32)
def _load(path: str, _changed: int) -> ModuleType:
    # Loaded from its file, so that an edit counts while the site is being served.
    spec = importlib.util.spec_from_file_location(f"_dataset_{Path(path).stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
