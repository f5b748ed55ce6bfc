"""A garment classifier from the first look at the data to its last mistake."""

import math

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.data import fashion_mnist
from cnnguide.table import Table


def look() -> None:
    """Load the training pictures and see what they are."""
    images, labels = fashion_mnist.load("train")
    print("images", images.shape, images.dtype)
    print("labels", labels.shape, labels.dtype)
    for label, name in enumerate(fashion_mnist.CLASS_NAMES):
        print(label, name)


def pixels() -> np.ndarray:
    """See a picture as the numbers that it is.

    >>> pixels().shape
    (8, 12)
    """
    images, _ = fashion_mnist.load("train")
    return images[0, 10:18, 9:21]


def grid() -> Figure:
    """Look at some garments of each class."""
    images, labels = fashion_mnist.load("train")
    names = fashion_mnist.CLASS_NAMES
    # The first two pictures of each class.
    chosen = [i for label in range(10) for i in np.flatnonzero(labels == label)[:2]]
    return charts.picture_grid(images[chosen], [names[labels[i]] for i in chosen])


def balance() -> Figure:
    """Count the pictures of each class."""
    _, labels = fashion_mnist.load("train")
    return charts.class_balance(np.bincount(labels), fashion_mnist.CLASS_NAMES)


def prepare(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Scale pictures to 0..1 and give them a channel axis.

    Returns:
        Images, float32 of shape (n, 28, 28, 1) from 0 to 1; labels, uint8 of shape (n,).

    >>> images, labels = prepare("test")
    >>> images.shape, images.dtype
    ((1000, 28, 28, 1), dtype('float32'))
    """
    images, labels = fashion_mnist.load(split)
    images = images.astype("float32") / 255  # from 0..255 to 0..1
    images = images[..., np.newaxis]  # one channel, grey: (n, 28, 28, 1)
    return images, labels


def prepared() -> None:
    """See what preparing changed."""
    images, _ = prepare("train")
    print("shape", images.shape, images.dtype)
    print("from", images.min(), "to", images.max())


def build() -> keras.Model:
    """Stack the layers of the network.

    >>> build().output_shape
    (None, 10)
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),  # (1)!
            layers.MaxPooling2D(),  # (2)!
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),  # (3)!
            layers.Dropout(0.4),  # (4)!
            layers.Dense(24, activation="relu"),  # (5)!
            layers.Dense(10),  # (6)!
        ]
    )


def summary() -> None:
    """List the layers with their output shapes and parameters."""
    model = build()
    model.summary()


def parameters() -> Table:
    """Count each layer's parameters by hand, next to Keras's count.

    >>> parameters().rows[-1]
    ('together', '94,354', '94,354')
    """
    by_hand = {
        "Conv2D: 32 kernels of 3×3×1, 32 biases": 32 * 3 * 3 * 1 + 32,
        "Conv2D: 64 kernels of 3×3×32, 64 biases": 64 * 3 * 3 * 32 + 64,
        "Dense: 7×7×64 inputs to 24, 24 biases": 7 * 7 * 64 * 24 + 24,
        "Dense: 24 inputs to 10, 10 biases": 24 * 10 + 10,
    }
    keras_says = [layer.count_params() for layer in build().layers if layer.count_params()]
    rows = [
        (name, f"{ours:,}", f"{theirs:,}")
        for (name, ours), theirs in zip(by_hand.items(), keras_says, strict=True)
    ]
    rows.append(("together", f"{sum(by_hand.values()):,}", f"{sum(keras_says):,}"))
    return Table(("layer", "by hand", "Keras"), rows, "Parameters of the layers that learn")


def compiled(steps: int = 1000) -> keras.Model:
    """Say how the network shall learn, for so many steps.

    >>> compiled().loss.name
    'sparse_categorical_crossentropy'
    """
    model = build()
    rate = keras.optimizers.schedules.CosineDecay(0.002, decay_steps=steps)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def untrained() -> None:
    """Ask the network before it has learned anything."""
    images, labels = prepare("train")
    loss, accuracy = compiled().evaluate(images[:1000], labels[:1000], verbose=0)
    print(f"before training: loss {loss:.2f}, accuracy {accuracy:.1%}")
    print(f"pure guessing:   loss {math.log(10):.2f}, accuracy {1 / 10:.1%}")


