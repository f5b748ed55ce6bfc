"""Whole models: save, load, look into the file, train on, and keep checkpoints."""

import contextlib
import json
import math
import textwrap
import zipfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

from cnnguide import keep
from cnnguide.lessons import garments
from cnnguide.table import Table


def build() -> keras.Model:
    """Stack a network that is small enough to train in a second.

    >>> build().count_params()
    2970
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="row"),
            layers.Dense(10, name="answer"),
        ]
    )


def compiled() -> keras.Model:
    """Build the network and say how it shall learn.

    >>> type(compiled().optimizer).__name__
    'Adam'
    """
    model = build()
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


@keep.once
def train() -> keras.Model:
    """Train it a little, on 1,000 garments."""
    images, labels = garments.prepare("train")
    model = compiled()
    model.fit(images[:1000], labels[:1000], epochs=4, verbose=0)
    return model


def whole() -> None:
    """Save the model, load it again, and compare what both answer."""
    model = train()
    images, _ = garments.prepare("test")

    model.save("garments.keras")
    again = keras.saving.load_model("garments.keras")

    before = model.predict(images[:100], verbose=0)
    after = again.predict(images[:100], verbose=0)
    print("largest difference:", np.abs(before - after).max())


def where() -> None:
    """See in which folder the file lands."""
    model = build()
    Path("project").mkdir()
    with contextlib.chdir("project"):  # as if you had started Python there
        model.save("garments.keras")
    print(*Path().rglob("*.keras"))


def paths() -> None:
    """Save over a file, and into a folder that does not exist."""
    build().save("garments.keras")
    build().save("garments.keras")  # the first file is gone, without a question
    try:
        build().save("models/garments.keras")
    except FileNotFoundError as error:
        print("FileNotFoundError:", error)
    Path("models").mkdir()
    build().save("models/garments.keras")
    print(*sorted(str(path) for path in Path().rglob("*.keras")))


def not_compiled() -> None:
    """Load without the compile information, then predict and ask for a judgement."""
    images, labels = garments.prepare("test")
    train().save("garments.keras")
    model = keras.saving.load_model("garments.keras", compile=False)
    print("answers:", model(images[:1]).shape)
    try:
        model.evaluate(images, labels)
    except ValueError as error:
        print("ValueError:", error)


def endings() -> None:
    """Save without an ending, and with an option that is gone."""
    model = build()
    for options in ({}, {"save_format": "tf"}):
        try:
            model.save("garments", **options)
        except ValueError as error:
            print(textwrap.fill(f"ValueError: {error}", 44), end="\n\n")


def members() -> Table:
    """List what the file is made of."""
    train().save("garments.keras")
    with zipfile.ZipFile("garments.keras") as archive:
        rows = [
            (member.filename, f"{math.ceil(member.file_size / 1000)} kB")
            for member in archive.infolist()
        ]
    return Table(("file", "size"), rows, "Inside garments.keras")


def texts() -> None:
    """Read the two texts in the file."""
    train().save("garments.keras")
    with zipfile.ZipFile("garments.keras") as archive:
        metadata = json.loads(archive.read("metadata.json"))
        config = json.loads(archive.read("config.json"))

    print(*metadata)
    print(config["class_name"])
    for layer in config["config"]["layers"]:
        print("   ", layer["class_name"], layer["config"]["name"])
    print("compile_config")
    for name in ("optimizer", "loss"):
        part = config["compile_config"][name]
        print("   ", name, part["class_name"])


def numbers() -> None:
    """Show the tree of numbers in the file."""
    train().save("garments.keras")
    with zipfile.ZipFile("garments.keras") as archive:
        archive.extract("model.weights.h5")
    keras.saving.KerasFileEditor("model.weights.h5").summary()


def sizes() -> str:
    """Compare the sizes of the numbers with and without the optimizer's.

    Returns:
        Both in kB, rounded up, such as "58 kB, and 30 kB without the optimizer".
    """
    train().save_weights("with.weights.h5")
    bare = build()
    bare.save_weights("bare.weights.h5")
    with_state, without = (
        math.ceil(Path(name).stat().st_size / 1000)
        for name in ("with.weights.h5", "bare.weights.h5")
    )
    return f"{with_state} kB, and {without} kB without the optimizer"


def state() -> None:
    """Compare the optimizers of a model and of its copy from disk."""
    model = train()
    model.optimizer.learning_rate = 0.0003  # it was 0.001
    model.save("garments.keras")
    again = keras.saving.load_model("garments.keras")

    pairs = zip(model.optimizer.variables, again.optimizer.variables, strict=True)
    equal = [np.array_equal(one, other) for one, other in pairs]
    print(f"equal variables: {sum(equal)} of {len(equal)}")
    print("iterations:", int(again.optimizer.iterations))
    print(f"learning rate: {float(again.optimizer.learning_rate):.4f}")


def never_trained() -> None:
    """Save a compiled model before its first step, and load it."""
    compiled().save("new.keras")
    keras.saving.load_model("new.keras")


@keep.once
def resume() -> list[float]:
    """Train on from the same point in three ways, and compare the weights.

    Returns:
        How far the weights are from those of a training without a break: after loading,
        and after loading and compiling anew.
    """
    images, labels = garments.prepare("train")
    images, labels = images[:1000], labels[:1000]
    model = compiled()
    model.fit(images, labels, shuffle=False, verbose=0)
    model.save("half.keras")

    loaded = keras.saving.load_model("half.keras")
    anew = keras.saving.load_model("half.keras")
    anew.compile(optimizer="adam", loss=anew.loss)  # a new Adam, which knows nothing
    for each in (model, loaded, anew):
        each.fit(images, labels, shuffle=False, verbose=0)

    def apart(other: keras.Model) -> float:
        pairs = zip(model.get_weights(), other.get_weights(), strict=True)
        return max(float(np.abs(one - two).max()) for one, two in pairs)

    return [apart(loaded), apart(anew)]


def resumed() -> Table:
    """Show how far apart the three are."""
    loaded, anew = resume()
    rows = [("loaded", f"{loaded:.2g}"), ("loaded, compiled anew", f"{anew:.2g}")]
    columns = ("before going on", "largest difference")
    return Table(columns, rows, "Weights, against training without a break")


def checkpoint() -> Table:
    """Keep the model of the best epoch while training goes on too long."""
    images, labels = garments.prepare("train")
    unseen = (images[100:300], labels[100:300])
    best = keras.callbacks.ModelCheckpoint(
        "best.keras", monitor="val_loss", save_best_only=True
    )
    model = compiled()
    model.optimizer.learning_rate = 0.05  # far too large
    history = model.fit(
        images[:100],
        labels[:100],
        epochs=10,
        validation_data=unseen,
        callbacks=[best],
        verbose=0,
    )
    kept = keras.saving.load_model("best.keras")
    loss, _ = kept.evaluate(*unseen, verbose=0)
    print(f"best.keras has val_loss {loss:.2f}")
    rows = [(i, f"{x:.2f}") for i, x in enumerate(history.history["val_loss"], 1)]
    return Table(("epoch", "val_loss"), rows, "Validation loss after each epoch")


def backup() -> None:
    """Let training break off after two epochs, and start the same script again."""

    class PowerCut(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("the light goes out")

    images, labels = garments.prepare("train")
    images, labels = images[:500], labels[:500]
    safety = keras.callbacks.BackupAndRestore("backup")
    try:
        compiled().fit(images, labels, epochs=4, verbose=0, callbacks=[safety, PowerCut()])
    except RuntimeError as error:
        print("RuntimeError:", error)
    history = compiled().fit(images, labels, epochs=4, verbose=0, callbacks=[safety])
    print("after the restart, epochs", [epoch + 1 for epoch in history.epoch])
