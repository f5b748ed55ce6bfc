# %% [markdown]
# # Lab: A garment classifier
#
# You build and train a network, and better a given score. The lab follows the lesson
# [Garments](../garments.md), and uses its data: small grey pictures of garments, in ten
# classes. It takes about 40 minutes.
#
# - You will get pictures ready for a network;
# - say what it shall minimize, and what pure guessing would cost;
# - better the score of a network without convolutions, with fewer parameters;
# - find the classes that are confused most, and the mistakes it is sure of.
#
# Replace the dots in each task, run the cell, and read what the check says.

# %%
import keras
import numpy as np

from cnnguide import charts, labs
from cnnguide.data import fashion_mnist
from cnnguide.lessons import garments

keras.utils.set_random_seed(0)

images, labels = fashion_mnist.load("train")
names = fashion_mnist.CLASS_NAMES
charts.picture_grid(images[:8], [names[label] for label in labels[:8]]);

# %% [markdown]
# ## Task 1: Ready for the network
#
# The pictures are whole numbers from 0 to 255, of shape (n, 28, 28). The network wants
# `float32` from 0 to 1, of shape (n, 28, 28, 1).


# %% tags=["task"]
def prepare(images):
    """Get pictures ready for a network.

    images: uint8, (n, 28, 28), from 0 to 255
    returns: float32, (n, 28, 28, 1), from 0 to 1
    """
    # solution
    scaled = images.astype("float32") / 255
    return scaled[..., np.newaxis]
    # end


labs.check("garments.prepared", prepare)

# %% [markdown]
# ## Task 2: What shall it minimize?
#
# Labels are whole numbers from 0 to 9. The network will end in `Dense(10)` without
# activation, so its answers are logits: any numbers, not yet probabilities. Make the
# loss that fits both.

# %% tags=["task"]
# solution
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# end

labs.check("garments.loss", loss)

# %% [markdown]
# ## Task 3: What does guessing cost?
#
# The loss of one picture is $-\ln p$, where $p$ is the probability that the network
# gives to the true class. A network that knows nothing gives each of the ten classes
# the same. What is its loss?

# %% tags=["task"]
# solution
guessing = -np.log(1 / 10)
# end

labs.check("garments.guessing", guessing)

# %% [markdown]
# ## A score to better
#
# Here is a network without convolutions. It learns from the first 3,000 garments only,
# for six epochs, so that nobody has to wait. How many of the 1,000 unseen garments does
# it name right?

# %%
known, known_labels = garments.prepare("train")
known, known_labels = known[:3000], known_labels[:3000]
unseen, unseen_labels = garments.prepare("test")


def train(model, epochs=6):
    """Train a network on the 3,000 garments, and judge it by the unseen."""
    keras.utils.set_random_seed(0)
    model.compile(
        optimizer=keras.optimizers.Adam(0.003),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(known, known_labels, batch_size=32, epochs=epochs, verbose=0)
    _, accuracy = model.evaluate(unseen, unseen_labels, verbose=0)
    return accuracy


plain = keras.Sequential(
    [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
)
print(f"{train(plain):.1%} right, with {plain.count_params():,} parameters")

# %% [markdown]
# ## Task 4: Better it
#
# Build a network that names at least **81.5 %** of the unseen garments right, with at
# most **30,000 parameters**. `train` trains it, with the same pictures and the same
# time for all. You may change everything between the input and the last layer, and the
# number of epochs up to 12.
#
# ??? note "Where to begin"
#
#     Two convolutions of 3×3, each followed by pooling, then Flatten and `Dense(10)`.
#     Where do the parameters sit? `model.summary()` tells.

# %% tags=["task"]
# solution
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10),
    ]
)
print(f"{train(model, epochs=8):.1%} right, with {model.count_params():,} parameters")
# end

labs.check("garments.score", model)

# %% [markdown]
# ## Task 5: Who is taken for whom?
#
# From here on you judge the network of the lesson, which has learned from all garments
# of the sample. Of each row of `chances` the largest is its answer. Which class is most
# often taken for another, and for which? Answer with two names: what it is, and what
# the network says.

# %% tags=["task"]
chances = garments.probabilities()  # (n, 10), for the unseen garments

# solution
counts = np.zeros((10, 10), int)
np.add.at(counts, (unseen_labels, chances.argmax(axis=1)), 1)
np.fill_diagonal(counts, 0)  # right answers are no mistakes
truth, answer = np.unravel_index(counts.argmax(), counts.shape)
pair = (names[truth], names[answer])
# end

labs.check("garments.confused", pair)

# %% [markdown]
# ## Task 6: Sure and wrong
#
# How many of the unseen garments does the network name wrong although it is more than
# 90 % sure?

# %% tags=["task"]
# solution
is_wrong = chances.argmax(axis=1) != unseen_labels
count = np.sum(is_wrong & (chances.max(axis=1) > 0.9))
# end

labs.check("garments.sure", count)

# %% [markdown]
# Look at some of these. Would you have known?

# %%
mistakes = np.flatnonzero(
    (chances.argmax(axis=1) != unseen_labels) & (chances.max(axis=1) > 0.9)
)[:4]
charts.prediction_bars(
    unseen[mistakes, ..., 0], chances[mistakes], unseen_labels[mistakes], names
);

# %% [markdown]
# ## Where to go from here
#
# - How far can you get below 10,000 parameters?
# - Let `train` also return the accuracy on the known garments. How large is the gap?
# - Next lab: [Taming overfitting](overfitting.py).
