"""Take the light out of pictures: normalization in a small window around each pixel."""

import numpy as np
import tensorflow as tf
from keras import ops
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.layers import LocalContrastNormalization
from cnnguide.lessons import garments, normalization
from cnnguide.table import Table


def lights() -> dict[str, np.ndarray]:
    """Put test garments into four lights, in none of which a detail is lost.

    Returns:
        For each light 1,000 pictures, float32 of shape (1000, 28, 28, 1) from 0 to 1.

    >>> [bool((images.min() >= 0) & (images.max() <= 1)) for images in lights().values()]
    [True, True, True, True]
    """
    images, _ = garments.prepare("test")
    images = images[:1000]
    ramp = np.linspace(0.1, 1, 28, dtype="float32")[:, np.newaxis]
    return {
        "even": images,
        "dim": 0.4 * images,
        "foggy": 0.5 * images + 0.4,
        "from one side": images * ramp,  # a tenth of the light on the left
    }


def idea() -> Figure:
    """Look at one garment in four lights, before and after normalization."""
    pictures = [images[20, :, :, 0] for images in lights().values()]
    normalized = [(picture - picture.mean()) / picture.std() for picture in pictures]
    rows = {"the pictures, 0 to 1": pictures, "each normalized, −2 to 2": normalized}
    limits = {"the pictures, 0 to 1": (0, 1), "each normalized, −2 to 2": (-2, 2)}
    return charts.picture_rows(rows, list(lights()), limits)


@keep.once
def accuracies() -> dict[str, dict[str, float]]:
    """Count how many test garments each network names in each light.

    Returns:
        For each network and light the share of right answers, from 0 to 1.
    """
    models = {
        "Garments": garments.train()[0],
        "none": normalization.train("none")[0],
        "batch": normalization.train("batch")[0],
        "local": normalization.train("local")[0],
    }
    labels = garments.prepare("test")[1][:1000]
    return {
        name: {
            light: float(np.mean(np.array(model(images)).argmax(1) == labels))
            for light, images in lights().items()
        }
        for name, model in models.items()
    }


def right_in_even_light() -> str:
    """Say how many garments the network of the lesson on garments names in even light."""
    return f"{accuracies()['Garments']['even']:.0%}"


def right_in_fog() -> str:
    """Say how many of the same garments it names in fog."""
    return f"{accuracies()['Garments']['foggy']:.0%}"


def in_four_lights() -> Figure:
    """Compare normalization over the picture with normalization over a window."""
    layer = LocalContrastNormalization(window=9)
    rows = {
        "the pictures, 0 to 1": [],
        "over the picture, −2 to 2": [],
        "local, −2 to 2": [],
    }
    for images in lights().values():
        whole = tf.image.per_image_standardization(images[20])
        local = layer(images[20:21])[0]
        for row, image in zip(rows.values(), (images[20], whole, local), strict=True):
            row.append(np.array(image)[:, :, 0])
    limits = dict(zip(rows, [(0, 1), (-2, 2), (-2, 2)], strict=True))
    return charts.picture_rows(rows, list(lights()), limits)


def window_by_hand() -> Figure:
    """Do local contrast normalization in NumPy, and compare with the layer."""
    image = lights()["from one side"][20, :, :, 0]

    def local_mean(values: np.ndarray, window: int = 9) -> np.ndarray:
        # Beyond the border there is nothing, and nothing is not counted.
        padded = np.pad(values, window // 2, constant_values=np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (window, window))
        return np.nanmean(windows, axis=(2, 3))

    detail = image - local_mean(image)
    deviation = np.sqrt(local_mean(detail**2) + 1e-4)
    result = detail / deviation

    layer = LocalContrastNormalization(window=9, epsilon=1e-4)
    theirs = layer(image[np.newaxis, :, :, np.newaxis])[0, :, :, 0]
    print("the layer gives the same:", np.allclose(result, theirs, atol=1e-4))
    return charts.picture_rows(
        {"": [image, local_mean(image), detail, deviation, result]},
        ["picture", "mean", "detail", "deviation", "result"],
        {"": None},
    )


def brighter() -> str:
    """Say by how much the layer's output changes where all pixels get 0.3 more."""
    layer = LocalContrastNormalization(window=9)
    images = 0.7 * lights()["even"]
    change = ops.abs(layer(images + 0.3) - layer(images))
    return f"{float(ops.mean(change)):.4f}"


def changes() -> Table:
    """Measure how much a light changes what comes out of each normalization."""
    kinds = {
        "none": lambda images: images,
        "over the picture": tf.image.per_image_standardization,
        "local, 9×9": LocalContrastNormalization(window=9),
    }
    rows = []
    for name, kind in kinds.items():
        even = np.array(kind(lights()["even"]))
        row = [name]
        for images in list(lights().values())[1:]:
            change = np.abs(np.array(kind(images)) - even).mean()
            row.append(f"{change / even.std():.2f}")
        rows.append(row)
    return Table(
        ("kind", *list(lights())[1:]),
        rows,
        "Average change from even light",
    )


def answers() -> Table:
    """Compare the networks' answers in four lights."""
    rows = [
        (name, *(f"{share:.0%}" for share in accuracies()[name].values()))
        for name in ("none", "batch", "local")
    ]
    return Table(("kind", *lights()), rows, "Right answers for test garments in each light")


def response() -> None:
    """Apply local response normalization, and do the same by hand."""
    values = np.array([1.0, 2.0, 4.0, 1.0], "float32")  # one pixel, four channels
    theirs = tf.nn.local_response_normalization(
        values.reshape(1, 1, 1, 4), depth_radius=1, bias=1, alpha=1, beta=0.5
    )
    squares = np.pad(values**2, 1)
    together = squares[:-2] + squares[1:-1] + squares[2:]  # itself and its neighbours
    print(np.round(theirs[0, 0, 0], 2))
    print(np.round(values / (1 + together) ** 0.5, 2))
