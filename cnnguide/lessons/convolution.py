"""A convolution by hand and in Keras: one window, several channels, several kernels."""

import numpy as np
from keras import layers
from matplotlib import cbook
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments
from cnnguide.table import Table


def bag() -> np.ndarray:
    """Take the first bag of the test garments.

    Returns:
        float32 of shape (28, 28, 1), from 0 to 1.

    >>> bag().shape
    (28, 28, 1)
    """
    images, labels = garments.prepare("test")
    is_bag = labels == fashion_mnist.CLASS_NAMES.index("Bag")
    return images[is_bag][0]


def sliding() -> Figure:
    """Watch one window at work, and see the map that all of them make."""
    picture = bag()
    layer = with_kernel()
    result = layer(picture[np.newaxis]).numpy()[0, ..., 0]
    kernel = layer.get_weights()[0][..., 0, 0]
    # Of the windows near the top, the one whose products have the largest sum.
    place = np.unravel_index(result[:10].argmax(), (10, 26))
    return charts.window_at_work(picture[..., 0], kernel, place, result)


def by_hand() -> np.ndarray:
    """Slide a kernel over a garment with two loops.

    Returns:
        Shape (26, 26): the map.
    """
    picture = bag()[..., 0]  # 28 rows, 28 columns
    kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])

    result = np.zeros((26, 26))
    for row in range(26):
        for column in range(26):
            window = picture[row : row + 3, column : column + 3]
            result[row, column] = np.sum(window * kernel)
    return result


def with_kernel(
    kernel: object = ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    padding: str = "valid",
    strides: int = 1,
    dilation_rate: int = 1,
) -> layers.Conv2D:
    """Put a kernel of our own into a layer.

    >>> with_kernel().count_params()
    9
    """
    kernel = np.array(kernel, "float32")
    layer = layers.Conv2D(
        filters=1,  # (1)!
        kernel_size=kernel.shape,
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
        use_bias=False,  # (2)!
    )
    layer.build((None, None, None, 1))  # (3)!
    layer.set_weights([kernel[..., np.newaxis, np.newaxis]])  # (4)!
    return layer


def same_as_keras() -> None:
    """Compare the map made by hand with that of Keras."""
    batch = bag()[np.newaxis]  # one picture
    by_keras = with_kernel()(batch).numpy()
    print("into the layer", batch.shape)
    print("out of it     ", by_keras.shape)
    same = np.allclose(by_hand(), by_keras[0, ..., 0], atol=1e-5)
    print("same as by hand:", same)


def several() -> None:
    """Slide four kernels over a picture in colour."""
    picture = photograph()[:20, :30]
    layer = layers.Conv2D(filters=4, kernel_size=3)
    by_keras = layer(picture[np.newaxis])[0]

    kernels, biases = layer.get_weights()
    result = np.zeros((18, 28, 4))
    for row in range(18):
        for column in range(28):
            window = picture[row : row + 3, column : column + 3]
            products = np.tensordot(window, kernels, axes=3)
            result[row, column] = products + biases

    print("picture", picture.shape)
    print("window ", window.shape)
    print("kernels", kernels.shape, "and biases", biases.shape)
    print("maps   ", result.shape)
    print("same as Keras:", np.allclose(result, by_keras, atol=1e-5))


def one_number() -> Figure:
    """Ask a window in colour how red it is."""
    window = photograph()[40:43, 37:40]
    kernel = np.zeros((3, 3, 3))
    kernel[..., 0] = 0.2  # red speaks for it
    kernel[..., 1:] = -0.1  # green and blue speak against it
    bias = -0.5
    return charts.channels_at_work(window, kernel, bias, ("red", "green", "blue"))


def no_flip() -> None:
    """Slide 1, 2, 3 over a row in which one number is lit."""
    row = np.array([0, 0, 1, 0, 0], "float32")
    kernel = np.array([1, 2, 3], "float32")

    layer = layers.Conv1D(1, 3, use_bias=False)
    layer.build((None, 5, 1))
    layer.set_weights([kernel.reshape(3, 1, 1)])
    print("Conv1D      ", layer(row.reshape(1, 5, 1)).numpy().flatten())
    print("np.correlate", np.correlate(row, kernel, "valid"))
    print("np.convolve ", np.convolve(row, kernel, "valid"))


def photograph() -> np.ndarray:
    """Load a photograph that comes with Matplotlib, and make it smaller.

    Returns:
        float32 of shape (80, 80, 3), from 0 to 1.

    >>> photograph().shape
    (80, 80, 3)
    """
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        picture = plt.imread(file, format="jpg") / 255
    picture = picture[20:420, 60:460]  # 400 rows, 400 columns
    # Blocks of 5×5 pixels become one.
    picture = picture.reshape(80, 5, 80, 5, 3).mean(axis=(1, 3))
    return picture.astype("float32")


def classics() -> Figure:
    """Try three kernels that people wrote."""
    kernels = {
        "blur": np.ones((3, 3)) / 9,
        "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "edges": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    }
    grey = photograph().mean(axis=-1, keepdims=True)
    rows = []
    for picture in (bag(), grey):
        results = [picture[..., 0]]
        for kernel in kernels.values():
            layer = with_kernel(kernel, padding="same")
            results.append(layer(picture[np.newaxis]).numpy()[0, ..., 0])
        rows.append(results)
    return charts.kernel_gallery(kernels, rows)


def how_many() -> Table:
    """Count parameters for different numbers of kernels and sizes of picture.

    >>> [row[1] for row in how_many().rows]
    ['448', '476', '896', '1,792']
    """
    rows = []
    for filters in (16, 17, 32, 64):
        counts = []
        for side in (28, 200):
            layer = layers.Conv2D(filters, kernel_size=3)
            layer.build((None, side, side, 3))
            counts.append(f"{layer.count_params():,}")
        rows.append((filters, *counts))
    columns = ("kernels", "28×28", "200×200")
    return Table(columns, rows, "Parameters of 3×3 kernels on a picture in colour")
