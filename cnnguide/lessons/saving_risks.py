"""Old files, files for serving, files from strangers, and what goes wrong."""

import pickle
import textwrap
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from cnnguide.lessons import garments, saving


def export() -> None:
    """Export the trained network for serving, and list the folder."""
    model = saving.train()
    model.export("serving", verbose=False)
    files = sorted(path for path in Path("serving").rglob("*") if path.is_file())
    print(*files, sep="\n")


def serve() -> None:
    """Run the export without Keras, and as a layer."""
    model = saving.train()
    images, _ = garments.prepare("test")
    model.export("serving", verbose=False)

    loaded = tf.saved_model.load("serving")
    layer = keras.layers.TFSMLayer("serving", call_endpoint="serve")
    for answer in (loaded.serve(images[:50]), layer(images[:50])):
        print(np.allclose(answer, model(images[:50]), atol=1e-5))


def let_go() -> None:
    """Use the export without keeping what was loaded."""
    images, _ = garments.prepare("test")
    saving.train().export("serving", verbose=False)
    try:
        tf.saved_model.load("serving").serve(images[:50])
    except AssertionError as error:
        print(textwrap.fill(f"AssertionError: {error}", 44))


def not_a_model() -> None:
    """Load the exported folder as if it were a model."""
    saving.train().export("serving", verbose=False)
    try:
        keras.saving.load_model("serving")
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 44))


def h5() -> None:
    """Save as .h5, load it, and go on training."""
    images, labels = garments.prepare("train")
    images, labels = images[:200], labels[:200]
    model = saving.train()
    model.save("garments.h5")
    again = keras.saving.load_model("garments.h5")
    kernel = model.get_weights()[0]
    print("the same kernel:", np.array_equal(kernel, again.get_weights()[0]))
    try:
        again.fit(images, labels, verbose=0)
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 44))

    again.compile(optimizer="adam", loss=again.loss)
    history = again.fit(images, labels, verbose=0)
    print("compiled anew, it trains:", np.isfinite(history.history["loss"]).all())


def h5_mse() -> None:
    """Write the loss as "mse", as many examples do, and save as .h5."""
    model = saving.build()
    model.compile(optimizer="adam", loss="mse")
    model.save("garments.h5")
    try:
        keras.saving.load_model("garments.h5")
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 44))


def h5_then_keras() -> None:
    """Save the same model as .h5 and then as .keras."""
    model = saving.train()
    model.save("garments.h5")
    model.save("garments.keras")
    again = keras.saving.load_model("garments.keras")
    print(type(model.optimizer).__name__, "became", type(again.optimizer).__name__)


def refused() -> None:
    """Save a Lambda layer and load it."""
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Lambda(lambda images: images * 1.5)]
    )
    model.save("bright.keras")
    try:
        keras.saving.load_model("bright.keras")
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 48))


def code_runs() -> None:
    """Let a file do what it wants."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Lambda(lambda images: print("I am code from the file") or images),
        ]
    )
    model.save("stranger.keras")
    print("now it is only loaded, not used:")
    keras.saving.load_model("stranger.keras", safe_mode=False)


def named_function() -> None:
    """Register a function and use that in place of a lambda."""

    @keras.saving.register_keras_serializable(package="course")
    def brighten(images):
        return images * 1.5

    model = keras.Sequential([keras.Input((28, 28, 1)), layers.Lambda(brighten)])
    model.save("bright.keras")
    again = keras.saving.load_model("bright.keras")
    print(again(np.ones((1, 28, 28, 1))).numpy().max())


def pickled() -> None:
    """Read a pickle that a stranger made."""

    class Present:
        def __reduce__(self):
            return print, ("this could have been any command",)

    present = pickle.dumps(Present())
    pickle.loads(present)


def with_optimizer() -> None:
    """Ask for a file without the optimizer."""
    saving.train().save("garments.keras", include_optimizer=False)
    again = keras.saving.load_model("garments.keras")
    print("iterations:", int(again.optimizer.iterations))
