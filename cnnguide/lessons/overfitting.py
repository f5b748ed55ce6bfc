"""Overfitting, made to happen and measured, and what each remedy is worth."""

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.lessons import garments
from cnnguide.table import Table


def few(count: int = 500) -> tuple[tuple, tuple]:
    """Take a few garments to learn from, and a thousand others to judge by.

    Returns:
        Training images and labels, then validation images and labels. Images are float32
        of shape (n, 28, 28, 1) from 0 to 1.

    >>> (images, _), (others, _) = few()
    >>> images.shape, others.shape
    ((500, 28, 28, 1), (1000, 28, 28, 1))
    """
    images, labels = garments.prepare("train")
    learned = images[:count], labels[:count]
    unseen = images[5000:6000], labels[5000:6000]
    return learned, unseen


def augmentation() -> keras.Sequential:
    """Put random changes that suit garments into one block.

    >>> augmentation().count_params()
    0
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.RandomFlip("horizontal"),
            layers.RandomZoom(0.1, fill_mode="constant"),
        ]
    )


def network(
    width: int = 16, dropout: float = 0.0, augment: bool = False
) -> keras.Sequential:
    """Build a network whose size, Dropout and random changes can be chosen.

    >>> network().count_params()
    206922
    """
    stack = [keras.Input((28, 28, 1))]
    if augment:
        stack.append(augmentation())
    stack += [
        layers.Conv2D(width, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(2 * width, 3, strides=2, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dropout(dropout),
        layers.Dense(8 * width, activation="relu"),
        layers.Dropout(dropout),
        layers.Dense(10),
    ]
    return keras.Sequential(stack)


def early_stopping() -> keras.callbacks.EarlyStopping:
    """Say when training shall stop.

    >>> early_stopping().patience
    3
    """
    return keras.callbacks.EarlyStopping(
        monitor="val_loss",
        patience=3,
        restore_best_weights=True,
    )


def size() -> str:
    """Count the parameters of the network."""
    return f"{network().count_params():,}"


def small_size() -> str:
    """Count the parameters of the smaller network."""
    return f"{network(width=4).count_params():,}"


@keep.once
def train(
    remedies: tuple[str, ...] = (), seed: int = 0
) -> tuple[keras.Model, dict[str, list[float]], list[float]]:
    """Train with these remedies against overfitting, from this seed.

    Returns:
        The model; its history; and after training the loss and accuracy on the training
        pictures, then on the validation pictures.
    """
    keras.utils.set_random_seed(seed)
    count = 2500 if "more garments" in remedies else 500
    learned, unseen = few(count)
    model = network(
        width=4 if "smaller network" in remedies else 16,
        dropout=0.5 if "Dropout" in remedies else 0.0,
        augment="augmentation" in remedies,
    )
    pull = 1.0 if "weight decay" in remedies else 0.0
    model.compile(
        optimizer=keras.optimizers.AdamW(0.002, weight_decay=pull),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(
        *learned,
        batch_size=50,
        # As many steps, however many garments there are.
        epochs=20 * 500 // count,
        validation_data=unseen,
        validation_batch_size=1000,
        callbacks=[early_stopping()] if "early stopping" in remedies else [],
        verbose=0,
    )
    scores = [
        *model.evaluate(*learned, batch_size=1000, verbose=0),
        *model.evaluate(*unseen, batch_size=1000, verbose=0),
    ]
    return model, history.history, scores


def turning_point() -> Figure:
    """Watch a large network learn a few garments by heart."""
    _, history, _ = train()
    return charts.turning_point(history)


def gap() -> Table:
    """Measure training against unseen pictures, from three seeds."""
    rows = []
    for seed, (_, accuracy, _, unseen) in enumerate(compare()["nothing"]):
        difference = 100 * (accuracy - unseen)
        rows.append((seed, f"{accuracy:.1%}", f"{unseen:.1%}", f"{difference:.0f}"))
    columns = ("seed", "training", "unseen", "gap")
    return Table(columns, rows, "Right after 20 epochs with 500 garments; gap in points")


def sureness() -> Table:
    """See how sure the network is of its wrong answers."""
    _, (images, labels) = few()
    rows = []
    for name, remedies in (
        ("stopped early", ("early stopping",)),
        ("trained on", ()),
    ):
        model, _, _ = train(remedies)
        logits = model.predict(images, batch_size=1000, verbose=0)
        chances = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
        wrong = chances.argmax(axis=1) != labels
        sure = chances.max(axis=1)
        rows.append((name, f"{wrong.mean():.0%}", f"{sure[wrong].mean():.0%}"))
    columns = ("network", "wrong", "sure of wrong")
    return Table(columns, rows, "1,000 unseen garments, seed 0")


def first_remedies() -> Table:
    """Try five times as many garments, and a smaller network."""
    rows = []
    for name in ("nothing", "more garments", "smaller network"):
        scores = np.array(compare()[name])
        _, accuracy, loss, unseen = scores.mean(axis=0)
        rows.append((name, f"{accuracy:.1%}", f"{unseen:.1%}", f"{loss:.2f}"))
    columns = ("remedy", "training", "unseen", "unseen loss")
    return Table(columns, rows, "Right, and loss: means of three seeds")


def remedies_to_compare() -> dict[str, tuple[str, ...]]:
    """Name the remedies to compare.

    >>> remedies_to_compare()["nothing"]
    ()
    """
    return {
        "nothing": (),
        "more garments": ("more garments",),
        "smaller network": ("smaller network",),
        "early stopping": ("early stopping",),
        "Dropout": ("Dropout",),
        "augmentation": ("augmentation",),
        "both together": ("Dropout", "augmentation"),
        "weight decay": ("weight decay",),
    }


@keep.once
def compare(seeds: tuple[int, ...] = (0, 1, 2)) -> dict[str, list[list[float]]]:
    """Train with each remedy from each seed.

    Returns:
        Under each remedy's name for each seed: loss and accuracy on training pictures,
        then loss and accuracy on the validation pictures.
    """
    results = {}
    for name, remedies in remedies_to_compare().items():
        results[name] = [train(remedies, seed)[2] for seed in seeds]
    return results


def all_remedies() -> Figure:
    """Draw each remedy's training and unseen results, every seed a mark."""
    return charts.remedies(compare())


