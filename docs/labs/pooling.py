# %% [markdown]
# # Lab: Pooling and normalization
#
# You make maps smaller and numbers tamer, first by hand, then with Keras. The lab
# follows the lessons [Downsampling](../downsampling.md) and
# [Normalization](../normalization.md). It takes about half an hour.
#
# - You will predict shapes, and pool a picture in NumPy;
# - find out how far a picture must move before its maps move;
# - normalize by hand, over the axes that each layer uses;
# - see what batch normalization remembers from training;
# - fool the eye, but not local contrast normalization.
#
# Replace the dots in each task, run the cell, and read what the check says.

# %%
import keras
import numpy as np

from cnnguide import charts, labs
from cnnguide.layers import LocalContrastNormalization
from cnnguide.lessons import convolution

keras.utils.set_random_seed(0)

numbers = np.array([[1, 3, 0, 2], [5, 2, 1, 1], [0, 0, 8, 4], [2, 6, 7, 3]])
blocks = numbers.reshape(2, 2, 2, 2)
charts.pooled_windows(
    numbers, {"max": blocks.max(axis=(1, 3)), "average": blocks.mean(axis=(1, 3))}
);

# %% [markdown]
# Each window of four numbers becomes one: the largest, or the mean.
#
# ## Task 1: Windows that overlap
#
# Pooling windows of 3×3 move by 2 pixels. What is the shape of the output?

# %% tags=["task"]
layer = keras.layers.MaxPooling2D(3, strides=2)
maps = keras.random.normal((8, 28, 28, 16))

# solution
# (pictures, rows, columns, channels)
shape = (8, 13, 13, 16)
# end

labs.check("pooling.overlapping", shape)

# %% [markdown]
# ## Task 2: Max pooling by hand
#
# Write a function that keeps the largest number of each window. Windows do not overlap.
# Rows and columns that do not fill a window are dropped, as Keras does.


# %% tags=["task"]
def max_pool(picture, size):
    """Keep the largest number of each window.

    picture: (rows, columns); size: the side of a window
    returns: (rows // size, columns // size)
    """
    # solution
    rows, columns = picture.shape[0] // size, picture.shape[1] // size
    whole = picture[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size).max(axis=(1, 3))
    # end


labs.check("pooling.by_hand", max_pool)

# %% [markdown]
# ## Task 3: When do the maps move?
#
# A picture passes through three layers `MaxPooling2D(2)`. By how many pixels must it
# shift so that the last maps shift by exactly one place, and are otherwise the same?

# %% tags=["task"]
# solution
pixels = 2**3
# end

labs.check("pooling.shift", pixels)

# %% [markdown]
# ## Task 4: Which axes?
#
# Maps have four axes: 0 counts pictures, 1 rows, 2 columns, 3 channels. Batch
# normalization computes one mean for each channel. Over which axes does it take this
# mean?

# %% tags=["task"]
# solution
axes = (0, 1, 2)
# end

labs.check("pooling.axes", axes)

# %% [markdown]
# ## Task 5: Normalize by hand
#
# Write the function that both layers share. It takes mean $m$ and variance $v$ over the
# given axes and returns $(x - m) / \sqrt{v + \varepsilon}$, with $\varepsilon = 0.001$.
# The check compares it with `BatchNormalization` over your axes, and with
# `LayerNormalization` over the last axis.


# %% tags=["task"]
def normalize(maps, axes):
    """Shift and scale numbers to mean 0 and variance 1.

    maps: (pictures, rows, columns, channels); axes: over which to take the mean
    returns: the same shape
    """
    # solution
    mean = maps.mean(axis=axes, keepdims=True)
    variance = maps.var(axis=axes, keepdims=True)
    return (maps - mean) / np.sqrt(variance + 0.001)
    # end


labs.check("pooling.normalize", normalize)

# %% [markdown]
# ## Task 6: What it remembers
#
# In training, batch normalization also keeps a moving mean, for later use. It begins at
# 0. After each batch it becomes `momentum · old + (1 − momentum) · mean of the batch`.
# Two batches come, each full of fives. What is the moving mean then?

# %% tags=["task"]
layer = keras.layers.BatchNormalization(momentum=0.9)
fives = np.full((8, 4, 4, 1), 5.0)

# solution
# After the first batch, and then after the second.
first = 0.9 * 0 + 0.1 * 5
moving_mean = 0.9 * first + 0.1 * 5
# end

labs.check("pooling.remembered", moving_mean)

# %% [markdown]
# ## Task 7: Fool the eye
#
# Write a function that makes a picture look **very different**: its pixels shall change
# by at least 0.2 on average. But after local contrast normalization it must be nearly
# the same as before.
#
# !!! tip "What the layer takes out"
#
#     It subtracts the mean of the surroundings, and divides by how much they vary.
#     Which changes does this undo?


# %% tags=["task"]
def disguise(picture):
    """Change a picture so that only people are fooled.

    picture: (rows, columns, 1), from 0 to 1
    returns: the same shape, any numbers
    """
    # solution
    return 0.5 * picture + 0.5
    # end


labs.check("pooling.disguise", disguise)

# %% [markdown]
# Look at a bag in disguise, before and after normalization. This is the disguise that
# halves the contrast and brightens what is left.

# %%
bag = convolution.bag()
disguised = 0.5 * bag + 0.5
seen = LocalContrastNormalization()(np.stack([bag, disguised])).numpy()
seen = 0.5 + seen / 8  # to look at it: grey is 0
charts.pictures_in_a_row(
    {
        "a bag": bag[..., 0],
        "in disguise": disguised[..., 0],
        "the bag, normalized": seen[0, ..., 0],
        "the disguise, normalized": seen[1, ..., 0],
    }
);

# %% [markdown]
# ## Where to go from here
#
# - Find a disguise that darkens one half of the picture and brightens the other. How
#   does local contrast normalization take it?
# - Give `max_pool` a parameter for strides, so that windows may overlap.
# - Next lab: [A garment classifier](garments.py).
