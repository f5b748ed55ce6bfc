"""The tasks of the lab on overfitting."""

import numpy as np

from cnnguide.labs import verdict
from cnnguide.labs.verdict import Verdict, right, wrong

CANDIDATES = (
    "Conv2D",
    "Dropout",
    "Flatten",
    "MaxPooling2D",
    "RandomFlip",
    "RandomRotation",
    "Rescaling",
)
# From the seeds 0 to 3, on drawn flowers: the network as it is has gaps of 0.47 to 0.51;
# with random changes and Dropout 0.16 to 0.19, at 53 to 55 % right; with Dropout(0.5) alone
# 0.37 to 0.41. On photographs, seeds 0 to 2: 0.62 to 0.65, and 0.16 to 0.20 at 40 to 46 %.
GAP = 0.3
RIGHT = 0.35
# So many pictures that chance, where there is any, has changed some: of eight, a layer that
# flips every other one leaves all alone once in 256 times.
MANY = 64


def gap(answer: object) -> Verdict:
    """The gap of the lesson's first network after its last epoch."""
    history = _history()
    expected = history["accuracy"][-1] - history["val_accuracy"][-1]
    found = verdict.number(answer)
    if abs(found - expected) < 0.005:
        return right(
            f"{found:.2f}: so much of what it knows holds only for known pictures."
        )
    if abs(found + expected) < 0.005:
        hint = "Accuracy on known pictures is the higher one. Subtract the other from it."
    elif abs(found - 100 * expected) < 0.5:
        hint = "That is in percent. Give it as a share, like the numbers in the history."
    elif abs(found - (history["val_loss"][-1] - history["loss"][-1])) < 0.005:
        hint = "That is the gap of the losses. Take the accuracies."
    else:
        hint = "[-1] takes the last number of a list. Which two lists hold accuracies?"
    return wrong("another number", f"{found:.3g}", hint)


def epoch(answer: object) -> Verdict:
    """The epoch after which the loss on unseen pictures is lowest."""
    losses = _history()["val_loss"]
    best = int(np.argmin(losses)) + 1
    found = verdict.number(answer, whole=True)
    if found == best:
        return right(
            f"Of {len(losses)} epochs, those after the {best}th only taught it by heart."
        )
    if found == best - 1:
        hint = "Lists count from 0, and epochs here from 1."
    elif found == int(np.argmin(_history()["loss"])) + 1:
        hint = "There the loss on known pictures is lowest. Look at the unseen."
    elif found == int(np.argmax(_history()["val_accuracy"])) + 1:
        hint = "There the accuracy is highest. Look at the loss."
    else:
        hint = "Where is the lowest number of val_loss? np.argmin finds its place."
    return wrong("another epoch", found, hint)


def _history() -> dict[str, list[float]]:
    from cnnguide.lessons import flowers_training

    return flowers_training.train()[1]


def factor(answer: object) -> Verdict:
    """By what `Dropout(0.25)` multiplies the numbers that stay."""
    import keras

    expected = float(np.max(keras.layers.Dropout(0.25)(np.ones((1, 1000)), training=True)))
    found = verdict.number(answer)
    if abs(found - expected) < 0.01:
        return right("Three quarters stay, and each counts for four thirds.")
    if abs(found - 4) < 0.01:
        hint = "That is one divided by the rate. Divide by the share that stays."
    elif abs(found - 0.75) < 0.01:
        hint = (
            "That is the share that stays. By what must they grow to make up for the rest?"
        )
    elif abs(found - 1.25) < 0.01:
        hint = "Three quarters of 1.25 are 0.94. The mean shall stay 1."
    else:
        hint = "Take 1,000 ones. How many stay, and what must each be for a sum of 1,000?"
    return wrong("another factor", found, hint)


def active(answer: object) -> Verdict:
    """Which layers act in training only."""
    if isinstance(answer, str) or not hasattr(answer, "__iter__"):
        return wrong("a list of names", answer, 'Write it as ["…", "…"].')
    found = {getattr(name, "__name__", name) for name in answer}
    unknown = sorted(str(name) for name in found - set(CANDIDATES))
    if unknown:
        hint = f"Take the names from these: {', '.join(CANDIDATES)}."
        return wrong("names of the list", ", ".join(unknown), hint)
    expected = {name for name in CANDIDATES if _acts_in_training_only(name)}
    if found == expected:
        return right("They act by chance, and only while the network learns.")
    if found - expected:
        one = sorted(found - expected)[0]
        hint = f"What does {one} do when the network predicts? Is it not needed there?"
    elif "Dropout" not in found:
        hint = "One of the missing drops numbers. Shall a prediction do without some?"
    else:
        hint = "Layers whose names begin alike act alike."
    return wrong("other layers", ", ".join(sorted(found)) or "none", hint)


