from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from cnnguide import labs

Dataset = tf.data.Dataset


def made(*steps: Callable, cast: bool = True) -> Callable:
    """A pipeline of pairs with these steps between the beginning and the batches."""

    def build(images: np.ndarray, labels: np.ndarray) -> Dataset:
        dataset = Dataset.from_tensor_slices((images, labels))
        if cast:
            dataset = dataset.map(lambda x, y: (tf.cast(x, "float32") / 255, y))
        for step in steps:
            dataset = step(dataset)
        return dataset

    return build


def shuffle(dataset: Dataset) -> Dataset:
    return dataset.shuffle(100)


def batch(dataset: Dataset) -> Dataset:
    return dataset.batch(32)


def prefetch(dataset: Dataset) -> Dataset:
    return dataset.prefetch(1)


def apart(images: np.ndarray, labels: np.ndarray) -> Dataset:
    pictures = Dataset.from_tensor_slices(images.astype("float32") / 255).shuffle(100)
    names = Dataset.from_tensor_slices(labels).shuffle(100)
    return Dataset.zip(pictures, names).batch(32).prefetch(1)


def frozen(dataset: Dataset) -> Dataset:
    return dataset.shuffle(100, reshuffle_each_iteration=False)


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("batches", lambda d: d.batch(32)),
        ("batches", lambda d: d.batch(32).prefetch(1)),
        ("together", lambda p, n: Dataset.zip(p, n).shuffle(100)),
        ("together", lambda p, n: Dataset.zip((p, n)).cache().shuffle(1000)),
        ("mixed", lambda d: d.shuffle(100).batch(10)),
        ("mixed", lambda d: d.cache().shuffle(1000).batch(10).prefetch(2)),
        ("read_once", lambda d, slow: d.map(slow).cache()),
        ("read_once", lambda d, slow: d.map(slow).cache().shuffle(100)),
        ("augmented", lambda d, slow, change: d.map(slow).cache().map(change)),
        ("scaled", lambda d, scale: d.batch(100).map(scale)),
        ("scaled", lambda d, scale: d.batch(200).map(scale).unbatch().batch(100)),
        ("training_data", made(shuffle, batch, prefetch)),
        ("training_data", made(lambda d: d.cache(), shuffle, batch, prefetch)),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_right_answers_pass(task: str, answer: object, seed: int) -> None:
    tf.random.set_seed(seed)
    assert labs.check(f"pipeline.{task}", answer).right


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("batches", lambda d: d, "in front"),
        ("batches", lambda d: d.batch(32, drop_remainder=True), "pictures are lost"),
        ("batches", lambda d: d.batch(50), "How many pictures"),
        ("batches", lambda d: d.batch(32).as_numpy_iterator(), "Return the dataset"),
        ("batches", lambda d: d.skip(100), "drop everything"),
        ("batches", lambda d: d.batch(32).repeat(), "How many pictures"),
        (
            "together",
            lambda p, n: Dataset.zip(p.shuffle(100), n.shuffle(100)),
            "pairs first",
        ),
        ("together", lambda p, n: Dataset.zip(p, n), "nothing is shuffled"),
        ("together", lambda p, n: Dataset.zip(p, n).shuffle(10), "must the buffer hold"),
        ("together", lambda p, n: p.shuffle(100), "makes pairs"),
        ("mixed", lambda d: d.batch(10).shuffle(100), "put together"),
        ("mixed", lambda d: d.shuffle(12).batch(10), "buffer of your shuffle"),
        ("mixed", lambda d: frozen(d).batch(10), "keeps the order"),
        ("mixed", lambda d: d.shuffle(100).cache().batch(10), "keeps the order"),
        ("mixed", lambda d: d.shuffle(100), "Batches of ten"),
        ("mixed", lambda d: d.repeat().shuffle(100).batch(10), "once in each epoch"),
        ("read_once", lambda d, slow: d.map(slow), "keeps what came before"),
        ("read_once", lambda d, slow: d.cache().map(slow), "before the cache"),
        ("read_once", lambda d, slow: d.cache(), "applies the step"),
        (
            "augmented",
            lambda d, slow, change: d.map(slow).map(change).cache(),
            "in the cache",
        ),
        ("augmented", lambda d, slow, change: d.map(slow).map(change), "between the two"),
        ("augmented", lambda d, slow, change: d.map(slow).cache(), "second step"),
        ("augmented", lambda d, slow, change: d.map(change).map(slow), "slow comes first"),
        ("scaled", lambda d, scale: d.map(scale).batch(100), "are there batches"),
        ("scaled", lambda d, scale: d.batch(100).map(scale).map(scale), "scaled once"),
        ("scaled", lambda d, scale: d.batch(50).map(scale), "Batches of 100"),
        ("training_data", made(shuffle, batch), "prepares elements ahead"),
        ("training_data", made(batch, prefetch), "their old order"),
        ("training_data", made(frozen, batch, prefetch), "shuffle anew"),
        ("training_data", made(shuffle, prefetch), "Batches of 32"),
        ("training_data", made(shuffle, batch, prefetch, cast=False), "tf.cast"),
        ("training_data", apart, "Shuffle pairs"),
        ("training_data", lambda i, n: Dataset.from_tensor_slices(i), "takes a pair"),
        ("training_data", lambda i, n: i, "Return the dataset"),
    ],
)
def test_wrong_answers_get_the_fitting_hint(task: str, answer: object, hint: str) -> None:
    verdict = labs.check(f"pipeline.{task}", answer)
    assert not verdict.right
    assert hint in verdict.hint


def test_how_far_a_full_buffer_carries() -> None:
    # The check asks for 60. From the seeds 0 to 99 it was 73 and more.
    for seed in range(5):
        order = list(Dataset.range(100).shuffle(100, seed=seed).as_numpy_iterator())
        assert max(element - place for place, element in enumerate(order)) >= 70
