"""Where CNNs are used: classification, recognition, detection."""

import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.data import scenes
from cnnguide.lessons import garments, measures_time
from cnnguide.table import Table


def by_people(split: str = "train") -> np.ndarray:
    """Describe each garment by numbers that a person thought of.

    Returns:
        (n, 184), float32: how bright each row and each column is, and for each of 4×4 parts
        how strong its edges are in eight directions.

    >>> by_people("test").shape
    (1000, 184)
    """
    images, _ = garments.prepare(split)
    images = images[..., 0]
    brightness = np.hstack([images.mean(axis=1), images.mean(axis=2)])
    down, across = np.gradient(images, axis=(1, 2))
    strength = np.hypot(down, across)
    direction = ((np.arctan2(down, across) + np.pi) / (np.pi / 4)).astype(int) % 8
    features = [brightness]
    for d in range(8):
        parts = np.where(direction == d, strength, 0).reshape(-1, 4, 7, 4, 7)
        features.append(parts.mean(axis=(2, 4)).reshape(-1, 16))
    return np.hstack(features).astype("float32")


def by_network(split: str = "train") -> np.ndarray:
    """Describe each garment by the 24 numbers before the network's last layer.

    Returns:
        (n, 24), float32.
    """
    model, _ = garments.train()
    images, _ = garments.prepare(split)
    features = keras.Model(model.layers[0].input, model.layers[-2].output)
    return features.predict(images, batch_size=256, verbose=0)


@keep.once
def compared(epochs: int = 60) -> dict[str, tuple[int, float]]:
    """Train the same classifier on each description.

    Returns:
        For each description how many numbers it has, and the share of right answers on the
        test garments.
    """
    _, labels = garments.prepare("train")
    _, unseen = garments.prepare("test")
    descriptions = {
        "the pixels themselves": lambda split: garments.prepare(split)[0].reshape(-1, 784),
        "features made by people": by_people,
        "features learned": by_network,
    }
    results = {}
    for name, describe in descriptions.items():
        known, new = describe("train"), describe("test")
        scale = layers.Normalization()  # every number: mean 0, standard deviation 1
        scale.adapt(known)
        model = keras.Sequential([scale, layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.002), loss, metrics=["accuracy"])
        model.fit(known, labels, epochs=epochs, batch_size=128, verbose=0)
        _, accuracy = model.evaluate(new, unseen, verbose=0)
        results[name] = (known.shape[1], accuracy)
    return results


def comparison() -> Table:
    """Read the result."""
    rows = [(name, n, f"{right:.1%}") for name, (n, right) in compared().items()]
    return Table(("description", "numbers", "right"), rows, "The same classifier on top")


def nearest(features: str = "learned", count: int = 5) -> np.ndarray:
    """Find for each test garment the nearest others.

    Args:
        features: "learned" or "pixels".
        count: how many to find.

    Returns:
        (n, count), int: positions among the test garments, the nearest first.
    """
    if features == "learned":
        rows = by_network("test")
    else:
        rows = garments.prepare("test")[0].reshape(-1, 784)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    alike = rows @ rows.T  # the cosine of the angle between each two
    np.fill_diagonal(alike, -1)  # a garment does not find itself
    return np.argsort(-alike, axis=1)[:, :count]


def search() -> Figure:
    """Look at what the network's features find."""
    images, labels = garments.prepare("test")
    near = nearest()[:6]
    same = labels[near] == labels[:6, np.newaxis]
    return charts.neighbours(images[:6, ..., 0], images[near][..., 0], same, "by features")


def precision_at_five() -> Table:
    """Count how many of the five nearest are of the same class."""
    _, labels = garments.prepare("test")
    rows = []
    for features in ("pixels", "learned"):
        same = labels[nearest(features)] == labels[:, np.newaxis]
        rows.append((features, f"{same.mean():.1%}"))
    return Table(("near by", "of the same class"), rows, "Among the five nearest")


def scene() -> Figure:
    """Draw a scene with its true boxes."""
    drawn = scenes.scatter(seed=100)
    names = [scenes.CLASS_NAMES[label] for label in drawn.labels]
    return charts.boxes(drawn.picture, drawn.boxes, names)


def without_dense() -> keras.Model:
    """Turn the dense layers of the garment network into convolutions.

    >>> without_dense().output_shape
    (None, None, None, 10)
    """
    model, _ = garments.train()
    first, _, second, _, _, _, dense, logits = model.layers
    whole = keras.Sequential(
        [
            keras.Input((None, None, 1)),  # pictures of any size
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(24, 7, activation="relu"),  # was Dense(24) on 7×7 maps
            layers.Conv2D(10, 1),  # was Dense(10)
        ]
    )
    kernel, bias = dense.get_weights()
    last_kernel, last_bias = logits.get_weights()
    whole.layers[0].set_weights(first.get_weights())
    whole.layers[2].set_weights(second.get_weights())
    whole.layers[4].set_weights([kernel.reshape(7, 7, 64, 24), bias])
    whole.layers[5].set_weights([last_kernel.reshape(1, 1, 24, 10), last_bias])
    return whole


def same_answers() -> None:
    """See that both networks give the same answers."""
    model, _ = garments.train()
    images, _ = garments.prepare("test")
    dense, whole = model(images[:50]), without_dense()(images[:50])
    print("shapes", dense.shape, whole.shape)
    print("same numbers:", np.allclose(dense, whole[:, 0, 0], atol=1e-3))


def everywhere() -> Figure:
    """Run it over a scene: it has an answer everywhere."""
    picture = scenes.scatter(seed=100).picture
    logits = without_dense()(picture[np.newaxis, ..., np.newaxis])[0]
    surest = keras.ops.softmax(logits).numpy().max(axis=-1)
    return charts.heat(surest, "how sure the network is of its answer")


