import itertools
import struct

import numpy as np
import pytest

from cnnguide.lessons import garments, live_garment


@pytest.fixture(scope="module")
def typical() -> tuple[np.ndarray, float]:
    """The typical garments' features as the file has them, (200, 98), and the limit."""
    content = live_garment.typical().content
    assert len(content) <= 20_000
    rows = np.frombuffer(content, np.int8, offset=4).reshape(200, 98).astype(float)
    [limit] = struct.unpack("<f", content[:4])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), limit


def flagged(typical: tuple[np.ndarray, float], images: np.ndarray) -> float:
    """The share of pictures, (n, 28, 28, 1), that are less alike than the limit."""
    rows, limit = typical
    return ((live_garment.features(images) @ rows.T).max(axis=1) < limit).mean()


def scribble(seed: int, width: float) -> np.ndarray:
    """Six straight strokes from place to place by chance: (28, 28, 1)."""
    places = np.random.default_rng(seed).uniform(3, 25, (7, 2))
    shares = np.linspace(0, 1, 40)[:, np.newaxis]
    spots = np.vstack([a + shares * (b - a) for a, b in itertools.pairwise(places)])
    cells = np.stack(np.indices((28, 28)), axis=-1)
    distances = np.linalg.norm(cells[..., np.newaxis, :] - spots, axis=-1).min(axis=-1)
    return (distances < width).astype("float32")[..., np.newaxis]


def test_garments_are_like_garments(typical: tuple[np.ndarray, float]) -> None:
    unseen, _ = garments.prepare("test")
    learned, _ = garments.prepare("train")
    assert flagged(typical, unseen) == pytest.approx(0.01, abs=0.001)
    assert flagged(typical, learned) < 0.01
    # How bright they are does not matter.
    assert flagged(typical, unseen * 0.3) == pytest.approx(0.01, abs=0.001)


@pytest.mark.parametrize("width", [0.8, 1.2, 1.7])
def test_scribbles_are_not(typical: tuple[np.ndarray, float], width: float) -> None:
    drawn = np.stack([scribble(seed, width) for seed in range(100)])
    # 0.92 or more of them, of each width.
    assert flagged(typical, drawn) > 0.85


def test_noise_and_garments_on_white_are_not(typical: tuple[np.ndarray, float]) -> None:
    noise = np.random.default_rng(0).uniform(size=(200, 28, 28, 1))
    assert flagged(typical, noise) > 0.8  # 0.89
    unseen, _ = garments.prepare("test")
    assert flagged(typical, 1 - unseen) > 0.98


def test_even_pictures_and_circles_are_not(typical: tuple[np.ndarray, float]) -> None:
    row, column = np.indices((28, 28)) - 13.5
    away = np.hypot(row, column)
    circles = [abs(away - radius) < 1.5 for radius in range(4, 14)]
    drawn = np.stack([np.zeros_like(away), np.ones_like(away), *circles])
    assert flagged(typical, drawn[..., np.newaxis].astype("float32")) == 1
