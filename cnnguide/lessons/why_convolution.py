"""Why pictures call for convolutions: few weights, near ones only, shared by all places."""

import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.lessons import garments, measures_time
from cnnguide.table import Table


def connections() -> Figure:
    """Join eight inputs to six outputs in two ways.

    >>> connections().description[-38:]
    'has 18 lines with 3 different weights.'
    """
    dense = layers.Dense(6, use_bias=False)
    convolution = layers.Conv1D(1, 3, use_bias=False)
    # Eight rows of inputs, each with one number lit: what comes out are the weights.
    lit = np.eye(8, dtype="float32")
    return charts.connections(
        {
            "Dense": dense(lit).numpy(),
            "Convolution": convolution(lit[..., np.newaxis]).numpy()[..., 0],
        }
    )


def neuron() -> None:
    """Work out a neuron by hand, and let Keras do it."""
    inputs = np.array([0.2, 0.9, 0.4], "float32")
    weights = np.array([0.5, -1.0, 2.0], "float32")
    bias = np.array(0.5, "float32")

    by_hand = (inputs * weights).sum() + bias
    print(f"by hand: {by_hand:.2f}")

    layer = layers.Dense(1)  # a layer of one neuron
    layer.build((None, 3))
    layer.set_weights([weights.reshape(3, 1), bias.reshape(1)])
    batch = inputs.reshape(1, 3)  # one example with three numbers
    print(f"Keras:   {layer(batch)[0, 0]:.2f}")


def one_neuron() -> None:
    """Count what a neuron, and 128 of them, need for a colour picture."""
    for neurons in (1, 128):
        model = keras.Sequential(
            [
                keras.Input((200, 200, 3)),
                layers.Flatten(),  # one long row of 120,000 numbers
                layers.Dense(neurons),
            ]
        )
        print(f"{neurons} neurons: {model.count_params():,} parameters")


def without_flatten() -> None:
    """Leave Flatten out, and see what Dense does then."""
    for layer in (layers.Dense(1), layers.Conv2D(1, kernel_size=1)):
        model = keras.Sequential([keras.Input((200, 200, 3)), layer])
        print(type(layer).__name__)
        print("  parameters:", model.count_params())
        print("  output:", model.output_shape)


def growth() -> Table:
    """See what larger pictures cost.

    >>> growth().rows[1]
    ('200×200', '15,360,128', '448')
    """
    rows = [
        (f"{side}×{side}", f"{(side * side * 3 + 1) * 128:,}", f"{(3 * 3 * 3 + 1) * 16:,}")
        for side in (28, 200, 1000)
    ]
    columns = ("colour picture", "Dense(128)", "Conv2D(16, 3)")
    return Table(columns, rows, "Parameters, by size of the picture")


def two_ways() -> tuple[keras.Model, keras.Model]:
    """Make 16 maps of 26×26 from a picture in two ways.

    >>> [model.output_shape for model in two_ways()]
    [(None, 26, 26, 16), (None, 26, 26, 16)]
    """
    dense = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(26 * 26 * 16),
            layers.Reshape((26, 26, 16)),
        ]
    )
    convolution = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(16, 3)])
    return dense, convolution


def same_output() -> Table:
    """Compare the two by their parameters and by their multiplications."""
    dense, convolution = two_ways()
    outputs = 26 * 26 * 16
    rows = [
        ("Dense", f"{dense.count_params():,}", f"{outputs * 28 * 28:,}"),
        ("Conv2D", f"{convolution.count_params():,}", f"{outputs * 3 * 3:,}"),
    ]
    columns = ("layer", "parameters", "multiplications")
    return Table(columns, rows, "From 28×28 pixels to 26×26×16 numbers")


def times_fewer() -> int:
    """Divide the parameters of one way by those of the other.

    >>> times_fewer()
    53066
    """
    dense, convolution = two_ways()
    return round(dense.count_params() / convolution.count_params())


def sees() -> Figure:
    """Find the pixels that one output depends on."""
    dense, convolution = two_ways()
    three = [convolution, layers.Conv2D(16, 3), layers.Conv2D(16, 3)]
    networks = {
        "Dense": dense,
        "Conv2D": convolution,
        "three Conv2D": keras.Sequential(three),
    }
    pictures, _ = garments.prepare("test")
    picture = tf.constant(pictures[:1])
    seen = {}
    for name, network in networks.items():
        with tf.GradientTape() as tape:  # (1)!
            tape.watch(picture)
            output = network(picture)[0, 11, 11, 0]  # one number of one map
        gradient = tape.gradient(output, picture).numpy()
        seen[name] = gradient[0, ..., 0] != 0
    return charts.seen_inputs(pictures[0, ..., 0], seen)


def next_two() -> None:
    """Look at the two inputs that an output of a row depends on."""
    row = tf.random.normal((1, 28, 1))
    layer = layers.Conv1D(1, kernel_size=2)
    with tf.GradientTape() as tape:
        tape.watch(row)
        output = layer(row)[0, 13, 0]
    gradient = tape.gradient(output, row).numpy().flatten()
    print("inputs it depends on:", np.flatnonzero(gradient))


