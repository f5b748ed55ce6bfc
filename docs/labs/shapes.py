# %% [markdown]
# # Lab: Convolution and shapes
#
# See [Convolution](../convolution.md).
#
# !!! tip "How"
#
#     Write $a^2$ first.

# %%
import keras

from cnnguide import charts, labs
from cnnguide.lessons import convolution

keras.utils.set_random_seed(0)
charts.picture_grid([convolution.bag()], ["a bag"]);

# %%
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 3)])
model.summary()

# %% [markdown]
# ## Task 1: A window without padding

# %% tags=["task"]
images = keras.random.normal((4, 28, 28, 1))
layer = keras.layers.Conv2D(8, 3)

# solution
shape = tuple(layer(images).shape)
# end

labs.check("shapes.valid", shape)
