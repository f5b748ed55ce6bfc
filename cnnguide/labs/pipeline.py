"""The tasks of the lab on data pipelines."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnguide.labs import verdict
from cnnguide.labs.verdict import Stopped, Verdict, right, wrong

COUNT = 100


def batches(answer: object) -> Verdict:
    """Single pictures in batches of 32."""
    import tensorflow as tf

    pictures = tf.data.Dataset.from_tensor_slices(np.zeros((COUNT, 28, 28, 1), "float32"))
    found = [batch.shape[0] for batch in _elements(answer, pictures)]
    shapes = {tuple(batch.shape[1:]) for batch in _elements(answer, pictures)}
    if shapes != {(28, 28, 1)}:
        hint = "An axis is to be added in front. The rest stays as it is."
        return wrong("batches of (28, 28, 1)", _first_of(answer, pictures), hint)
    if found == [32, 32, 32, 4]:
        return right("Three batches of 32, and the four pictures that are left.")
    hint = "How many pictures shall be in a batch?"
    if found == [32, 32, 32]:
        hint = "Four pictures are lost. The last batch may be smaller."
    return wrong("batches of 32, 32, 32 and 4", found, hint)


def together(answer: object) -> Verdict:
    """Pictures and labels shuffled together."""
    import tensorflow as tf

    labels = tf.data.Dataset.range(COUNT)
    pictures = labels.map(lambda n: tf.fill((2, 2), n))
    pairs = _elements(answer, pictures, labels)
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        hint = "tf.data.Dataset.zip makes pairs of two datasets."
        return wrong("pairs of a picture and a label", type(pairs[0]).__name__, hint)
    fitting = sum(bool(np.all(picture == label)) for picture, label in pairs)
    if fitting != COUNT:
        hint = "Make pairs first. Then a shuffle cannot part them."
        return wrong("each picture with its label", f"{fitting} of {len(pairs)}", hint)
    order = [int(label) for _, label in pairs]
    if order == sorted(order):
        hint = "They are in step, but nothing is shuffled."
        return wrong("another order", "the old one", hint)
    # From the seeds 0 to 99, a buffer of 100 moves some element by 73 to 97 places.
    if _reach(order) < 60:
        hint = "How many elements must the buffer hold, so that any can come first?"
        return wrong("a shuffle over all 100", f"one over about {_reach(order)}", hint)
    return right("100 pairs, mixed, and each picture still has its own label.")


def _reach(order: list[int]) -> int:
    """How far an element came forward, at most: a little less than the buffer."""
    return max(element - place for place, element in enumerate(order))


def mixed(answer: object) -> Verdict:
    """Batches whose examples come from everywhere, anew in each epoch."""
    import tensorflow as tf

    dataset = _dataset(answer, tf.data.Dataset.range(COUNT))
    epochs = [[batch.tolist() for batch in epoch] for epoch in _epochs(dataset)]
    if any(not isinstance(batch, list) or len(batch) != 10 for batch in epochs[0]):
        hint = "Batches of ten are wanted: batch(10)."
        return wrong("10 batches of 10", f"{len(epochs[0])} elements", hint)
    if sorted(np.concatenate(epochs[0]).tolist()) != list(range(COUNT)):
        hint = "Each example shall come once in each epoch."
        return wrong("each of the 100 examples once", "others", hint)
    spans = [max(batch) - min(batch) for batch in epochs[0]]
    if max(spans) == 9:
        hint = "The same ten come together. What must happen before they are put together?"
        return wrong("batches from everywhere", "neighbours in each batch", hint)
    if np.mean(spans) < 50:
        hint = (
            "How large is the buffer of your shuffle? It mixes only as far as it reaches."
        )
        return wrong("batches from everywhere", "examples from near by", hint)
    if epochs[0] == epochs[1]:
        hint = "The second epoch is as the first. Which argument or cache keeps the order?"
        return wrong("another order in each epoch", "the same", hint)
    return right("Each batch is a mix of the whole, and another one in each epoch.")


def read_once(answer: object) -> Verdict:
    """A slow step that runs once for each example, in all epochs together."""
    import tensorflow as tf

    slow, calls = _counted(lambda n: n * 2)
    dataset = _dataset(answer, tf.data.Dataset.range(COUNT), slow)
    epochs = _epochs(dataset, 3)
    if any(sorted(epoch) != [2 * n for n in range(COUNT)] for epoch in epochs):
        hint = "map applies the step to each example."
        return wrong("what slow gives for each example", "something else", hint)
    if len(calls) == COUNT:
        return right("100 examples, three epochs, and slow ran 100 times.")
    hint = "What stands before the cache is done once. What stands behind it, each time."
    if len(calls) == 3 * COUNT and not _has(dataset, "Cache"):
        hint = "Which step of a dataset keeps what came before it?"
    return wrong("100 calls of slow in three epochs", f"{len(calls)}", hint)


def augmented(answer: object) -> Verdict:
    """A slow step that runs once, and a random one that runs each time."""
    import tensorflow as tf

    chance = np.random.default_rng(0)
    slow, slow_calls = _counted(lambda n: n * 1000)
    change, _ = _counted(lambda n: n + chance.integers(1, 1000))
    dataset = _dataset(answer, tf.data.Dataset.range(COUNT), slow, change)
    first, second = _epochs(dataset)
    if sorted(n // 1000 for n in first) != list(range(COUNT)):
        hint = "slow comes first, and change gets what slow gave."
        return wrong("both steps, slow before change", "others", hint)
    if all(n % 1000 == 0 for n in first):
        hint = "The second step is missing."
        return wrong("changed examples", "unchanged ones", hint)
    if first == second:
        hint = "The changes lie in the cache. Which step must stand behind it?"
        return wrong("other changes in each epoch", "the same", hint)
    if len(slow_calls) != COUNT:
        hint = "Put a cache between the two steps."
        return wrong("100 calls of slow in two epochs", f"{len(slow_calls)}", hint)
    return right("slow ran 100 times, and the second epoch was changed in another way.")


def scaled(answer: object) -> Verdict:
    """Scaled batches in few calls."""
    import tensorflow as tf

    scale, calls = _counted(lambda x: (x / 255).astype("float32"), "float32")
    images = np.random.default_rng(0).integers(0, 256, (1000, 4, 4)).astype("float32")
    found = _elements(answer, tf.data.Dataset.from_tensor_slices(images), scale)
    if any(batch.shape != (100, 4, 4) for batch in found):
        hint = "Batches of 100 are wanted: batch(100)."
        return wrong("ten batches of (100, 4, 4)", found[0].shape, hint)
    if not np.allclose(np.concatenate(found), images / 255, atol=1e-6):
        hint = "Each picture is scaled once."
        return wrong("pictures divided by 255", "others", hint)
    if len(calls) <= 10:
        return right(f"{len(calls)} calls for 1,000 pictures: a batch at a time.")
    hint = "scale also takes a whole batch. When are there batches?"
    return wrong("a call for each batch", f"{len(calls):,} calls", hint)


def training_data(answer: object) -> Verdict:
    """A whole pipeline for a training."""
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (COUNT, 28, 28, 1)).astype("uint8")
    labels = np.arange(COUNT)
    dataset = _dataset(answer, images, labels)
    epochs = _epochs(dataset)
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in epochs[0]):
        hint = "from_tensor_slices takes a pair: (images, labels)."
        return wrong("pairs of images and labels", type(epochs[0][0]).__name__, hint)
    sizes = [len(np.atleast_1d(batch_labels)) for _, batch_labels in epochs[0]]
    if sizes != [32, 32, 32, 4]:
        hint = "Batches of 32 are wanted, and no example shall be lost."
        return wrong("batches of 32, 32, 32 and 4", sizes[:4], hint)
    batch, _ = epochs[0][0]
    if batch.dtype != np.float32 or batch.max() > 1 or batch.max() < 0.9:
        told = f"{batch.dtype} up to {batch.max():.3g}"
        hint = 'tf.cast(x, "float32") / 255, within a map.'
        return wrong("float32 from 0 to 1", told, hint)
    orders = [np.concatenate([y for _, y in epoch]).tolist() for epoch in epochs]
    if sorted(orders[0]) != labels.tolist():
        hint = "Each example comes once in each epoch. Leave out repeat."
        return wrong("each of the 100 examples once", f"{len(orders[0])} examples", hint)
    pictures = np.concatenate([x for x, _ in epochs[0]])
    if not np.allclose(pictures, images[orders[0]] / 255, atol=1e-6):
        hint = "Shuffle pairs, not images and labels by themselves."
        return wrong("each image with its label", "others", hint)
    if orders[0] == labels.tolist():
        hint = "The examples come in their old order."
        return wrong("a shuffled order", "the old one", hint)
    if orders[0] == orders[1]:
        hint = "Shuffle behind the cache, and let it shuffle anew."
        return wrong("another order in each epoch", "the same", hint)
    if type(dataset).__name__ != "_PrefetchDataset":
        hint = "One step prepares elements ahead. It stands last."
        return wrong("batches prepared ahead", "a pipeline that waits", hint)
    return right("Batches of pairs, scaled, shuffled anew, and prepared ahead.")


def _dataset(answer: object, *arguments: object) -> Any:
    import tensorflow as tf

    found = verdict.call(answer, *arguments)
    if not isinstance(found, tf.data.Dataset):
        hint = "Return the dataset that the last step gives."
        raise Stopped(wrong("a tf.data.Dataset", type(found).__name__, hint))
    return found


def _elements(answer: object, *arguments: object) -> list[Any]:
    return _epochs(_dataset(answer, *arguments), 1)[0]


def _epochs(dataset: Any, count: int = 2) -> list[list[Any]]:
    """What comes out of a dataset, several times; of one without end, the beginning."""
    most = dataset.take(10 * COUNT)
    epochs = verdict.call(lambda: [list(most.as_numpy_iterator()) for _ in range(count)])
    if not epochs[0]:
        hint = "Does a step drop everything?"
        raise Stopped(wrong("a dataset with elements", "an empty one", hint))
    return epochs


def _first_of(answer: object, *arguments: object) -> str:
    return f"elements of {np.shape(_elements(answer, *arguments)[0])}"


def _has(dataset: Any, step: str) -> bool:
    """Whether a step of that name stands in the pipeline."""
    waiting = [dataset]
    while waiting:
        one = waiting.pop()
        if step in type(one).__name__:
            return True
        waiting += one._inputs()
    return False


def _counted(
    function: Callable[[Any], Any], kind: str = "int64"
) -> tuple[Callable[[Any], Any], list[int]]:
    """The function as a step of a dataset, and a list that grows with each call."""
    import tensorflow as tf

    calls: list[int] = []

    def called(value: np.ndarray) -> np.ndarray:
        calls.append(1)
        return np.asarray(function(value), kind)

    def step(value: Any) -> Any:
        result = tf.numpy_function(called, [value], kind)
        result.set_shape(value.shape)
        return result

    return step, calls
