"""Saving and loading: lines that fail today, the errors they give, and lines that work."""

import zipfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def small_model() -> keras.Model:
    """Build the small network that this page saves and loads.

    >>> small_model().count_params()
    19
    """
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(1)]
    )


def save_then() -> None:
    """Save without saying where."""
    model = small_model()
    try:
        model.save()
    except TypeError as error:
        print("TypeError:", error)


def save_now() -> list[str]:
    """Save to a file that ends in .keras.

    >>> save_now()
    ['config.json', 'metadata.json', 'model.weights.h5']
    """
    model = small_model()
    model.save("model.keras")
    file = zipfile.ZipFile("model.keras")
    return sorted(file.namelist())


def save_model_then() -> None:
    """Look for save_model where it is not."""
    model = small_model()
    try:
        tf.keras.model.save_model(model, "model.keras")
    except AttributeError as error:
        print("AttributeError:", error)


def save_model_now() -> None:
    """Find save_model where it is.

    >>> save_model_now()
    saved True
    """
    model = small_model()
    keras.saving.save_model(model, "model.keras")
    print("saved", Path("model.keras").exists())


def place_now() -> None:
    """See in which folder a file lands.

    >>> place_now()
    in the working directory True
    """
    model = small_model()
    model.save("model.keras")
    print("in the working directory", (Path.cwd() / "model.keras").exists())


def no_ending_then() -> None:
    """Save to a name without an ending."""
    model = small_model()
    try:
        model.save("my_model")
    except ValueError as error:
        print("ValueError:", error)


def save_format_then() -> None:
    """Ask for the older format by name."""
    model = small_model()
    model.save("model.keras", save_format="tf")


def no_ending_now() -> list[str]:
    """Export a folder for serving.

    >>> no_ending_now()
    ['assets', 'fingerprint.pb', 'saved_model.pb', 'variables']
    """
    model = small_model()
    model.export("my_model", verbose=False)
    return sorted(path.name for path in Path("my_model").iterdir())


def load_then() -> None:
    """Load without saying what."""
    try:
        keras.models.load_model()
    except TypeError as error:
        print("TypeError:", error)


def load_now() -> None:
    """Load the file, and see that the predictions are the same.

    >>> load_now()
    same predictions True
    """
    small_model().save("model.keras")
    first, second = (keras.models.load_model("model.keras") for _ in range(2))
    inputs = np.ones((5, 4), "float32")
    same = np.array_equal(first(inputs), second(inputs))
    print("same predictions", same)


def folder_then() -> None:
    """Load an exported folder as if it were a model file."""
    small_model().export("my_model", verbose=False)
    try:
        keras.models.load_model("my_model")
    except ValueError as error:
        print("ValueError:", error)


def folder_now() -> None:
    """Serve from the folder.

    >>> folder_now()
    same predictions True
    """
    model = small_model()
    model.export("my_model", verbose=False)
    served = tf.saved_model.load("my_model")
    inputs = np.ones((5, 4), "float32")
    same = np.allclose(served.serve(inputs), model(inputs), atol=1e-6)
    print("same predictions", same)


def h5_then() -> None:
    """Save the older kind of file."""
    model = small_model()
    model.save("model.h5")


def h5_load_then() -> None:
    """Load the older kind of file with what it says about compiling."""
    model = small_model()
    model.compile("adam", "mse", metrics=["mae"])
    model.save("model.h5")
    try:
        keras.models.load_model("model.h5")
    except ValueError as error:
        print("ValueError:", error)


def h5_now() -> None:
    """Load a file of the older kind, compile anew, and save it as a new one.

    >>> h5_now()
    saved True
    """
    small_model().save("old.h5")
    model = keras.models.load_model("old.h5", compile=False)
    model.compile("adam", "mse", metrics=["mae"])
    model.save("model.keras")
    print("saved", Path("model.keras").exists())


def config_then() -> None:
    """Rebuild a Sequential model with the class for functional ones."""
    config = small_model().get_config()
    try:
        keras.Model.from_config(config)
    except ValueError as error:
        print("ValueError:", str(error).partition(": {")[0])


def config_now() -> keras.Model:
    """Rebuild a Sequential model with its own class.

    >>> config_now().count_params()
    19
    """
    config = small_model().get_config()
    return keras.Sequential.from_config(config)


def yaml_then() -> None:
    """Write the architecture as YAML."""
    model = small_model()
    try:
        model.to_yaml()
    except AttributeError as error:
        print("AttributeError:", error)


def yaml_now() -> None:
    """Write the architecture as JSON, and rebuild it.

    >>> yaml_now()
    parameters 19
    """
    text = small_model().to_json()
    model = keras.models.model_from_json(text)
    print("parameters", model.count_params())


def custom_then() -> None:
    """Load a model that holds a layer of our own, which Keras does not know."""

    class Double(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    model = keras.Sequential([keras.Input((4,)), Double()])
    model.save("model.keras")
    try:
        keras.models.load_model("model.keras")
    except TypeError as error:
        cause = str(error).partition("Exception encountered: ")[2]
        print("TypeError:", cause.partition(" Full object")[0])


def custom_now() -> None:
    """Register the layer, so that loading finds it.

    >>> custom_now()
    [[2. 2. 2. 2.]]
    """

    @keras.saving.register_keras_serializable(package="course")
    class Double(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    model = keras.Sequential([keras.Input((4,)), Double()])
    model.save("model.keras")
    loaded = keras.models.load_model("model.keras")
    print(loaded(np.ones((1, 4))).numpy())


def lambda_then() -> None:
    """Load a model that holds code."""
    double = layers.Lambda(lambda inputs: 2 * inputs)
    keras.Sequential([keras.Input((4,)), double]).save("model.keras")
    try:
        keras.models.load_model("model.keras")
    except ValueError as error:
        print("ValueError:", error)


def lambda_now() -> None:
    """Name the function and register it: the file then holds a name and no code.

    >>> lambda_now()
    [[2. 2. 2. 2.]]
    """

    @keras.saving.register_keras_serializable(package="course")
    def double(inputs):
        return 2 * inputs

    model = keras.Sequential([keras.Input((4,)), layers.Lambda(double)])
    model.save("model.keras")
    loaded = keras.models.load_model("model.keras")
    print(loaded(np.ones((1, 4))).numpy())


def weights_then() -> None:
    """Save weights to a name without the ending that Keras asks for."""
    model = small_model()
    try:
        model.save_weights("weights")
    except ValueError as error:
        print("ValueError:", error)


def by_name_then() -> None:
    """Load weights by the layers' names."""
    model = small_model()
    model.save_weights("model.weights.h5")
    try:
        model.load_weights("model.weights.h5", by_name=True)
    except ValueError as error:
        print("ValueError:", error)


def weights_now() -> None:
    """Save weights, and load them into another model of the same shape.

    >>> weights_now()
    same weights True
    """
    model, other = small_model(), small_model()
    model.save_weights("model.weights.h5")
    other.load_weights("model.weights.h5")
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    same = all(np.array_equal(a, b) for a, b in pairs)
    print("same weights", same)
