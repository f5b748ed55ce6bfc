"""Five flowers from a folder of image files, and a network that overfits less."""

import contextlib
import io
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.data import fashion_mnist, flowers, garden
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


def build() -> keras.Model:
    """Stack a plain network.

    >>> build().output_shape
    (None, 5)
    """
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Rescaling(1 / 255),  # (1)!
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(5),
        ]
    )


def choices(steps: int = 450) -> dict[str, object]:
    """Choose how a network shall learn, for so many steps.

    >>> sorted(choices())
    ['loss', 'metrics', 'optimizer']
    """
    rate = keras.optimizers.schedules.CosineDecay(0.002, decay_steps=steps)
    return {
        "optimizer": keras.optimizers.Adam(rate),
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "metrics": ["accuracy"],
    }


@keep.once
def train(epochs: int = 30) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train the plain network.

    Returns:
        The model, and for each measure a number for each epoch.
    """
    training, validation = splits()
    model = build()
    model.compile(**choices(steps=epochs * len(training)))
    history = model.fit(
        training,
        validation_data=validation,
        epochs=epochs,
        shuffle=False,  # the dataset shuffles
        verbose=0,
    )
    return model, history.history


def curves() -> Figure:
    """Draw how training went."""
    _, history = train()
    return charts.training_curves(history)


def ends() -> str:
    """Say where the plain network's training ended."""
    _, history = train()
    return (
        f"{history['accuracy'][-1]:.2f} on the training pictures and "
        f"{history['val_accuracy'][-1]:.2f} on the validation pictures"
    )


def augmentation() -> keras.Model:
    """Stack three layers that change pictures at random.

    >>> augmentation()(np.zeros((1, 64, 64, 3))).shape
    TensorShape([1, 64, 64, 3])
    """
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal"),  # (1)!
            layers.RandomRotation(0.1),  # (2)!
            layers.RandomZoom(0.1),  # (3)!
        ]
    )


def variants(position: int = 0) -> Figure:
    """Show one flower as it is, and nine times changed at random."""
    _, validation = splits()
    images, _ = next(iter(validation))
    image = images[position]
    change = augmentation()
    changed = [change(image, training=True) for _ in range(9)]
    titles = ["as it is", *(f"changed {i}" for i in range(1, 10))]
    return charts.colour_grid(np.stack([image, *changed]), titles)


def when_active() -> Table:
    """See when layers with chance in them change a picture."""
    picture = np.random.uniform(0, 255, (1, 64, 64, 3)).astype("float32")
    rows = []
    for layer in (layers.RandomRotation(0.1), layers.Dropout(0.3)):
        answers = [
            layer(picture),
            layer(picture, training=True),
            layer(picture, training=False),
        ]
        same = [np.allclose(picture, answer) for answer in answers]
        said = ["same" if one else "changed" for one in same]
        rows.append((type(layer).__name__, *said))
    columns = ("layer", "not said", "True", "False")
    return Table(columns, rows, "What comes out, with training not said, True or False")


def build_augmented() -> keras.Model:
    """Stack the network with augmentation before it and Dropout in it.

    >>> build_augmented().count_params() == build().count_params()
    True
    """
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
            layers.Rescaling(1 / 255),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(128, activation="relu"),
            layers.Dense(5),
        ]
    )


@keep.once
def train_augmented(epochs: int = 45) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train the network with augmentation and Dropout.

    Returns:
        The model, and for each measure a number for each epoch.
    """
    training, validation = splits()
    model = build_augmented()
    model.compile(**choices(steps=epochs * len(training)))
    history = model.fit(
        training,
        validation_data=validation,
        epochs=epochs,
        shuffle=False,  # the dataset shuffles
        verbose=0,
    )
    return model, history.history


def both_curves() -> Figure:
    """Draw the accuracy of both networks."""
    _, plain = train()
    _, augmented = train_augmented()
    return charts.accuracy_gaps({"plain": plain, "augmented": augmented})


@keep.once
def accuracies() -> dict[str, list[float]]:
    """Evaluate both networks on both parts, augmentation and Dropout off.

    Returns:
        A model's name → its accuracy on the training and on the validation pictures.
    """
    training, validation = splits()
    models = {"plain": train()[0], "augmented": train_augmented()[0]}
    return {
        name: [model.evaluate(part, verbose=0)[1] for part in (training, validation)]
        for name, model in models.items()
    }


def compared() -> Table:
    """Compare the gaps of both networks."""
    rows = []
    for name, both in accuracies().items():
        seen, unseen = np.round(both, 2)
        gap = seen - unseen
        rows.append((name, f"{seen:.2f}", f"{unseen:.2f}", f"{gap:.2f}"))
    columns = ("network", "training", "validation", "gap")
    return Table(columns, rows, "Accuracy, with augmentation and Dropout switched off")


@keep.once
def predictions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predict every validation picture.

    Returns:
        Images, uint8 of shape (n, 64, 64, 3); probabilities, float32 of shape (n, 5), each
        row with sum 1; labels, int32 of shape (n,).
    """
    model, _ = train_augmented()
    _, validation = splits()
    images = np.concatenate([batch.numpy() for batch, _ in validation])
    labels = np.concatenate([batch.numpy() for _, batch in validation])
    probabilities = keras.ops.softmax(model.predict(images, verbose=0))
    return images.astype("uint8"), keras.ops.convert_to_numpy(probabilities), labels


def bars() -> Figure:
    """Show right and wrong predictions beside the pictures."""
    images, chances, labels = predictions()
    is_right = chances.argmax(axis=1) == labels
    # The first three that it gets right and the first three that it gets wrong.
    chosen = [*np.flatnonzero(is_right)[:3], *np.flatnonzero(~is_right)[:3]]
    return charts.colour_bars(
        images[chosen], chances[chosen], labels[chosen], flowers.CLASS_NAMES
    )


def confusion() -> Figure:
    """Count which flower is taken for which."""
    _, chances, labels = predictions()
    counts = np.zeros((5, 5), int)
    np.add.at(counts, (labels, chances.argmax(axis=1)), 1)
    return charts.confusion_matrix(counts, flowers.CLASS_NAMES)


def new_flower() -> Figure:
    """Predict a picture file that was in neither part."""
    garden.draw("sunflowers", 1000).save("mine.jpg")  # or a photograph of yours
    model, _ = train_augmented()
    picture = keras.utils.load_img("mine.jpg", target_size=(64, 64))
    batch = np.expand_dims(keras.utils.img_to_array(picture), 0)
    print(batch.shape, batch.dtype)
    chances = keras.ops.softmax(model.predict(batch, verbose=0)).numpy()
    label = flowers.CLASS_NAMES.index("sunflowers")
    return charts.colour_bars(batch, chances, [label], flowers.CLASS_NAMES)


def no_flower() -> Figure:
    """Ask the network for pictures that show no flower."""
    model, _ = train_augmented()
    garments, _ = fashion_mnist.load("test")
    garment = tf.image.resize(np.stack([garments[0]] * 3, axis=-1), (64, 64))
    stripes = np.zeros((64, 64, 3))
    stripes[np.arange(64) // 8 % 2 == 0] = 255
    grey = np.full((64, 64, 3), 128)
    batch = np.stack([garment, stripes, grey]).astype("float32")
    chances = keras.ops.softmax(model.predict(batch, verbose=0)).numpy()
    titles = ["a garment", "stripes", "plain grey"]
    return charts.answers_without_truth(batch, titles, chances, flowers.CLASS_NAMES)