def _acts_in_training_only(name: str) -> bool:
    import keras

    arguments = {
        "Conv2D": (2, 3),
        "Dropout": (0.5,),
        "RandomRotation": (0.25,),
        "Rescaling": (0.5,),
    }
    layer = getattr(keras.layers, name)(*arguments.get(name, ()))
    images = np.random.default_rng(0).random((MANY, 8, 8, 3)).astype("float32")
    trained, predicted = (np.asarray(layer(images, training=t)) for t in (True, False))
    is_left_alone = np.array_equal(predicted, images)
    return is_left_alone and not np.array_equal(trained, predicted)


def augmentation(answer: object) -> Verdict:
    """Random changes that suit flowers."""
    import keras

    inner = getattr(answer, "layers", [])
    chances = [layer for layer in inner if type(layer).__name__.startswith("Random")]
    if not isinstance(answer, keras.Model) or len(chances) < 2:
        hint = "keras.Sequential([…]) of layers whose names begin with Random."
        told = f"{len(chances)} of them" if chances else answer
        return wrong("at least two random layers in a keras.Sequential", told, hint)
    shape = (MANY, 32, 32, 3)
    images = np.random.default_rng(0).integers(0, 256, shape).astype("float32")
    changed = np.asarray(verdict.call(lambda x: answer(x, training=True), images))
    left = np.asarray(verdict.call(lambda x: answer(x, training=False), images))
    if changed.shape != images.shape:
        hint = "Which of the layers changes the size? The network wants (32, 32, 3)."
        return wrong(f"the shape {images.shape}", changed.shape, hint)
    if not np.allclose(left, images):
        hint = "Leave out what acts on predictions too, such as Rescaling."
        return wrong("pictures left alone when it predicts", "changed ones", hint)
    if np.allclose(changed, images):
        hint = "Are the numbers that say how much larger than 0?"
        return wrong("changed pictures in training", "the same ones", hint)
    if changed.min() < -1 or changed.max() > 256:
        reach = f"{changed.min():.0f} to {changed.max():.0f}"
        hint = "Which layer works with numbers from 0 to 1? Tell it value_range=(0, 255)."
        return wrong("numbers from 0 to 255", reach, hint)
    return right(
        f"{len(chances)} kinds of chance, and predictions see the flower as it is."
    )


def stopping(answer: object) -> Verdict:
    """A callback that stops in time and takes back the best weights."""
    import keras

    if not isinstance(answer, keras.callbacks.EarlyStopping):
        hint = "Keras has a callback of that name: EarlyStopping."
        return wrong("a keras.callbacks.EarlyStopping", answer, hint)
    if answer.monitor != "val_loss":
        hint = "Which of the four lists tells the loss on unseen pictures?"
        return wrong("it to watch the loss on unseen pictures", answer.monitor, hint)
    if answer.patience != 3:
        hint = "How many epochs without anything better shall it wait for?"
        return wrong("a patience of three epochs", str(answer.patience), hint)
    if not answer.restore_best_weights:
        hint = "It stops three epochs late. One argument takes back what was best."
        return wrong("the best weights in the end", "the last ones", hint)
    return right("It waits for three epochs, and goes back to the best.")


def tamed(answer: object) -> Verdict:
    """A history with a small gap, of a network that has learned."""
    history = getattr(answer, "history", answer)
    if not isinstance(history, dict) or not {"accuracy", "val_accuracy"} <= set(history):
        hint = "train(model) returns it. Hand over what it returned."
        return wrong("a history with accuracy and val_accuracy", answer, hint)
    known, unseen = (np.mean(history[k][-3:]) for k in ("accuracy", "val_accuracy"))
    if unseen < RIGHT:
        hint = "It has not learned enough yet: more epochs, or less Dropout."
        if known - unseen > GAP:
            hint = "It knows its pictures by heart. Show it changed ones."
        return wrong(f"at least {RIGHT:.0%} of the unseen right", f"{unseen:.0%}", hint)
    if known - unseen > GAP:
        hint = (
            "Dropout narrows the gap a little. What keeps each picture from coming twice?"
        )
        return wrong(f"a gap of at most {GAP}", f"{known - unseen:.2f}", hint)
    return right(f"{known:.0%} of the known and {unseen:.0%} of the unseen: tamed.")
