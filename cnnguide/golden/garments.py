"""The network of the garments lesson, with each layer's output for test pictures."""

import json
from pathlib import Path

import keras
import numpy as np

from cnnguide import export
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments

PICTURES = 200


def save(folder: Path) -> None:
    """Write the network, and each layer's output for the first test pictures.

    `network.bin` is what the browser loads. `garments.bin` holds, as float32, the pictures
    and then each layer's outputs for all of them; `garments.json` their shapes.
    """
    model, _ = garments.train()
    images, _ = garments.prepare("test")
    pictures = images[:PICTURES]
    written = export.network(model, fashion_mnist.CLASS_NAMES)
    (folder / "network.bin").write_bytes(written)
    every = keras.Model(model.inputs, [layer.output for layer in model.layers])
    outputs = [pictures, *every.predict(pictures, verbose=0)]
    shapes = [list(output.shape) for output in outputs]
    (folder / "garments.json").write_text(json.dumps(shapes), encoding="utf-8")
    with (folder / "garments.bin").open("wb") as file:
        for output in outputs:
            file.write(np.ascontiguousarray(output, "<f4").tobytes())
