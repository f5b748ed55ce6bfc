"""What the remedies against overfitting do: Dropout, augmentation, stopping, decay."""

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.lessons import garments, overfitting
from cnnguide.table import Table


def dropped() -> np.ndarray:
    """Send ones through Dropout, as in training.

    >>> dropped().shape
    (5, 5)
    """
    layer = layers.Dropout(0.3)
    ones = np.ones((5, 5), "float32")
    return layer(ones, training=True).numpy().round(3)


def dropped_share() -> None:
    """Do the same to a million ones, and count."""
    layer = layers.Dropout(0.3)
    ones = np.ones((1000, 1000), "float32")
    after = layer(ones, training=True).numpy()
    print(f"dropped: {(after == 0).mean():.1%}")
    print(f"the kept became: {after.max():.5f}")
    print(f"1 / (1 - 0.3) =  {1 / (1 - 0.3):.5f}")
    print(f"mean: {after.mean():.2f}")


def training_flag() -> None:
    """Call the layer with and without the training flag."""
    layer = layers.Dropout(0.3)
    ones = np.ones((1000, 1000), "float32")
    for name, after in (
        ("training=True", layer(ones, training=True)),
        ("training=False", layer(ones, training=False)),
        ("called directly", layer(ones)),
    ):
        print(f"{name:15}", "unchanged:", np.array_equal(after, ones))


def whole_maps() -> Figure:
    """Drop single spots, and drop whole maps."""
    images, _ = garments.prepare("train")
    maps = np.repeat(images[:1], 6, axis=-1)  # six maps that look alike
    spots = layers.Dropout(0.4)
    whole = layers.Dropout(0.4, noise_shape=(None, 1, 1, 6))
    spatial = layers.SpatialDropout2D(0.4)
    rows = {
        "Dropout(0.4)": spots(maps, training=True),
        "Dropout(0.4, noise_shape=(None, 1, 1, 6))": whole(maps, training=True),
        "SpatialDropout2D(0.4)": spatial(maps, training=True),
    }
    # A row: the map as it was, then the six as they came out.
    rows = {
        name: [maps[0, ..., 0], *np.moveaxis(after[0].numpy(), -1, 0)]
        for name, after in rows.items()
    }
    return charts.picture_variants(rows, limits=(0, 1 / 0.6))


def wrong_rates() -> None:
    """Ask for Dropout as older texts do, and with an impossible rate."""
    try:
        layers.Dropout(keep_prob=0.7)
    except TypeError as error:
        print("TypeError:", error)
    try:
        layers.Dropout(1.5)
    except ValueError as error:
        print("ValueError:", error)


def previews() -> Figure:
    """Change one boot at random, five times by each layer."""
    images, _ = garments.prepare("train")
    boots = np.stack([images[0]] * 5)
    changes = {
        'RandomFlip("horizontal")': layers.RandomFlip("horizontal"),
        "RandomRotation(0.1)": layers.RandomRotation(0.1, fill_mode="constant"),
        "RandomZoom(0.1)": layers.RandomZoom(0.1, fill_mode="constant"),
        "RandomTranslation(0.1, 0.1)": layers.RandomTranslation(
            0.1, 0.1, fill_mode="constant"
        ),
        'RandomFlip("vertical")': layers.RandomFlip("vertical"),
    }
    rows = {
        name: [images[0, ..., 0], *layer(boots, training=True).numpy()[..., 0]]
        for name, layer in changes.items()
    }
    return charts.picture_variants(rows, limits=(0, 1))


def old_place() -> None:
    """Look for these layers where they used to be."""
    try:
        layers.experimental.preprocessing.RandomFlip("horizontal")
    except AttributeError as error:
        print("AttributeError:", error)


def called_directly() -> Table:
    """Call what acts at random, and see when it acts."""
    _, (images, _) = overfitting.few()
    flip = layers.RandomFlip("horizontal")
    rows = []
    for name, layer in (
        ("Dropout", layers.Dropout(0.5)),
        ("RandomFlip", flip),
        ("model with it", keras.Sequential([keras.Input((28, 28, 1)), flip])),
    ):
        answers = (
            layer(images),
            layer(images, training=True),
            layer(images, training=False),
        )
        same = [np.array_equal(answer, images) for answer in answers]
        rows.append((name, *("no" if equal else "yes" for equal in same)))
    columns = ("training=", "not said", "True", "False")
    return Table(columns, rows, "Are the pictures changed?")


def stopped() -> None:
    """See when early stopping stopped, and which epoch it went back to."""
    model, history, _ = overfitting.train(("early stopping",))
    losses = history["val_loss"]
    best = int(np.argmin(losses))
    for epoch, loss in enumerate(losses, 1):
        print(f"epoch {epoch:2}: {loss:.3f}", "← kept" if epoch == best + 1 else "")
    _, unseen = overfitting.few()
    loss, _ = model.evaluate(*unseen, batch_size=1000, verbose=0)
    print(f"the model now:  {loss:.3f}")


def penalty() -> None:
    """Compute an L2 penalty by hand, next to Keras's."""
    layer = layers.Dense(10, kernel_regularizer=keras.regularizers.L2(0.01))
    layer.build((None, 20))
    by_hand = 0.01 * np.sum(layer.kernel.numpy() ** 2)
    print(f"by hand: {by_hand:.4f}")
    print(f"Keras:   {float(layer.losses[0]):.4f}")


def decay() -> Table:
    """Take one step in which only the decay, or only the penalty, pulls at two weights."""
    weights = np.array([1.0, 10.0], "float32")
    rows = [("before", *weights)]

    # Weight decay: the loss does not ask for any change, its gradient is 0.
    adamw = keras.optimizers.AdamW(learning_rate=0.1, weight_decay=0.5)
    variable = keras.Variable(weights)
    adamw.apply([np.zeros(2, "float32")], [variable])
    rows.append(("AdamW, weight_decay=0.5", *variable.numpy().round(2)))

    # L2: the gradient of 0.25·w² is 0.5·w, and Adam makes a step of it.
    adam = keras.optimizers.Adam(learning_rate=0.1)
    variable = keras.Variable(weights)
    adam.apply([0.5 * weights], [variable])
    rows.append(("Adam, L2(0.25)", *variable.numpy().round(2)))
    columns = ("step", "small", "large")
    rows = [(name, f"{small:.2f}", f"{large:.2f}") for name, small, large in rows]
    return Table(columns, rows, "Two weights, before and after one step")
