# %% [markdown]
# # Lab: Taming overfitting
#
# You read the signs of overfitting off curves, and then tame a network that knows a
# hundred flowers by heart. The lab follows the lessons [Overfitting](../overfitting.md)
# and [Flowers](../flowers.md). It takes about 40 minutes.
#
# - You will measure the gap, and find the epoch at which to stop;
# - say what Dropout does, and which layers act in training only;
# - put random changes together that suit flowers;
# - make the gap small without losing what the network has learned.
#
# Replace the dots in each task, run the cell, and read what the check says.

# %%
import contextlib
import io

import keras
import numpy as np

from cnnguide import charts, labs
from cnnguide.data import flowers
from cnnguide.lessons import flowers_training

keras.utils.set_random_seed(0)

_, history = flowers_training.train()  # the lesson's first network
charts.training_curves(history);

# %% [markdown]
# These are the curves of the lesson's first network. `history` holds the numbers: a
# list for each of `loss`, `accuracy`, `val_loss` and `val_accuracy`, one number for
# each epoch.
#
# ## Task 1: The gap
#
# By how much is the accuracy on known pictures higher than that on unseen ones, after
# the last epoch?

# %% tags=["task"]
# solution
gap = history["accuracy"][-1] - history["val_accuracy"][-1]
# end

labs.check("overfitting.gap", gap)

# %% [markdown]
# ## Task 2: Where to stop
#
# After which epoch is the loss on unseen pictures lowest? Count from 1.

# %% tags=["task"]
# solution
epoch = np.argmin(history["val_loss"]) + 1
# end

labs.check("overfitting.epoch", epoch)

# %% [markdown]
# ## Task 3: What Dropout does
#
# In training, `Dropout(0.25)` drops a quarter of the numbers that pass. The rest grow
# by a factor, so that the mean stays: $(1 - \text{rate}) \cdot \text{factor} = 1$. What
# is the factor?

# %% tags=["task"]
# solution
factor = 1 / (1 - 0.25)
# end

labs.check("overfitting.factor", factor)

# %% [markdown]
# ## Task 4: Who acts in training only?
#
# Some layers change what passes through them only while the network trains. When it
# predicts, they do nothing. Which of these? Write their names into a list.
#
# `Conv2D`, `Dropout`, `Flatten`, `MaxPooling2D`, `RandomFlip`, `RandomRotation`,
# `Rescaling`

# %% tags=["task"]
# solution
names = ["Dropout", "RandomFlip", "RandomRotation"]
# end

labs.check("overfitting.active", names)

# %% [markdown]
# ## A network that knows its pictures by heart
#
# Here are a hundred flowers to learn from, and three hundred others to judge by. They
# are small, so that nobody has to wait.

# %%
with contextlib.redirect_stdout(io.StringIO()):  # it counts the files
    parts = keras.utils.image_dataset_from_directory(
        flowers.folder(),
        image_size=(32, 32),
        batch_size=None,
        validation_split=0.5,
        subset="both",
        seed=0,
    )
(known, known_labels), (unseen, unseen_labels) = [
    tuple(map(np.array, zip(*part.as_numpy_iterator()))) for part in parts
]
known, known_labels = known[:100], known_labels[:100]
charts.colour_grid(known[:5].astype("uint8"), [f"class {n}" for n in known_labels[:5]]);

# %%
def network(first=(), rate=0.0):
    """A network for flowers, with layers before it and with Dropout."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *first,
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(16, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(32, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dropout(rate),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(5),
        ]
    )


def train(model, epochs=20, callbacks=()):
    """Train on the hundred flowers; returns the history."""
    keras.utils.set_random_seed(0)
    model.compile(
        optimizer=keras.optimizers.Adam(0.002),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model.fit(
        known,
        known_labels,
        validation_data=(unseen, unseen_labels),
        epochs=epochs,
        batch_size=20,
        callbacks=list(callbacks),
        verbose=0,
    ).history


charts.training_curves(train(network()));

# %% [markdown]
# It soon knows all hundred by heart, and far fewer of the others. From then on its loss
# on unseen flowers only rises.
#
# ## Task 5: Random changes that suit flowers
#
# Put at least two random layers together. In training they shall change a flower, and
# leave it a flower: its numbers stay between 0 and 255. When the network predicts, they
# do nothing.

# %% tags=["task"]
# solution
augmentation = keras.Sequential(
    [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomRotation(0.25),
        keras.layers.RandomZoom(0.2),
    ]
)
# end

labs.check("overfitting.augmentation", augmentation)

# %% [markdown]
# ## Task 6: Stop in time
#
# Make a callback that watches the loss on unseen pictures. It shall stop the training
# when three epochs in a row have brought nothing better, and take back the best
# weights.

# %% tags=["task"]
# solution
stopping = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=3, restore_best_weights=True
)
# end

labs.check("overfitting.stopping", stopping)

# %% [markdown]
# ## Task 7: Tame it
#
# Train a network on the hundred flowers that has a gap of **at most 0.3** and still
# names at least **35 %** of the unseen flowers right, each as the mean of its last
# three epochs. `train` and `network` from above are yours to use, with up to 40 epochs.
# Hand over the history.
#
# !!! tip "One thing at a time"
#
#     Look at `charts.training_curves(tamed)` after each change. A gap may also be small
#     because nothing has been learned.

# %% tags=["task"]
# solution
model = network(first=[augmentation], rate=0.3)
tamed = train(model)
charts.training_curves(tamed)
# end

labs.check("overfitting.tamed", tamed)

# %% [markdown]
# ## Where to go from here
#
# - Train the tamed network for 60 epochs. Does it become better, and does the gap come
#   back?
# - Which of the two does more here, the random changes or Dropout? Try each alone.
# - Next lab: [A data pipeline](pipeline.py).