@keep.once
def train_detector(windows: int = 12000, epochs: int = 6) -> keras.Model:
    """Train a network that knows an eleventh class: background."""
    pictures, labels = scenes.windows(count=windows)
    model = keras.Sequential(
        [
            keras.Input((None, None, 1)),
            layers.Conv2D(24, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(48, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(96, 5, activation="relu"),
            layers.Dropout(0.3),
            layers.Conv2D(11, 1),
        ]
    )
    rate = keras.optimizers.schedules.CosineDecay(0.002, epochs * windows // 64)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    # One answer for each window: the output has 1×1 cells.
    answers = labels.reshape(-1, 1, 1)
    model.fit(pictures, answers, epochs=epochs, batch_size=64, verbose=0)
    return model


def objects() -> Figure:
    """See where the detector finds something that is not background."""
    picture = scenes.scatter(seed=100).picture
    logits = train_detector()(picture[np.newaxis, ..., np.newaxis])[0]
    background = keras.ops.softmax(logits).numpy()[..., scenes.BACKGROUND]
    return charts.heat(1 - background, "how sure it is that a garment is there")


def overlap(first: tuple = (0, 0, 28, 28), second: tuple = (4, 4, 32, 32)) -> float:
    """Divide what two boxes share by what they cover together.

    Returns:
        From 0, apart, to 1, the same.

    >>> overlap((0, 0, 28, 28), (0, 0, 28, 28)), overlap((0, 0, 10, 10), (20, 20, 30, 30))
    (1.0, 0.0)
    """
    first, second = np.array(first), np.array(second)
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    shared = sides.clip(0).prod()
    together = (first[2:] - first[:2]).prod() + (second[2:] - second[:2]).prod() - shared
    return round(float(shared / together), 2)


def overlaps() -> Figure:
    """Get a feeling for the number."""
    first = (10, 10, 38, 38)
    others = [(11, 11, 39, 39), (14, 14, 42, 42), (18, 18, 46, 46)]
    values = [overlap(first, other) for other in others]
    return charts.overlaps([(first, other) for other in others], values)


def detect(seed: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Make boxes of the heat map.

    Returns:
        Boxes, (n, 4), and labels, (n,), of what was found in the scene of that seed.

    >>> detect()[0].shape[1]
    4
    """
    picture = scenes.scatter(seed=seed).picture
    logits = train_detector()(picture[np.newaxis, ..., np.newaxis])[0]
    chances = keras.ops.softmax(logits).numpy()
    certainty = 1 - chances[..., scenes.BACKGROUND]
    rows, columns = np.nonzero(certainty > 0.7)
    # A cell of the output looks at 28×28 pixels; two poolings make its step 4.
    corners = np.stack([rows, columns], axis=1) * 4
    boxes = np.hstack([corners, corners + 28])
    kept = tf.image.non_max_suppression(
        boxes.astype("float32"), certainty[rows, columns], 50, iou_threshold=0.2
    ).numpy()
    labels = chances[rows, columns, :10].argmax(axis=-1)
    return boxes[kept], labels[kept]


def matched(seed: int = 100) -> list[int]:
    """Give each found box the true garment that it overlaps by at least one half.

    Returns:
        For each found box a position among the true garments, or −1 for none.
    """
    truth = scenes.scatter(seed=seed).boxes
    free = list(range(len(truth)))
    matches = []
    for box in detect(seed)[0]:
        best = max(free, key=lambda i: overlap(box, truth[i]), default=None)
        if best is not None and overlap(box, truth[best]) >= 0.5:
            free.remove(best)  # each garment counts once
            matches.append(best)
        else:
            matches.append(-1)
    return matches


def found() -> Figure:
    """Draw what was found."""
    drawn = scenes.scatter(seed=100)
    boxes, labels = detect(100)
    names = [scenes.CLASS_NAMES[label] for label in labels]
    truth = [scenes.CLASS_NAMES[drawn.labels[i]] if i >= 0 else "" for i in matched(100)]
    return charts.boxes(drawn.picture, boxes, names, truth)


@keep.once
def scored(number: int = 12) -> dict[str, int]:
    """Count over several scenes what is right, too much, and missing.

    Returns:
        How many garments there are, how many boxes were found, how many of these lie on a
        garment, and how many of these have its name.
    """
    counts = {"garments": 0, "found": 0, "placed": 0, "named": 0}
    for seed in range(100, 100 + number):
        truth = scenes.scatter(seed=seed).labels
        labels, matches = detect(seed)[1], matched(seed)
        counts["garments"] += len(truth)
        counts["found"] += len(labels)
        for label, match in zip(labels, matches, strict=True):
            counts["placed"] += match >= 0
            counts["named"] += match >= 0 and int(truth[match] == label)
    return {name: int(count) for name, count in counts.items()}


def precision_and_recall() -> Table:
    """Turn the counts into precision and recall."""
    counts = scored()
    rows = [
        (
            what,
            f"{counts[hits] / counts['found']:.0%}",
            f"{counts[hits] / counts['garments']:.0%}",
        )
        for what, hits in {
            "a garment is there": "placed",
            "and its name is right": "named",
        }.items()
    ]
    return Table(("a box counts if", "precision", "recall"), rows, "Twelve unseen scenes")


@measures_time
def pace() -> None:
    """Measure how long a scene takes."""
    model = train_detector()
    picture = scenes.scatter(seed=100).picture[np.newaxis, ..., np.newaxis]
    run = tf.function(model)
    run(picture)  # the first call also builds the graph
    start = time.perf_counter()
    for _ in range(20):
        run(picture)
    print(f"{(time.perf_counter() - start) / 20 * 1000:.1f} ms a scene")
