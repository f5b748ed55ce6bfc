"""The tasks of the lab on saving and resuming."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from cnnguide.labs import verdict
from cnnguide.labs.verdict import Stopped, Verdict, right, wrong


def through_a_file(answer: object) -> Verdict:
    """A function that saves a model and loads it."""
    from cnnguide.lessons import garments, saving

    model = saving.train()
    images, _ = garments.prepare("test")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        found = _model(verdict.call(answer, model, path))
        if not path.is_file():
            hint = "model.save takes the path of the file."
            return wrong("a file at the path", "none", hint)
    if found is model:
        hint = "You return the model itself. Return what was loaded."
        return wrong("the loaded model", "the one that was saved", hint)
    before, after = (m.predict(images[:50], verbose=0) for m in (model, found))
    if not np.allclose(before, after, atol=1e-5):
        hint = "The layers are the same, but not the weights. Load the whole model."
        return wrong("the same answers as before", "others", hint)
    if not found.compiled:
        hint = "load_model compiles it as it was, unless it is told not to."
        return wrong("a compiled model", "one that is not compiled", hint)
    return right("It answers as before, and can be trained on.")


def remembered(answer: object) -> Verdict:
    """How many numbers Adam keeps for the lesson's model."""
    from cnnguide.lessons import saving

    model = saving.train()
    expected = sum(int(np.prod(v.shape)) for v in model.optimizer.variables)
    weights = model.count_params()
    found = verdict.number(answer, whole=True)
    if found == expected:
        return right(
            "Two for each weight, and two for itself. That is why the file is large."
        )
    if found == expected + weights:
        hint = "That is all that the file holds. How many of these are Adam's?"
    elif found == weights:
        hint = "These are the weights. How many averages does Adam keep for each?"
    elif found == 2 * weights:
        hint = "The averages are right. What does it keep for itself?"
    else:
        hint = "Count what it keeps for each weight, and then what it keeps once."
    return wrong("another number", f"{found:,}", hint)


def hand_over(answer: object) -> Verdict:
    """A function that hands over weights by a file."""
    from cnnguide.lessons import saving

    trained, fresh = saving.train(), saving.build()
    wanted, before = trained.get_weights(), fresh.get_weights()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.weights.h5")
        verdict.call(lambda: answer(trained, fresh, path) or True)
        if not path.is_file():
            hint = "save_weights takes the path of the file."
            return wrong("a file at the path", "none", hint)
    if all(map(np.array_equal, wanted, fresh.get_weights())):
        return right("The fresh model has the weights of the trained one.")
    hint = "The file is there. Who loads it?"
    if not all(map(np.array_equal, wanted, trained.get_weights())):
        hint = "Which of the two models is saved, and which loads?"
    elif not all(map(np.array_equal, before, fresh.get_weights())):
        hint = "The fresh model changed, but has other weights. What was saved?"
    return wrong("the weights of the trained model in the fresh one", "others", hint)


def checkpoint(answer: object) -> Verdict:
    """A callback that keeps the best epoch."""
    import keras

    if not isinstance(answer, keras.callbacks.ModelCheckpoint):
        hint = "Keras has a callback of that name: ModelCheckpoint."
        return wrong("a keras.callbacks.ModelCheckpoint", answer, hint)
    if answer.monitor != "val_loss":
        hint = "Which of the measures tells the loss on unseen garments?"
        return wrong("it to watch the loss on unseen garments", answer.monitor, hint)
    if answer.mode == "max":
        hint = "Is a larger loss a better one?"
        return wrong("it to look for the lowest loss", "the highest", hint)
    if answer.save_weights_only:
        hint = "Leave out save_weights_only: the whole model is wanted."
        return wrong("the whole model in the file", "the weights alone", hint)
    if not answer.save_best_only:
        hint = (
            "It saves after every epoch, so the last one stays. One argument changes that."
        )
        return wrong("only what is better than ever", "every epoch", hint)
    if answer.save_freq != "epoch":
        hint = "Leave out save_freq. The loss on unseen garments is known after an epoch."
        return wrong("it to look after each epoch", str(answer.save_freq), hint)
    return right("The file holds the best epoch so far, at any time.")


def resume(answer: object) -> Verdict:
    """A function that goes on with a training as if nothing had happened."""
    import keras

    from cnnguide.lessons import garments, saving

    images, labels = (part[:1000] for part in garments.prepare("train"))
    keras.utils.set_random_seed(0)
    unbroken = saving.compiled()
    unbroken.fit(images, labels, shuffle=False, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "half.keras")
        unbroken.save(path)
        half = keras.saving.load_model(path)
        unbroken.fit(images, labels, shuffle=False, verbose=0)
        found = _model(verdict.call(answer, path, images, labels))
    if _apart(found, unbroken) < 1e-5:
        return right("The weights are the same as without the break.")
    if _apart(found, half) == 0:
        hint = "It is loaded, but has learned nothing since."
        return wrong("one more epoch", "none", hint)
    steps = int(found.optimizer.iterations)
    whole = int(unbroken.optimizer.iterations)
    if steps < whole:
        hint = "Its optimizer has forgotten its first epoch. Is it compiled anew?"
        return wrong(f"an optimizer after {whole} steps", f"{steps}", hint)
    if steps > whole:
        hint = "One epoch more, not several."
        return wrong(f"an optimizer after {whole} steps", f"{steps}", hint)
    hint = "The same examples in the same order: shuffle=False."
    return wrong("the weights of an unbroken training", "others", hint)


def brighten(answer: object) -> Verdict:
    """A layer that can be saved."""
    import keras

    expected = "a class of layers"
    if not isinstance(answer, type) or not issubclass(answer, keras.layers.Layer):
        return wrong(expected, answer, "Hand over the class itself: Brighten.")
    layer = verdict.call(lambda: answer(amount=0.25, name="sun"))
    images = np.zeros((1, 2, 2, 1), "float32")
    if not np.allclose(verdict.call(layer, images), 0.25):
        hint = "call returns the inputs with the amount added."
        return wrong("0.25 more on each number", "others", hint)
    config = verdict.call(layer.get_config)
    if not isinstance(config, dict) or "amount" not in config:
        hint = "get_config tells all that __init__ needs, under the same names."
        return wrong('the entry "amount" in its configuration', _keys(config), hint)
    if config.get("name") != "sun":
        hint = "What does super().get_config() know? Add to it."
        return wrong("the layer's name in its configuration", _keys(config), hint)
    if ">" not in keras.saving.get_registered_name(answer):
        hint = "A line above the class registers it."
        return wrong("a registered class", "one that is not", hint)
    model = keras.Sequential([keras.Input((2, 2, 1)), layer])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bright.keras")
        verdict.call(lambda: model.save(path) or True)
        loaded = verdict.call(keras.saving.load_model, path)
    if not np.allclose(loaded(images), 0.25):
        hint = "The loaded layer has another amount. What does __init__ do with it?"
        return wrong("0.25 more after loading", "others", hint)
    return right("It is saved with its amount, and comes back with it.")


def _model(found: object) -> Any:
    import keras

    if not isinstance(found, keras.Model):
        hint = "Return the model on the last line."
        raise Stopped(wrong("a model", type(found).__name__, hint))
    return found


def _apart(one: Any, two: Any) -> float:
    pairs = zip(one.get_weights(), two.get_weights(), strict=True)
    return max(float(np.abs(first - second).max()) for first, second in pairs)


def _keys(config: object) -> str:
    return ", ".join(config) if isinstance(config, dict) else str(config)
