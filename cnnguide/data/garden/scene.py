"""A whole picture: a ground, plants with stems and leaves, things in front, and a light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnguide.data.garden import grounds, heads
from cnnguide.data.garden.heads import GREENS, TURN
from cnnguide.data.garden.shapes import (
    Pose,
    colour,
    curve,
    ink,
    mix,
    ribbon,
)

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageDraw import ImageDraw

SIZES = ((160, 120), (160, 128), (120, 160), (144, 144), (160, 107))
FINE = 3  # pixels of the canvas for one of the picture
# Half a stem's width, where a head's size is 1.
THICK = {
    "daisy": 0.055,
    "dandelion": 0.06,
    "roses": 0.06,
    "sunflowers": 0.085,
    "tulips": 0.09,
}
HEADS = {
    "daisy": heads.daisy,
    "dandelion": heads.dandelion,
    "roses": heads.rose,
    "sunflowers": heads.sunflower,
    "tulips": heads.tulip,
}


def picture(name: str, rng: np.random.Generator) -> Image.Image:
    """Draw a picture of these flowers, RGB and of one of `SIZES`."""
    from PIL import Image, ImageDraw, ImageFilter

    width, height = SIZES[rng.integers(len(SIZES))]
    light = np.array([rng.uniform(-0.8, 0.8), rng.uniform(-0.9, -0.2), rng.uniform(0.5, 1)])
    light /= np.linalg.norm(light)
    plan = _plan(rng, width, height, light)
    ground = grounds.ground(rng, width, height)
    # What lies far is out of focus, so it needs no fine canvas.
    far = ImageDraw.Draw(ground)
    for _ in range(int(rng.integers(0, 5)) if rng.random() < 0.5 else 0):
        centre = (rng.uniform(0, width), rng.uniform(0.1, 0.8) * height)
        pose = Pose(centre, rng.uniform(6, 16), rng.uniform(0.3, 1.4), 0.0, light)
        _stem(far, rng, name, pose, height, 0.8)
        HEADS[name](far, rng, pose)
    for pose in plan:
        _shade(ground, pose)
    ground = ground.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 2.2)))
    canvas = ground.resize((width * FINE, height * FINE), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(canvas)
    for pose in plan:
        _plant(draw, rng, name, pose, canvas.size)
    _front(canvas, rng)
    return _lit(canvas.reduce(FINE), rng)


def _plan(
    rng: np.random.Generator, width: int, height: int, light: np.ndarray
) -> list[Pose]:
    """How the flowers stand: the small and far ones first."""
    count = int(rng.choice([1, 2, 3, 5], p=[0.56, 0.22, 0.14, 0.08]))
    most = {1: 0.52, 2: 0.42, 3: 0.38, 5: 0.3}[count]
    poses = []
    for _ in range(count):
        size = FINE * min(width, height) * most * rng.uniform(0.6, 1)
        stray = 0.1 if count == 1 else 0.3
        centre = (
            FINE * width * (0.5 + rng.uniform(-stray, stray) * 1.2),
            FINE * height * (0.46 + rng.uniform(-stray, stray)),
        )
        tilt = rng.uniform(0.1, 1.1) if rng.random() < 0.8 else rng.uniform(1.1, 1.6)
        poses.append(Pose(centre, size, tilt, rng.normal(0, 0.25), light))
    return sorted(poses, key=lambda pose: pose.size)


def _shade(ground: Image.Image, pose: Pose) -> None:
    """Darken what lies behind a head, on the side away from the light."""
    from PIL import Image, ImageDraw, ImageFilter

    small = (ground.width // 4, ground.height // 4)
    mask = Image.new("L", small)
    r = pose.size / FINE / 4
    x, y = (value / FINE / 4 for value in pose.centre)
    x, y = x - 0.5 * r * pose.light[0], y - 0.5 * r * pose.light[1]
    ImageDraw.Draw(mask).ellipse((x - r, y - 0.8 * r, x + r, y + r), fill=85)
    mask = mask.filter(ImageFilter.GaussianBlur(0.35 * r)).resize(ground.size)
    ground.paste((12, 18, 10), mask=mask)


def _plant(
    draw: ImageDraw, rng: np.random.Generator, name: str, pose: Pose, size: tuple[int, int]
) -> None:
    """Stem, leaves and head."""
    _stem(draw, rng, name, pose, size[1], pose.size * THICK[name])
    HEADS[name](draw, rng, pose)
    if rng.random() < 0.3:  # a leaf before it
        turn = rng.uniform(0, TURN)
        aside = 1.5 * pose.size * np.array([np.cos(turn), np.sin(turn)])
        start = pose.centre + aside
        _leaf(draw, rng, name, start, turn + np.pi + rng.normal(0, 0.5), pose.size * 1.1)


def _stem(
    draw: ImageDraw,
    rng: np.random.Generator,
    name: str,
    pose: Pose,
    bottom: float,
    thick: float,
) -> None:
    x, y, _ = pose.view(np.array([0.0, 0.0, -0.45])).tolist()
    reach = max(bottom - y, pose.size) + pose.size
    away = (
        np.array([-np.sin(pose.roll), np.cos(pose.roll)])
        * reach
        * 0.5
        * max(np.sin(pose.tilt), 0.2)
    )
    start = np.array([x, y])
    end = np.array([x + away[0] * 1.3 + rng.normal(0, 0.15) * reach, bottom + 0.1 * reach])
    spine = curve(start, start + away, end)
    green = GREENS[rng.integers(len(GREENS))]
    if name == "roses" and rng.random() < 0.4:
        green = mix(green, colour("#7a3a2a"), 0.4)
    for _ in range(int(rng.integers(0, 4))):
        at = spine[rng.integers(4, len(spine) - 1)]
        turn = rng.choice([-1, 1]) * rng.uniform(0.3, 1.2) - np.pi / 2
        _leaf(draw, rng, name, at, turn, pose.size * rng.uniform(0.8, 1.6))
    widths = np.linspace(1, 1.3, len(spine)) * max(thick, 0.5)
    left, right = (1.15, 0.7) if pose.light[0] < 0 else (0.7, 1.15)
    if name == "roses" and thick > 3:  # thorns
        for i in (3, 5, 8):
            thorn = np.array([[0, -1], [3 * rng.choice([-1, 1]), -0.4], [0, 1]]) * thick
            draw.polygon((spine[i] + thorn).ravel().tolist(), fill=ink(green * 0.8))
    ribbon(draw, spine, widths, green * right, green * left)


def _leaf(
    draw: ImageDraw,
    rng: np.random.Generator,
    name: str,
    start: np.ndarray,
    turn: float,
    length: float,
) -> None:
    """A leaf of the kind, from `start` in the direction `turn`."""
    along = np.array([np.cos(turn), np.sin(turn)])
    end = start + along * length + rng.normal(0, 0.15, 2) * length
    half = start + 0.5 * length * along - np.array([0, 0.2 * length])
    spine = curve(start, half, end, 15)
    t = np.linspace(0, 1, 15)
    belly = np.sin(np.pi * t**0.8)
    if name == "dandelion":  # teeth
        widths = (0.05 + 0.2 * belly * (np.arange(15) % 3) / 2) * length
    elif name == "roses":
        widths = (0.26 * belly + 0.03 * (np.arange(15) % 2) * belly) * length
    elif name == "sunflowers":
        widths = 0.32 * np.sin(np.pi * t**0.6) * length
    elif name == "tulips":
        spine = start + (spine - start) * 1.5
        widths = 0.13 * belly * length
    else:
        widths = (0.09 * belly + 0.05 * belly * (np.arange(15) % 4 > 1)) * length
    green = GREENS[rng.integers(len(GREENS))] * rng.uniform(0.75, 1.15)
    if name == "tulips":
        green = mix(green, colour("#6f9a8a"), 0.4)
    ribbon(draw, spine, widths, green, green * 0.78, rib=green * 1.25)


def _front(canvas: Image.Image, rng: np.random.Generator) -> None:
    """What stands between the flowers and us: blades of grass, a blurred leaf."""
    from PIL import Image, ImageDraw, ImageFilter

    width, height = canvas.size
    draw = ImageDraw.Draw(canvas)
    for _ in range(int(rng.integers(2, 12)) if rng.random() < 0.4 else 0):
        x, tall = rng.uniform(0, width), rng.uniform(0.15, 0.7) * height
        lean = rng.normal(0, 0.2) * tall
        start = np.array([x, height + 5.0])
        half, tip = np.array([[0.3 * lean, -0.6 * tall], [lean, -tall]])
        spine = curve(start, start + half, start + tip)
        green = GREENS[rng.integers(len(GREENS))] * rng.uniform(0.7, 1.3)
        ribbon(draw, spine, np.linspace(rng.uniform(2, 6), 0, 12), green, green * 0.8)
    if rng.random() < 0.12:
        small = (width // 12, height // 12)
        mask = Image.new("L", small)
        x, y = rng.choice([0, small[0]]), rng.uniform(0.2, 1) * small[1]
        r = rng.uniform(0.2, 0.4) * small[0]
        ImageDraw.Draw(mask).ellipse((x - r, y - r, x + r, y + 1.5 * r), fill=220)
        mask = mask.filter(ImageFilter.GaussianBlur(2)).resize(canvas.size)
        blot = GREENS[rng.integers(len(GREENS))] * rng.uniform(0.5, 1.2)
        canvas.paste(ink(blot), mask=mask)


def _lit(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The light of the day: its colour and strength, shadows, blur and noise."""
    from PIL import Image, ImageFilter

    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.1)))
    pixels = np.asarray(image, np.float32) / 255
    height, width, _ = pixels.shape
    warm = rng.normal(0, 0.09)
    pixels = pixels * np.array([1 + warm, 1, 1 - warm], np.float32)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    turn = rng.uniform(0, TURN)
    fall = 1 + rng.uniform(0, 0.35) * (x * np.cos(turn) + y * np.sin(turn))
    fall -= rng.uniform(0, 0.25) * (x**2 + y**2) / 2
    if rng.random() < 0.3:  # dappled by leaves above
        coarse = (rng.random((5, 6)) * 255).astype(np.uint8)
        spots = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        fall *= 0.55 + 0.65 * np.clip(np.asarray(spots, np.float32) / 255 * 3 - 1, 0, 1)
    pixels = np.clip(pixels * fall[..., None], 0, 1) ** np.exp(rng.normal(-0.12, 0.2))
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = grey + (pixels - grey) * rng.uniform(0.8, 1.15)
    pixels = pixels * rng.uniform(0.78, 1.12)
    noise = rng.standard_normal(pixels.shape[:2], np.float32)[..., None]
    pixels = pixels + noise * rng.uniform(0, 0.02)
    return Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8))
