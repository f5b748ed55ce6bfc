"""Bring values to a common scale: over a batch, a picture, or some channels."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.layers import LocalContrastNormalization
from cnnguide.lessons import garments
from cnnguide.table import Table


def by_hand() -> None:
    """Normalize four numbers, and again after their scale has changed."""
    values = np.array([2.0, 4.0, 4.0, 6.0])
    print("mean", values.mean(), "standard deviation", round(values.std(), 2))
    print(np.round((values - values.mean()) / values.std(), 2))

    changed = 0.5 * values + 100
    print("mean", changed.mean(), "standard deviation", round(changed.std(), 2))
    print(np.round((changed - changed.mean()) / changed.std(), 2))


def spread(
    initializer: str | float = "he_normal", normalized: bool = False, depth: int = 6
) -> list[float]:
    """Follow the standard deviation of the values through some layers.

    Args:
        initializer: the name of one of Keras's, or the standard deviation of the weights.
        normalized: whether each convolution is followed by BatchNormalization.
        depth: how many convolutions.

    >>> len(spread())
    7
    """
    images, _ = garments.prepare("test")
    values = images[:20]
    spreads = [float(values.std())]
    if isinstance(initializer, float):
        initializer = keras.initializers.RandomNormal(stddev=initializer)
    for _ in range(depth):
        convolution = layers.Conv2D(32, 3, padding="same", kernel_initializer=initializer)
        values = convolution(values)
        if normalized:
            values = layers.BatchNormalization()(values, training=True)
        values = ops.relu(values)
        spreads.append(float(ops.std(values)))
    return spreads


def growth() -> Figure:
    """Draw how the spread of the values changes from layer to layer."""
    return charts.spread_by_layer(
        {
            "glorot_uniform": spread("glorot_uniform"),
            "he_normal": spread("he_normal"),
            "N(0, 0.5)": spread(0.5),
            "N(0, 0.5), normalized": spread(0.5, normalized=True),
        }
    )


def factors() -> Table:
    """Compare the growth for each layer with what the rule foretells."""
    inputs = 3 * 3 * 32  # products for each output
    deviations = {
        "glorot_uniform": math.sqrt(2 / (inputs + inputs)),
        "he_normal": math.sqrt(2 / inputs),
        0.5: 0.5,
    }
    rows = []
    for initializer, deviation in deviations.items():
        foretold = deviation * math.sqrt(inputs / 2)
        # The first layer has fewer inputs, so from the first output to the sixth.
        runs = [spread(initializer) for _ in range(5)]
        measured = np.mean([(run[6] / run[1]) ** (1 / 5) for run in runs])
        name = f"N(0, {initializer})" if initializer == 0.5 else initializer
        rows.append((name, f"{deviation:.3f}", f"{foretold:.1f}", f"{measured:.1f}"))
    return Table(("weights", "σ", "rule", "measured"), rows, "Factor from layer to layer")


def parts() -> Figure:
    """Draw which numbers share a mean in each kind of normalization."""
    # batch, height, width, channels
    kinds = {
        "BatchNormalization": np.s_[:, :, :, 0],
        "LayerNormalization": np.s_[0, 1, 4, :],
        "GroupNormalization(1)": np.s_[0, :, :, :],
        "GroupNormalization(2)": np.s_[0, :, :, :2],
        "GroupNormalization(-1)": np.s_[0, :, :, 0],
        "LocalContrastNormalization(3)": np.s_[0, 1:4, 1:4, 0],
    }
    return charts.averaged_parts((3, 5, 5, 4), kinds)


def same_in_numpy() -> Table:
    """Do what each layer does in NumPy, and compare.

    >>> {row[-1] for row in same_in_numpy().rows}
    {'yes'}
    """
    x = np.random.default_rng(0).normal(3, 2, (4, 6, 6, 8)).astype("float32")
    grouped = x.reshape(4, 6, 6, 2, 4)  # 8 channels: 2 groups of 4
    kinds = {
        "batch": (layers.BatchNormalization(), (0, 1, 2)),
        "layer": (layers.LayerNormalization(), (3, 4)),
        "layer, axis=(1, 2, 3)": (
            layers.LayerNormalization(axis=(1, 2, 3)),
            (1, 2, 3, 4),
        ),
        "group, 1": (layers.GroupNormalization(1), (1, 2, 3, 4)),
        "group, 2": (layers.GroupNormalization(2), (1, 2, 4)),
        "group, −1": (layers.GroupNormalization(-1), (1, 2)),
        "per_image_…": (tf.image.per_image_standardization, (1, 2, 3, 4)),
    }
    rows = []
    for name, (layer, axes) in kinds.items():
        mean = grouped.mean(axis=axes, keepdims=True)
        variance = grouped.var(axis=axes, keepdims=True)
        ours = ((grouped - mean) / np.sqrt(variance + 0.001)).reshape(x.shape)
        theirs = layer(x, training=True) if name == "batch" else layer(x)
        same = "yes" if np.allclose(ours, theirs, atol=0.001) else "no"
        rows.append((name, mean.size, x.size // mean.size, same))
    columns = ("kind", "means", "each of", "same")
    return Table(columns, rows, "On a batch of shape (4, 6, 6, 8)")


def batch_by_hand() -> None:
    """See BatchNormalization in training, and after a single step of it."""
    batch = np.random.default_rng(0).normal(5, 2, (64, 7, 7, 1)).astype("float32")
    layer = layers.BatchNormalization()

    def tell(when: str, values: np.ndarray) -> None:
        mean, deviation = abs(float(ops.mean(values))), float(ops.std(values))
        print(f"{when:11} mean {mean:.2f}, standard deviation {deviation:.2f}")

    tell("the batch", batch)
    tell("in training", layer(batch, training=True))
    tell("in use", layer(batch, training=False))
    print("moving mean", np.round(layer.moving_mean.numpy(), 2))
    print("moving variance", np.round(layer.moving_variance.numpy(), 2))


def parameters() -> Table:
    """Count the parameters of each kind for maps of 28×28 with 32 channels.

    >>> parameters().rows[0]
    ('batch', '64', '64')
    """
    kinds = {
        "batch": layers.BatchNormalization(),
        "layer": layers.LayerNormalization(),
        "layer, axis=(1, 2, 3)": layers.LayerNormalization(axis=(1, 2, 3)),
        "group, 1": layers.GroupNormalization(1),
        "group, −1": layers.GroupNormalization(-1),
        "local contrast": LocalContrastNormalization(),
    }
    rows = []
    for name, layer in kinds.items():
        layer.build((None, 28, 28, 32))
        learned = sum(math.prod(weight.shape) for weight in layer.trainable_weights)
        rows.append((name, f"{learned:,}", f"{layer.count_params() - learned:,}"))
    return Table(("kind", "learned", "moving"), rows, "Parameters on 32 maps of 28×28")


def build(kind: str = "batch", momentum: float = 0.9) -> keras.Model:
    """Stack a small network with a normalization, or without.

    Args:
        kind: "batch" after each convolution, "local" on the pictures, or "none".
        momentum: that of BatchNormalization.

    >>> [build(kind).count_params() for kind in ("none", "local", "batch")]
    [19178, 19178, 19418]
    """
    model = keras.Sequential([keras.Input((28, 28, 1))])
    if kind == "local":
        model.add(LocalContrastNormalization(window=9))
    for filters in (16, 32, 32):
        bias = kind != "batch"  # (1)!
        model.add(layers.Conv2D(filters, 3, 2, padding="same", use_bias=bias))
        if kind == "batch":
            model.add(layers.BatchNormalization(momentum=momentum))
        model.add(layers.ReLU())  # (2)!
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    return model


@keep.once
def train(
    kind: str = "batch", momentum: float = 0.9, epochs: int = 3
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Train it on 3,000 garments.

    Returns:
        The model, and for each measure a number for each epoch.
    """
    images, labels = garments.prepare("train")
    model = build(kind, momentum)
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(
        images[:3000],
        labels[:3000],
        epochs=epochs,
        batch_size=64,
        validation_data=(images[3000:4000], labels[3000:4000]),
        verbose=0,
    )
    return model, history.history


