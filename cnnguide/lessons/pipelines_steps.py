"""The steps of a pipeline: shuffle, batch, map and cache, and what their order does."""

import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.data import fashion_mnist
from cnnguide.lessons import measures_time
from cnnguide.table import Table


def shuffle_reach(elements: int = 200) -> Figure:
    """See how far a shuffle carries each element, with two sizes of buffer."""
    moved = {}
    for buffer_size in (20, elements):
        dataset = tf.data.Dataset.range(elements).shuffle(buffer_size)
        moved[buffer_size] = list(dataset.as_numpy_iterator())
    return charts.shuffle_reach(moved)


def farthest_jump(elements: int = 10_000, buffer_size: int = 100) -> str:
    """Measure how far forward an element can come."""
    dataset = tf.data.Dataset.range(elements).shuffle(buffer_size)
    order = np.array(list(dataset.as_numpy_iterator()))
    jumps = order - np.arange(elements)  # from place `order` to place 0, 1, 2, …
    return f"{jumps.max()}"


def sorted_start(batch_size: int = 128) -> Table:
    """Shuffle sorted garments, and count the classes in the first batch."""
    _, labels = fashion_mnist.load("train")
    in_order = tf.data.Dataset.from_tensor_slices(np.sort(labels))
    rows = []
    for buffer_size in (100, 1000, len(labels)):
        shuffled = in_order.shuffle(buffer_size)
        first = next(iter(shuffled.batch(batch_size))).numpy()
        rows.append((f"{buffer_size:,}", len(np.unique(first))))
    columns = ("buffer size", "classes in the first batch")
    return Table(columns, rows, f"Sorted garments, shuffled, in batches of {batch_size}")


def split_after_shuffle() -> None:
    """Split a shuffled dataset, and find what both halves have seen."""
    for again in (True, False):
        shuffled = tf.data.Dataset.range(100).shuffle(100, reshuffle_each_iteration=again)
        training = set(shuffled.take(80).as_numpy_iterator())
        validation = set(shuffled.skip(80).as_numpy_iterator())
        print(f"reshuffled: {again}; in both: {len(training & validation)}")


def small_model(outputs: int = 10) -> keras.Model:
    """Build a small network to try things out with.

    >>> small_model().output_shape
    (None, 10)
    """
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(outputs),
        ]
    )


def garment_pairs(count: int = 128) -> tf.data.Dataset:
    """Make a dataset of some garments and their labels."""
    images, labels = fashion_mnist.load("test")
    images = images[:count].astype("float32") / 255
    return tf.data.Dataset.from_tensor_slices((images, labels[:count]))


def unbatched() -> None:
    """Hand single pictures to fit, and read the error."""
    model = small_model()
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    try:
        model.fit(garment_pairs(), shuffle=False, verbose=0)
    except ValueError as error:
        print("ValueError:", str(error).partition("Arguments")[0].strip())


def remainder() -> None:
    """Batch ten elements by four."""
    dataset = tf.data.Dataset.range(10)
    for drop in (False, True):
        batches = dataset.batch(4, drop_remainder=drop)
        sizes = [len(batch) for batch in batches]
        print(f"drop_remainder={drop}: {sizes}, shape {batches.element_spec.shape}")


def ran_out() -> None:
    """Ask for three steps where there are two batches."""
    model = small_model()
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    batches = garment_pairs(128).batch(64)
    model.fit(batches, steps_per_epoch=3, shuffle=False, verbose=0)


def chance_repeats() -> None:
    """Draw random numbers in map, in three passes."""
    tf.random.set_seed(0)
    dataset = tf.data.Dataset.range(4).map(lambda _: tf.random.uniform([]))
    for epoch in (1, 2, 3):
        print(epoch, [round(float(number), 2) for number in dataset])