def means() -> Table:
    """Put each remedy into a row: the mean of its seeds, and how far they lie apart."""
    rows = []
    for name, scores in compare().items():
        loss, accuracy = np.array(scores)[:, 2], 100 * np.array(scores)[:, 3]
        rows.append(
            (
                name,
                f"{accuracy.mean():.1f}%",
                f"{np.ptp(accuracy):.1f}",
                f"{loss.mean():.2f}",
                f"{np.ptp(loss):.2f}",
            )
        )
    columns = ("remedy", "right", "spread", "loss", "spread")
    return Table(columns, rows, "1,000 unseen garments, three seeds")


def judge() -> Table:
    """Choose by the validation pictures, then use the test pictures once."""
    losses = {name: np.mean(scores, axis=0)[2] for name, scores in compare().items()}
    del losses["more garments"]
    best = min(losses, key=losses.get)

    images, labels = garments.prepare("test")
    rows = []
    for name in ("nothing", best):
        for seed in (0, 1, 2):
            model, _, _ = train(remedies_to_compare()[name], seed)
            logits = model(images[:1000], training=False).numpy()
            right = (logits.argmax(axis=1) == labels[:1000]).mean()
            loss = keras.losses.sparse_categorical_crossentropy(
                labels[:1000], logits, from_logits=True
            )
            rows.append((name, seed, f"{right:.1%}", f"{loss.numpy().mean():.2f}"))
    return Table(("remedy", "seed", "right", "loss"), rows, "1,000 test garments")
