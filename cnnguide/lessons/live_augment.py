"""What the part on augmentation loads: small flowers, and a network for them."""

import contextlib
import io

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, export, keep
from cnnguide.asset import Asset, packed
from cnnguide.data import fashion_mnist, flowers
from cnnguide.lessons import garments

SIDE = 48  # pixels: a network for more would be too large for a page


def prepare() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Load the flowers small, and split them as the lesson on flowers does.

    Returns:
        Training images and labels, then validation images and labels: uint8 of shape
        (n, 48, 48, 3), and int64 of shape (n,).

    >>> images, labels, unseen, _ = prepare()
    >>> images.shape, images.dtype, len(unseen)
    ((480, 48, 48, 3), dtype('uint8'), 120)
    """
    with contextlib.redirect_stdout(io.StringIO()):  # no count of the files
        parts = keras.utils.image_dataset_from_directory(
            flowers.folder(),
            image_size=(SIDE, SIDE),
            batch_size=None,
            validation_split=0.2,
            subset="both",
            seed=0,
        )
    found = []
    for part in parts:
        images, labels = zip(*part.as_numpy_iterator(), strict=True)
        found += [np.rint(images).astype("uint8"), np.array(labels, "int64")]
    return tuple(found)


def build() -> keras.Sequential:
    """Stack a small network for flowers.

    >>> build().count_params()
    51397
    """
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(32, activation="relu"),
            layers.Dense(5),
        ]
    )


def augmentation() -> keras.Sequential:
    """Put the random changes that suit flowers into one block.

    >>> augmentation().output_shape
    (None, 48, 48, 3)
    """
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
            layers.RandomTranslation(0.1, 0.1),
        ]
    )


@keep.once
def train(epochs: int = 45, batch_size: int = 32) -> keras.Sequential:
    """Train the small network on flowers that are changed at random.

    Returns:
        The network without the changes, its weights rounded to 16 bits.
    """
    images, labels, _, _ = prepare()
    model = build()
    both = keras.Sequential([augmentation(), model])
    steps = epochs * -(-len(images) // batch_size)
    both.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(0.002, decay_steps=steps)
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    both.fit(images / 255, labels, epochs=epochs, batch_size=batch_size, verbose=0)
    # Half as much for a browser to load, and the same numbers here and there.
    model.set_weights([weight.astype("float16") for weight in model.get_weights()])
    return model


def accuracy() -> str:
    """Say how many of the validation flowers it names right."""
    _, _, images, labels = prepare()
    answers = train().predict(images / 255, verbose=0).argmax(axis=1)
    return f"{(answers == labels).sum()} of {len(labels)}"


def network() -> Asset:
    """Write the trained network for the browser."""
    model = train()
    content = export.network(model, flowers.CLASS_NAMES)
    return Asset("florist.bin", content, f"{model.count_params():,} weights, float16")


def pictures(each: int = 3) -> Asset:
    """Take some validation flowers of each class, class after class."""
    _, _, images, labels = prepare()
    chosen = [i for label in range(5) for i in np.flatnonzero(labels == label)[:each]]
    said = f"{len(chosen)} validation flowers of {SIDE}×{SIDE}"
    return Asset("flowers.bin", packed(images[chosen]), said)


def changed() -> Figure:
    """Ask the network of Garments about a sneaker that is changed in four ways."""
    model, _ = garments.train()
    images, labels = garments.prepare("test")
    sneaker = images[np.flatnonzero(labels == 7)[1:2]]
    fill = {"fill_mode": "constant"}
    variants = {
        "as it is": sneaker,
        "mirrored": keras.ops.flip(sneaker, axis=2),
        "turned by 30°": layers.RandomRotation((30 / 360, 30 / 360), **fill)(sneaker),
        "farther by 30 %": layers.RandomZoom((0.3, 0.3), **fill)(sneaker),
        "right by 20 %": layers.RandomTranslation((0, 0), (0.2, 0.2), **fill)(sneaker),
    }
    pictures = [keras.ops.convert_to_numpy(x)[0] for x in variants.values()]
    guesses = model.predict(np.stack(pictures), verbose=0).argmax(axis=1)
    titles = [
        f"{change}:\n{fashion_mnist.CLASS_NAMES[guess]}"
        for change, guess in zip(variants, guesses, strict=True)
    ]
    return charts.picture_grid(pictures, titles, columns=5)
