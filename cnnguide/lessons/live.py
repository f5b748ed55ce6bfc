"""What the interactive parts of pages load, and the figures that stand in their place."""

import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, export
from cnnguide.asset import Asset, packed
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments


def network() -> Asset:
    """Write the trained network of Garments for the browser."""
    model, _ = garments.train()
    content = export.network(model, fashion_mnist.CLASS_NAMES)
    return Asset("garments.bin", content, f"{model.count_params():,} weights, float16")


def pictures(each: int = 4) -> Asset:
    """Take some test garments of each class, class after class.

    >>> pictures(each=1)
    pictures.bin, 7,848 bytes: 10 test garments of 28×28
    """
    images, labels = fashion_mnist.load("test")
    chosen = [i for label in range(10) for i in np.flatnonzero(labels == label)[:each]]
    said = f"{len(chosen)} test garments of 28×28"
    return Asset("pictures.bin", packed(images[chosen, ..., np.newaxis]), said)


def pooled() -> Figure:
    """Pool the same boot in both ways."""
    images, labels = garments.prepare("test")
    boot = images[np.flatnonzero(labels == 9)[:1]]
    largest = layers.MaxPooling2D(2)(boot).numpy()
    average = layers.AveragePooling2D(2)(boot).numpy()
    names = ("before, 28×28", "maximum, 14×14", "average, 14×14")
    return charts.picture_grid([boot[0], largest[0], average[0]], names)
