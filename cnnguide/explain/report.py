"""A model file explained: one page of HTML, and the same in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import keras
import numpy as np

from cnnguide.explain import (
    answers,
    architecture,
    convolutions,
    facts,
    inputs,
    load,
    page,
    pictured,
    weights,
)
from cnnguide.explain import pictures as picture_files
from cnnguide.explain.errors import NotShown
from cnnguide.explain.target import target_of, write

T = TypeVar("T")


@dataclass
class Report:
    """What was found out; it prints as a few lines.

    Args:
        title: the page's title.
        facts: sentences on the model.
        told: a sentence on each picture.
        notes: what could not be shown, and why.
        body: the parts of the page.
        written: where it was written, and how large it is.
    """

    title: str
    facts: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    written: str = ""

    @property
    def html(self) -> str:
        """The page."""
        top = [page.listed(self.facts), page.notes(self.notes)]
        made = f"Made with cnnguide {version('cnnguide')} and Keras {keras.version()}."
        return page.whole(self.title, [*top, *self.body], made)

    def attempt(self, what: str, make: Callable[[], T]) -> T | None:
        """What is made; or a note, where a model does not allow it."""
        try:
            return make()
        except NotShown as error:
            self.notes.append(f"{what}: {error}.")
            return None

    def __repr__(self) -> str:
        notes = [f"not shown: {note}" for note in self.notes]
        return "\n".join([*self.facts, *self.told, *notes, self.written])


def explain(
    model: str | Path,
    pictures: Sequence[str | Path] = (),
    output: str | Path | None = None,
    classes: str | Sequence[str] = (),
    scale: str | None = None,
    logits: bool | None = None,
    tell: Callable[[str], object] = lambda text: None,
) -> Report:
    """Explain a model file on one page of HTML.

    A model with layers of your own needs the modules with their classes imported first.

    Args:
        model: a .keras file. None of the code that it may carry runs.
        pictures: files to show to the model.
        output: where the page is written; by default into the current folder, named after
            the model. An earlier page is replaced, once the new one is whole.
        classes: their names, or a text such as "cat,dog", or a text file with them.
        scale: the range of the pictures' numbers, "1", "255" or "-1..1"; by default, what
            the model's own layers tell, or else "1".
        logits: whether the outputs are logits (True) or probabilities (False); by default,
            what the last activation tells.
        tell: is given a line before each thing that takes long.

    Raises:
        ExplainError: the model, a picture or an option makes no sense. Nothing is written.

    >>> layers = [keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3)]
    >>> keras.Sequential(layers).save("tiny.keras")
    >>> print(explain("tiny.keras").facts[0])
    tiny.keras is a Sequential model of 1 layer with 20 parameters.
    It takes 648 multiply-adds.
    """
    target = target_of(Path(model), output)
    opened = load.opened(Path(model))
    report = Report(f"{opened.path.name}, explained")
    if opened.model is None:
        _sketch(report, opened)
    else:
        names = answers.class_names(classes) if isinstance(classes, str) else classes
        paths = [Path(picture) for picture in pictures]
        _explained(report, opened, paths, names, (scale, logits), tell)
    report.written = write(target, report.html)
    return report


def _explained(
    report: Report,
    opened: load.Opened,
    pictures: Sequence[Path],
    names: Sequence[str],
    options: tuple[str | None, bool | None],
    tell: Callable[[str], object],
) -> None:
    """Add to a report, part by part, what a model allows to be shown."""
    model, (scale, logits) = opened.model, options
    intake = report.attempt("Pictures", lambda: inputs.read(model, scale))
    tried = report.attempt(
        "Shapes, multiply-adds and receptive fields", lambda: architecture.trial(model)
    )
    found = architecture.rows(model, tried) if tried else architecture.untried(model)
    steps = tried.steps if tried else []
    loss = str(opened.config.get("compile_config"))
    reading = tried and report.attempt(
        "The answer", lambda: answers.read(steps, tried.output, names, logits, loss)
    )
    report.facts += facts.of(opened, found, intake, reading)
    table = page.table(
        architecture.tabulated(found, "Layers, in the order of their calls"), "Layers"
    )
    report.body.append(page.part("Architecture", table, page.paragraph(facts.COLUMNS)))
    report.notes += facts.gaps(found, steps, intake is not None)
    maps = []
    if intake and tried:
        read = [picture_files.read(path, intake) for path in pictures]
        maps = _shown(report, model, read, (intake, reading), tell)
    kernels = convolutions.shown(steps, maps)
    if kernels:
        report.body.append(page.part("Convolutions", *kernels))


def _shown(
    report: Report,
    model: keras.Model,
    pictures: Sequence[picture_files.Picture],
    ways: tuple[inputs.Intake, answers.Reading | None],
    tell: Callable[[str], object],
) -> list[tuple[str, list[np.ndarray]]]:
    """Show pictures to a model; the name of each, and the maps made of it."""
    parts, maps = [], []
    for number, picture in enumerate(pictures, 1):
        tell(f"picture {number} of {len(pictures)}: {picture.name}")
        told = report.attempt(
            picture.name, lambda p=picture: pictured.told(model, p, *ways)
        )
        if told:
            parts.append(told.html)
            report.told.append(told.line)
            maps.append((picture.name, told.maps))
    if not pictures:
        parts.append(page.paragraph(facts.NO_PICTURE))
    report.body.append(page.part("Pictures", *parts))
    return maps


def _sketch(report: Report, opened: load.Opened) -> None:
    """Show what the file tells by itself, where the code of the model is missing."""
    arrays = weights.arrays(opened.path)
    numbers = sum(array.size for array in arrays.values())
    kind = opened.config["class_name"]
    report.facts.append(
        f"{opened.path.name} is a {kind} model with {numbers:,} numbers in {len(arrays)} "
        "arrays of weights."
    )
    report.notes.append(
        "Shapes, maps and answers: the model cannot be built without the code of "
        f"{', '.join(opened.unknown)}, which is not in the file. In Python, import your "
        "module with these classes, registered with "
        "@keras.saving.register_keras_serializable(), and call "
        f'cnnguide.explain.report.explain("{opened.path.name}").'
    )
    for table in (weights.layers(opened.config, opened.unknown), weights.table(arrays)):
        if table.rows:
            report.body.append(page.part(table.caption, page.table(table, table.caption)))
    drawn = {name: array for name, array in arrays.items() if array.ndim == 4}
    kernels = [
        page.folded(name, [convolutions.kernels(array, name)], is_open=len(drawn) <= 6)
        for name, array in drawn.items()
    ]
    if kernels:
        report.body.append(page.part("Arrays of four axes, drawn as kernels", *kernels))
