"""What one output of a convolution sees, and what a trained network looks for."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.lessons import convolution, garments
from cnnguide.table import Table


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
    still = np.pad(convolution.bag(), ((0, 0), (4, 4), (0, 0)))
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
    picture = convolution.bag()
    blur = convolution.with_kernel(np.ones((3, 3)) / 9, padding="same")
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
    maps = model.layers[0](convolution.bag()[np.newaxis]).numpy()[0]
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
    values, shares = convolution.bag()[np.newaxis], []
    for layer in model.layers[:3]:
        values = layer(values)
        shares.append(np.mean(values > 0))
    return (
        f"{shares[2]:.0%} of all spots are above zero, after {shares[0]:.0%} in the first."
    )


def second_maps() -> Figure:
    """Look at the maps of the second convolution."""
    model, _ = garments.train()
    values = convolution.bag()[np.newaxis]
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
