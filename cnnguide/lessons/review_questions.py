"""The answers to the questions of The training steps, reviewed, computed."""

import keras
import numpy as np
from keras import layers

from cnnguide.lessons import garments


def changes_parameters() -> str:
    """Go through three steps, and see which changes the parameters.

    >>> changes_parameters()
    'fit'
    """
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    pictures, labels = np.ones((8, 4)), np.zeros(8)
    steps = {
        "fit": lambda: model.fit(pictures, labels, verbose=0),
        "evaluate": lambda: model.evaluate(pictures, labels, verbose=0),
        "predict": lambda: model.predict(pictures, verbose=0),
    }
    changed = []
    for name, take in steps.items():
        before = model.get_weights()
        take()
        if not np.array_equal(before[0], model.get_weights()[0]):
            changed.append(name)
    [only] = changed
    return only


def steps_of_an_epoch() -> int:
    """Count how often an epoch nudges the parameters.

    >>> steps_of_an_epoch()
    43
    """
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile("adam", "mean_squared_error")
    model.fit(np.zeros((5400, 1)), np.zeros(5400), batch_size=128, verbose=0)
    return int(model.optimizer.iterations)


def forgotten_division() -> str:
    """Show a trained network pictures that nobody has divided by 255.

    >>> forgotten_division()
    'it is sure of nearly every answer'
    """
    model, _ = garments.train()
    images, _ = garments.prepare("test")
    surest = {}
    for name, pictures in [("divided", images), ("not divided", images * 255)]:
        chances = keras.ops.softmax(model.predict(pictures, batch_size=256, verbose=0))
        surest[name] = float(np.mean(np.max(chances, axis=1)))
    is_too_sure = surest["not divided"] > surest["divided"]
    return (
        "it is sure of nearly every answer" if is_too_sure else "its answers stay as sure"
    )
