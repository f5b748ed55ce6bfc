"""A network learns flowers: first by heart, then with augmentation and Dropout."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.data import fashion_mnist, garden
from cnnguide.data.flowers import CLASS_NAMES
from cnnguide.lessons import flowers
from cnnguide.table import Table


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
    training, validation = flowers.splits()
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
    _, validation = flowers.splits()
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
    training, validation = flowers.splits()
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
    training, validation = flowers.splits()
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
    _, validation = flowers.splits()
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
    return charts.colour_bars(images[chosen], chances[chosen], labels[chosen], CLASS_NAMES)


def confusion() -> Figure:
    """Count which flower is taken for which."""
    _, chances, labels = predictions()
    counts = np.zeros((5, 5), int)
    np.add.at(counts, (labels, chances.argmax(axis=1)), 1)
    return charts.confusion_matrix(counts, CLASS_NAMES)


def new_flower() -> Figure:
    """Predict a picture file that was in neither part."""
    garden.draw("sunflowers", 1000).save("mine.jpg")  # or a photograph of yours
    model, _ = train_augmented()
    picture = keras.utils.load_img("mine.jpg", target_size=(64, 64))
    batch = np.expand_dims(keras.utils.img_to_array(picture), 0)
    print(batch.shape, batch.dtype)
    chances = keras.ops.softmax(model.predict(batch, verbose=0)).numpy()
    label = CLASS_NAMES.index("sunflowers")
    return charts.colour_bars(batch, chances, [label], CLASS_NAMES)


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
    return charts.answers_without_truth(batch, titles, chances, CLASS_NAMES)
