"""What a model file tells by itself, where the code of its classes is not at hand."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from cnnguide.explain.architecture import sides
from cnnguide.explain.load import damaged
from cnnguide.table import Table


def layers(config: dict[str, Any], unknown: tuple[str, ...]) -> Table:
    """The layers that a model's configuration lists.

    Args:
        config: a model's config.json.
        unknown: registered names of classes that are not known here.

    Returns:
        A row for each layer; none for a model whose layers stand only in its code.
    """
    known = {True: "your own code", False: "Keras"}
    rows = [
        (
            part.get("config", {}).get("name", part["class_name"]),
            part["class_name"],
            _shape(part),
            known[part.get("registered_name") in unknown],
        )
        for part in config.get("config", {}).get("layers", [])
    ]
    return Table(
        ("layer", "type", "input", "defined by"), rows, "Layers, as the file lists them"
    )


def arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of weights in a .keras file, by their place in it.

    Raises:
        ExplainError: they cannot be read.
    """
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open("model.weights.h5") as member,
            h5py.File(member, "r") as file,
        ):
            return dict(_arrays(file))
    except (OSError, KeyError, RuntimeError) as error:
        raise damaged(path, f"weights of which h5py says: {error}") from None


def table(found: dict[str, np.ndarray]) -> Table:
    """Arrays of weights with their shapes."""
    rows = [(name, sides(array.shape), f"{array.size:,}") for name, array in found.items()]
    return Table(("array", "shape", "numbers"), rows, "Weights, as the file keeps them")


def _arrays(group: h5py.Group) -> Iterator[tuple[str, np.ndarray]]:
    for name in group:
        found = group[name]
        if isinstance(found, h5py.Group):
            yield from _arrays(found)
        elif found.ndim and "optimizer" not in found.name.split("/"):
            yield found.name.strip("/"), np.asarray(found)


def _shape(part: dict[str, Any]) -> str:
    shape = (part.get("build_config") or {}).get("input_shape")
    shape = shape or part.get("config", {}).get("batch_shape")
    if not isinstance(shape, list) or isinstance(next(iter(shape), None), list):
        return "not noted"
    return "×".join("any" if size is None else str(size) for size in shape[1:])
