"""A picture's part of the page: how the model sees it, the answer, what it looked at."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np

from cnnguide.explain import convolutions, occlusion, page, tiles
from cnnguide.explain.answers import Reading
from cnnguide.explain.errors import NotShown
from cnnguide.explain.inputs import Intake
from cnnguide.explain.pictures import Picture
from cnnguide.explain.steps import take

BARS = 10
SIDE = 300  # of a picture on the screen
WEAK = 0.01  # a smaller change of a probability is hardly one


@dataclass(frozen=True)
class Told:
    """What a picture adds to the report.

    Args:
        maps: what each convolution made of it, (rows, columns, maps).
        html: its part of the page.
        line: the same in a sentence.
    """

    maps: list[np.ndarray]
    html: str
    line: str


def told(
    model: keras.Model, picture: Picture, intake: Intake, reading: Reading | None
) -> Told:
    """Show a picture to a model, whole and in part covered.

    Args:
        model: it takes such pictures.
        picture: one of them.
        intake: how its numbers are scaled.
        reading: how the answer is read; None if it is not.

    Raises:
        NotShown: the model fails with it, as with one that is too small for it.
    """
    batch = intake.scaled(picture.values)
    try:
        steps, output = take(model, batch)
        maps = convolutions.made(steps)
    except Exception as error:  # whatever a model of any kind may raise
        said = " ".join(str(error).split())[:200]
        raise NotShown(f"the model failed with this picture: {said}") from None
    label = f"{picture.name}, {picture.change}"
    mean = picture.values.mean()
    alt = f"{picture.name} as the model sees it, of mean brightness {mean:.2f}"
    figures = [
        page.image(
            tiles.photo(picture.values), f"{alt}.", f"As the model sees it: {label}.", SIDE
        )
    ]
    parts = [page.heading(picture.name, 3)]
    if reading is None:
        return Told(maps, "".join([*parts, *figures]), label)
    values = reading(keras.ops.convert_to_numpy(output))[0]
    top = int(np.argmax(values))
    answer = f"{reading.names[top]} {values[top]:.3f}"
    looked = _looked(model, batch[0], reading, top)
    figures.append(_map(picture, looked, reading.names[top], reading.quantity))
    parts += [_bars(reading, values), f'<div class="row">{"".join(figures)}</div>']
    return Told(maps, "".join(parts), f"{picture.name}: {answer}. {looked.text}.")


def _looked(
    model: keras.Model, picture: np.ndarray, reading: Reading, top: int
) -> occlusion.Occlusion:
    def answer(batch: np.ndarray) -> np.ndarray:
        # As a graph, a deep network needs a third of the time.
        return reading(np.asarray(model.predict_on_batch(batch)))[:, top]

    return occlusion.look(answer, picture, picture.mean(axis=(0, 1)))


def _map(picture: Picture, looked: occlusion.Occlusion, answer: str, quantity: str) -> str:
    rows, columns = looked.patch
    weak = quantity == "probability" and np.abs(looked.drops).max() < WEAK
    alt = f"{picture.name} with colour over what counts for {answer}. {looked.text}."
    caption = (
        f"What it looked at: a patch of {rows}×{columns} pixels in the picture's mean "
        f"colour covered one place after another. Orange where that lowers the {quantity} "
        f"of {answer}, blue where it raises it. {looked.text}."
        + (" That is next to nothing: no single place decides." if weak else "")
    )
    return page.image(tiles.overlay(picture.values, looked.drops), alt, caption, SIDE)


def _bars(reading: Reading, values: np.ndarray) -> str:
    order = np.argsort(-values, kind="stable")[:BARS]
    names = [reading.names[i] for i in order]
    of = f", the {len(order)} largest of {len(values)}" if len(order) < len(values) else ""
    caption = f"The answer{of} ({reading.why})"
    return page.bars(names, values[order], reading.quantity, caption)
