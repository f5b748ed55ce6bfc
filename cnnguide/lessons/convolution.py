"""A convolution from its first product to the maps of a trained network."""

import itertools
import math

import keras
import numpy as np
import tensorflow as tf
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


def settings() -> Figure:
    """See which pixels a window reads, and where windows stand."""
    # 49 pictures of 7×7, each with one pixel lit: what comes out tells with
    # which number of the kernel each window reads that pixel.
    lit = np.eye(49, dtype="float32").reshape(49, 7, 7, 1)
    numbers = np.arange(1, 10).reshape(3, 3)
    choices = {
        'padding="valid"': with_kernel(numbers),
        'padding="same"': with_kernel(numbers, padding="same"),
        "strides=2": with_kernel(numbers, strides=2),
        "dilation_rate=2": with_kernel(numbers, dilation_rate=2),
    }
    reads = {name: layer(lit).numpy()[..., 0] for name, layer in choices.items()}
    return charts.window_places(reads)


def all_ones() -> np.ndarray:
    """Let a kernel of ones count how many pixels its window reads.

    >>> all_ones()[[0, 0, 2], [0, 2, 2]].tolist()
    [4, 6, 9]
    """
    ones = np.ones((1, 5, 5, 1), "float32")
    layer = with_kernel(np.ones((3, 3)), padding="same")
    return layer(ones).numpy()[0, ..., 0].astype(int)


def shrinking() -> None:
    """Stack five convolutions, with padding and without."""
    for padding in ("valid", "same"):
        values = bag()[np.newaxis]
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
            layer(bag()[np.newaxis])
        except ValueError as error:
            print("ValueError:", error)


def pad_first() -> None:
    """Pad before the layer, and let the layer pad nothing."""
    row = np.array([1, 2, 3, 4])
    for mode in ("constant", "reflect", "symmetric"):
        print(f"{mode:9}", keras.ops.pad(row, [(2, 2)], mode=mode).numpy())

    batch = bag()[np.newaxis]
    layer = with_kernel()
    padded = layers.ZeroPadding2D(1)(batch)
    print("padded", padded.shape)
    same = with_kernel(padding="same")(batch)
    print('as "same" has it:', np.allclose(layer(padded), same, atol=1e-5))


def borders() -> Figure:
    """Blur a photograph with three kinds of border."""
    grey = photograph().mean(axis=-1, keepdims=True)[np.newaxis]
    blur = np.ones((11, 11)) / 11**2
    mirrored = keras.ops.pad(grey, [(0, 0), (5, 5), (5, 5), (0, 0)], mode="reflect")
    results = {
        "valid": with_kernel(blur)(grey),
        "same: zeros": with_kernel(blur, padding="same")(grey),
        "reflect": with_kernel(blur)(mirrored),
    }
    return charts.pictures_in_a_row(
        {name: result.numpy()[0, ..., 0] for name, result in results.items()}
    )


def every_second() -> None:
    """Compare strides of 2 with leaving out every second output."""
    batch = bag()[np.newaxis]
    all_of_them = with_kernel()(batch).numpy()
    strided = with_kernel(strides=2)(batch).numpy()
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
        same = with_kernel(middle, padding="same", strides=2)(batch)
        padded = layers.ZeroPadding2D(1)(batch)
        ours = with_kernel(middle, strides=2)(padded)
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


def along_axes() -> Table:
    """Convolve along one, two and three axes."""
    examples = [
        (layers.Conv1D(8, 3), (1, 28, 1)),
        (layers.Conv2D(8, (3, 3)), (1, 28, 28, 1)),
        (layers.Conv3D(8, (2, 3, 3)), (1, 16, 28, 28, 1)),
    ]
    rows = []
    for layer, shape in examples:
        out = tuple(layer(np.zeros(shape)).shape)
        rows.append((type(layer).__name__, shape, out, layer.count_params()))
    columns = ("layer", "in", "out", "parameters")
    return Table(columns, rows, "Eight kernels along one, two and three axes")


def motion() -> Figure:
    """Find what moves, with a kernel that reaches over two frames."""
    still = np.pad(bag(), ((0, 0), (4, 4), (0, 0)))
    steps = (0, 0, 1, 3, 3)  # where the bag is, in pixels
    frames = np.stack([np.roll(still, step, axis=1) for step in steps])

    layer = layers.Conv3D(1, (2, 1, 1), use_bias=False)
    layer.build((None, *frames.shape))
    layer.set_weights([np.array([-1, 1]).reshape(2, 1, 1, 1, 1)])  # after − before
    changes = layer(frames[np.newaxis]).numpy()[0]
    return charts.frames_and_changes(frames[..., 0], changes[..., 0])


def video_without_batch() -> None:
    """Forget the batch axis of a video."""
    video = np.zeros((16, 28, 28, 1), "float32")
    layer = layers.Conv3D(8, (2, 3, 3), name="video")
    try:
        layer(video)
    except ValueError as error:
        print("ValueError:", error)
    print("with the axis:", layer(video[np.newaxis]).shape)


