"""The tasks of the lab on pooling and normalization."""

import numpy as np

from cnnguide.labs import verdict
from cnnguide.labs.verdict import Verdict, right, wrong


def overlapping(answer: object) -> Verdict:
    """The shape that `MaxPooling2D(3, strides=2)` makes of (8, 28, 28, 16)."""
    import keras

    pool = keras.layers.MaxPooling2D(3, strides=2)
    expected = tuple(pool.compute_output_shape((8, 28, 28, 16)))
    found = verdict.shape(answer, axes=4)
    if found == expected:
        return right("Windows of 3 begin at 0, 2, … 24: 13 places. Pictures and maps stay.")
    if found[0] != 8 or found[3] != 16:
        hint = "Does pooling change how many pictures there are, or how many maps?"
    elif found[1] == 14:
        hint = "The last window would hang over the border. Is there padding?"
    elif found[1] == 9:
        hint = "That is right for windows that do not overlap."
    else:
        hint = "Write down where the windows begin: 0, 2, 4, … Which is the last that fits?"
    return wrong("another shape", found, hint)


def by_hand(answer: object) -> Verdict:
    """A function that keeps the largest number of each window."""
    import keras

    chance = np.random.default_rng(0)
    for (rows, columns), size in [((6, 4), 2), ((9, 9), 3), ((7, 10), 2)]:
        # Below zero as well, so that zeros in the place of missing numbers are noticed.
        picture = chance.normal(-1, 1, (rows, columns)).astype("float32")
        pool = keras.layers.MaxPooling2D(size)
        expected = pool(picture[np.newaxis, ..., np.newaxis]).numpy()[0, ..., 0]
        found = np.asarray(verdict.call(answer, picture, size))
        if found.shape != expected.shape:
            told = f"{expected.shape} for {(rows, columns)} with windows of {size}"
            hint = "How many whole windows fit? What is left over is dropped."
            return wrong(told, found.shape, hint)
        if not np.allclose(found, expected):
            whole = picture[: rows // size * size, : columns // size * size]
            means = whole.reshape(rows // size, size, -1, size).mean(axis=(1, 3))
            hint = "Take one window and find its largest number on paper."
            if np.allclose(found, means, atol=1e-5):
                hint = "That is average pooling."
            elif np.allclose(found, np.maximum(expected, 0)):
                hint = "Some numbers are below zero. What does your maximum begin with?"
            return wrong("the maxima of Keras", "other numbers", hint)
    return right("The same numbers as those of Keras, for three sizes.")


def shift(answer: object) -> Verdict:
    """By how many pixels a picture shifts for one place behind three poolings."""
    import keras

    picture = np.random.default_rng(0).random((1, 64, 64, 1))
    pool = keras.Sequential([keras.layers.MaxPooling2D(2) for _ in range(3)])
    moved = np.roll(pool(picture), 1, axis=2)
    expected = next(
        pixels
        for pixels in range(1, 64)
        if np.allclose(pool(np.roll(picture, pixels, axis=2)), moved)
    )
    found = verdict.number(answer, whole=True)
    if found == expected:
        return right("One place of the last maps stands for 8 pixels across.")
    if found == 6:
        hint = "Each layer halves what is left. Do three halvings make a sixth?"
    elif found in (2, 4):
        hint = "That is right for fewer layers."
    else:
        hint = "How many pixels across does one place stand for, layer after layer?"
    return wrong("another number", found, hint)


def axes(answer: object) -> Verdict:
    """The axes over which batch normalization takes its mean."""
    import keras

    layer = keras.layers.BatchNormalization(momentum=0)
    maps = np.random.default_rng(0).normal(size=(4, 5, 6, 3)).astype("float32")
    layer(maps, training=True)  # with this momentum it remembers the last mean alone
    try:
        found = (answer,) if isinstance(answer, int) else tuple(answer)
        mean = maps.mean(axis=found)
    except (TypeError, ValueError):
        hint = "Write the numbers of the axes as a tuple, such as (0, 3)."
        return wrong("a tuple of axes from 0 to 3", answer, hint)
    kept = np.asarray(layer.moving_mean)
    if mean.shape == kept.shape and np.allclose(mean, kept, atol=1e-5):
        return right("Over pictures, rows and columns. What is left is one mean a channel.")
    if 3 in found or -1 in found:
        hint = "One mean for each channel: is the axis of the channels averaged away?"
    elif 0 not in found:
        hint = "It is called batch normalization. Which axis counts the batch?"
    else:
        hint = "Which axes are left after the mean? Only the channels shall be."
    return wrong("axes that leave one mean a channel", f"means of {mean.shape}", hint)


def normalize(answer: object) -> Verdict:
    """A function that normalizes over given axes as Keras does."""
    import keras

    maps = np.random.default_rng(0).normal(3, 2, (4, 5, 6, 3)).astype("float32")
    for name, layer, over in [
        ("BatchNormalization", keras.layers.BatchNormalization(), (0, 1, 2)),
        ("LayerNormalization", keras.layers.LayerNormalization(epsilon=1e-3), (3,)),
    ]:
        expected = np.asarray(layer(maps, training=True))
        found = np.asarray(verdict.call(answer, maps.copy(), over))
        if found.shape != maps.shape:
            hint = "keepdims=True lets a mean be subtracted from what it was taken of."
            return wrong(f"the shape {maps.shape}", found.shape, hint)
        if not np.allclose(found, expected, atol=1e-4):
            return wrong(f"the numbers of {name}", "others", _why(found, maps, over))
    return right("The same numbers as those of both layers. They differ only in the axes.")


def _why(found: np.ndarray, maps: np.ndarray, over: tuple[int, ...]) -> str:
    centred = maps - maps.mean(axis=over, keepdims=True)
    variance = maps.var(axis=over, keepdims=True)
    if np.allclose(found, centred, atol=1e-4):
        return "The mean is gone. What about the variance?"
    if np.allclose(found, centred / (variance + 0.001), atol=1e-3):
        return "Divide by the square root of the variance."
    if np.allclose(found.mean(axis=over), 0, atol=1e-3):
        return "The mean is right. Look at epsilon: it is added under the root."
    return "Take mean and variance over the axes that are given, whichever they are."


def remembered(answer: object) -> Verdict:
    """The moving mean after two batches of fives, with a momentum of 0.9."""
    import keras

    layer = keras.layers.BatchNormalization(momentum=0.9)
    for _ in range(2):
        layer(np.full((8, 4, 4, 1), 5.0), training=True)
    expected = float(layer.moving_mean[0])
    found = verdict.number(answer)
    if abs(found - expected) < 0.005:
        return right("It comes near to 5 slowly: a tenth of the way with each batch.")
    if abs(found - 0.5) < 0.005:
        hint = "That is after the first batch. Now the second."
    elif abs(found - 5) < 0.005:
        hint = "That is the mean of a batch. The moving mean lags behind it."
    elif abs(found - 1) < 0.005:
        hint = "The second batch moves it less far: a part of what was there is lost."
    elif abs(found - 4.95) < 0.005:
        hint = "Which of the two does the momentum multiply, the old or the new?"
    else:
        hint = "Work it out batch by batch. It begins at 0."
    return wrong("another number", found, hint)


def disguise(answer: object) -> Verdict:
    """A change that people see, and local contrast normalization does not."""
    from cnnguide.layers import LocalContrastNormalization
    from cnnguide.lessons import garments

    images = garments.prepare("test")[0][:5]
    found = np.stack([np.asarray(verdict.call(answer, image.copy())) for image in images])
    if found.shape != images.shape:
        hint = "A picture comes out as large as it went in."
        return wrong(f"the shape {images.shape[1:]}", found.shape[1:], hint)
    if not np.isfinite(found).all():
        hint = "Some are too large to count, or divided by zero. Keep them finite."
        return wrong("numbers", "what is none", hint)
    changed = float(np.mean(np.abs(found - images)))
    if changed < 0.2:
        hint = "Brighter, darker, paler: take more of it."
        return wrong("a change of 0.2 on average", f"{changed:.2f}", hint)
    layer = LocalContrastNormalization()
    before, after = layer(images).numpy(), layer(found.astype("float32")).numpy()
    left = float(np.mean(np.abs(after - before)) / np.mean(np.abs(before)))
    # Half the contrast leaves 1 %: epsilon counts for more where little varies. A gamma of
    # 0.3 leaves 40 %, noise of 0.25 or a flip about 100 %, a negative 200 %.
    if left > 0.2:
        hint = "Which change adds the same to all pixels, or multiplies all by the same?"
        if np.allclose(after, -before, atol=0.2):
            hint = "What was brighter than its surroundings is darker now. Keep the order."
        return wrong("nearly the same after normalization", f"{left:.0%} of change", hint)
    return right(
        f"Pixels changed by {changed:.2f}, and normalization left {left:.0%} of it."
    )
