"""Parts of a model: its architecture, its weights, and classes of your own."""

import json
import textwrap
import warnings
from pathlib import Path

import keras
import numpy as np
from keras import layers

from cnnguide.lessons import saving


def layer() -> None:
    """Turn a layer into a dictionary and back."""
    conv = saving.train().get_layer("conv")
    config = conv.get_config()
    print(type(config).__name__, "with", len(config), "entries")
    for name in ("name", "filters", "kernel_size", "strides", "activation"):
        print("   ", name, config[name])

    again = layers.Conv2D.from_config(config)
    print("built:", conv.built, "and", again.built)
    print("arrays of weights:", len(conv.get_weights()), "and", len(again.get_weights()))


def sequential() -> None:
    """Build the same network anew from its configuration."""
    model = saving.train()
    again = keras.Sequential.from_config(model.get_config())
    kernel = model.get_weights()[0]
    print("layers:", [layer.name for layer in again.layers])
    print("the same kernel:", np.array_equal(kernel, again.get_weights()[0]))
    print("compiled:", model.compiled, "and", again.compiled)


def functional() -> None:
    """Do the same with a functional model, and with the wrong class."""
    inputs = keras.Input((28, 28, 1))
    outputs = layers.Dense(10)(layers.Flatten()(inputs))
    model = keras.Model(inputs, outputs)
    again = keras.Model.from_config(model.get_config())
    print(type(again).__name__, again.output_shape)

    try:
        keras.Model.from_config(saving.build().get_config())
    except ValueError as error:
        print("ValueError:", str(error)[:59], "…")


def as_json() -> None:
    """Write the architecture to a text file and read it back."""
    model = saving.train()
    Path("garments.json").write_text(model.to_json())

    again = keras.models.model_from_json(Path("garments.json").read_text())
    kernel = model.get_weights()[0]
    print("made anew:", type(again).__name__)
    print("the same kernel:", np.array_equal(kernel, again.get_weights()[0]))
    print("compiled:", again.compiled, "with", again.optimizer.name)
    print("steps before:", int(model.optimizer.iterations))
    print("steps after:", int(again.optimizer.iterations))


def as_yaml() -> None:
    """Ask for the text format that is gone."""
    try:
        saving.build().to_yaml()
    except AttributeError as error:
        print("AttributeError:", error)


def clone() -> None:
    """Copy a model without any file."""
    model = saving.train()
    kernel = model.get_weights()[0]
    twin = keras.models.clone_model(model)
    print("compiled:", twin.compiled)
    print("the same kernel:", np.array_equal(kernel, twin.get_weights()[0]))
    twin.set_weights(model.get_weights())
    print("after set_weights:", np.array_equal(kernel, twin.get_weights()[0]))


def in_memory() -> None:
    """Take the weights out of one model and put them into another."""
    model = saving.train()
    weights = model.get_weights()
    print([array.shape for array in weights])

    other = saving.build()
    other.set_weights(weights)
    print("handed over:", np.array_equal(weights[0], other.get_weights()[0]))

    weights[0][:] = 0  # erase what was taken out
    print("the model still has its own:", model.get_weights()[0].any())


def do_not_fit() -> None:
    """Put in weights that do not fit."""
    model = saving.build()
    weights = model.get_weights()
    too_few = weights[:-1]
    turned = [weights[0].T, *weights[1:]]
    for wrong in (too_few, turned):
        try:
            model.set_weights(wrong)
        except ValueError as error:
            print(textwrap.fill(f"ValueError: {error}", 44), end="\n\n")
    print("a layer that was never built:", layers.Dense(10).get_weights())


def on_disk() -> None:
    """Write only the weights to a file, and load them into a model built by code."""
    model = saving.train()
    model.save_weights("garments.weights.h5")
    model.save("garments.keras")
    kernel = model.get_weights()[0]
    for file in ("garments.weights.h5", "garments.keras"):
        other = saving.build()
        other.load_weights(file)
        print(file, np.array_equal(kernel, other.get_weights()[0]))


def disk_errors() -> None:
    """Make the two usual mistakes."""
    model = saving.build()
    try:
        model.save_weights("garments.h5")
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 44), end="\n\n")

    model.save_weights("garments.weights.h5")
    no_input = keras.Sequential([layers.Flatten(), layers.Dense(10)])
    try:
        no_input.load_weights("garments.weights.h5")
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 44))


def optimizer_state() -> None:
    """Load weights into a compiled model, and see what its optimizer gets."""
    model = saving.train()
    model.save_weights("garments.weights.h5")

    other = saving.compiled()
    other.load_weights("garments.weights.h5")
    print("iterations:", int(other.optimizer.iterations))

    other.optimizer.build(other.trainable_variables)  # make room for its state
    other.load_weights("garments.weights.h5")
    print("iterations:", int(other.optimizer.iterations))


