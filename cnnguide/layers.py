"""Layers that Keras does not have."""

import math
from numbers import Integral, Real
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="cnnguide")
class LocalContrastNormalization(keras.layers.Layer):
    """Subtract the mean of the surroundings, then divide by their standard deviation.

    Each number is compared with the window around it, in its own picture and channel:

        detail = x - mean of x in the window
        y = detail / sqrt(mean of detail² in the window + epsilon)

    So a change of brightness, `x + b`, changes nothing but rounding, and a change of
    contrast, `a * x`, changes little where the local standard deviation is well above
    √epsilon. What is flat stays near zero: epsilon keeps noise from being blown up.

    At the border the window holds fewer numbers, and the means are taken over these: no
    zeros come in from outside. A window that reaches everywhere makes this the same as
    `GroupNormalization(groups=-1)` without its learned scale and offset.

    These are the two steps, subtractive and divisive, of Jarrett, Kavukcuoglu, Ranzato and
    LeCun, "What is the best multi-stage architecture for object recognition?" (ICCV 2009),
    after Pinto, Cox and DiCarlo, "Why is real-world visual object recognition hard?" (PLoS
    Computational Biology 4, 2008). Three things are simpler here:

    - Each channel has its own mean and deviation, so that a strong channel does not drown a
      weak one, and colours may change in brightness one by one. There, all channels share
      both.
    - All numbers of a window count the same. There, a Gaussian lets near ones count more.
    - Epsilon is a constant, in units of the squared input. There, the divisor is at least
      its own mean over the picture, so one bright spot changes the output everywhere.

    The layer has no parameters, learns nothing, and is the same in training and after.
    Its means are computed in float32 at least, also where the layer's policy says float16,
    and its input is not cast to float16 before.

    Args:
        window: the height and width of the window, one odd number for both, or two. At
            least one must be 3 or more.
        epsilon: what is added to the local variance, above 0. The default suits numbers
            from 0 to 1: deviations well below 0.01 count as flat. For pictures from 0 to
            255 the same is `1e-4 * 255**2`.
        data_format: "channels_last" for inputs (batch, height, width, channels),
            "channels_first" for (batch, channels, height, width). By default, what
            `keras.config.image_data_format()` says.
        **kwargs: of every layer, such as `name` and `dtype`.

    Call arguments:
        inputs: four axes, of any size, floats or whole numbers.

    Returns:
        The same shape, of the layer's compute dtype. No number is further from zero than
        the square root of how many the window holds: 9 for a window of 9×9.

    Raises:
        ValueError: window, epsilon or data_format are not as above, or the input has not
            four axes.

    >>> import numpy as np
    >>> picture = np.arange(25, dtype="float32").reshape(1, 5, 5, 1) / 25
    >>> normalize = LocalContrastNormalization(window=3)
    >>> normalize(picture).shape, normalize.count_params()
    (TensorShape([1, 5, 5, 1]), 0)
    >>> bool(np.allclose(normalize(picture + 0.5), normalize(picture), atol=1e-4))
    True
    """

    def __init__(
        self,
        window: int | tuple[int, int] = 9,
        epsilon: float = 1e-4,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        # Cast to float16, a bright picture would lose its detail before the mean is off.
        super().__init__(autocast=False, **kwargs)
        self.window = _checked_window(window)
        if not _is_number(epsilon) or not 0 < epsilon < math.inf:
            raise ValueError(
                "epsilon must be a number above 0, which keeps flat surroundings from a "
                f"division by zero, such as 1e-4; got {epsilon!r}"
            )
        self.epsilon = float(epsilon)
        self.data_format = data_format or keras.config.image_data_format()
        if self.data_format not in {"channels_last", "channels_first"}:
            raise ValueError(
                'data_format must be "channels_last", "channels_first", or None for what '
                f"keras.config.image_data_format() says; got {data_format!r}"
            )

    def call(self, inputs: Any) -> Any:
        """Normalize a batch of pictures or maps."""
        self._check_axes(inputs.shape)
        precise = keras.backend.result_type(self.compute_dtype, "float32")
        x = ops.cast(inputs, precise)
        # Sums of small numbers keep their digits: first take off what all have in common.
        spatial = (1, 2) if self.data_format == "channels_last" else (2, 3)
        x = x - ops.mean(x, axis=spatial, keepdims=True)
        detail = x - self._local_mean(x)
        variance = self._local_mean(ops.square(detail))
        return ops.cast(detail / ops.sqrt(variance + self.epsilon), self.compute_dtype)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """The shape of the input."""
        self._check_axes(input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs to make this layer again."""
        own = {
            "window": self.window,
            "epsilon": self.epsilon,
            "data_format": self.data_format,
        }
        return {**super().get_config(), **own}

    def _local_mean(self, x: Any) -> Any:
        # With "same", pooling counts only what lies inside the picture.
        return ops.average_pool(
            x, self.window, strides=1, padding="same", data_format=self.data_format
        )

    def _check_axes(self, shape: tuple[int | None, ...]) -> None:
        if len(shape) == 4:
            return
        axes = "height, width, channels"
        if self.data_format == "channels_first":
            axes = "channels, height, width"
        advice = (
            "for one picture, add the batch axis with np.expand_dims(picture, 0)"
            if len(shape) == 3
            else "reshape it"
        )
        raise ValueError(
            f"LocalContrastNormalization needs an input of four axes, (batch, {axes}); "
            f"got {len(shape)}, the shape {tuple(shape)}: {advice}"
        )


def _checked_window(window: Any) -> tuple[int, int]:
    pair = tuple(window) if isinstance(window, tuple | list) else (window, window)
    sound = len(pair) == 2 and all(
        isinstance(side, Integral) and not isinstance(side, bool) and side > 0 and side % 2
        for side in pair
    )
    if not sound or max(pair) == 1:
        raise ValueError(
            "window must be an odd number of 3 or more, or a pair (height, width) of odd "
            f"numbers, so that it has a middle, such as 9 or (9, 5); got {window!r}"
        )
    return int(pair[0]), int(pair[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
