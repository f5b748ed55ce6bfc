"""Files become pictures as the model sees them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from cnnguide.explain.errors import ExplainError
from cnnguide.explain.inputs import MODES, Intake

LARGEST = 256  # the longer side of a picture for a model that takes any size


@dataclass(frozen=True)
class Picture:
    """A picture in the model's size and channels.

    Args:
        name: the file's name.
        size: rows and columns of the file.
        values: float32, (rows, columns, channels), from 0 (black) to 1 (white).
    """

    name: str
    size: tuple[int, int]
    values: np.ndarray

    @property
    def change(self) -> str:
        """What was done to the file's picture."""
        rows, columns = self.values.shape[:2]
        was, now = f"{self.size[0]}×{self.size[1]}", f"{rows}×{columns}"
        if was == now:
            return f"{now} pixels, as in the file"
        skewed = self.size[0] * columns != self.size[1] * rows
        return f"resized from {was} to {now}" + (", its sides not alike" if skewed else "")


def read(path: Path, intake: Intake) -> Picture:
    """Read a picture file, and convert it to what a model takes.

    The picture is turned as its camera noted, laid on white where it is transparent, and
    stretched to the model's size, as `keras.utils.image_dataset_from_directory` does. For a
    model that takes any size, only pictures above 256 pixels are made smaller.

    Raises:
        ExplainError: there is no such file, or no picture in it.

    >>> Image.new("RGB", (64, 32), "white").save("white.png")
    >>> picture = read(Path("white.png"), Intake(28, 28, 1, 0, 1, ""))
    >>> picture.values.shape, picture.change
    ((28, 28, 1), 'resized from 32×64 to 28×28, its sides not alike')
    """
    if not path.is_file():
        got = "a folder" if path.is_dir() else "no such file"
        raise ExplainError(f"the picture {path}", got, "check the name and the folder")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as file:
                image = _converted(file, MODES[intake.channels])
    except Exception as error:  # Pillow's many readers raise what they like
        raise ExplainError(
            f"{path} to be a picture such as PNG, JPEG or WebP",
            f"a file of which Pillow says: {error}",
            "open it in a viewer, and save it as PNG",
        ) from None
    resized = image.resize(_fitted(image.size, intake), Image.Resampling.BILINEAR)
    values = np.asarray(resized, "float32") / 255
    values = values.reshape(*values.shape[:2], intake.channels)
    return Picture(path.name, (image.height, image.width), values)


def _converted(file: Image.Image, mode: str) -> Image.Image:
    image = ImageOps.exif_transpose(file)
    if image.mode == "F" or image.mode.startswith("I"):
        image = _eight_bits(image)
    if mode != "RGBA" and image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert(mode)


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 16 bits or of floats; Pillow itself would cut off what is above 255."""
    values = np.asarray(image, "float64")
    white = next((top for top in (1, 255, 65535) if values.max() <= top), values.max())
    if image.mode.startswith("I;16"):
        white = 65535
    return Image.fromarray(np.uint8(np.clip(values / white, 0, 1) * 255 + 0.5))


def _fitted(size: tuple[int, int], intake: Intake) -> tuple[int, int]:
    """The model's width and height, where it has its own."""
    shrink = min(1, LARGEST / max(size))
    own = [max(1, round(side * shrink)) for side in size]
    return intake.columns or own[0], intake.rows or own[1]
