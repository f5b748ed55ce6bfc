"""Where the windows of a convolution stand: padding, strides, dilation, and sizes."""

import itertools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.lessons import convolution
from cnnguide.table import Table


def settings() -> Figure:
    """See which pixels a window reads, and where windows stand."""
    # 49 pictures of 7×7, each with one pixel lit: what comes out tells with
    # which number of the kernel each window reads that pixel.
    lit = np.eye(49, dtype="float32").reshape(49, 7, 7, 1)
    numbers = np.arange(1, 10).reshape(3, 3)
    choices = {
        'padding="valid"': convolution.with_kernel(numbers),
        'padding="same"': convolution.with_kernel(numbers, padding="same"),
        "strides=2": convolution.with_kernel(numbers, strides=2),
        "dilation_rate=2": convolution.with_kernel(numbers, dilation_rate=2),
    }
    reads = {name: layer(lit).numpy()[..., 0] for name, layer in choices.items()}
    return charts.window_places(reads)


def all_ones() -> np.ndarray:
    """Let a kernel of ones count how many pixels its window reads.

    >>> all_ones()[[0, 0, 2], [0, 2, 2]].tolist()
    [4, 6, 9]
    """
    ones = np.ones((1, 5, 5, 1), "float32")
    layer = convolution.with_kernel(np.ones((3, 3)), padding="same")
    return layer(ones).numpy()[0, ..., 0].astype(int)


def shrinking() -> None:
    """Stack five convolutions, with padding and without."""
    for padding in ("valid", "same"):
        values = convolution.bag()[np.newaxis]
        sizes = [values.shape[1]]
        for _ in range(5):
            values = layers.Conv2D(1, 3, padding=padding)(values)
            sizes.append(values.shape[1])
        print(padding, *sizes)


def only_two() -> None:
    """Ask for paddings that Conv2D does not know."""
    for padding in ("reflect", (1, 1)):
        try:
            layer = layers.Conv2D(1, 3, padding=padding)
            layer(convolution.bag()[np.newaxis])
        except ValueError as error:
            print("ValueError:", error)


def pad_first() -> None:
    """Pad before the layer, and let the layer pad nothing."""
    row = np.array([1, 2, 3, 4])
    for mode in ("constant", "reflect", "symmetric"):
        print(f"{mode:9}", keras.ops.pad(row, [(2, 2)], mode=mode).numpy())

    batch = convolution.bag()[np.newaxis]
    layer = convolution.with_kernel()
    padded = layers.ZeroPadding2D(1)(batch)
    print("padded", padded.shape)
    same = convolution.with_kernel(padding="same")(batch)
    print('as "same" has it:', np.allclose(layer(padded), same, atol=1e-5))


def borders() -> Figure:
    """Blur a photograph with three kinds of border."""
    grey = convolution.photograph().mean(axis=-1, keepdims=True)[np.newaxis]
    blur = np.ones((11, 11)) / 11**2
    mirrored = keras.ops.pad(grey, [(0, 0), (5, 5), (5, 5), (0, 0)], mode="reflect")
    results = {
        "valid": convolution.with_kernel(blur)(grey),
        "same: zeros": convolution.with_kernel(blur, padding="same")(grey),
        "reflect": convolution.with_kernel(blur)(mirrored),
    }
    return charts.pictures_in_a_row(
        {name: result.numpy()[0, ..., 0] for name, result in results.items()}
    )


def every_second() -> None:
    """Compare strides of 2 with leaving out every second output."""
    batch = convolution.bag()[np.newaxis]
    all_of_them = convolution.with_kernel()(batch).numpy()
    strided = convolution.with_kernel(strides=2)(batch).numpy()
    print("strides=1", all_of_them.shape)
    print("strides=2", strided.shape)
    same = np.allclose(strided, all_of_them[:, ::2, ::2], atol=1e-5)
    print("every second row and column:", same)


