import keras
import numpy as np
import pytest

from cnnguide import labs


def blocks(picture: np.ndarray, size: int) -> np.ndarray:
    rows, columns = picture.shape[0] // size, picture.shape[1] // size
    whole = picture[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size)


def loops(picture: np.ndarray, size: int) -> np.ndarray:
    rows, columns = picture.shape[0] // size, picture.shape[1] // size
    result = np.empty((rows, columns))
    for r in range(rows):
        for c in range(columns):
            window = picture[r * size : (r + 1) * size, c * size : (c + 1) * size]
            result[r, c] = window.max()
    return result


def centred(maps: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    return maps - maps.mean(axis=axes, keepdims=True)


def normalized(
    maps: np.ndarray, axes: tuple[int, ...], epsilon: float = 0.001
) -> np.ndarray:
    variance = maps.var(axis=axes, keepdims=True)
    return centred(maps, axes) / np.sqrt(variance + epsilon)


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("overlapping", (8, 13, 13, 16)),
        ("by_hand", loops),
        ("by_hand", lambda p, s: blocks(p, s).max(axis=(1, 3))),
        ("shift", 8),
        ("axes", (0, 1, 2)),
        ("axes", [2, 1, 0]),
        ("axes", (-4, -3, -2)),
        ("normalize", normalized),
        ("remembered", 0.95),
        ("remembered", np.float32(0.95)),
        ("disguise", lambda p: p + 0.5),
        ("disguise", lambda p: 3 * p),
        ("disguise", lambda p: 0.4 * p + 0.6),
        ("disguise", lambda p: keras.ops.convert_to_tensor(2 * p - 1)),
    ],
)
def test_right_answers_pass(task: str, answer: object) -> None:
    assert labs.check(f"pooling.{task}", answer).right


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("overlapping", (8, 14, 14, 16), "padding"),
        ("overlapping", (8, 9, 9, 16), "do not overlap"),
        ("overlapping", (8, 13, 13, 8), "how many maps"),
        ("overlapping", (8, 12, 12, 16), "last that fits"),
        ("overlapping", (13, 13, 16), "Which axes"),
        ("by_hand", lambda p, s: blocks(p, s).mean(axis=(1, 3)), "average pooling"),
        ("by_hand", lambda p, s: np.maximum(loops(p, s), 0), "below zero"),
        ("by_hand", lambda p, s: loops(p, s) + 1, "on paper"),
        ("by_hand", lambda p, s: p, "whole windows"),
        ("by_hand", lambda p, s: blocks(p, 5), "whole windows"),
        ("shift", 6, "three halvings"),
        ("shift", 4, "fewer layers"),
        ("shift", 3, "layer after layer"),
        ("axes", (1, 2, 3), "axis of the channels"),
        ("axes", (1, 2), "counts the batch"),
        ("axes", (0, 1), "are left"),
        ("axes", "rows", "as a tuple"),
        ("axes", (0, 7), "as a tuple"),
        ("normalize", centred, "variance"),
        (
            "normalize",
            lambda m, a: centred(m, a) / (m.var(axis=a, keepdims=True) + 0.001),
            "square root",
        ),
        ("normalize", lambda m, a: normalized(m, a, 0.5), "epsilon"),
        ("normalize", lambda m, a: normalized(m, (0, 1, 2)), "that are given"),
        ("normalize", lambda m, a: m.mean(axis=a), "keepdims"),
        ("remembered", 0.5, "the second"),
        ("remembered", 5, "lags behind"),
        ("remembered", 1, "less far"),
        ("remembered", 4.95, "momentum multiply"),
        ("remembered", 3, "batch by batch"),
        ("disguise", lambda p: p, "more of it"),
        ("disguise", lambda p: p + np.inf, "finite"),
        ("disguise", lambda p: 1 - p, "darker now"),
        ("disguise", lambda p: 2 * p[::-1], "multiplies all"),
        ("disguise", lambda p: p[..., 0], "as large as"),
        (
            "disguise",
            lambda p: p + np.random.default_rng(0).normal(0, 0.4, p.shape),
            "adds the same",
        ),
    ],
)
def test_wrong_answers_get_the_fitting_hint(task: str, answer: object, hint: str) -> None:
    verdict = labs.check(f"pooling.{task}", answer)
    assert not verdict.right
    assert hint in verdict.hint
