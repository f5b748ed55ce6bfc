"""What lies behind the flowers of the garden: meadows, leaves, skies, soil and walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnguide.data.garden.heads import GREENS, TURN
from cnnguide.data.garden.shapes import Colour, colour, curve, ink, mix, ribbon

if TYPE_CHECKING:
    from PIL import Image


def ground(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """Draw what lies behind the flowers: one of seven kinds, all for every class."""
    make = (_meadow, _bokeh, _foliage, _sky, _soil, _wall, _dark)
    chosen = rng.choice(len(make), p=[0.24, 0.22, 0.18, 0.12, 0.1, 0.07, 0.07])
    return make[chosen](rng, width, height)


def _gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    from PIL import Image

    share = np.linspace(0, 1, height)[:, None, None]
    column = top * (1 - share) + bottom * share
    pixels = np.broadcast_to(np.clip(column, 0, 255), (height, width, 3))
    return Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8))


def _green(rng: np.random.Generator, low: float = 0.4, high: float = 1.1) -> Colour:
    return GREENS[rng.integers(len(GREENS))] * rng.uniform(low, high)


def _meadow(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    from PIL import ImageDraw

    image = _gradient(width, height, _green(rng), _green(rng, 0.3, 0.8))
    draw = ImageDraw.Draw(image)
    for y in np.linspace(0, 1.15, 110) * height:
        x, tall = rng.uniform(-5, width + 5), rng.uniform(10, 35)
        lean = rng.normal(0, 6)
        blade = [x - 1.5, y, x + 1.5, y, x + lean, y - tall]
        draw.polygon([float(value) for value in blade], fill=ink(_green(rng, 0.5, 1.3)))
    return image


def _bokeh(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    from PIL import Image, ImageDraw, ImageFilter

    bases = ("#41602f", "#24402c", "#5a6b3a", "#6a5a4a", "#4a4a66", "#8a9a6a", "#a89a7a")
    base = colour(bases[rng.integers(len(bases))])
    image = _gradient(width, height, base * rng.uniform(0.6, 1.3), base * 0.7)
    lights = ("#9db56a", "#d8cf9a", "#6f8f5a", "#c9a0a8", "#a8b8c8", "#d6b04a", "#3a5a34")
    for _ in range(int(rng.integers(6, 22))):
        mask = Image.new("L", image.size)
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(5, 26)
        strength = int(rng.integers(40, 150))
        ImageDraw.Draw(mask).ellipse((x - r, y - r, x + r, y + r), fill=strength)
        image.paste(ink(colour(lights[rng.integers(len(lights))])), mask=mask)
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(1.5, 4)))


def _foliage(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    from PIL import ImageDraw

    image = _gradient(width, height, _green(rng, 0.3, 0.6), _green(rng, 0.2, 0.5))
    draw = ImageDraw.Draw(image)
    for i in range(45):
        start = rng.uniform(-10, max(width, height), 2)
        turn, length = rng.uniform(0, TURN), rng.uniform(18, 50)
        end = start + length * np.array([np.cos(turn), np.sin(turn)])
        spine = curve(start, (start + end) / 2 + rng.normal(0, 5, 2), end, 9)
        widths = np.sin(np.linspace(0, np.pi, 9)) * length * rng.uniform(0.12, 0.3)
        green = _green(rng, 0.3 + i / 90, 0.6 + i / 90)
        ribbon(draw, spine, widths, green, green * 0.8)
    return image


def _sky(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    from PIL import Image, ImageDraw

    blues = ("#3f7fc4", "#7fb0dc", "#b9c9d6", "#5a8fae", "#d9c2a0")
    blue = colour(blues[rng.integers(len(blues))])
    image = _gradient(width, height, blue * 0.9, mix(blue, colour("#ffffff"), 0.5))
    for _ in range(int(rng.integers(0, 9))):
        mask = Image.new("L", image.size)
        x, y = rng.uniform(0, width), rng.uniform(0, 0.8) * height
        r = rng.uniform(8, 25)
        ImageDraw.Draw(mask).ellipse((x - 2 * r, y - r / 2, x + 2 * r, y + r / 2), fill=110)
        image.paste((245, 245, 245), mask=mask)
    line = rng.uniform(0.6, 1.2) * height
    hills = [(float(x), float(line + rng.normal(0, 4))) for x in np.linspace(0, width, 9)]
    ImageDraw.Draw(image).polygon(
        [(0, height), *hills, (width, height)], fill=ink(_green(rng, 0.6, 1.0))
    )
    return image


def _soil(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    from PIL import ImageDraw

    browns = ("#5a4632", "#74604a", "#3f3228", "#8a7a66")
    brown = colour(browns[rng.integers(len(browns))])
    image = _gradient(width, height, brown * 1.15, brown * 0.8)
    draw = ImageDraw.Draw(image)
    for _ in range(120):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.8, 5)
        shade = brown * rng.uniform(0.6, 1.35)
        if rng.random() < 0.12:
            shade = _green(rng)
        draw.ellipse((x - r, y - 0.7 * r, x + r, y + 0.7 * r), fill=ink(shade))
    return image


def _wall(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    from PIL import ImageDraw

    tones = ("#9a5a44", "#b8ac9a", "#d6cfc0", "#7a7470", "#c9a48a")
    tone = colour(tones[rng.integers(len(tones))])
    image = _gradient(width, height, tone, tone * 0.75)
    if rng.random() < 0.6:
        draw = ImageDraw.Draw(image)
        tall = rng.uniform(12, 22)
        for row in range(int(height / tall) + 1):
            for column in range(-1, int(width / tall / 2.2) + 1):
                x = (column + 0.5 * (row % 2)) * 2.2 * tall
                box = (x + 1, row * tall + 1, x + 2.2 * tall - 1, (row + 1) * tall - 1)
                draw.rectangle(box, fill=ink(tone * rng.uniform(0.75, 1.1)))
    return image


def _dark(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    tones = ("#15181a", "#22281e", "#2a1e24", "#1a2030")
    tone = colour(tones[rng.integers(len(tones))])
    return _gradient(width, height, tone * rng.uniform(0.6, 1.8), tone)
