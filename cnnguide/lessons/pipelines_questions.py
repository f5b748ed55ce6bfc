"""The answers to the questions of Data pipelines, computed."""

import numpy as np
import tensorflow as tf


def last_that_can_come_first() -> int:
    """Begin many epochs, and note the last position from which a first element came.

    >>> last_that_can_come_first()
    99
    """
    dataset = tf.data.Dataset.range(1000).shuffle(100, seed=0)
    return max(int(next(iter(dataset))) for _ in range(500))


def slow_steps() -> int:
    """Count how often a step runs before a cache, in three epochs.

    >>> slow_steps()
    50
    """
    calls = []

    def slowly(number: tf.Tensor) -> tf.Tensor:
        calls.append(number)
        return number

    numbers = tf.data.Dataset.range(50)
    dataset = numbers.map(lambda n: tf.py_function(slowly, [n], tf.int64)).cache()
    for _ in range(3):
        for _ in dataset:
            pass
    return len(calls)


def batches() -> tuple[int, ...]:
    """Count batches, with the rest and without.

    >>> batches()
    (4, 3)
    """
    numbers = tf.data.Dataset.range(100)
    return tuple(
        len(numbers.batch(32, drop_remainder=drop_remainder))
        for drop_remainder in (False, True)
    )


def anew_in_each_epoch() -> str:
    """Run both orders twice, and see which gives other pictures the second time.

    >>> anew_in_each_epoch()
    'cache, then augment'
    """
    pictures = tf.data.Dataset.range(100)
    chance = np.random.default_rng(0)

    def augment(picture: tf.Tensor) -> tf.Tensor:
        return tf.numpy_function(lambda p: p + chance.integers(1000), [picture], tf.int64)

    orders = {
        "augment, then cache": pictures.map(augment).cache(),
        "cache, then augment": pictures.cache().map(augment),
    }
    epochs = {
        name: [list(dataset.as_numpy_iterator()) for _ in range(2)]
        for name, dataset in orders.items()
    }
    [anew] = [name for name, (first, second) in epochs.items() if first != second]
    return anew
