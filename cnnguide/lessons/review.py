"""All steps of training in one program, from pictures to answers."""

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.data import fashion_mnist

STEPS = (
    ("load", "pictures and labels, as arrays or as a dataset"),
    ("look", "shapes, types, ranges, a grid of pictures, classes in balance"),
    ("prepare", "scale, give an axis for channels, set unseen pictures aside"),
    ("build", "stack layers: convolution, pooling, normalization, Dropout, Dense"),
    ("compile", "choose loss, optimizer and metrics"),
    ("fit", "feed batches, watch training and validation"),
    ("evaluate", "judge once, by pictures never used before"),
    ("predict", "read probabilities, look at mistakes"),
    ("save", "keep the model, load it elsewhere, use it"),
)


def road() -> Figure:
    """Draw the steps."""
    return charts.road(STEPS)


def whole_road(epochs: int = 2) -> None:
    """Take every step once, in one program."""
    # Load and look.
    images, labels = fashion_mnist.load("train")
    images, labels = images[:6000], labels[:6000]
    print("images", images.shape, images.dtype, "labels", labels.shape)

    # Prepare: from 0..255 to 0..1, and one channel.
    images = images[..., np.newaxis].astype("float32") / 255

    # Build.
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10),
        ]
    )

    # Compile: say what learning means.
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])

    # Fit, with a tenth set aside.
    history = model.fit(images, labels, epochs=epochs, validation_split=0.1, verbose=0)
    print("validation accuracy", [f"{x:.0%}" for x in history.history["val_accuracy"]])

    # Save and load.
    model.save("garments.keras")
    model = keras.saving.load_model("garments.keras")

    # Evaluate once, by unseen pictures.
    unseen, truth = fashion_mnist.load("test")
    unseen = unseen[..., np.newaxis].astype("float32") / 255
    _, accuracy = model.evaluate(unseen, truth, verbose=0)
    print(f"right for {accuracy:.0%} of {len(truth):,} unseen garments")

    # Predict, and read the answer as probabilities.
    probabilities = keras.ops.softmax(model.predict(unseen[:1], verbose=0))[0].numpy()
    name = fashion_mnist.CLASS_NAMES[probabilities.argmax()]
    print(f"the first is: {name}, {probabilities.max():.0%}")
