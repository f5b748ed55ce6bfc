"""What the live classifier of Garments loads, and a figure in place of its occlusion."""

import struct

import keras
import numpy as np
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.asset import Asset
from cnnguide.data import fashion_mnist
from cnnguide.explain import occlusion
from cnnguide.lessons import garments

SIDE = 7  # squares along an edge of a picture, of 4×4 pixels each
FAINT = 1e-3  # the norm of what counts as nothing


def features(images: np.ndarray) -> np.ndarray:
    """Describe pictures coarsely: of 7×7 squares the brightness and how mixed they are.

    Neither depends on how bright the whole picture is. The second counts twice, as it tells
    scribbles and noise from cloth.

    Args:
        images: (n, 28, 28, 1), from 0 to 1.

    Returns:
        (n, 98), rows of length 1, or of zeros for an even picture.

    >>> features(np.eye(28)[np.newaxis, ..., np.newaxis]).shape
    (1, 98)
    """
    size = images.shape[1] // SIDE
    squares = images.reshape(-1, SIDE, size, SIDE, size)
    means = squares.mean(axis=(2, 4)).reshape(-1, SIDE**2)
    deviations = squares.std(axis=(2, 4)).reshape(-1, SIDE**2)
    means = means - means.mean(axis=1, keepdims=True)
    return _unit(np.hstack([_unit(means), 2 * _unit(deviations)]))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(FAINT)


def centres(rows: np.ndarray, count: int = 200, rounds: int = 10) -> np.ndarray:
    """Find typical rows by k-means: each is the mean of those that are nearest to it.

    >>> centres(np.array([[0.0], [0.2], [5.0], [5.4]]), count=2).round(1).tolist()
    [[0.1], [5.2]]
    """
    found = rows[np.linspace(0, len(rows) - 1, count).astype(int)]
    for _ in range(rounds):
        distances = (found**2).sum(axis=1) - 2 * rows @ found.T
        nearest = distances.argmin(axis=1)
        for i in np.unique(nearest):
            found[i] = rows[nearest == i].mean(axis=0)
    return found


def typical() -> Asset:
    """Write 200 typical training garments, and how alike to them test garments are.

    The likeness of a picture is the cosine of the angle between its features and those of
    the nearest typical garment. The file holds as float32 the likeness that 99 of 100 test
    garments reach; then the garments' features as int8, each up to 127.
    """
    images, _ = garments.prepare("train")
    unseen, _ = garments.prepare("test")
    found = centres(features(images))
    rows = np.rint(127 * found / np.abs(found).max(axis=1, keepdims=True)).astype(np.int8)
    likeness = (features(unseen) @ _unit(rows.astype(float)).T).max(axis=1)
    limit = float(np.quantile(likeness, 0.01))
    said = f"{len(rows)} typical garments; 99 of 100 test garments reach {limit:.2f}"
    return Asset("typical.bin", struct.pack("<f", limit) + rows.tobytes(), said)


def occluded() -> Figure:
    """Cover a dress patch by patch, and map how far the answer's probability falls."""
    model, _ = garments.train()
    images, labels = garments.prepare("test")
    image = images[np.flatnonzero(labels == 3)[0]]
    answer = int(model(image[np.newaxis])[0].numpy().argmax())

    def probability(batch: np.ndarray) -> np.ndarray:
        return keras.ops.softmax(model.predict(batch, verbose=0)).numpy()[:, answer]

    found = occlusion.look(probability, image, fill=0)
    covered = image.copy()
    top, left = found.place
    covered[top : top + found.patch[0], left : left + found.patch[1]] = 0
    names = (
        f"{fashion_mnist.CLASS_NAMES[answer]}, {found.before:.0%}",
        f"covered, {found.lowest:.0%}",
        "how far it falls",
    )
    return charts.picture_grid([image[..., 0], covered[..., 0], found.drops], names, 3)
