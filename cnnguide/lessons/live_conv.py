"""What the interactive convolution loads, and the figure that stands in its place."""

import numpy as np
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.asset import Asset, packed
from cnnguide.lessons import convolution, garments


def portrait() -> Asset:
    """Make the photograph grey, for the browser.

    >>> portrait()
    portrait.bin, 6,408 bytes: a photograph of 80×80, grey
    """
    grey = convolution.photograph().mean(axis=-1, keepdims=True)[np.newaxis]
    content = packed(np.round(255 * grey).astype("uint8"))
    return Asset("portrait.bin", content, "a photograph of 80×80, grey")


def still() -> Figure:
    """Lay the kernel on a boot where its sum is largest."""
    images, labels = garments.prepare("test")
    boot = images[labels == 9][0]
    layer = convolution.with_kernel()
    result = layer(boot[np.newaxis]).numpy()[0, ..., 0]
    place = np.unravel_index(result.argmax(), result.shape)
    kernel = layer.get_weights()[0][..., 0, 0]
    return charts.window_at_work(boot[..., 0], kernel, place, result)
