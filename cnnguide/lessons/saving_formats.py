"""What each way of saving keeps: every way tried on every part of a model."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.lessons import garments, saving
from cnnguide.table import Table

# What a model consists of, in the words of the page.
_PARTS = {
    "layers": "architecture",
    "weights": "what was learned",
    "compile": "loss, optimizer, metrics",
    "state": "optimizer's memory",
    "code": "of layers of your own",
}
_YES = "yes"
_Load = Callable[[keras.Model | None], keras.Layer]
_ERRORS = ("No model config found", "Could not locate class", "Unknown layer")


def _fill(blank: keras.Model | None) -> keras.Model:
    if blank is None:
        return keras.saving.load_model("model.weights.h5")
    blank.load_weights("model.weights.h5")
    return blank


# How to save a model, and how to load it. Only the second one of a weights file takes a
# blank model, built by code, if there is one.
_WAYS: dict[str, tuple[Callable[[keras.Model], object], _Load]] = {
    ".keras": (
        lambda model: model.save("model.keras"),
        lambda _: keras.saving.load_model("model.keras"),
    ),
    ".h5": (
        lambda model: model.save("model.h5"),
        lambda _: keras.saving.load_model("model.h5"),
    ),
    ".weights.h5": (lambda model: model.save_weights("model.weights.h5"), _fill),
    "JSON": (
        lambda model: Path("model.json").write_text(model.to_json()),
        lambda _: keras.models.model_from_json(Path("model.json").read_text()),
    ),
    "SavedModel": (
        lambda model: model.export("model", verbose=False),
        lambda _: layers.TFSMLayer("model", call_endpoint="serve"),
    ),
}


def _architecture(load: _Load) -> str:
    """Whether a model with the same layers comes back, with no code for them at hand."""
    model, again = saving.train(), load(None)
    if not isinstance(again, keras.Model):
        return "no: a function, no layers"
    same = [x.get_config() for x in again.layers] == [x.get_config() for x in model.layers]
    return _YES if same else "no: other layers"


def _weights(load: _Load) -> str:
    """Whether what comes back answers as before."""
    model, again = saving.train(), load(saving.build())
    images, _ = garments.prepare("test")
    same = np.allclose(model(images[:20]), again(images[:20]), atol=1e-5)
    return _YES if same else "no: new random ones"


def _compile_information(load: _Load) -> str:
    """Whether what comes back is compiled as before."""
    again = load(saving.build())
    if not isinstance(again, keras.Model):
        return "no: it has no fit"
    if not again.compiled:
        return "no: not compiled"
    same = again.get_compile_config() == saving.train().get_compile_config()
    return _YES if same else "no: other choices"


def _optimizer_state(load: _Load) -> str:
    """Whether the optimizer knows all that it knew."""
    model, blank = saving.train(), saving.compiled()
    again = load(blank)
    if not isinstance(again, keras.Model):
        return "no: no optimizer"
    verdict = _same_variables(model, again)
    if verdict != _YES and again is blank:
        blank.optimizer.build(blank.trainable_variables)
        if _same_variables(model, load(blank)) == _YES:
            verdict = "partly: after optimizer.build"
    return verdict


def _same_variables(model: keras.Model, again: keras.Model) -> str:
    ours, theirs = model.optimizer.variables, again.optimizer.variables
    if int(again.optimizer.iterations) != int(model.optimizer.iterations):
        return "no: begins anew"
    same = sum(np.array_equal(x, y) for x, y in zip(ours, theirs, strict=False))
    return _YES if same == len(ours) else f"partly: {same} of {len(ours)} variables"


_CHECKS = (_architecture, _weights, _compile_information, _optimizer_state)


def _with_own_layer() -> keras.Model:
    """Make a model with a layer whose class is not registered."""

    class Brighten(layers.Layer):
        def call(self, images):
            return images * 1.5

    return keras.Sequential([keras.Input((28, 28, 1)), Brighten(), saving.train()])


def _own_code(load: _Load, model: keras.Model) -> str:
    """Whether a model with a layer of one's own works where its class is not known."""
    images, _ = garments.prepare("test")
    same = np.allclose(model(images[:20]), load(None)(images[:20]), atol=1e-5)
    return _YES if same else "no: other answers"


def _tried(check: Callable[..., str], *arguments: object) -> str:
    """What a check says, or the gist of the error that it met."""
    try:
        return check(*arguments)
    except (TypeError, ValueError) as error:
        gist = next((gist for gist in _ERRORS if gist in str(error)), None)
        if gist is None:
            raise
        return f"no: {gist}"


@keep.once
def formats() -> dict[str, dict[str, str]]:
    """Save and load in every way, and look for every part.

    Returns:
        For each way of saving and each part "yes", or "partly: " or "no: " and why.
    """
    results = {}
    own = _with_own_layer()
    for way, (save, load) in _WAYS.items():
        save(saving.train())
        found = [_tried(check, load) for check in _CHECKS]
        save(own)
        found.append(_tried(_own_code, load, own))
        results[way] = dict(zip(_PARTS, found, strict=True))
    return results


def overview() -> Figure:
    """Draw what each way of saving keeps of a model."""
    return charts.kept_parts(_PARTS, formats())


def table() -> Table:
    """Show the same as a table."""
    rows = [
        (way, *(verdict.partition(":")[0] for verdict in found.values()))
        for way, found in formats().items()
    ]
    return Table(("saved as", *_PARTS), rows, "What comes back after loading")


def reasons() -> Table:
    """Say what happened where the answer is not yes."""
    rows = [
        (f"{way}: {part}", verdict.partition(": ")[2])
        for way, found in formats().items()
        for part, verdict in found.items()
        if verdict != _YES
    ]
    return Table(("what does not", "what happened"), rows, "What does not, and why")
