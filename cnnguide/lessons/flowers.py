"""A folder of flower pictures becomes datasets that are read once and read ahead."""

import contextlib
import io
import time

import keras
import tensorflow as tf
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.data import flowers
from cnnguide.lessons import measures_time
from cnnguide.table import Table


def source() -> str:
    """Name the pictures that the page was built with."""
    return flowers.source().label


def grid(positions: tuple[int, ...] = (2, 8)) -> Figure:
    """Look at two flowers of each class."""
    names = flowers.CLASS_NAMES
    folders = [sorted((flowers.folder() / name).iterdir()) for name in names]
    files = [folder[position] for position in positions for folder in folders]
    images = [
        keras.utils.img_to_array(keras.utils.load_img(file, target_size=(64, 64)))
        for file in files
    ]
    return charts.colour_grid(images, [file.parent.name for file in files])


def look() -> None:
    """See what lies in the folder."""
    for place in sorted(flowers.folder().iterdir()):
        files = sorted(place.iterdir())
        print(place.name, len(files))
        for file in files[:2]:
            picture = keras.utils.load_img(file)
            print("   ", file.name, picture.width, "×", picture.height)


def load() -> None:
    """Turn the folder into two datasets, and look at the first batch."""
    training, _ = keras.utils.image_dataset_from_directory(
        flowers.folder(),
        image_size=(64, 64),
        batch_size=32,
        validation_split=0.2,
        subset="both",
        seed=0,
    )
    print(training.class_names)
    images, labels = next(iter(training))
    print("images", images.shape, images.dtype.name)
    print("labels", labels.shape, labels.dtype.name)


def without_seed() -> None:
    """Ask for a split without a seed, and read the error."""
    try:
        keras.utils.image_dataset_from_directory(
            flowers.folder(),
            validation_split=0.2,
            subset="training",
        )
    except ValueError as error:
        print("ValueError:", error)


def two_seeds() -> None:
    """Split with two different seeds, and count files that are on both sides."""
    load = keras.utils.image_dataset_from_directory
    common = {"directory": flowers.folder(), "validation_split": 0.2}
    training = load(**common, subset="training", seed=1)
    validation = load(**common, subset="validation", seed=2)
    both = set(training.file_paths) & set(validation.file_paths)
    print(len(both), "of these", len(validation.file_paths), "are in both parts")


def by_hand() -> None:
    """Read one file without the helper."""
    folder = flowers.folder()
    names = sorted(place.name for place in folder.iterdir())
    file = sorted((folder / "tulips").iterdir())[0]
    content = tf.io.read_file(str(file))
    image = tf.io.decode_image(content, channels=3, expand_animations=False)
    print("decoded", image.dtype.name)
    image = tf.image.resize(image, (64, 64))
    print("resized", image.shape, image.dtype.name)
    image = image / 255
    print("scaled to", f"{image.numpy().min():.1f} … {image.numpy().max():.1f}")
    print("label", names.index(file.parent.name))


def names_are_lost() -> None:
    """Cache a dataset, and ask it for its class names."""
    folder = flowers.folder()
    training = keras.utils.image_dataset_from_directory(folder, verbose=False)
    names = training.class_names  # take them now
    try:
        print(training.cache().class_names)
    except AttributeError as error:
        print("AttributeError:", error)
    print(names)


def splits() -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Load both parts so that files are read once and pictures wait ready.

    Returns:
        A training and a validation dataset of batches: images, float32 of shape
        (n, 64, 64, 3) from 0 to 255, and labels, int32 of shape (n,).

    >>> training, validation = splits()
    >>> validation.element_spec[0].shape
    TensorShape([None, 64, 64, 3])
    """
    with contextlib.redirect_stdout(io.StringIO()):  # no second count of the files
        training, validation = keras.utils.image_dataset_from_directory(
            flowers.folder(),
            image_size=(64, 64),
            batch_size=None,  # single pictures: we batch them ourselves
            validation_split=0.2,
            subset="both",
            seed=0,
        )
    training = training.cache().shuffle(1000).batch(32).prefetch(tf.data.AUTOTUNE)
    validation = validation.cache().batch(32).prefetch(tf.data.AUTOTUNE)
    return training, validation


def cache_counts(passes: int = 3) -> None:
    """Count how often files are read, without a cache and with one."""
    opened = []

    def read(path: tf.Tensor) -> tf.Tensor:
        opened.append(path)
        return tf.io.decode_image(tf.io.read_file(path), channels=3)

    files = [str(file) for file in sorted(flowers.folder().glob("*/*"))[:50]]
    paths = tf.data.Dataset.from_tensor_slices(files)
    pictures = paths.map(lambda path: tf.py_function(read, [path], tf.uint8))
    for name, dataset in (("without", pictures), ("with", pictures.cache())):
        opened.clear()
        for _ in range(passes):
            for _ in dataset:
                pass
        print(passes, "passes over", len(files), "files")
        print(name, "cache:", len(opened), "read")


@measures_time
def prefetch_times(pause: float = 0.01) -> Table:
    """Time a loop in which reading and learning both take a while."""

    def read(number: tf.Tensor) -> tf.Tensor:
        time.sleep(pause)  # as if a disk were slow
        return number

    slow = tf.data.Dataset.range(50)
    slow = slow.map(lambda number: tf.py_function(read, [number], tf.int64))
    options = tf.data.Options()
    options.experimental_optimization.inject_prefetch = False
    datasets = {
        "no prefetch at all": slow.with_options(options),
        "as TensorFlow does it": slow,
        "prefetch(AUTOTUNE)": slow.prefetch(tf.data.AUTOTUNE),
    }
    rows = []
    for name, dataset in datasets.items():
        start = time.perf_counter()
        for _ in dataset:
            time.sleep(pause)  # as if a network learned
        rows.append((name, f"{time.perf_counter() - start:.2f}"))
    return Table(("dataset", "seconds"), rows, "50 times reading 10 ms and learning 10 ms")
