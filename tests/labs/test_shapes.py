from collections.abc import Callable

import keras
import numpy as np
import pytest

from cnnguide import labs

LAYERS = keras.layers
EDGE = [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]


def sliding(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return np.einsum("rchw,hw->rc", windows, kernel)


def stack(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("valid", (4, 26, 26, 8)),
        ("valid", [4, 26, 26, 8]),
        ("strided", (4, 14, 20, 16)),
        ("parameters", 1216),
        ("parameters", 1216.0),
        ("by_hand", sliding),
        ("edge", EDGE),
        ("edge", np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) / 4),
        ("field", 11),
        (
            "demand",
            stack(LAYERS.Conv2D(8, 10, strides=4, padding="same"), LAYERS.Conv2D(32, 1)),
        ),
        ("demand", stack(LAYERS.AveragePooling2D(4), LAYERS.Conv2D(32, 3, padding="same"))),
    ],
)
def test_right_answers_pass(task: str, answer: object) -> None:
    assert labs.check(f"shapes.{task}", answer).right


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("valid", (4, 28, 28, 8), "outermost"),
        ("valid", (4, 26, 26, 1), "8 kernels"),
        ("valid", (4, 25, 25, 8), "at how many places"),
        ("valid", (26, 26, 8), "Which axes"),
        ("valid", 26, "tuple"),
        ("strided", (4, 27, 40, 16), "How many places are left"),
        ("strided", (4, 13, 20, 16), "Is 26 one"),
        ("strided", (4, 12, 18, 16), "without padding"),
        ("strided", (4, 14, 20, 3), "16 kernels make"),
        ("strided", (4, 14, 21, 16), "one after the other"),
        ("parameters", 1200, "What else"),
        ("parameters", 416, "in colour"),
        ("parameters", 76, "How many are there"),
        ("parameters", 99, "Count one kernel"),
        ("parameters", "many", "without words"),
        ("by_hand", lambda p, k: sliding(p, k[::-1, ::-1]), "turned round"),
        ("by_hand", lambda p, k: sliding(p, k) / k.size, "adds them up"),
        ("by_hand", lambda p, k: sliding(p, k) + 1, "on paper"),
        ("by_hand", lambda p, k: p, "can the window stand"),
        ("by_hand", lambda p, k: None, "return the result"),
        ("by_hand", lambda p: p, "where it stops"),
        ("by_hand", 3, "without calling"),
        ("edge", [1, 2, 3], "three rows"),
        ("edge", "edge", "three rows"),
        ("edge", np.ones((3, 3)), "add up to"),
        ("edge", np.transpose(EDGE), "left from right"),
        ("edge", -np.array(EDGE), "which sign"),
        ("edge", [[0, -3, 0], [1, -2, 1], [2, -1, 2]], "left from right"),
        ("edge", [[1, 1, 1], [-5, -5, -5], [4, 4, 4]], "which sign"),
        ("field", 15, "overlap"),
        ("field", 3, "first layer"),
        ("field", 12, "Draw"),
        ("demand", 5, "keras.Sequential"),
        ("demand", keras.Sequential([LAYERS.Conv2D(32, 3)]), "keras.Input"),
        ("demand", stack(LAYERS.Conv2D(32, 3)), "halve"),
        ("demand", stack(LAYERS.MaxPooling2D(4), LAYERS.Conv2D(32, 1)), "widen"),
        (
            "demand",
            stack(LAYERS.Conv2D(8, 8, strides=4, padding="same"), LAYERS.Conv2D(32, 1)),
            "widen",
        ),
        (
            "demand",
            stack(LAYERS.MaxPooling2D(4), LAYERS.Conv2D(32, 17, padding="same")),
            "Fewer maps",
        ),
    ],
)
def test_wrong_answers_get_the_fitting_hint(task: str, answer: object, hint: str) -> None:
    verdict = labs.check(f"shapes.{task}", answer)
    assert not verdict.right
    assert hint in verdict.hint


def test_an_answer_that_raises_is_told_and_does_not_stop_the_lab() -> None:
    def broken(picture: np.ndarray, kernel: np.ndarray) -> Callable:
        raise IndexError("beyond the end")

    assert "IndexError: beyond the end" in labs.check("shapes.by_hand", broken).message
