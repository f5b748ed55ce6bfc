"""What the garden is drawn with: petals bent in space, ribbons for stems and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Colour = np.ndarray  # three floats from 0 to 255


def colour(text: str) -> Colour:
    """A colour written as in CSS.

    >>> colour("#ff8000").tolist()
    [255.0, 128.0, 0.0]
    """
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], float)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two, with this share of the second."""
    return first * (1 - share) + second * share


def ink(shade: Colour) -> tuple[int, int, int]:
    """The colour as Pillow wants it."""
    red, green, blue = (int(min(max(value, 0), 255)) for value in shade)
    return red, green, blue


@dataclass(frozen=True)
class Pose:
    """How a flower stands in the picture.

    In the flower's own space its axis is z, and its petals reach about 1 from it.

    Args:
        centre: where it is, in pixels of the canvas.
        size: pixels of the canvas for a length of 1.
        tilt: the angle between its axis and the line of sight: 0 is seen from above, a
            right angle from the side.
        roll: how far its axis leans to the right.
        light: the direction of the light; x to the right, y down, z towards the viewer.
    """

    centre: tuple[float, float]
    size: float
    tilt: float
    roll: float
    light: np.ndarray

    def view(self, points: np.ndarray) -> np.ndarray:
        """The points (…, 3) of the flower as x and y on the canvas, and nearness."""
        x, y, z = np.moveaxis(points, -1, 0)
        up, near = np.cos(self.tilt), np.sin(self.tilt)
        y, z = y * up - z * near, y * near + z * up
        right, down = np.cos(self.roll), np.sin(self.roll)
        x, y = x * right - y * down, x * down + y * right
        cx, cy = self.centre
        return np.stack([cx + self.size * x, cy + self.size * y, self.size * z], axis=-1)


@dataclass(frozen=True)
class Petals:
    """A whorl of petals: a grid of points for each, and a colour for each piece between.

    Args:
        points: (petals, along + 1, across + 1, 3).
        colours: (petals, along, across, 3).
        edge: how dark the outline is, from 0 (black) to 1 (none).
    """

    points: np.ndarray
    colours: np.ndarray
    edge: float = 0.8


def whorl(
    rng: np.random.Generator,
    azimuths: np.ndarray,
    *,
    radius: np.ndarray,
    height: np.ndarray,
    width: np.ndarray,
    stops: list[Colour],
    across: int = 2,
    wrap: bool = False,
    bend: float = 0.0,
    wild: float = 0.1,
    edge: float = 0.8,
) -> Petals:
    """Grow petals around the axis.

    Args:
        rng: for their small differences.
        azimuths: where each stands, in radians.
        radius: distance from the axis at equal steps from a petal's base to its tip.
        height: along the axis, at the same steps.
        width: half the width at the same steps: a length, or with `wrap` an angle.
        stops: colours from base to tip.
        across: pieces from the left edge to the right one.
        wrap: the petal follows the round of a cup and is not flat.
        bend: how far the edges of a flat petal rise (or sink) beside its middle.
        wild: how much petals differ.
        edge: how dark their outlines are.
    """
    n, steps = len(azimuths), len(radius)
    u = np.linspace(-1, 1, across + 1)
    long = 1 + wild * rng.uniform(-1, 0.5, (n, 1, 1))
    wide = 1 + wild * rng.uniform(-1, 1, (n, 1, 1))
    lift = wild * rng.uniform(-1, 1, (n, 1, 1))
    r, z, w = (values.reshape(1, steps, 1) for values in (radius, height, width))
    t = np.linspace(0, 1, steps).reshape(1, steps, 1)
    ripple = 0.5 * wild * np.sin(5 * t + rng.uniform(0, 6, (n, 1, 1))) * u * t
    turn = azimuths.reshape(n, 1, 1)
    r = r * long
    if wrap:
        turn = turn + u * w * wide
        x, y = r * np.cos(turn), r * np.sin(turn)
    else:
        away = u * w * wide
        x = r * np.cos(turn) - away * np.sin(turn)
        y = r * np.sin(turn) + away * np.cos(turn)
    z = z * long + lift * t**2 + ripple + bend * u**2 * t
    points = np.stack(np.broadcast_arrays(x, y, z), axis=-1)
    place = np.linspace(0, len(stops) - 1, steps - 1)
    stripes = np.stack(
        [np.interp(place, range(len(stops)), [s[i] for s in stops]) for i in range(3)], -1
    )
    tint = 1 + 0.6 * wild * rng.uniform(-1, 1, (n, 1, 1, 1))
    colours = np.broadcast_to(stripes[None, :, None] * tint, (n, steps - 1, across, 3))
    return Petals(points, colours, edge)


