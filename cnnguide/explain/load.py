"""A .keras file, opened with care: none of the code that it may carry runs."""

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

# Registers the course's own layer, which a model trained here may have.
import cnnguide.layers  # noqa: F401
from cnnguide.explain.errors import ExplainError

MEMBERS = ("config.json", "metadata.json", "model.weights.h5")
SAVE = 'save the model with model.save("my.keras")'


@dataclass(frozen=True)
class Opened:
    """A model file.

    Args:
        path: where it lies.
        config: what its config.json says.
        model: the model, not compiled; None if classes that it needs are not known here.
        unknown: the names of these classes and functions.
    """

    path: Path
    config: dict[str, Any]
    model: keras.Model | None
    unknown: tuple[str, ...] = ()


def opened(path: Path) -> Opened:
    """Open a model file.

    Args:
        path: a file that `model.save` has written, with the ending .keras.

    Raises:
        ExplainError: it is not there, no .keras file, damaged, or carries Python code.

    >>> keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]).save("my.keras")
    >>> opened(Path("my.keras")).model.output_shape
    (None, 64)
    """
    config = _config(path)
    if any(part.get("class_name") == "__lambda__" for part in _parts(config)):
        raise ExplainError(
            "a model without Python code in its file",
            f"{path} with a Lambda layer, whose code would run on this computer",
            "use a layer of Keras, such as Rescaling, or a registered one of your own "
            "instead of Lambda, and save the model again",
        )
    unknown = tuple(dict.fromkeys(_unknown(config)))
    return Opened(path, config, None if unknown else _model(path), unknown)


def damaged(path: Path, found: str) -> ExplainError:
    """The error for a file that is not what its ending says."""
    return ExplainError(
        f"{path} to be a sound .keras file", found, f"copy it again, or {SAVE}"
    )


def _config(path: Path) -> dict[str, Any]:
    if path.suffix.lower() != ".keras":
        raise ExplainError("a file with the ending .keras", str(path), SAVE)
    if not path.exists():
        raise ExplainError(
            f"the file {path}", "no such file", "check the name and the folder"
        )
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise damaged(path, "no ZIP archive, which every .keras file is")
    try:
        with zipfile.ZipFile(path) as archive:
            missing = [name for name in MEMBERS if name not in archive.namelist()]
            if missing:
                raise damaged(path, f"an archive without {' and '.join(missing)}")
            broken = archive.testzip()
            if broken:
                raise damaged(path, f"a wrong checksum of {broken}")
            config = json.loads(archive.read("config.json"))
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError) as error:
        raise damaged(path, str(error)) from None
    if not isinstance(config, dict) or "class_name" not in config:
        raise damaged(path, "a config.json that describes no model")
    return config


def _model(path: Path) -> keras.Model:
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever Keras meets in a stranger's file
        said = " ".join(str(error).split())[:300]
        raise ExplainError(
            f"a model that Keras {keras.version()} can load with safe_mode=True",
            f'{path}, of which it says "{said}"',
            "load it where it was made, with the same Keras, and save it again",
        ) from error
    if not isinstance(model, keras.Model):
        raise ExplainError("a model", f"{path} with a {type(model).__name__}", SAVE)
    return model


def _parts(config: object) -> Iterator[dict[str, Any]]:
    """All objects that a configuration describes, but for those of training."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        for name, value in config.items():
            if name != "compile_config":
                yield from _parts(value)
    elif isinstance(config, list):
        for value in config:
            yield from _parts(value)


def _unknown(config: object) -> Iterator[str]:
    """The classes and functions that only their author's code can bring."""
    for part in _parts(config):
        name = part.get("registered_name")
        if not name or keras.saving.get_registered_object(name):
            continue
        if str(part.get("module")).partition(".")[0] != "keras":
            yield str(name)