def by_position() -> None:
    """Load the weights into a model whose layers have swapped their names."""

    def two(first: str, second: str) -> keras.Model:
        return keras.Sequential(
            [keras.Input((3,)), layers.Dense(3, name=first), layers.Dense(3, name=second)]
        )

    saved, swapped = two("left", "right"), two("right", "left")
    saved.save_weights("two.weights.h5")
    swapped.load_weights("two.weights.h5")

    first = saved.layers[0].get_weights()[0]
    print("layer 0 has it:", np.array_equal(first, swapped.layers[0].get_weights()[0]))
    left = swapped.get_layer("left").get_weights()[0]
    print('"left" has it:', np.array_equal(first, left))


def too_short() -> None:
    """Load the weights of two layers into a model that has only the first."""
    model = saving.train()
    model.save_weights("garments.weights.h5")
    short = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Flatten(),
        ]
    )
    short.load_weights("garments.weights.h5")
    kernel = model.get_weights()[0]
    print("loaded:", np.array_equal(kernel, short.get_weights()[0]))


def two_classes() -> keras.Model:
    """Build a network for two classes on the same convolution.

    >>> two_classes().output_shape
    (None, 2)
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu", name="conv"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="row"),
            layers.Dense(2, name="shoe_or_not"),
        ]
    )


def transfer() -> None:
    """Hand the trained convolution to the other network."""
    trained, model = saving.train(), two_classes()
    weights = trained.get_layer("conv").get_weights()
    model.get_layer("conv").set_weights(weights)
    print(np.array_equal(model.get_layer("conv").get_weights()[0], weights[0]))


def skip_mismatch() -> None:
    """Load what fits from the file, and leave the rest."""
    trained, model = saving.train(), two_classes()
    trained.save_weights("garments.weights.h5")
    own = model.get_layer("shoe_or_not").get_weights()[0]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.load_weights("garments.weights.h5", skip_mismatch=True)
    print("UserWarning:", str(caught[-1].message).splitlines()[0])

    learned = trained.get_layer("conv").get_weights()[0]
    print("conv loaded:", np.array_equal(learned, model.get_layer("conv").get_weights()[0]))
    answer = model.get_layer("shoe_or_not").get_weights()[0]
    print("shoe_or_not kept its own:", np.array_equal(own, answer))


def by_name() -> None:
    """Ask for layers to be matched by name."""
    saving.train().save_weights("garments.weights.h5")
    try:
        two_classes().load_weights("garments.weights.h5", by_name=True)
    except ValueError as error:
        print(textwrap.fill(f"ValueError: {error}", 44))


def unknown_class() -> None:
    """Save a model with a layer of your own, and load it where the class is not known."""

    class Brighten(layers.Layer):
        def __init__(self, factor, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, images):
            return images * self.factor

    model = keras.Sequential([keras.Input((28, 28, 1)), Brighten(1.5)])
    model.save("bright.keras")
    try:
        keras.saving.load_model("bright.keras")
    except TypeError as error:
        _, found, reason = str(error).partition("Could not locate class")
        print("TypeError: …", found + reason.partition(". Make sure")[0])

    again = keras.saving.load_model("bright.keras", custom_objects={"Brighten": Brighten})
    print("with custom_objects: factor", again.layers[0].factor)


def registered() -> None:
    """Register the class under a name, which the file then holds."""

    @keras.saving.register_keras_serializable(package="course")
    class Brighten(layers.Layer):
        def __init__(self, factor, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, images):
            return images * self.factor

    model = keras.Sequential([keras.Input((28, 28, 1)), Brighten(1.5)])
    model.save("bright.keras")
    again = keras.saving.load_model("bright.keras")
    layer = json.loads(model.to_json())["config"]["layers"][1]
    print("in the file:", layer["registered_name"])
    print("factor", again.layers[0].factor)


def no_config() -> None:
    """Save a model class of your own that takes an argument."""

    class Classifier(keras.Model):
        def __init__(self, classes):
            super().__init__()
            self.row, self.answer = layers.Flatten(), layers.Dense(classes)

        def call(self, images):
            return self.answer(self.row(images))

    model = Classifier(10)
    model(np.zeros((1, 28, 28, 1)))  # builds it
    try:
        model.save("classifier.keras")
    except NotImplementedError as error:
        reason, _, _ = str(error).strip().partition("Example")
        print(textwrap.fill(f"NotImplementedError: {reason}", 44))


def with_config() -> None:
    """Tell Keras which argument the class takes, and save it again."""

    @keras.saving.register_keras_serializable(package="course")
    class Classifier(keras.Model):
        def __init__(self, classes, **kwargs):  # (1)!
            super().__init__(**kwargs)
            self.classes = classes
            self.row, self.answer = layers.Flatten(), layers.Dense(classes)

        def call(self, images):
            return self.answer(self.row(images))

        def get_config(self):
            return {**super().get_config(), "classes": self.classes}  # (2)!

    model = Classifier(10)
    model(np.zeros((1, 28, 28, 1)))  # builds it
    model.save("classifier.keras")
    again = keras.saving.load_model("classifier.keras")
    kernel = model.get_weights()[0]
    print("classes:", again.classes)
    print("the same kernel:", np.array_equal(kernel, again.get_weights()[0]))