def compared() -> Figure:
    """Compare training with and without BatchNormalization."""
    _, none = train(kind="none")
    _, batch = train(kind="batch")
    return charts.accuracies_by_epoch({"none": none, "batch": batch})


def trap() -> Table:
    """See what a momentum does that is too high for so few steps."""
    _, slow = train(momentum=0.99)
    _, fast = train(momentum=0.9)
    rows = [
        (
            epoch + 1,
            f"{slow['accuracy'][epoch]:.2f}",
            f"{slow['val_accuracy'][epoch]:.2f}",
            f"{fast['val_accuracy'][epoch]:.2f}",
        )
        for epoch in range(len(slow["loss"]))
    ]
    columns = ("epoch", "training", "0.99", "0.9")
    return Table(columns, rows, "Accuracy in training, then in validation by momentum")


def lag() -> Table:
    """Count how much of the starting value is left in a moving average.

    >>> lag().rows[0]
    (10, '90%', '35%')
    """
    rows = [
        (steps, f"{0.99**steps:.0%}", f"{0.9**steps:.0%}") for steps in (10, 47, 141, 500)
    ]
    return Table(
        ("steps", "momentum 0.99", "momentum 0.9"), rows, "Share of the starting value"
    )


def small_variance() -> str:
    """Say how large the variance of a typical map is that the network normalizes first."""
    model, _ = train()
    return f"{float(np.median(model.layers[1].moving_variance)):.2f}"


def companions() -> Table:
    """Measure how much one garment's values depend on the others of its batch."""
    images, _ = garments.prepare("test")
    random = np.random.default_rng(0)
    kinds = layers.BatchNormalization(), layers.GroupNormalization(1)
    rows = []
    for size in (2, 8, 32, 128):
        outcomes = []
        for _ in range(20):
            others = random.choice(np.arange(1, len(images)), size - 1, replace=False)
            batch = images[[0, *others]]
            outcomes.append([kind(batch, training=True)[0] for kind in kinds])
        # How far the first garment's values are scattered over the 20 batches.
        batch, group = np.std(outcomes, axis=0).mean(axis=(1, 2, 3))
        rows.append((size, f"{batch:.2f}", f"{group:.2f}"))
    return Table(
        ("batch size", "batch", "group, 1"), rows, "Scatter of one garment's values"
    )


def frozen() -> None:
    """Freeze a BatchNormalization, and see that its averages stay."""
    batch = np.random.default_rng(0).normal(5, 2, (64, 7, 7, 1)).astype("float32")
    layer = layers.BatchNormalization()
    layer.trainable = False
    in_training = layer(batch, training=True)
    print("mean of the output", round(float(ops.mean(in_training)), 2))
    print("moving mean", layer.moving_mean.numpy())


def folded() -> None:
    """Put a trained BatchNormalization into the convolution before it."""
    model, _ = train()
    images, _ = garments.prepare("test")
    convolution, batch = model.layers[:2]
    scale = batch.gamma / ops.sqrt(batch.moving_variance + batch.epsilon)

    one = layers.Conv2D(16, 3, 2, padding="same")
    one.build(images.shape)
    one.kernel.assign(convolution.kernel * scale)
    one.bias.assign(batch.beta - batch.moving_mean * scale)

    both = batch(convolution(images[:100]))
    print("the same:", np.allclose(one(images[:100]), both, atol=1e-4))
