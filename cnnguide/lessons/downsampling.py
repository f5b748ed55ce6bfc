"""Make maps smaller: pooling, its sizes, global pooling, and what it does to shifts."""

import math

import keras
import numpy as np
from keras import layers
from matplotlib.figure import Figure

from cnnguide import charts, keep
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments
from cnnguide.table import Table


def windows() -> Figure:
    """Draw sixteen numbers, their four windows, and what is left of each."""
    numbers = np.arange(16.0).reshape(4, 4)
    four = numbers.reshape(2, 2, 2, 2)
    return charts.pooled_windows(
        numbers, {"maximum": four.max(axis=(1, 3)), "average": four.mean(axis=(1, 3))}
    )


def by_hand() -> None:
    """Pool with two loops and a slice."""
    numbers = np.arange(16).reshape(4, 4)
    largest = np.zeros((2, 2))
    average = np.zeros((2, 2))
    for row in range(2):
        for column in range(2):
            window = numbers[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            largest[row, column] = window.max()
            average[row, column] = window.mean()
    print("maximum")
    print(largest)
    print("average")
    print(average)


def by_reshape() -> None:
    """Pool without loops.

    >>> by_reshape()
    [[ 5  7]
     [13 15]]
    [[ 2.5  4.5]
     [10.5 12.5]]
    """
    numbers = np.arange(16).reshape(4, 4)
    # Which window from the top, row in it, which from the left, column in it.
    four = numbers.reshape(2, 2, 2, 2)
    print(four.max(axis=(1, 3)))
    print(four.mean(axis=(1, 3)))


def in_keras() -> None:
    """Let Keras pool the same numbers."""
    numbers = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    for layer in (layers.MaxPooling2D(2), layers.AveragePooling2D(2)):
        pooled = layer(numbers)
        print(type(layer).__name__, pooled.shape)
        print(pooled[0, ..., 0].numpy())
        print("parameters:", layer.count_params())


def shrinking() -> Figure:
    """Shrink a garment twice in both ways."""
    pictures, labels = garments.prepare("test")
    boot = np.flatnonzero(labels == fashion_mnist.CLASS_NAMES.index("Ankle boot"))[0]
    ways = {"maximum": layers.MaxPooling2D(2), "average": layers.AveragePooling2D(2)}
    rows = {}
    for name, way in ways.items():
        large = pictures[boot : boot + 1]
        half = way(large)
        quarter = way(half)
        rows[name] = [maps[0, ..., 0] for maps in (large, half.numpy(), quarter.numpy())]
    return charts.shrunk_pictures(rows)


def sizes(side: int = 7) -> Table:
    """Work out how large the output is, and ask Keras.

    >>> all(ours == theirs for *_, ours, theirs in sizes().rows)
    True
    """
    rows = []
    for pool, step in ((2, None), (3, None), (3, 2), (3, 1)):
        for padding in ("valid", "same"):
            strides = step or pool  # None means: as far as the window is large
            if padding == "valid":
                by_hand = (side - pool) // strides + 1
            else:
                by_hand = math.ceil(side / strides)
            layer = layers.MaxPooling2D(pool, step, padding)
            keras_says = layer.compute_output_shape((1, side, side, 1))[1]
            rows.append((pool, str(step), padding, by_hand, keras_says))
    columns = ("pool", "strides", "padding", "by hand", "Keras")
    return Table(columns, rows, f"Rows left of {side}")


def rest_is_dropped() -> None:
    """Change what does not fill a window, and see that nothing changes."""
    layer = layers.AveragePooling2D(2)
    picture = np.ones((1, 5, 5, 1), "float32")
    changed = picture.copy()
    changed[:, 4, :] = 100  # the last row
    changed[:, :, 4] = 100  # the last column
    print("output:", layer(picture).shape)
    print("unchanged:", np.array_equal(layer(picture), layer(changed)))


def same_counts_valid_cells() -> None:
    """Pool ones with "same", and with zeros that really are there."""
    ones = np.ones((1, 3, 3, 1), "float32")
    same = layers.AveragePooling2D(2, padding="same")
    print(same(ones)[0, ..., 0].numpy())
    # A row and a column of zeros below and on the right, then no padding.
    zeros = layers.ZeroPadding2D(((0, 1), (0, 1)))
    print(layers.AveragePooling2D(2)(zeros(ones))[0, ..., 0].numpy())
    largest = layers.MaxPooling2D(2, padding="same")
    print("largest of -1:", largest(-ones).numpy().max())


def moving() -> np.ndarray:
    """Make a moving picture: a garment that goes from left to right.

    Returns:
        float32 of shape (1, 16, 28, 28, 1), from 0 to 1.

    >>> moving().shape
    (1, 16, 28, 28, 1)
    """
    pictures, labels = garments.prepare("test")
    trousers = pictures[labels == fashion_mnist.CLASS_NAMES.index("Trouser")][0]
    frames = [np.roll(trousers, frame - 8, axis=1) for frame in range(16)]
    return np.stack(frames)[np.newaxis]


def in_three_dimensions() -> None:
    """Pool over time, rows and columns at once."""
    layer = layers.AveragePooling3D(
        pool_size=(2, 2, 2), strides=None, padding="valid", data_format=None
    )
    print(moving().shape, "->", layer(moving()).shape)
    odd = np.zeros((1, 15, 27, 27, 1), "float32")
    print(odd.shape, "->", layer(odd).shape)
    print("strides", layer.strides, layer.data_format)


def frames() -> Figure:
    """Look at frames before and after."""
    before = moving()
    after = layers.AveragePooling3D((2, 2, 2))(before).numpy()
    return charts.pooled_frames(before[0, ..., 0], after[0, ..., 0], (0, 2, 4, 6))


def global_by_hand() -> None:
    """Make one number of each map."""
    maps = np.random.random((1, 7, 7, 64)).astype("float32")
    average = layers.GlobalAveragePooling2D()(maps)
    largest = layers.GlobalMaxPooling2D()(maps)
    print(maps.shape, "->", average.shape)
    print("average:", np.allclose(average, maps.mean(axis=(1, 2)), atol=1e-6))
    print("maximum:", np.array_equal(largest, maps.max(axis=(1, 2))))


def any_size() -> None:
    """Give pictures of different sizes to one network."""
    model = keras.Sequential(
        [
            keras.Input((None, None, 1)),  # any number of rows and columns
            layers.Conv2D(64, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ]
    )
    for rows, columns in ((28, 28), (40, 100)):
        pictures = np.random.random((5, rows, columns, 1)).astype("float32")
        print(pictures.shape, "->", model(pictures).shape)


def flatten_needs_a_size() -> None:
    """Try the same with Flatten."""
    try:
        keras.Sequential(
            [keras.Input((None, None, 64)), layers.Flatten(), layers.Dense(10)]
        )
    except ValueError as error:
        print("ValueError:", str(error).partition(".")[0])


def heads() -> Table:
    """Count what comes after the maps, with Flatten and with global pooling."""
    rows = []
    for layer in (layers.Flatten(), layers.GlobalAveragePooling2D()):
        model = keras.Sequential([keras.Input((7, 7, 64)), layer, layers.Dense(10)])
        numbers, parameters = layer.output.shape[1], model.count_params()
        rows.append((type(layer).__name__, f"{numbers:,}", f"{parameters:,}"))
    columns = ("layer", "inputs", "parameters")
    return Table(columns, rows, "From 64 maps of 7×7 to Dense(10)")


def strided() -> Table:
    """Halve 16 maps with pooling and with a convolution."""
    maps = np.random.random((1, 28, 28, 16)).astype("float32")
    rows = []
    for layer in (
        layers.MaxPooling2D(2),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 3, strides=2, padding="same"),
    ):
        shape = "×".join(str(length) for length in layer(maps).shape[1:])
        rows.append((type(layer).__name__, shape, f"{layer.count_params():,}"))
    return Table(("layer", "output", "parameters"), rows, "From 28×28×16")


def average_is_a_convolution() -> None:
    """Write average pooling as a convolution with a fixed kernel."""
    pictures = np.random.random((100, 28, 28, 1)).astype("float32")
    convolution = layers.Conv2D(1, kernel_size=2, strides=2, use_bias=False)
    convolution.build(pictures.shape)
    convolution.set_weights([np.full((2, 2, 1, 1), 0.25)])
    pooled = layers.AveragePooling2D(2)(pictures)
    print("same:", np.allclose(convolution(pictures), pooled, atol=1e-6))


def with_room() -> tuple[np.ndarray, np.ndarray]:
    """Pick garments with four black columns on their right.

    Returns:
        Images, float32 of shape (n, 28, 28, 1) from 0 to 1; labels, uint8 of shape (n,).
    """
    pictures, labels = garments.prepare("test")
    pictures, labels = pictures[:1000], labels[:1000]
    has_room = pictures[:, :, -4:].max(axis=(1, 2, 3)) == 0
    return pictures[has_room], labels[has_room]


def how_many() -> int:
    """Count them."""
    return len(with_room()[1])


def shifted() -> Figure:
    """Shift a garment by a pixel, and compare a map before and after pooling."""
    model, _ = garments.train()
    convolution = model.layers[0]
    still = with_room()[0][:1]
    moved = np.roll(still, 1, axis=2)
    maps = [convolution(picture).numpy() for picture in (still, moved)]
    most = maps[0].std(axis=(0, 1, 2)).argmax()  # the liveliest of the 32 maps
    columns = {"picture": (still[0, ..., 0], moved[0, ..., 0])}
    ways = {
        "map": layers.Identity(),
        "max": layers.MaxPooling2D(2),
        "average": layers.AveragePooling2D(2),
    }
    for name, way in ways.items():
        columns[name] = [way(pair)[0, ..., most].numpy() for pair in maps]
    return charts.shifted_maps(columns, ("in place", "shifted"))


def changes() -> Table:
    """Measure how much shifts change the maps of many garments."""
    model, _ = garments.train()
    convolution = model.layers[0]
    pictures, _ = with_room()
    still = convolution(pictures)
    moved = [convolution(np.roll(pictures, pixels, axis=2)) for pixels in (1, 2, 4)]
    ways = {
        "nothing else": layers.Identity(),
        "every second": lambda maps: maps[:, ::2, ::2],
        "max pooling": layers.MaxPooling2D(2),
        "average pooling": layers.AveragePooling2D(2),
        "global average": layers.GlobalAveragePooling2D(),
    }
    rows = []
    for name, way in ways.items():
        before = way(still)
        change = [np.linalg.norm(way(after) - before) for after in moved]
        shares = change / np.linalg.norm(before)
        rows.append((name, *(f"{share:.0%}" for share in shares)))
    columns = ("then", "1 pixel", "2 pixels", "4 pixels")
    return Table(columns, rows, "Change of the maps by a shift")


def steps() -> None:
    """Shift by one pixel and by two, and look whether the pooled maps move along."""
    model, _ = garments.train()
    convolution, pooling = model.layers[:2]
    pictures, _ = with_room()
    # Black all around, so that borders play no part.
    pictures = np.pad(pictures, ((0, 0), (4, 4), (4, 4), (0, 0)))
    still = pooling(convolution(pictures)).numpy()
    for pixels in (1, 2):
        moved = pooling(convolution(np.roll(pictures, pixels, axis=2))).numpy()
        for spots in (0, 1):
            same = np.allclose(np.roll(still, spots, axis=2), moved, atol=1e-4)
            print(f"shift {pixels}: the pooled maps moved by {spots}: {same}")


@keep.once
def global_network(epochs: int = 10) -> keras.Model:
    """Put global pooling on the trained convolutions, and train the last layer."""
    model, _ = garments.train()
    pictures, labels = garments.prepare("train")
    front = keras.Sequential([*model.layers[:4], layers.GlobalAveragePooling2D()])
    # These layers learn no more, so their 64 numbers are worked out once.
    numbers = front.predict(pictures, batch_size=256, verbose=0)
    scale = layers.Normalization()  # (1)!
    scale.adapt(numbers)
    end = keras.Sequential([scale, layers.Dense(10)])
    end.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    end.fit(numbers, labels, epochs=epochs, batch_size=128, verbose=0)
    return keras.Sequential([front, end])


@keep.once
def right_answers() -> dict[str, list[float]]:
    """Ask both networks about shifted garments.

    Returns:
        For each network the share of right answers for shifts by 0 to 4 pixels.
    """
    pictures, labels = with_room()
    model, _ = garments.train()
    networks = {"Flatten": model, "global average": global_network()}
    shares = {name: [] for name in networks}
    for pixels in range(5):
        moved = np.roll(pictures, pixels, axis=2)
        for name, network in networks.items():
            logits = network.predict(moved, batch_size=256, verbose=0)
            is_right = logits.argmax(axis=1) == labels
            shares[name].append(float(is_right.mean()))
    return shares


def answers() -> Figure:
    """Draw the shares of right answers."""
    return charts.shift_curves(range(5), right_answers())


def flatten_falls() -> str:
    """Say how far the share falls with Flatten."""
    shares = right_answers()["Flatten"]
    return f"from {shares[0]:.0%} to {shares[4]:.0%}"


def global_falls() -> str:
    """Say how far the share falls with global pooling."""
    shares = right_answers()["global average"]
    return f"from {shares[0]:.0%} to {shares[4]:.0%}"
