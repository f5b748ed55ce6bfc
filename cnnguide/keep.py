"""Results worth keeping between runs, such as trained models, each under its key.

    @keep.once
    def train(epochs: int = 8):
        ...
        return model, history

The first call trains and keeps what it returns; later calls, in this process or another,
get it back from disk until something it depends on has changed.
"""

import functools
import hashlib
import inspect
import json
import logging
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from filelock import FileLock

from cnnguide.engine import key, script
from cnnguide.engine.find import Library
from cnnguide.engine.store import UNFINISHED, Store, folder, sealed, unsealed
from cnnguide.engine.trace import Graph

logger = logging.getLogger("cnnguide")
MANIFEST = "manifest.json"
P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Keep what a snippet returns, under everything that it depends on.

    It may return Keras models, NumPy arrays, numbers, strings, and lists, tuples and
    dictionaries of these. All seeds are set before it runs and again after, so that the
    value and what follows are the same whether it ran now or long ago. Processes that ask
    at the same moment wait for one of them.

    Args:
        function: a snippet: a function of a lesson that can be called without arguments.

    Raises:
        TypeError: on a call, for an argument or a value that cannot be kept.
    """

    @functools.wraps(function)
    def kept(*args: P.args, **kwargs: P.kwargs) -> R:
        reference, digest = _identify(function, *args, **kwargs)
        with lock(reference):
            found, value = get(reference, digest)
            if not found:
                set_seeds(key.seed())
                put(reference, digest, function(*args, **kwargs))
                _, value = get(reference, digest)
        set_seeds(key.seed())
        return value

    return kept


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy and Keras."""
    import keras

    random.seed(seed)
    keras.utils.set_random_seed(seed)


def lock(reference: str) -> FileLock:
    """A lock that one process at a time holds while it makes the snippet's value."""
    return Store(folder()).lock(reference, "value")


def get(reference: str, digest: str) -> tuple[bool, Any]:
    """Whether a sound value is kept under that key, and the value.

    A damaged one is reported and counts as none.
    """
    kept = Store(folder()).kept(reference, digest)
    sound = manifest(kept)
    return (True, _decode(sound["value"], kept)) if sound else (False, None)


def manifest(kept: Path) -> dict[str, Any] | None:
    """What the kept value of a folder is made of, or None where there is no sound one."""
    if not kept.is_dir():
        return None
    try:
        sound = json.loads(unsealed((kept / MANIFEST).read_bytes()))
        if sound["name"] != [kept.parent.name, kept.name]:
            raise ValueError(f"it is the value of {sound['name'][0]}")
        for name, checksum in sound["checksums"].items():
            if _checksum(kept / name) != checksum:
                raise ValueError(f"the checksum of {name} does not fit")
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s is damaged (%s); made again", kept, error)
        return None
    return sound


def put(reference: str, digest: str, value: object) -> None:
    """Keep a value: under its key appears the whole of it or nothing.

    Raises:
        TypeError: the value holds something that cannot be kept.
    """
    kept = Store(folder()).kept(reference, digest)
    kept.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=kept.parent, prefix=UNFINISHED))
    try:
        encoded = _encode(value, temporary)
        checksums = {path.name: _checksum(path) for path in sorted(temporary.iterdir())}
        parts = {"name": [reference, digest], "checksums": checksums, "value": encoded}
        (temporary / MANIFEST).write_bytes(sealed(json.dumps(parts).encode()))
        shutil.rmtree(kept, ignore_errors=True)
        temporary.rename(kept)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _identify(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, str]:
    """The snippet's name and the key of this call.

    A call that changes no default has the key of the snippet on the page, so that both
    share one value.
    """
    package, _, lesson = function.__module__.partition(".lessons.")
    if not lesson:
        raise TypeError(
            f"keep.once is for snippets, functions of a lesson; {function.__qualname__} "
            f"stands in {function.__module__}"
        )
    library = Library(Path(sys.modules[package].__file__).parent)
    snippet = library.find(f"{lesson}.{function.__name__}")
    digest = key.make(
        key.Datasets(library), script.write(snippet), key.reached(Graph(library), snippet)
    ).digest
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    defaults = {name: p.default for name, p in signature.parameters.items()}
    try:
        changed = {
            name: value
            for name, value in sorted(bound.arguments.items())
            if value is not defaults[name]
            and json.dumps(value) != json.dumps(defaults[name], default=repr)
        }
    except TypeError as error:
        raise TypeError(
            f"{snippet.reference} is kept, so its arguments must be numbers, strings, "
            f"or lists and dictionaries of these: {error}"
        ) from None
    if changed:
        text = json.dumps([digest, changed])
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return snippet.reference, digest


def _encode(value: object, place: Path) -> dict[str, Any]:
    import keras
    import numpy as np

    name = str(len(list(place.iterdir())))
    if isinstance(value, keras.Model):
        value.save(place / f"{name}.keras")
        return {"model": f"{name}.keras"}
    if isinstance(value, np.ndarray | np.generic):
        np.save(place / f"{name}.npy", value, allow_pickle=False)
        return {"array": f"{name}.npy"}
    if isinstance(value, dict):
        return {"dict": [[_encode(k, place), _encode(v, place)] for k, v in value.items()]}
    if type(value) in {list, tuple}:
        return {type(value).__name__: [_encode(inner, place) for inner in value]}
    if value is None or isinstance(value, bool | int | float | str):
        return {"plain": value}
    raise TypeError(
        "keep.once keeps Keras models, NumPy arrays, numbers, strings, and lists, tuples "
        f"and dictionaries of these; got {type(value).__name__}"
    )


def _decode(encoded: dict[str, Any], place: Path) -> Any:
    (kind, content), *_ = encoded.items()
    if kind == "model":
        import keras

        return keras.saving.load_model(place / content)
    if kind == "array":
        import numpy as np

        return np.load(place / content, allow_pickle=False)[()]
    if kind == "dict":
        return {_decode(k, place): _decode(v, place) for k, v in content}
    if kind in {"list", "tuple"}:
        values = [_decode(inner, place) for inner in content]
        return tuple(values) if kind == "tuple" else values
    return content


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