def where_windows_stand() -> None:
    """See where windows stand when "same" meets strides of 2."""
    middle = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]  # copies the pixel in the middle
    for pixels in (7, 8):
        # A picture in which each pixel says in which column it stands.
        picture = np.tile(np.arange(pixels), (pixels, 1))
        batch = picture[np.newaxis, ..., np.newaxis].astype("float32")
        same = convolution.with_kernel(middle, padding="same", strides=2)(batch)
        padded = layers.ZeroPadding2D(1)(batch)
        ours = convolution.with_kernel(middle, strides=2)(padded)
        print(pixels, "columns")
        print("  same         ", same.numpy()[0, 0, :, 0].astype(int))
        print("  ZeroPadding2D", ours.numpy()[0, 1, :, 0].astype(int))


def dilated() -> None:
    """Convolve four pictures with a dilated kernel."""
    pictures = tf.random.normal((4, 28, 28, 3))
    layer = layers.Conv2D(2, 3, activation="relu", dilation_rate=2)
    print(layer(pictures).shape)
    print("parameters:", layer.count_params())


def as_in_the_lecture() -> None:
    """Use the argument that Keras no longer likes."""
    layer = layers.Conv2D(2, 3, dilation_rate=2, input_shape=(28, 28, 3))
    print(layer(np.zeros((4, 28, 28, 3), "float32")).shape)


def zeros_between() -> None:
    """Compare a dilated kernel with a large one that has zeros in between."""
    pictures = tf.random.normal((4, 28, 28, 3))
    dilated = layers.Conv2D(2, 3, dilation_rate=2)
    small = dilated(pictures)
    kernels, biases = dilated.get_weights()

    large = np.zeros((5, 5, 3, 2), "float32")
    large[::2, ::2] = kernels  # every second row and column
    print((large[:, :, 0, 0] != 0).astype(int))  # where one of them is not zero

    twin = layers.Conv2D(2, 5)
    twin.build(pictures.shape)
    twin.set_weights([large, biases])
    difference = np.abs(twin(pictures) - small).max()
    print("largest difference:", round(float(difference), 5))
    print("parameters:", dilated.count_params(), "and", twin.count_params())


def output_size(
    pixels: int = 28,
    kernel: int = 3,
    strides: int = 1,
    dilation_rate: int = 1,
    padding: str = "valid",
) -> int:
    """Work out how many rows (or columns) a map has.

    >>> output_size(28), output_size(28, padding="same"), output_size(28, strides=2)
    (26, 28, 13)
    """
    reach = dilation_rate * (kernel - 1) + 1  # from its first to its last pixel
    if padding == "same":
        size = math.ceil(pixels / strides)
    else:
        size = (pixels - reach) // strides + 1
    return size


def formula_checked() -> None:
    """Check the formula against what Keras really gives."""
    checked = wrong = 0
    steps = (1, 2, 3)
    paddings = ("valid", "same")
    choices = itertools.product((1, 2, 3, 4, 5), steps, steps, paddings)
    for kernel, strides, dilation, padding in choices:
        if strides > 1 and dilation > 1:
            continue  # Keras refuses this
        layer = layers.Conv2D(1, kernel, strides, padding, dilation_rate=dilation)
        for shape in ((13, 16), (20, 17), (28, 29)):
            maps = layer(np.zeros((1, *shape, 1), "float32"))
            for got, pixels in zip(maps.shape[1:3], shape, strict=True):
                size = output_size(pixels, kernel, strides, dilation, padding)
                checked += 1
                wrong += got != size
    print(checked, "sizes checked,", wrong, "wrong")


def sizes() -> Table:
    """List the sizes that one meets most."""
    rows = []
    for kernel, strides, dilation_rate in (
        (1, 1, 1),
        (3, 1, 1),
        (5, 1, 1),
        (7, 2, 1),
        (3, 2, 1),
        (3, 1, 2),
    ):
        choice = (28, kernel, strides, dilation_rate)
        valid, same = output_size(*choice), output_size(*choice, "same")
        rows.append((f"{kernel}×{kernel}", strides, dilation_rate, valid, same))
    columns = ("kernel", "strides", "dilation_rate", "valid", "same")
    return Table(columns, rows, "Rows of a map, for a picture of 28 rows")


def strides_with_dilation() -> None:
    """Ask for strides and dilation at once."""
    try:
        layers.Conv2D(1, 3, strides=2, dilation_rate=2)
    except ValueError as error:
        print("ValueError:", error)
