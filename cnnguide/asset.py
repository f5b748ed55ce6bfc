"""Files that the interactive parts of pages load, made by snippets as all else is."""

import struct

import numpy as np


class Asset:
    """A file for the browser. As a snippet's value, the site holds it.

    Args:
        name: of the file, such as `garments.bin`.
        content: its bytes.
        description: what it holds, in a few words.

    >>> Asset("two.bin", b"ab", "two letters")
    two.bin, 2 bytes: two letters
    """

    def __init__(self, name: str, content: bytes, description: str) -> None:
        self.name = name
        self.content = content
        self.description = description

    def __repr__(self) -> str:
        return f"{self.name}, {len(self.content):,} bytes: {self.description}"

    def _repr_file_(self) -> tuple[str, bytes]:
        """The file's name and content, for the engine."""
        return self.name, self.content


def packed(images: np.ndarray) -> bytes:
    """Pictures as `docs/js/pictures.js` reads them.

    Args:
        images: uint8 of shape (n, rows, columns, channels).

    Returns:
        Four uint16, little-endian, which are the shape; then the pixels.

    Raises:
        ValueError: they are not such pictures.

    >>> packed(np.zeros((2, 1, 1, 1), "uint8")).hex(" ", 2)
    '0200 0100 0100 0100 0000'
    """
    if images.dtype != np.uint8 or images.ndim != 4:
        raise ValueError(
            "expected pictures, uint8 of shape (n, rows, columns, channels); got "
            f"{images.dtype} of shape {images.shape}"
        )
    return struct.pack("<4H", *images.shape) + images.tobytes()
