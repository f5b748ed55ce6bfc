"""Pipelines from image files: by hand, from a folder to batches, and by way of TFRecord."""

import os
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.data import flowers
from cnnguide.lessons import measures_time
from cnnguide.table import Table


def road() -> Figure:
    """Draw the way from files to a network, with what each step hands on."""
    paths, _ = labelled_files()
    every = len(paths) // 4
    resized = np.stack(list(pictures(size=36, every=every)))[:4]
    shuffled = resized[[2, 0, 3, 1]]
    augment = keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)]
    )
    augmented = augment(shuffled, training=True).numpy()
    decoded = tf.io.decode_image(tf.io.read_file(paths[0]), channels=3)
    rows, columns, _ = decoded.shape
    decoded = tf.image.resize(decoded, (48 * rows // columns, 48)) / 255
    stages = {
        "read": ("a file is bytes", []),
        "decode": ("bytes become pixels", [decoded.numpy()]),
        "resize": ("all get the same size", [resized[0]]),
        "cache": ("kept in memory from here on", []),
        "shuffle": ("a new order in each epoch", list(shuffled)),
        "batch": ("several become one block", [np.concatenate(shuffled, axis=1)]),
        "augment": ("turned a little, flipped: new in each epoch", list(augmented)),
        "prefetch": ("the next batch is made ahead", []),
        "fit": ("the network learns", []),
    }
    return charts.pipeline(stages)


def in_one_call() -> None:
    """Let Keras read the folder."""
    dataset = keras.utils.image_dataset_from_directory(
        flowers.folder(), image_size=(96, 96), verbose=False
    )
    print(dataset.class_names)
    print("after a step:", hasattr(dataset.cache(), "class_names"))


def label_index() -> dict[str, int]:
    """Number the classes by the names of their folders."""
    folder = flowers.folder()
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    return {name: index for index, name in enumerate(names)}


def labelled_files() -> tuple[list[str], list[int]]:
    """List all picture files, and label each by its folder."""
    folder = flowers.folder()
    paths = sorted(str(path) for path in folder.glob("*/*"))
    label_of = label_index()
    labels = [label_of[Path(path).parent.name] for path in paths]
    return paths, labels


def some_files() -> Table:
    """Look at a few of them."""
    paths, labels = labelled_files()
    print("data:", flowers.source().label)
    step = len(paths) // 6
    rows = [
        ("/".join(Path(path).parts[-2:]), label)
        for path, label in zip(paths[::step], labels[::step], strict=True)
    ]
    return Table(("file", "label"), rows[:6], f"Six of the {len(paths):,} files")


def no_shape() -> None:
    """Leave expand_animations as it is, and read the error."""
    paths, _ = labelled_files()

    def load(path):
        picture = tf.io.decode_image(tf.io.read_file(path), channels=3)
        return tf.image.resize(picture, (192, 192))

    load(paths[0])  # works outside a pipeline
    dataset = tf.data.Dataset.from_tensor_slices(paths)
    try:
        dataset.map(load)
    except ValueError as error:
        print(str(error).strip().splitlines()[-1].strip())


def divide_too_soon() -> None:
    """Divide the pixels before they are floats."""
    paths, _ = labelled_files()
    picture = tf.io.decode_image(tf.io.read_file(paths[0]), channels=3)
    try:
        picture / 255.0
    except TypeError as error:
        print("TypeError:", error)


def pictures(size: int = 96, every: int = 1) -> tf.data.Dataset:
    """Read, decode, resize and scale each picture when it is wanted.

    Returns:
        Pictures, float32 of shape (size, size, 3) from 0 to 1.
    """
    paths, _ = labelled_files()

    def load(path):
        data = tf.io.read_file(path)  # (1)!
        picture = tf.io.decode_image(  # (2)!
            data, channels=3, expand_animations=False
        )
        picture = tf.image.resize(picture, (size, size))  # (3)!
        return picture / 255  # (4)!

    dataset = tf.data.Dataset.from_tensor_slices(paths[::every])
    return dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE)


def grid() -> Figure:
    """Look at five of them."""
    paths, labels = labelled_files()
    every = len(paths) // 5
    names = list(label_index())
    titles = [names[label] for label in labels[::every]]
    images = np.stack(list(pictures(size=48, every=every)))
    return charts.picture_grid(images[:5], titles[:5], columns=5)


def labelled_pictures(size: int = 96) -> tf.data.Dataset:
    """Join each picture with its label.

    Returns:
        Pairs: a picture, float32 (size, size, 3) from 0 to 1, and its label, int32 ().
    """
    _, labels = labelled_files()
    image_ds = pictures(size)
    label_ds = tf.data.Dataset.from_tensor_slices(labels)
    return tf.data.Dataset.zip(image_ds, label_ds)


def label_in_the_pipeline() -> None:
    """Let the pipeline itself find each label."""
    names = sorted(label_index())

    def label(path):
        class_name = tf.strings.split(path, os.sep)[-2]
        return tf.argmax(class_name == tf.constant(names))

    paths, labels = labelled_files()
    found = tf.data.Dataset.from_tensor_slices(paths).map(label)
    print("the same labels:", list(found.as_numpy_iterator()) == labels)


def shuffled_apart(count: int = 100) -> None:
    """Shuffle numbers and their names, and count the pairs that still match."""
    numbers = tf.data.Dataset.range(count)
    names = tf.data.Dataset.from_tensor_slices([str(i) for i in range(count)])
    apart = tf.data.Dataset.zip(numbers.shuffle(count), names.shuffle(count))
    together = tf.data.Dataset.zip(numbers, names).shuffle(count)
    for way, dataset in (("apart", apart), ("together", together)):
        pairs = dataset.as_numpy_iterator()
        matching = sum(str(number) == name.decode() for number, name in pairs)
        print(f"shuffled {way}: {matching} of {count} pairs match")


def write_records(count: int = 100) -> None:
    """Write some pictures and their labels into one file."""
    paths, labels = labelled_files()
    with tf.io.TFRecordWriter("flowers.tfrecord") as writer:
        for path, label in zip(paths[:count], labels[:count], strict=True):
            picture = tf.train.BytesList(value=[Path(path).read_bytes()])
            number = tf.train.Int64List(value=[label])
            features = {
                "picture": tf.train.Feature(bytes_list=picture),
                "label": tf.train.Feature(int64_list=number),
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


def read_records() -> None:
    """Read them back, and compare them with the files."""
    write_records()
    expected = {
        "picture": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
    }
    records = tf.data.TFRecordDataset("flowers.tfrecord")
    examples = records.map(lambda record: tf.io.parse_single_example(record, expected))
    paths, labels = labelled_files()
    same = 0
    for example, path, label in zip(examples, paths, labels, strict=False):
        is_same = example["picture"].numpy() == Path(path).read_bytes()
        same += is_same and int(example["label"]) == label
    print(f"{same} of {sum(1 for _ in records)} came back as they were")


def whole(size: int = 96, batch_size: int = 32) -> tf.data.Dataset:
    """Put every step into its place.

    Returns:
        Batches of pairs: pictures, float32 (batch, size, size, 3), turned and flipped anew
        in each pass, and labels, int32 (batch,).
    """
    augment = keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)]
    )

    def augmented(images, labels):
        return augment(images, training=True), labels

    dataset = labelled_pictures(size)  # (1)!
    dataset = dataset.cache()  # (2)!
    dataset = dataset.shuffle(len(dataset))  # (3)!
    dataset = dataset.batch(batch_size)  # (4)!
    dataset = dataset.map(augmented)  # (5)!
    return dataset.prefetch(tf.data.AUTOTUNE)  # (6)!


def fit_whole(epochs: int = 4) -> None:
    """Train a small network with it."""
    model = keras.Sequential(
        [
            keras.Input((96, 96, 3)),
            layers.Conv2D(16, 5, strides=4, activation="relu"),
            layers.Conv2D(32, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003), loss)
    history = model.fit(whole(), epochs=epochs, shuffle=False, verbose=0)
    for epoch, value in enumerate(history.history["loss"], 1):
        print(f"epoch {epoch}: loss {value:.2f}")


@measures_time
def passes(count: int = 600) -> Table:
    """Measure two passes over the same pictures."""
    dataset = labelled_pictures().take(count)
    pipelines = {"read each time": dataset, "read once, then cache": dataset.cache()}
    rows = []
    for name, pipeline in pipelines.items():
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            for _ in pipeline:
                pass
            seconds.append(f"{time.perf_counter() - start:.2f}")
        rows.append((name, *seconds))
    columns = ("pipeline", "first pass", "second pass")
    return Table(columns, rows, f"Seconds for a pass over {count} pictures")