def as_matrix() -> Figure:
    """Write a convolution as the dense layer that it is."""
    convolution = layers.Conv2D(1, 3, use_bias=False)
    # 25 pictures of 5×5, each with one pixel lit: what comes out are the weights.
    lit = np.eye(25, dtype="float32").reshape(25, 5, 5, 1)
    weights = convolution(lit).numpy().reshape(25, 9)

    dense = layers.Dense(9, use_bias=False)
    dense.build((None, 25))
    dense.set_weights([weights])
    pictures = np.random.random((100, 5, 5, 1)).astype("float32")
    same = np.allclose(
        dense(pictures.reshape(100, 25)),
        convolution(pictures).numpy().reshape(100, 9),
        atol=1e-5,
    )
    print("same outputs for 100 pictures:", same)
    return charts.weight_matrix(weights)


def moved_along(down: int = 4, right: int = 6) -> Figure:
    """Move a garment, and see whether the outputs move along."""
    pictures, _ = garments.prepare("test")
    # Black all around, so that there is room to move.
    still = np.pad(pictures[:1], ((0, 0), (8, 8), (8, 8), (0, 0)))
    moved = np.roll(still, (down, right), axis=(1, 2))

    edges = layers.Conv2D(1, 3, use_bias=False)  # finds where dark turns to bright
    edges.build(still.shape)
    edges.set_weights([np.tile([-1.0, 0.0, 1.0], (3, 1)).reshape(3, 3, 1, 1)])
    dense = keras.Sequential(
        [layers.Flatten(), layers.Dense(42 * 42), layers.Reshape((42, 42, 1))]
    )

    rows = {"before": [still[0, ..., 0]], "moved": [moved[0, ..., 0]]}
    for name, layer in {"Conv2D": edges, "Dense": dense}.items():
        before, after = layer(still).numpy(), layer(moved).numpy()
        along = np.roll(before, (down, right), axis=(1, 2))
        print(f"{name} moved along:", np.allclose(after, along, atol=1e-5))
        rows["before"].append(before[0, ..., 0])
        rows["moved"].append(after[0, ..., 0])
    return charts.moved_maps(rows, ("picture", "Conv2D", "Dense"))


@measures_time
def forward_times(rounds: int = 50) -> Table:
    """Measure how long both ways take for a batch of pictures."""
    batch = tf.random.normal((64, 28, 28, 1))
    rows = []
    for name, network in zip(("Dense", "Conv2D"), two_ways(), strict=True):
        forward = tf.function(network)  # (1)!
        forward(batch)  # the first call prepares, and does not count
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            forward(batch).numpy()
            seconds.append(time.perf_counter() - start)
        milliseconds = 1000 * np.median(seconds)
        rows.append((name, f"{milliseconds:.1f}"))
    columns = ("layer", "milliseconds")
    return Table(columns, rows, f"64 pictures, the median of {rounds} rounds")


def small_network() -> keras.Model:
    """Build a whole network for pictures of 200×200 pixels.

    >>> small_network().count_params()
    5253
    """
    return keras.Sequential(
        [
            keras.Input((200, 200, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5),
        ]
    )


def counted() -> Table:
    """Count its parameters by hand, next to Keras's count."""
    by_hand = {
        "Conv2D: (3·3·3 + 1)·16": (3 * 3 * 3 + 1) * 16,
        "MaxPooling2D": 0,
        "Conv2D: (3·3·16 + 1)·32": (3 * 3 * 16 + 1) * 32,
        "GlobalAveragePooling2D": 0,
        "Dense: (32 + 1)·5": (32 + 1) * 5,
    }
    keras_says = [layer.count_params() for layer in small_network().layers]
    rows = [
        (name, f"{ours:,}", f"{theirs:,}")
        for (name, ours), theirs in zip(by_hand.items(), keras_says, strict=True)
    ]
    rows.append(("together", f"{sum(by_hand.values()):,}", f"{sum(keras_says):,}"))
    return Table(("layer", "by hand", "Keras"), rows, "Where the parameters are")


def one_way() -> None:
    """Carry a picture through the layers, one after the other."""
    model = small_network()
    picture = np.random.random((1, 200, 200, 3)).astype("float32")
    values = picture
    for layer in model.layers:
        values = layer(values)
        print(values.shape, type(layer).__name__)
    print("same as the model:", np.allclose(values, model(picture), atol=1e-5))


def listed() -> None:
    """List every block of weights with its shape."""
    for weights in small_network().weights:
        print(weights.path, weights.shape)


def drawn() -> None:
    """Draw the network as boxes and arrows."""
    try:
        keras.utils.plot_model(small_network(), "network.png", show_shapes=True)
        print("drawn: network.png")
    except ImportError as error:
        print("ImportError:", error)