def paint(draw: ImageDraw, pose: Pose, *whorls: Petals, soft: float = 0.45) -> None:
    """Draw petals of several whorls together, the nearest last.

    Args:
        draw: where.
        pose: how the flower stands.
        whorls: its petals.
        soft: how bright a piece is that the light does not reach.
    """
    seen = []
    for petals in whorls:
        points = pose.view(petals.points)
        a, b = points[:, :-1, :-1], points[:, 1:, :-1]
        c, d = points[:, 1:, 1:], points[:, :-1, 1:]
        normal = np.cross(c - a, d - b)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
        behind = normal[..., 2] < 0
        normal = np.where(behind[..., None], -normal, normal)
        lit = soft + (1.12 - soft) * np.clip(0.25 + 0.75 * (normal @ pose.light), 0, 1)
        shades = np.clip(petals.colours * lit[..., None], 0, 255).astype(int)
        n = len(points)
        quads = np.stack([a, b, c, d], axis=3)[..., :2].reshape(n, -1, 8)
        shades = shades.reshape(n, -1, 3)
        order = np.argsort((a + c)[..., 2].reshape(n, -1), axis=1)[..., None]
        quads = np.take_along_axis(quads, order, axis=1)
        shades = np.take_along_axis(shades, order, axis=1)
        sides = (points[:, :, 0], points[:, -1, 1:], points[:, -2::-1, -1])
        rims = np.concatenate(sides, axis=1)[..., :2].reshape(n, -1)
        lines = np.clip(shades.mean(axis=1) * petals.edge, 0, 255).astype(int)
        depths = points[..., 2].mean(axis=(1, 2))
        seen += zip(depths, quads, shades, rims, lines, strict=True)
    for _, quads, shades, rim, line in sorted(seen, key=lambda one: one[0]):
        for quad, shade in zip(quads.tolist(), shades.tolist(), strict=True):
            draw.polygon(quad, fill=tuple(shade))
        draw.line(rim.tolist(), fill=tuple(line.tolist()))


def dots(
    draw: ImageDraw, pose: Pose, points: np.ndarray, shades: np.ndarray, size: float
) -> None:
    """Draw small round things such as florets, the nearest last.

    Args:
        draw: where.
        pose: how the flower stands.
        points: (n, 3) in the flower's space.
        shades: (n, 3).
        size: their radius in the flower's space.
    """
    seen = pose.view(points)
    radius = max(size * pose.size, 0.8)
    for i in np.argsort(seen[:, 2]):
        x, y = seen[i, :2].tolist()
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink(shades[i]))


def spiral(count: int, reach: float, rise: float = 0.0) -> np.ndarray:
    """Points (count, 3) set like a sunflower's seeds, on a dome that rises so far."""
    k = np.arange(count) + 0.5
    r = reach * np.sqrt(k / count)
    turn = k * np.pi * (3 - np.sqrt(5))
    return np.stack(
        [r * np.cos(turn), r * np.sin(turn), rise * (1 - (r / reach) ** 2)], axis=-1
    )


def steps(*values: float, count: int = 6) -> np.ndarray:
    """A row of numbers through these, which stand at equal distances."""
    return np.interp(np.linspace(0, len(values) - 1, count), range(len(values)), values)


def smooth(*values: float, count: int = 9) -> np.ndarray:
    """As `steps`, without corners: a parabola through each three neighbours, blended."""
    y = np.array([2 * values[0] - values[1], *values, 2 * values[-1] - values[-2]])
    place = np.linspace(0, len(values) - 1, count)
    i = np.minimum(place.astype(int), len(values) - 2)
    t = place - i
    before, a, b, after = y[i], y[i + 1], y[i + 2], y[i + 3]
    second = 2 * before - 5 * a + 4 * b - after
    third = 3 * (a - b) + after - before
    return a + 0.5 * t * (b - before + t * (second + t * third))


def curve(
    start: np.ndarray, control: np.ndarray, end: np.ndarray, steps: int = 12
) -> np.ndarray:
    """Points (steps, 2) from `start`, at first towards `control`, to `end`."""
    t = np.linspace(0, 1, steps)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end


def ribbon(
    draw: ImageDraw,
    spine: np.ndarray,
    widths: np.ndarray,
    left: Colour,
    right: Colour,
    rib: Colour | None = None,
) -> None:
    """Draw a stem or a leaf along its middle line, one side in each shade.

    Args:
        draw: where.
        spine: (n, 2) points of the canvas.
        widths: (n,) half the width at each, or (n, 2) for the left and the right side.
        left: the colour of one side.
        right: of the other.
        rib: of the line between, if there is one.
    """
    along = np.gradient(spine, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    both = widths if widths.ndim == 2 else np.stack([widths, widths], axis=1)
    for side, shade in ((0, left), (1, right)):
        sign = 1 if side == 0 else -1
        rim = spine + sign * across * both[:, side, None]
        outline = np.concatenate([spine, rim[::-1]])
        draw.polygon(outline.ravel().tolist(), fill=ink(shade))
    if rib is not None:
        draw.line(spine.ravel().tolist(), fill=ink(rib), width=2)
