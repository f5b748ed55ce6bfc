# %% [markdown]
# # Lab: Convolution and shapes
#
# You predict what convolutions make of pictures, and then write one yourself. The lab
# follows the lessons [Why convolution](../why-convolution.md) and
# [Convolution](../convolution.md). It takes about half an hour.
#
# - You will predict the shape of an output from the window, its steps and its padding;
# - count parameters before Keras does;
# - write the arithmetic of a convolution in NumPy;
# - design layers that turn a picture into a demanded shape.
#
# Each task has a cell with dots. Replace the dots, run the cell, and read what the
# check says.
#
# !!! tip "Think first"
#
#     You could ask Keras for most answers. Write yours down before, on paper. Being
#     wrong once teaches more than being told ten times.

# %%
import keras
import numpy as np

from cnnguide import charts, labs
from cnnguide.lessons import convolution

keras.utils.set_random_seed(0)

bag = convolution.bag()  # (28, 28, 1), from 0 to 1
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
result = convolution.by_hand()
charts.window_at_work(bag[..., 0], kernel, (6, 10), result);

# %% [markdown]
# This is one window at work, and the map that all windows make together. A window of 3
# rows has fewer places than the picture has rows.
#
# ## Task 1: A window without padding
#
# Four grey pictures go through a convolution with 8 kernels. What is the shape of the
# output?

# %% tags=["task"]
images = keras.random.normal((4, 28, 28, 1))
layer = keras.layers.Conv2D(8, 3)

# solution
# (pictures, rows, columns, channels)
shape = (4, 26, 26, 8)
# end

labs.check("shapes.valid", shape)

# %% [markdown]
# ## Task 2: Steps and padding
#
# Now the window moves by two pixels at a time, and the picture is padded, so that
# windows may begin at the border. On $n$ rows with strides of $s$, `"same"` gives
# $\lceil n / s \rceil$ places.

# %% tags=["task"]
images = keras.random.normal((4, 27, 40, 3))
layer = keras.layers.Conv2D(16, 5, strides=2, padding="same")

# solution
# (pictures, rows, columns, channels)
shape = (4, 14, 20, 16)
# end

labs.check("shapes.strided", shape)

# %% [markdown]
# ## Task 3: How many parameters?
#
# The same layer, on the same pictures in colour. Count the numbers that it learns.

# %% tags=["task"]
layer = keras.layers.Conv2D(16, 5, strides=2, padding="same")

# solution
# The weights of one kernel, its bias, and how many kernels there are.
count = 16 * (5 * 5 * 3 + 1)
# end

labs.check("shapes.parameters", count)

# %% [markdown]
# ## Task 4: A convolution of your own
#
# Write a function that slides a kernel over a grey picture, without padding, one pixel
# at a time. At each place it multiplies the window with the kernel, number by number,
# and adds up. The check compares your map with that of Keras, on pictures and kernels
# of several sizes.


# %% tags=["task"]
def convolve(picture, kernel):
    """Slide a kernel over a picture.

    picture: (rows, columns); kernel: (height, width)
    returns: (rows - height + 1, columns - width + 1)
    """
    # solution
    height, width = kernel.shape
    rows, columns = picture.shape[0] - height + 1, picture.shape[1] - width + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = picture[row : row + height, column : column + width]
            result[row, column] = np.sum(window * kernel)
    return result
    # end


labs.check("shapes.by_hand", convolve)

# %% [markdown]
# ## Task 5: A kernel that finds one kind of edge
#
# Choose the nine numbers of a kernel that answers strongly where the picture is **dark
# above and bright below**, and gives 0 on plain areas and on edges that stand upright.

# %% tags=["task"]
# solution
# Three rows of three numbers.
kernel = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
# end

labs.check("shapes.edge", kernel)

# %% [markdown]
# ## Task 6: How far does it see?
#
# Five convolutions of 3×3 follow each other, each with steps of one pixel. How wide is
# the square of pixels that one output depends on?

# %% tags=["task"]
# solution
width = 1 + 5 * 2
# end

labs.check("shapes.field", width)

# %% [markdown]
# ## Task 7: Meet the demand
#
# Design a network that turns garments of (28, 28, 1) into maps of **(7, 7, 32)**. It
# may have at most **5,000 parameters**, and every output must depend on at least **10
# pixels** across. There are many good answers.
#
# ??? note "Where to begin"
#
#     Halve twice: 28 → 14 → 7. Then count what each layer costs. A layer from 16 to 32
#     maps with 3×3 kernels costs 32·(3·3·16 + 1) parameters.

# %% tags=["task"]
# solution
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(12, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(32, 3, padding="same"),
    ]
)
# end

labs.check("shapes.demand", model)

# %% [markdown]
# ## Where to go from here
#
# - Make the network of task 7 as small as you can. Is there one with fewer than 500
#   parameters?
# - Give `convolve` a parameter for strides, and compare it with `keras.layers.Conv2D`
#   yourself.
# - Next lab: [Pooling and normalization](pooling.py).
