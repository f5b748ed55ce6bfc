# %% [markdown]
# # Lab: Saving and resuming
#
# You save models, look at what is in the file, and go on with a training that was broken
# off. The lab follows the lesson [Saving and loading](../saving.md). It takes about half an
# hour.
#
# - You will save a model, load it, and see that both answer alike;
# - say what a file holds besides the weights;
# - keep the best epoch while training goes on;
# - resume a training as if nothing had happened;
# - make a layer of your own that can be saved.
#
# Replace the dots in each task, run the cell, and read what the check says.

# %%
import tempfile
from pathlib import Path

import keras

from cnnguide import charts, labs
from cnnguide.lessons import garments, saving

keras.utils.set_random_seed(0)

place = tempfile.TemporaryDirectory()  # it is gone when the notebook ends
folder = Path(place.name)
images, labels = garments.prepare("train")
images, labels = images[:1000], labels[:1000]

model = saving.train()  # the lesson's small network, trained a little
print(f"{model.count_params():,} weights in {len(model.layers)} layers")

# %% [markdown]
# ## Task 1: There and back
#
# Write a function that saves a model to a file, loads it from there, and returns the loaded
# model. It shall still be compiled, so that it can be trained on.

# %% tags=["task"]
def through_a_file(model, path):
    """Save a model and load it again.

    model: a Keras model; path: ends with .keras
    returns: the loaded model
    """
    # solution
    model.save(path)
    return keras.saving.load_model(path)
    # end


labs.check("saving.through_a_file", through_a_file)

# %% [markdown]
# ## Task 2: What Adam remembers
#
# The file is about three times as large as its weights. The optimizer is in it. For each
# weight $w$, Adam keeps two averages: of the gradient, and of its square. Besides, it keeps
# its step and its learning rate. How many numbers does it keep for this model?

# %% tags=["task"]
weights = model.count_params()

# solution
kept = 2 * weights + 2
# end

labs.check("saving.remembered", kept)

# %% [markdown]
# ## Task 3: Weights alone
#
# A colleague has the same network in code, and wants only your weights. Write a function
# that hands them over by a file. Its name must end with `.weights.h5`.

# %% tags=["task"]
def hand_over(trained, fresh, path):
    """Put the weights of one model into another, by a file.

    trained, fresh: models of the same layers; path: where the file shall be
    """
    # solution
    trained.save_weights(path)
    fresh.load_weights(path)
    return fresh
    # end


labs.check("saving.hand_over", hand_over)

# %% [markdown]
# ## Task 4: Keep the best
#
# This training goes on too long, with steps that are too large. Look at the loss on unseen
# garments: the last epoch is hardly the best.

# %%
def train(callbacks=()):
    """Train for ten epochs with steps that are too large; returns the history."""
    keras.utils.set_random_seed(0)
    wild = saving.compiled()
    wild.optimizer.learning_rate = 0.05
    return wild.fit(
        images[:100],
        labels[:100],
        validation_data=(images[100:300], labels[100:300]),
        epochs=10,
        callbacks=list(callbacks),
        verbose=0,
    ).history


charts.training_curves(train());

# %% [markdown]
# Make a callback that saves the whole model to `path` after each epoch in which the loss on
# unseen garments was lower than ever before, and only then.

# %% tags=["task"]
path = folder / "best.keras"

# solution
checkpoint = keras.callbacks.ModelCheckpoint(
    path, monitor="val_loss", save_best_only=True
)
# end

labs.check("saving.checkpoint", checkpoint)

# %% [markdown]
# ## Task 5: Go on
#
# A model was trained for an epoch and saved. Write a function that goes on for one epoch
# more, so that the weights become **the same as without the break**. Train with
# `shuffle=False`, so that chance plays no part.
#
# !!! warning "compile begins anew"
#
#     A loaded model is compiled already. `compile` would give it a new optimizer, which
#     remembers nothing.

# %% tags=["task"]
def resume(path, images, labels):
    """Load a model and train it for one more epoch.

    path: of the saved model; images, labels: what it learns from
    returns: the model
    """
    # solution
    model = keras.saving.load_model(path)
    model.fit(images, labels, shuffle=False, verbose=0)
    return model
    # end


labs.check("saving.resume", resume)

# %% [markdown]
# ## Task 6: A layer of your own
#
# `Brighten` adds a number to each pixel. Complete it, so that a model with it can be saved
# and loaded by somebody who has imported the class: register it, and tell in `get_config`
# with what it was made.

# %% tags=["task"]
# solution
# Register the class with @keras.saving.register_keras_serializable(package="lab").
@keras.saving.register_keras_serializable(package="lab")
class Brighten(keras.layers.Layer):
    """Add the same amount to all numbers."""

    def __init__(self, amount, **kwargs):
        super().__init__(**kwargs)
        self.amount = amount

    def call(self, inputs):
        return inputs + self.amount

    def get_config(self):
        return super().get_config() | {"amount": self.amount}
# end


labs.check("saving.brighten", Brighten)

# %% [markdown]
# ## Where to go from here
#
# - Save `model` as `.keras`, rename a copy to `.zip` and look into it.
# - Use your callback in `train([checkpoint])`, load the file, and evaluate it on the unseen
#   garments. Is its loss the lowest of the curve?
# - Back to the course: [The training steps, reviewed](../review.md).
