"""Datasets from lists, generators, lines and tables; how to shuffle, batch and map them."""

import math
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from cnnguide.lessons import garments


def of_a_list() -> None:
    """Make a dataset of a list, and take its elements out again."""
    dataset = tf.data.Dataset.from_tensor_slices([8, 3, 0, 8, 2, 1])
    print("length:", len(dataset))
    for element in dataset.take(2):
        print(element)
    print("all:", [int(element) for element in dataset])


def of_pairs() -> tuple[tf.TensorSpec, tf.TensorSpec]:
    """Slice pictures and labels into pairs.

    Returns:
        What an element is: a picture (28, 28, 1) and its label ().
    """
    images, labels = garments.prepare()
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    return dataset.element_spec


def not_pairs() -> None:
    """Try a list in place of the tuple, and one label too few."""
    images, labels = garments.prepare("test")
    for wrong in ([images, labels], (images, labels[:-1])):
        try:
            tf.data.Dataset.from_tensor_slices(wrong)
        except ValueError as error:
            print("ValueError:", error)


def steps() -> None:
    """Put steps behind one another."""
    dataset = tf.data.Dataset.range(10)
    dataset = dataset.filter(lambda number: number % 3 != 0)
    dataset = dataset.map(lambda number: number * number)
    dataset = dataset.batch(4)
    for batch in dataset:
        print(batch.numpy())


def generated() -> None:
    """Let a generator make the elements, one when one is wanted."""

    def count(stop):
        number = 0
        while number < stop:
            yield number
            number += 1

    dataset = tf.data.Dataset.from_generator(
        count, args=[25], output_signature=tf.TensorSpec((), tf.int64)
    )
    print([int(number) for number in dataset.take(5)])
    print("in all:", sum(1 for _ in dataset))


def generator_refused() -> None:
    """Leave the signature out; ask for the length."""

    def count(stop):
        yield from range(stop)

    try:
        tf.data.Dataset.from_generator(count, args=[25])
    except TypeError as error:
        print("TypeError:", error)
    try:
        spec = tf.TensorSpec((), tf.int64)
        len(tf.data.Dataset.from_generator(count, args=[25], output_signature=spec))
    except TypeError as error:
        print("TypeError:", error)


def memory(pictures: int = 3670, side: int = 180, batch_size: int = 32) -> None:
    """Compare the memory for all pictures with that for a batch."""
    one = side * side * 3 * 4  # bytes: three colours, each a float of four bytes
    print(f"{pictures:,} pictures: {pictures * one / 1e6:,.0f} MB")
    print(f"a batch of {batch_size}: {batch_size * one / 1e6:,.0f} MB")


def lines() -> list[bytes]:
    """Read a text line by line."""
    Path("poem.txt").write_text("Roses are red,\n\nViolets are blue.\n")
    dataset = tf.data.TextLineDataset("poem.txt")
    return list(dataset.as_numpy_iterator())


def missing_file() -> None:
    """Name a file that does not exist."""
    dataset = tf.data.TextLineDataset("novel.txt")
    print("The dataset is made; nothing was read yet.")
    try:
        list(dataset)
    except tf.errors.NotFoundError as error:
        print("NotFoundError:", error.message.partition("} ")[2].partition(" [")[0])


def write_table(rows: int = 400) -> None:
    """Write a table of petals of two species as CSV."""
    rng = np.random.default_rng(0)
    species = rng.integers(0, 2, rows)
    lengths = rng.normal(1.5 + 3 * species, 1)  # in centimetres
    widths = rng.normal(0.5 + species, 0.3)
    table = ["length,width,species"]
    for length, width, kind in zip(lengths, widths, species, strict=True):
        table.append(f"{length:.2f},{width:.2f},{kind}")
    Path("petals.csv").write_text("\n".join(table))


def table_head() -> None:
    """Look at the first lines of the table."""
    write_table()
    with Path("petals.csv").open() as file:
        for _ in range(5):
            print(next(file).strip())


def read_table() -> None:
    """Read the table in batches."""
    write_table()
    dataset = tf.data.experimental.make_csv_dataset(
        "petals.csv", batch_size=5, label_name="species", num_epochs=1
    )
    columns, labels = next(iter(dataset))
    for name, values in columns.items():
        print(name, values.numpy())
    print("labels", labels.numpy())


def learn_table(epochs: int = 10) -> None:
    """Train a small network on the columns of the table."""
    write_table()
    dataset = tf.data.experimental.make_csv_dataset(
        "petals.csv", batch_size=32, label_name="species", num_epochs=1
    )
    print("batches, as the dataset sees it:", int(dataset.cardinality()))
    batches = tf.data.experimental.assert_cardinality(math.ceil(400 / 32))
    dataset = dataset.apply(batches)

    inputs = {name: keras.Input((1,), name=name) for name in ("length", "width")}
    joined = layers.Concatenate()(list(inputs.values()))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(joined))
    adam = keras.optimizers.Adam(0.05)
    model.compile(adam, loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(dataset, epochs=epochs, shuffle=False, verbose=0)
    accuracy = history.history["accuracy"]
    print(f"right after epoch 1: {accuracy[0]:.0%}")
    print(f"right after epoch {epochs}: {accuracy[-1]:.0%}")
