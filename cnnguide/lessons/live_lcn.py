"""The figure in place of the part where the light changes and is taken out again."""

import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.layers import LocalContrastNormalization
from cnnguide.lessons import local_contrast


def three_kinds() -> Figure:
    """Normalize a garment in two lights: locally, as a whole, and by a batch's statistics.

    The batch is in even light, as the pictures of training are.
    """
    lights = local_contrast.lights()
    batch = layers.BatchNormalization(
        momentum=0
    )  # the moving averages are the last batch's
    batch(lights["even"], training=True)
    kinds = {
        "the picture, 0 to 1": lambda images: images,
        "local, −2 to 2": LocalContrastNormalization(window=9),
        "layer, −2 to 2": layers.LayerNormalization(axis=(1, 2, 3)),
        "batch, −2 to 2": batch,
    }
    chosen = {light: lights[light][20:21] for light in ("even", "foggy", "from one side")}
    rows = {
        name: [np.array(kind(image))[0, :, :, 0] for image in chosen.values()]
        for name, kind in kinds.items()
    }
    limits = {name: (0, 1) if name.endswith("to 1") else (-2, 2) for name in kinds}
    return charts.picture_rows(rows, list(chosen), limits)