@keep.once
def train(
    epochs: int = 8, batch_size: int = 64
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train the network.

    Returns:
        The model, and for each measure a number for each epoch: loss and accuracy, and
        both again on the validation pictures as val_loss and val_accuracy.
    """
    images, labels = prepare("train")
    # A tenth of the pictures is set aside; the rest is learned from, batch by batch.
    steps = epochs * math.ceil(0.9 * len(images) / batch_size)
    model = compiled(steps)
    history = model.fit(
        images,
        labels,
        epochs=epochs,
        batch_size=batch_size,
        validation_split=0.1,
        verbose=0,
    )
    # Round to 16 bits: half as much for a browser to load, and the same numbers
    # on this page, in downloads and in the browser.
    model.set_weights([weight.astype("float16") for weight in model.get_weights()])
    return model, history.history


def progress() -> Table:
    """Read what training reported, epoch by epoch."""
    _, history = train()
    measures = ("loss", "accuracy", "val_loss", "val_accuracy")
    rows = [
        (epoch, *(f"{history[measure][epoch - 1]:.3f}" for measure in measures))
        for epoch in range(1, len(history["loss"]) + 1)
    ]
    return Table(("epoch", *measures), rows, "Loss and accuracy after each epoch")


def curves() -> Figure:
    """Draw the same numbers as curves."""
    _, history = train()
    return charts.training_curves(history)


def evaluate() -> None:
    """Judge the network by garments that it has never seen."""
    model, _ = train()
    images, labels = prepare("test")
    loss, accuracy = model.evaluate(images, labels, verbose=0)
    print(f"right for {accuracy:.1%} of {len(labels):,} unseen garments, loss {loss:.2f}")
    print("data:", fashion_mnist.source().label)


def softmax() -> Table:
    """Turn the network's ten numbers into probabilities."""
    model, _ = train()
    images, _ = prepare("test")
    logits = model(images[1:2])[0].numpy()  # of the second picture
    positive = np.exp(logits)  # every number becomes positive
    probabilities = positive / positive.sum()  # and together they become 1
    print("together", round(float(probabilities.sum()), 4))
    print(
        "as Keras has it:", np.allclose(probabilities, keras.ops.softmax(logits), atol=1e-6)
    )
    rows = [
        (name, f"{logit:.2f}", f"{probability:.1%}")
        for name, logit, probability in zip(
            fashion_mnist.CLASS_NAMES, logits, probabilities, strict=True
        )
    ]
    return Table(
        ("class", "logit", "probability"), rows, "Logits and probabilities of a picture"
    )


def predict_one() -> None:
    """Predict a single picture, which must come as a batch of one."""
    model, _ = train()
    images, labels = prepare("test")
    image = images[0]
    batch = np.expand_dims(image, 0)
    print("a picture", image.shape, "and a batch of one", batch.shape)
    logits = model.predict(batch, verbose=0)
    print("logits for the batch", logits.shape)
    guess = logits[0].argmax()
    print("it says", fashion_mnist.CLASS_NAMES[guess])
    print("it is", fashion_mnist.CLASS_NAMES[labels[0]])


def list_of_pictures() -> None:
    """Hand over a list of pictures, and read the error."""
    model, _ = train()
    images, _ = prepare("test")
    try:
        model.predict([images[0], images[1]], verbose=0)
    except ValueError as error:
        print("ValueError:", error)


def predict_many() -> Table:
    """Stack pictures into one batch and predict them together."""
    model, _ = train()
    images, labels = prepare("test")
    batch = np.stack([images[0], images[1], images[2], images[3]])
    guesses = model.predict(batch, verbose=0).argmax(axis=1)
    names = fashion_mnist.CLASS_NAMES
    rows = [
        (position, names[guess], names[label])
        for position, (guess, label) in enumerate(zip(guesses, labels, strict=False))
    ]
    return Table(("picture", "it says", "it is"), rows, "Four predictions")


@keep.once
def probabilities() -> np.ndarray:
    """Predict every test garment.

    Returns:
        float32 of shape (n, 10), each row from 0 to 1 with sum 1.
    """
    model, _ = train()
    images, _ = prepare("test")
    logits = model.predict(images, batch_size=256, verbose=0)
    return keras.ops.convert_to_numpy(keras.ops.softmax(logits))


def bars() -> Figure:
    """Show right and wrong predictions beside the pictures."""
    images, labels = fashion_mnist.load("test")
    chances = probabilities()
    is_right = chances.argmax(axis=1) == labels
    # The first three that it gets right and the first three that it gets wrong.
    chosen = [*np.flatnonzero(is_right)[:3], *np.flatnonzero(~is_right)[:3]]
    return charts.prediction_bars(
        images[chosen], chances[chosen], labels[chosen], fashion_mnist.CLASS_NAMES
    )


def confusion() -> Figure:
    """Count which class is taken for which."""
    _, labels = fashion_mnist.load("test")
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, probabilities().argmax(axis=1)), 1)
    return charts.confusion_matrix(counts, fashion_mnist.CLASS_NAMES)


def by_class() -> Table:
    """See which classes are easy and which are hard."""
    _, labels = fashion_mnist.load("test")
    guesses = probabilities().argmax(axis=1)
    rows = [
        (name, int((labels == i).sum()), f"{(guesses[labels == i] == i).mean():.1%}")
        for i, name in enumerate(fashion_mnist.CLASS_NAMES)
    ]
    return Table(
        ("class", "garments", "right"), rows, "How many of each class are named right"
    )


def surest_mistakes() -> Figure:
    """Find the garments it is surest of, and wrong about."""
    images, labels = fashion_mnist.load("test")
    chances = probabilities()
    wrong = np.flatnonzero(chances.argmax(axis=1) != labels)
    surest = wrong[np.argsort(chances[wrong].max(axis=1))[::-1][:5]]
    return charts.prediction_bars(
        images[surest], chances[surest], labels[surest], fashion_mnist.CLASS_NAMES
    )


def feature_maps() -> Figure:
    """Show what the first convolution makes of one garment."""
    model, _ = train()
    images, labels = prepare("test")
    is_boot = labels == fashion_mnist.CLASS_NAMES.index("Ankle boot")
    # The first boot that the network is sure of.
    position = np.flatnonzero(is_boot & (probabilities()[:, 9] > 0.9))[0]
    image = images[position]
    # The part of the model that ends with its first convolution.
    first = keras.Model(model.layers[0].input, model.layers[0].output)
    maps = first(image[np.newaxis])[0].numpy()
    return charts.feature_maps(
        image[..., 0], maps, probabilities()[position], fashion_mnist.CLASS_NAMES
    )


def unscaled() -> Table:
    """Forget to scale the test pictures, and see what changes."""
    model, _ = train()
    images, labels = prepare("test")
    rows = []
    for name, given in {"0 to 1": images, "0 to 255": images * 255}.items():
        chances = keras.ops.softmax(model.predict(given, batch_size=256, verbose=0)).numpy()
        right = (chances.argmax(axis=1) == labels).mean()
        rows.append((name, f"{right:.0%}", f"{chances.max(axis=1).mean():.0%}"))
    return Table(("pictures from", "right", "mean certainty"), rows, "Scaled and forgotten")
