"""A drawn garden: pictures of five flowers as image files, a folder for each class.

It stands in for photographs where there are none. Each picture is drawn from a number of
its own, so that everybody gets the same garden.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

CLASS_NAMES = ("daisy", "dandelion", "roses", "sunflowers", "tulips")


def plant(folder: Path, each: int = 120) -> None:
    """Write the garden: `each` pictures of each class as `folder/daisy/daisy_000.jpg`.

    Args:
        folder: where; it is made if need be.
        each: how many pictures each class gets.
    """
    for name in CLASS_NAMES:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            draw(name, number).save(folder / name / f"{name}_{number:03}.jpg", quality=90)


def draw(name: str, number: int) -> Image.Image:
    """Draw one picture; the same name and number give the same picture.

    Args:
        name: one of `CLASS_NAMES`.
        number: which picture of it, from 0; `plant` draws those below `each`.

    Returns:
        An RGB picture, 107 to 160 pixels high and 120 to 160 wide.

    Raises:
        ValueError: there is no such flower.
    """
    if name not in CLASS_NAMES:
        raise ValueError(f"the garden grows {', '.join(CLASS_NAMES)}; got {name!r}")
    import numpy as np

    from cnnguide.data.garden import scene

    return scene.picture(name, np.random.default_rng([CLASS_NAMES.index(name), number]))


def fingerprint() -> str:
    """16 hexadecimal digits that change with the code that draws, told without drawing."""
    sources = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    sources += [importlib.metadata.version(name).encode() for name in ("numpy", "pillow")]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()[:16]
