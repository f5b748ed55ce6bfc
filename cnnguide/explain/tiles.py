"""Kernels, maps and pictures as small PNG images, an image's pixel for each number."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
from PIL import Image

LOWERS, RAISES = (201, 106, 16), (61, 127, 208)  # colours that keep apart for everyone
SHADES = 32


def uri(pixels: np.ndarray) -> str:
    """An image as an address that holds it.

    Args:
        pixels: uint8, (rows, columns, n): n of 1 for grey, 2 for grey and opacity, 3 for
            colours, 4 for colours and opacity.

    >>> uri(np.zeros((1, 1, 1), "uint8"))[:22]
    'data:image/png;base64,'
    """
    shown = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    file = io.BytesIO()
    Image.fromarray(shown).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def photo(picture: np.ndarray) -> np.ndarray:
    """The pixels of a picture from 0 to 1."""
    return np.uint8(np.clip(picture, 0, 1) * 255 + 0.5)


def brightness(tiles: np.ndarray, signed: bool) -> np.ndarray:
    """Numbers as brightness from 0 to 1, each tile by itself.

    Args:
        tiles: (n, rows, columns, …).
        signed: whether they may be negative. Then zero becomes grey, and of each tile the
            number furthest from zero black or white. Otherwise zero becomes black, and each
            tile's largest number white.

    >>> brightness(np.array([[[0.0, 2.0]], [[0.0, 0.0]]]), signed=False).tolist()
    [[[0.0, 1.0]], [[0.0, 0.0]]]
    >>> brightness(np.array([[[-2.0, 0.0, 1.0]]]), signed=True).tolist()
    [[[0.0, 0.5, 0.75]]]
    """
    axes = tuple(range(1, tiles.ndim))
    most = np.abs(tiles).max(axis=axes, keepdims=True)
    share = tiles / np.where(most > 0, most, 1)
    return share / 2 + 0.5 if signed else share


def mosaic(tiles: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
    """Tiles beside and below each other, with clear gaps.

    Args:
        tiles: (n, rows, columns) of brightness or (n, rows, columns, 3) of colours, from 0
            to 1, of which 33 shades are kept: the eye hardly sees it, and the page is
            far smaller.
        columns: how many stand side by side.
        gap: the pixels between two.

    >>> mosaic(np.zeros((5, 3, 3)), 2).shape
    (11, 7, 2)
    """
    count, height, width = tiles.shape[:3]
    shown = tiles.reshape(count, height, width, -1)
    down, right = height + gap, width + gap
    lines = math.ceil(count / columns)
    pixels = np.zeros(
        (lines * down - gap, columns * right - gap, shown.shape[-1] + 1), "uint8"
    )
    for number, tile in enumerate(shown):
        top, left = number // columns * down, number % columns * right
        spot = pixels[top : top + height, left : left + width]
        spot[..., :-1] = photo(np.round(tile * SHADES) / SHADES)
        spot[..., -1] = 255
    return pixels


def overlay(picture: np.ndarray, drops: np.ndarray) -> np.ndarray:
    """A picture in grey, with colour over what counts.

    Args:
        picture: (rows, columns, channels), from 0 to 1.
        drops: (rows, columns): orange where above zero, blue where below; the largest is
            opaque.
    """
    grey = 0.75 * picture[..., :3].mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    most = np.abs(drops).max()
    strength = (np.abs(drops) / (most or 1))[..., np.newaxis]
    colour = np.where(drops[..., np.newaxis] > 0, LOWERS, RAISES) / 255
    return photo((1 - strength) * grey + strength * colour)