def chance_renewed() -> None:
    """Give each element of each pass a seed of its own."""
    seeds = tf.data.Dataset.random(seed=0, rerandomize_each_iteration=True)
    dataset = tf.data.Dataset.zip(tf.data.Dataset.range(4), seeds.batch(2))
    dataset = dataset.map(
        lambda _, seed: tf.random.stateless_uniform([], seed=seed),
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    for epoch in (1, 2, 3):
        print(epoch, [round(float(number), 2) for number in dataset])


def cache_freezes() -> None:
    """Put cache at three places, and compare two passes."""
    numbers = np.arange(1, 7, dtype="float32")
    # Pictures of two pixels, such as 3 and −3. If −3 comes first, it was flipped.
    pixels = np.stack([numbers, -numbers], axis=1)
    source = tf.data.Dataset.from_tensor_slices(pixels[:, None, :, None])
    flip = layers.RandomFlip("horizontal")
    for name, dataset in {
        "cache, shuffle, flip": source.cache().shuffle(6).map(flip),
        "shuffle, cache, flip": source.shuffle(6).cache().map(flip),
        "shuffle, flip, cache": source.shuffle(6).map(flip).cache(),
    }.items():
        print(name)
        for epoch in (1, 2):
            first = [int(picture[0, 0, 0]) for picture in dataset]
            print(f"  epoch {epoch}:", *(f"{pixel:2}" for pixel in first))


def made_ahead() -> None:
    """Take one element, wait a moment, and count how many were made."""
    made = []

    def make(number):
        made.append(number)
        return number

    numbers = tf.data.Dataset.range(100).map(
        lambda number: tf.py_function(make, [number], tf.int64)
    )
    for ahead in (1, 5):
        made.clear()
        elements = iter(numbers.prefetch(ahead))
        next(elements)
        time.sleep(0.3)  # here the network would learn
        print(f"prefetch({ahead}): 1 taken, {len(made)} made")


def map_in_parallel() -> None:
    """Let slow elements be overtaken, or not."""

    def slowly(number):
        time.sleep(0.2 if number == 0 else 0)
        return number

    for deterministic in (True, False):
        dataset = tf.data.Dataset.range(8).map(
            lambda number: tf.py_function(slowly, [number], tf.int64),
            num_parallel_calls=4,
            deterministic=deterministic,
        )
        first = int(next(iter(dataset)))
        print(f"deterministic={deterministic}: element 0 comes first: {first == 0}")


def few_coats() -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Take 500 pullovers and only 25 coats, apart.

    Returns:
        Two datasets of pairs: a picture (28, 28) from 0 to 1, and 0 for pullover or 1
        for coat.
    """
    images, labels = fashion_mnist.load("train")
    pullovers = images[labels == 2][:500] / 255
    coats = images[labels == 4][:25] / 255
    return (
        tf.data.Dataset.from_tensor_slices((pullovers, np.zeros(len(pullovers)))),
        tf.data.Dataset.from_tensor_slices((coats, np.ones(len(coats)))),
    )


def balance_by_sampling() -> Table:
    """Draw from both datasets in turn, and see how many coats come."""
    pullovers, coats = few_coats()
    sample, half = tf.data.Dataset.sample_from_datasets, [0.5, 0.5]
    endless = [pullovers.repeat(), coats.repeat()]
    once = [pullovers, coats]
    rows = []
    for way, dataset in {
        "both repeat": sample(endless, half).take(1000),
        "none repeats": sample(once, half),
        "stop when empty": sample(once, half, stop_on_empty_dataset=True),
    }.items():
        labels = np.array([label for _, label in dataset])
        later = labels[len(labels) // 2 :]
        rows.append((way, len(labels), f"{labels.mean():.0%}", f"{later.mean():.0%}"))
    columns = ("way", "drawn", "coats", "2nd half")
    return Table(columns, rows, "Drawing from 500 pullovers and 25 coats")


@keep.once
def find_coats(way: str = "no remedy", epochs: int = 10) -> dict[str, float]:
    """Train on few coats in one of three ways, and judge it by unseen garments.

    Returns:
        The class → the share of it that is recognized, from 0 to 1.
    """
    pullovers, coats = few_coats()
    everything = pullovers.concatenate(coats).shuffle(525).batch(32)
    sources = [pullovers.shuffle(500).repeat(), coats.shuffle(25).repeat()]
    balanced = tf.data.Dataset.sample_from_datasets(sources, [0.5, 0.5]).batch(32)
    model = small_model(outputs=1)
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    options = {"epochs": epochs, "shuffle": False, "verbose": 0}
    if way == "class weights":
        # Each class weighs as much as if it were half of the 525 garments.
        weights = {0: 525 / (2 * 500), 1: 525 / (2 * 25)}
        model.fit(everything, class_weight=weights, **options)
    elif way == "balanced sampling":
        model.fit(balanced, steps_per_epoch=17, **options)
    else:
        model.fit(everything, **options)

    images, labels = fashion_mnist.load("test")
    says_coat = model.predict(images / 255, verbose=0)[:, 0] > 0
    return {
        "pullovers": float((~says_coat[labels == 2]).mean()),
        "coats": float(says_coat[labels == 4].mean()),
    }


def coats_found() -> Table:
    """Compare the three ways."""
    rows = []
    for way in ("no remedy", "class weights", "balanced sampling"):
        found = find_coats(way)
        rows.append((way, f"{found['coats']:.0%}", f"{found['pullovers']:.0%}"))
    columns = ("trained with", "coats", "pullovers")
    return Table(columns, rows, "Recognized, of unseen garments")


@measures_time
def order_costs(count: int = 6000) -> Table:
    """Measure the same work in three orders."""
    images, _ = fashion_mnist.load("train")
    source = tf.data.Dataset.from_tensor_slices(images[:count])

    def scale(pixels):
        return tf.cast(pixels, tf.float32) / 255

    orders = {
        "map, then batch": source.map(scale).batch(64),
        "map in parallel, then batch": source.map(
            scale, num_parallel_calls=tf.data.AUTOTUNE
        ).batch(64),
        "batch, then map": source.batch(64).map(scale),
    }
    rows = []
    for order, dataset in orders.items():
        start = time.perf_counter()
        for _ in dataset:
            pass
        rows.append((order, f"{1000 * (time.perf_counter() - start):,.0f}"))
    return Table(("order", "milliseconds"), rows, f"A pass over {count:,} garments")
