# %% [markdown]
# # Lab: A data pipeline
#
# You mend pipelines that are broken or slow, in ways that no error message tells. The
# lab follows the lesson [Data pipelines](../pipelines.md). It takes about 40 minutes.
#
# - You will batch and shuffle so that pictures and labels stay together;
# - put a cache where it saves work and spoils nothing;
# - count how often a slow step runs, and make it run less often;
# - build a whole pipeline for training.
#
# Replace the dots in each task, run the cell, and read what the check says. The checks
# call your functions with data of their own, and count what happens.

# %%
import numpy as np
import tensorflow as tf

from cnnguide import charts, labs

tf.random.set_seed(0)


def order(dataset):
    """The numbers of a dataset in the order in which they come."""
    return np.array(list(dataset.as_numpy_iterator()))


numbers = tf.data.Dataset.range(100)
charts.shuffle_reach({n: order(numbers.shuffle(n, seed=0)) for n in (1, 10, 100)});

# %% [markdown]
# Each dot is an element: where it stood, and where it came out. A shuffle mixes only as
# far as its buffer reaches.
#
# ## Task 1: Something is missing
#
# `model.fit` wants batches, and here come single pictures. Return the dataset in
# batches of
# 32. The last batch may be smaller.

# %% tags=["task"]
def batches(dataset):
    """Put single examples together.

    dataset: pictures of (28, 28, 1), one at a time
    returns: a dataset of (32, 28, 28, 1), the last one smaller
    """
    # solution
    return dataset.batch(32)
    # end


labs.check("pipeline.batches", batches)

# %% [markdown]
# ## Task 2: Out of step
#
# This function shuffles pictures and labels, each for itself. There is no error, and
# nothing is learned from it. Mend it: each picture must keep its label.
#
# ```python
# def together(pictures, labels):
#     return tf.data.Dataset.zip(pictures.shuffle(100), labels.shuffle(100))
# ```

# %% tags=["task"]
def together(pictures, labels):
    """Shuffle pictures with their labels.

    pictures, labels: two datasets of 100 elements, in step
    returns: a dataset of pairs, shuffled as widely as possible
    """
    # solution
    return tf.data.Dataset.zip(pictures, labels).shuffle(100)
    # end


labs.check("pipeline.together", together)

# %% [markdown]
# ## Task 3: The same companions for ever
#
# The pipeline below batches first and shuffles then. So the same ten examples always
# come together. Return batches of 10 whose examples are mixed from the whole dataset,
# and mixed anew in each epoch.
#
# ```python
# def mixed(dataset):
#     return dataset.batch(10).shuffle(100)
# ```

# %% tags=["task"]
def mixed(dataset):
    """Batches of examples from everywhere.

    dataset: 100 examples
    returns: 10 batches of 10
    """
    # solution
    return dataset.shuffle(100).batch(10)
    # end


labs.check("pipeline.mixed", mixed)

# %% [markdown]
# ## Task 4: Once is enough
#
# `slow` is a step that takes long and always gives the same for the same example, such
# as reading a file. Over $e$ epochs and $n$ examples it must run $n$ times, not $e
# \cdot n$ times.

# %% tags=["task"]
def read_once(dataset, slow):
    """Apply a slow step to each example, once for all epochs.

    dataset: examples; slow: a function of one example
    returns: a dataset of what slow gives
    """
    # solution
    return dataset.map(slow).cache()
    # end


labs.check("pipeline.read_once", read_once)

# %% [markdown]
# ## Task 5: But chance must stay chance
#
# Now there is a second step: `change` changes each example a little, by chance. It must
# act anew in each epoch. `slow` comes first, and shall still run only once for each
# example.
#
# !!! warning "A cache keeps everything before it"
#
#     Also what was meant to be different the next time.

# %% tags=["task"]
def augmented(dataset, slow, change):
    """Read once, change each time.

    dataset: examples; slow, change: functions of one example
    returns: a dataset of changed examples
    """
    # solution
    return dataset.map(slow).cache().map(change)
    # end


labs.check("pipeline.augmented", augmented)

# %% [markdown]
# ## Task 6: Fewer calls
#
# `scale` divides by 255, and takes one picture as well as a whole batch. Each call
# costs more than the division itself. Return batches of 100 scaled pictures, with as
# few calls of `scale` as you can.

# %% tags=["task"]
def scaled(dataset, scale):
    """Scale pictures in few calls.

    dataset: single pictures; scale: a function of one picture, or of a batch
    returns: batches of 100 scaled pictures
    """
    # solution
    return dataset.batch(100).map(scale)
    # end


labs.check("pipeline.scaled", scaled)

# %% [markdown]
# ## Task 7: All together
#
# Build the pipeline for a training. Images are `uint8` from 0 to 255. What comes out:
#
# - pairs of a batch of 32 images, `float32` from 0 to 1, and their labels;
# - every example once in each epoch, in another order each time;
# - and at the end of the pipeline it prepares the next batch while the network learns.

# %% tags=["task"]
def training_data(images, labels):
    """A dataset to train on.

    images: uint8, (n, 28, 28, 1), from 0 to 255; labels: (n,)
    returns: a dataset of (images, labels) in batches
    """
    # solution
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    dataset = dataset.cache().shuffle(len(images)).batch(32)
    dataset = dataset.map(lambda x, y: (tf.cast(x, "float32") / 255, y))
    return dataset.prefetch(tf.data.AUTOTUNE)
    # end


labs.check("pipeline.training_data", training_data)

# %% [markdown]
# ## Where to go from here
#
# - Give `map` the argument `num_parallel_calls=tf.data.AUTOTUNE`, and let the slow step
#   `time.sleep(0.01)`. How much faster is the first epoch?
# - Let `training_data` drop the last, smaller batch. When would you want that?
# - Next lab: [Saving and resuming](saving.py).
