"""The five flowers: each draws one head, with what is below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnguide.data.garden.shapes import (
    Colour,
    Pose,
    colour,
    dots,
    ink,
    mix,
    paint,
    smooth,
    spiral,
    steps,
    whorl,
)

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

GREENS = [colour(text) for text in ("#4f7d2e", "#3f6b34", "#6b8f3a", "#5a8a4a", "#7d9440")]
TURN = 2 * np.pi


def around(rng: np.random.Generator, count: int, loose: float = 0.25) -> np.ndarray:
    """Azimuths all around, not quite equal."""
    step = TURN / count
    even = np.arange(count) * step + rng.uniform(0, TURN)
    return even + loose * step * rng.uniform(-1, 1, count)


def pick(rng: np.random.Generator, choices: list[tuple[float, str]]) -> Colour:
    """One of the colours, each as likely as its weight says, and a little changed."""
    weights = np.array([weight for weight, _ in choices])
    chosen = choices[rng.choice(len(choices), p=weights / weights.sum())][1]
    return np.clip(colour(chosen) * (1 + rng.uniform(-0.08, 0.08, 3)), 0, 255)


def calyx(
    draw: ImageDraw, rng: np.random.Generator, pose: Pose, reach: float, count: int = 8
) -> None:
    """Draw the small green leaves under a head, as far as it hides them not."""
    green = GREENS[rng.integers(len(GREENS))]
    paint(
        draw,
        pose,
        whorl(
            rng,
            around(rng, count),
            radius=steps(0.05, 0.6, 1.0, count=4) * reach,
            height=steps(-0.9, -0.75, -0.15, count=4) * reach,
            width=steps(0.3, 0.4, 0.05, count=4) * reach,
            stops=[green * 0.8, green],
            wild=0.15,
        ),
    )


def daisy(draw: ImageDraw, rng: np.random.Generator, pose: Pose) -> None:
    """White or pale rays around a yellow disc."""
    pale = pick(
        rng,
        [
            (9, "#fbf9f2"),
            (2, "#f3d3de"),
            (1, "#f7ecb0"),
            (1, "#cdb9e6"),
            (0.7, "#e58fb0"),
            (0.5, "#f3cf45"),
        ],
    )
    disc = pick(rng, [(4, "#f0b51c"), (2, "#d98a14"), (1, "#8a5a20")])
    count = int(rng.integers(11, 24))
    lift = rng.uniform(-0.25, 0.45)
    broad = rng.uniform(1.9, 2.9)
    core = rng.uniform(0.2, 0.34)
    calyx(draw, rng, pose, core * 1.2)
    rays = []
    for layer in range(1 + (rng.random() < 0.45)):
        scale = 1 - 0.12 * layer
        rays.append(
            whorl(
                rng,
                around(rng, count, 0.35),
                radius=np.array([core * 0.6, 0.5, 0.75, 0.92, 0.98, 1.0]) * scale,
                height=np.array([0, 0.1, 0.35, 0.7, 0.85, 0.9]) * lift + 0.05 * layer,
                width=np.array([0.4, 0.85, 1, 0.9, 0.6, 0.2]) * broad / count,
                stops=[mix(pale, disc, 0.2) * 0.8, pale, pale],
                bend=rng.uniform(-0.04, 0.06),
                wild=0.16,
                edge=0.82,
            )
        )
    paint(draw, pose, *rays, soft=0.72)
    dome = spiral(int(rng.integers(50, 80)), core, core * 0.55)
    glow = np.linspace(1.08, 0.78, len(dome)) * rng.uniform(0.88, 1.1, len(dome))
    base = np.stack([dome[:, 0] * 1.05, dome[:, 1] * 1.05, dome[:, 2] * 0.6], axis=1)
    dots(draw, pose, base, np.broadcast_to(disc * 0.68, base.shape), core * 0.2)
    dots(draw, pose, dome, disc * glow[:, None], core * 0.11)


def dandelion(draw: ImageDraw, rng: np.random.Generator, pose: Pose) -> None:
    """A golden puff of narrow rays, or the white ball of seeds that it becomes."""
    if rng.random() < 0.3:
        _clock(draw, rng, pose)
        return
    gold = pick(rng, [(5, "#f6c90e"), (2, "#f2a900"), (2, "#f7dd4a")])
    shut = max(0.0, rng.uniform(-0.9, 0.75))  # 0: wide open
    calyx(draw, rng, pose, 0.42, 12)
    rays = []
    plan = ((1.0, 38), (0.86, 36), (0.68, 30), (0.48, 22), (0.3, 14))
    for ring, (reach, count) in enumerate(plan):
        out = reach * (1 - 0.6 * shut)
        up = 0.08 + 0.13 * ring + 0.75 * shut * reach
        rays.append(
            whorl(
                rng,
                around(rng, count, 0.5),
                radius=steps(0.06, 0.6 * out, out, count=4),
                height=steps(0, 0.7 * up, up, count=4),
                width=np.array([0.6, 1, 1, 0.75]) * 0.06,
                stops=[gold * 0.62, gold * (0.86 + 0.05 * ring), gold],
                across=1,
                wild=0.15,
                edge=0.8,
            )
        )
    paint(draw, pose, *rays, soft=0.55)
    if shut < 0.3:
        heart = spiral(34, 0.3, 0.12)
        heart[:, 2] += 0.45 + 0.2 * shut
        shades = gold * rng.uniform(0.72, 1.0, (34, 1))
        dots(draw, pose, heart, shades, 0.035)


def _clock(draw: ImageDraw, rng: np.random.Generator, pose: Pose) -> None:
    white = pick(rng, [(3, "#f4f2ea"), (1, "#dcdad2"), (1, "#efe3cc")])
    count = int(rng.integers(70, 120))
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    turn = k * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - z**2)
    out = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    if rng.random() < 0.4:  # the wind has taken some
        gone = np.array([np.cos(a := rng.uniform(0, TURN)), np.sin(a), rng.uniform(-1, 1)])
        out = out[out @ gone < rng.uniform(0.1, 0.8)]
    out = out * rng.uniform(0.9, 1.0, (len(out), 1)) * 0.95
    seeds, tips = pose.view(out * 0.18), pose.view(out * 0.8)
    ends = pose.view(out)
    x, y = pose.centre
    inner = 0.17 * pose.size
    lines = ink(mix(white, colour("#7d8a5a"), 0.45))
    for i in np.argsort(ends[:, 2]):
        near = 0.5 + 0.5 * ends[i, 2] / pose.size
        shade = ink(white * (0.62 + 0.38 * near))
        (sx, sy), (tx, ty) = seeds[i, :2].tolist(), tips[i, :2].tolist()
        draw.line((sx, sy, tx, ty), fill=lines)
        size = 0.2 * pose.size
        for angle in np.arange(7) * TURN / 7 + i:
            hx = tx + (ends[i, 0] - tx) * 0.8 + size * np.cos(angle)
            hy = ty + (ends[i, 1] - ty) * 0.8 + size * np.sin(angle)
            draw.line((tx, ty, float(hx), float(hy)), fill=shade)
    draw.ellipse((x - inner, y - inner, x + inner, y + inner), fill=ink(colour("#8d7a4e")))


def rose(draw: ImageDraw, rng: np.random.Generator, pose: Pose) -> None:
    """Round petals, wound around each other from the outside to the heart."""
    tone = pick(
        rng,
        [
            (5, "#c4142c"),
            (4, "#e0567f"),
            (1.5, "#f2ebdd"),
            (1.2, "#f3cf4a"),
            (1.2, "#f0a27a"),
            (1, "#8e1038"),
            (1, "#eab8c8"),
        ],
    )
    deep = tone * (0.78, 0.62, 0.58)
    rim = mix(tone, colour("#fff4ea"), 0.22)
    spread = rng.uniform(0.25, 1.0)  # how far the outer petals hang open
    calyx(draw, rng, pose, 0.5, 5)
    rings = []
    plan = ((1.0, 5), (0.88, 5), (0.74, 4), (0.6, 4), (0.46, 3), (0.32, 3), (0.19, 2))
    for ring, (reach, count) in enumerate(plan):
        outer = max(0.0, 1 - ring / 3.5) * spread
        curl = 0.28 * outer
        rings.append(
            whorl(
                rng,
                around(rng, count, 0.3) + 0.5 * ring,
                radius=smooth(0.25, 0.72, 0.9, 0.93, 0.9 + curl, 0.86 + 1.6 * curl) * reach,
                height=smooth(-0.55, -0.4, -0.1, 0.25, 0.5 - curl, 0.58 - 2.2 * curl)
                + 0.015 * ring
                - 0.12 * outer,
                width=smooth(0.5, 0.8, 1, 1, 0.8, 0.3) * TURN / count * 0.68,
                stops=[deep * 0.7, deep, mix(deep, tone, 0.5), tone * 0.95, tone, rim],
                across=6,
                wrap=True,
                wild=0.13,
                edge=0.7,
            )
        )
    paint(draw, pose, *rings, soft=0.5)


def sunflower(draw: ImageDraw, rng: np.random.Generator, pose: Pose) -> None:
    """Pointed golden petals around a large dark disc of seeds."""
    gold = pick(
        rng,
        [
            (5, "#f5b70a"),
            (2, "#f7d54a"),
            (1, "#e58a10"),
            (0.4, "#a8401a"),
            (0.4, "#f6ecc0"),
        ],
    )
    disc = pick(rng, [(4, "#4a2c14"), (2, "#2e1d12"), (1.5, "#7a5524"), (1, "#7d7a2e")])
    core = rng.uniform(0.36, 0.55)
    count = int(rng.integers(15, 26))
    lift = rng.uniform(-0.15, 0.4)
    broad = rng.uniform(2.4, 3.2)
    calyx(draw, rng, pose, core * 0.9, 12)
    rays = [
        whorl(
            rng,
            around(rng, count, 0.35),
            radius=steps(core * 0.75, 1, count=6) * (1 - 0.1 * layer),
            height=steps(0, 0.15, 1, count=6) * lift + 0.04 * layer,
            width=np.array([0.5, 0.95, 1, 0.8, 0.45, 0.02]) * broad / count,
            stops=[mix(gold, disc, 0.35), gold * 0.95, gold],
            bend=0.03,
            wild=0.2,
            edge=0.78,
        )
        for layer in range(2)
    ]
    paint(draw, pose, *rays, soft=0.55)
    plate = spiral(26, core, 0.05)
    dots(draw, pose, plate, np.broadcast_to(disc * 0.8, plate.shape), core * 0.24)
    seeds = spiral(int(rng.integers(110, 170)), core * 1.05, core * 0.25)
    r = np.hypot(seeds[:, 0], seeds[:, 1]) / core
    ring = np.clip((r - 0.62) * 4, 0, 1)[:, None] * rng.uniform(0, 0.6)
    young = np.clip(0.35 - r, 0, 1)[:, None] * rng.uniform(0, 2.2)
    shades = disc * rng.uniform(0.75, 1.5, (len(seeds), 1))
    shades = shades * (1 - ring) + gold * 0.8 * ring
    shades = shades * (1 - young) + colour("#8a8a3a") * young
    dots(draw, pose, seeds, shades, core * 0.055)


def tulip(draw: ImageDraw, rng: np.random.Generator, pose: Pose) -> None:
    """Six petals that make a cup."""
    tone = pick(
        rng,
        [
            (3, "#d3202e"),
            (2.5, "#f2c51a"),
            (2, "#e66a9a"),
            (2, "#f4efe4"),
            (1.5, "#7d3b93"),
            (1.5, "#ef7a24"),
            (0.7, "#3d1830"),
        ],
    )
    other = pick(rng, [(2, "#f7e06a"), (2, "#fbf4ea"), (1, "#e0567f")])
    tip = tone if rng.random() < 0.6 else other
    foot = pick(rng, [(2, "#e8e27a"), (1, "#5a6a2a"), (1, "#f4efe4"), (1, "#2a2038")])
    gape = rng.uniform(0.3, 0.8) if rng.random() < 0.7 else rng.uniform(0.8, 1.5)
    tall = rng.uniform(0.85, 1.15) * (1 - 0.2 * max(0, gape - 0.7))
    sharp = rng.uniform(0.0, 0.3)
    lip = 0.34 + 0.4 * gape
    start = rng.uniform(0, TURN)
    cups = [
        whorl(
            rng,
            start + (np.arange(3) + inner / 2) * TURN / 3 + rng.uniform(-0.1, 0.1, 3),
            radius=smooth(0.06, 0.46, 0.62, 0.6, lip, 0.62 * gape, count=11)
            * (1 - 0.1 * inner),
            height=smooth(-0.8, -0.7, -0.35, 0.2, 0.75, 1.2, count=11) * tall,
            width=smooth(0.9, 0.98, 0.98, 0.85, 0.55, sharp, count=11),
            stops=[
                mix(tone, foot, 0.55),
                tone * 0.88,
                tone,
                tone,
                mix(tone, tip, 0.5),
                tip,
            ],
            across=8,
            wrap=True,
            wild=0.09,
            edge=0.72,
        )
        for inner in range(2)
    ]
    paint(draw, pose, *cups, soft=0.5)
    if pose.tilt < 0.6:  # one can look into it
        heart = spiral(9, 0.16, 0.0) + np.array([0, 0, -0.5])
        dots(draw, pose, heart, np.broadcast_to(foot * 0.6, heart.shape), 0.05)