def receptive_field(stack: object = ((3, 1, 1), (3, 1, 1), (3, 1, 1))) -> int:
    """Follow the receptive field through layers of (kernel, strides, dilation_rate).

    >>> receptive_field(), receptive_field([(3, 2, 1), (3, 1, 1)])
    (7, 7)
    """
    field, step = 1, 1
    for kernel, strides, dilation_rate in stack:
        field += (kernel - 1) * dilation_rate * step
        step *= strides
    return field


def fields() -> Figure:
    """See how much each pixel counts for the output in the middle."""
    picture = bag()
    blur = with_kernel(np.ones((3, 3)) / 9, padding="same")
    influence = {}
    for depth in (1, 2, 4, 8):
        values = batch = tf.constant(picture[np.newaxis])
        with tf.GradientTape() as tape:  # (1)!
            tape.watch(batch)
            for _ in range(depth):
                values = blur(values)
            middle = values[0, 14, 14, 0]
        influence[depth] = tape.gradient(middle, batch).numpy()[0, ..., 0]
    return charts.receptive_fields(picture[..., 0], influence)


def fields_of_the_network() -> Table:
    """Work out the fields of the garment network, and find them by trying."""
    noise = np.random.random((1, 28, 28, 1)).astype("float32")
    # 784 copies of a picture of noise, in each of which one pixel is changed.
    lit = np.eye(784, dtype="float32").reshape(784, 28, 28, 1)
    before, after = noise, noise + 10 * lit

    stack, rows = [], []
    for layer in garments.build().layers[:4]:
        is_pooling = isinstance(layer, layers.MaxPooling2D)
        size = layer.pool_size if is_pooling else layer.kernel_size
        stack.append((size[0], layer.strides[0], 1))

        before, after = layer(before).numpy(), layer(after).numpy()
        middle = after.shape[1] // 2
        change = np.abs(after - before)[:, middle, middle].max(axis=-1)
        lines = np.flatnonzero((change.reshape(28, 28) > 1e-4).any(axis=1))
        found = lines[-1] - lines[0] + 1  # from the first row to the last
        rows.append((type(layer).__name__, receptive_field(stack), found))
    columns = ("layer", "by formula", "by trying")
    return Table(columns, rows, "Rows of pixels that one output depends on")


def learned() -> Figure:
    """Look at the kernels that were learned, and at their maps."""
    model, _ = garments.train()
    kernels, _ = model.layers[0].get_weights()
    maps = model.layers[0](bag()[np.newaxis]).numpy()[0]
    return charts.kernels_and_maps(kernels[:, :, 0], maps)


def balanced() -> None:
    """Count kernels whose numbers add up to nearly nothing."""
    trained, _ = garments.train()
    for name, model in {"before": garments.build(), "after": trained}.items():
        kernels, _ = model.layers[0].get_weights()
        sums = np.abs(kernels.sum(axis=(0, 1, 2)))
        without_signs = np.abs(kernels).sum(axis=(0, 1, 2))
        count = (sums < 0.05 * without_signs).sum()
        print(f"{name} training: {count} of {sums.size} add up to nearly 0")


def above_zero() -> str:
    """Compare how much of the maps is lit in both convolutions."""
    model, _ = garments.train()
    values, shares = bag()[np.newaxis], []
    for layer in model.layers[:3]:
        values = layer(values)
        shares.append(np.mean(values > 0))
    return (
        f"{shares[2]:.0%} of all spots are above zero, after {shares[0]:.0%} in the first."
    )


def second_maps() -> Figure:
    """Look at the maps of the second convolution."""
    model, _ = garments.train()
    values = bag()[np.newaxis]
    for layer in model.layers[:3]:  # convolution, pooling, convolution
        values = layer(values)
    return charts.map_mosaic(values.numpy()[0], columns=8)


def found() -> Figure:
    """Find the pieces of cloth that light up a map of the second convolution."""
    model, _ = garments.train()
    images = garments.prepare("test")[0][:1000]
    second = keras.Model(model.layers[0].input, model.layers[2].output)  # (1)!
    maps = second.predict(images, verbose=0)  # (1000, 14, 14, 64)

    peaks = maps.max(axis=(1, 2))  # (2)!
    # The six maps with the largest numbers.
    chosen = np.sort(np.argsort(peaks.max(axis=0))[::-1][:6])
    padded = np.pad(images[..., 0], ((0, 0), (3, 3), (3, 3)))  # (3)!
    pieces = {}
    for number in chosen:
        pieces[number] = []
        # The eight garments for which this map gets brightest.
        for i in np.argsort(peaks[:, number])[::-1][:8]:
            place = maps[i, ..., number].argmax()
            row, column = np.unravel_index(place, (14, 14))
            top, left = 2 * row, 2 * column
            piece = padded[i, top : top + 8, left : left + 8]
            pieces[number].append(piece)
    return charts.strongest_pieces(pieces)
