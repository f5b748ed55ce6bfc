import re
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.lib.stride_tricks import sliding_window_view

from cnnguide.layers import LocalContrastNormalization


def by_numpy(x: np.ndarray, window: tuple[int, int], epsilon: float = 1e-4) -> np.ndarray:
    """The same in float64, each window written out; (batch, height, width, channels)."""

    def mean(values: np.ndarray) -> np.ndarray:
        around = [(0, 0), *((side // 2, side // 2) for side in window), (0, 0)]
        padded = np.pad(values, around, constant_values=np.nan)
        return np.nanmean(sliding_window_view(padded, window, axis=(1, 2)), axis=(-2, -1))

    x = x.astype("float64")
    detail = x - mean(x)
    return detail / np.sqrt(mean(detail**2) + epsilon)


def pictures(shape: tuple[int, ...] = (2, 12, 13, 3), dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(0).random(shape).astype(dtype)


def largest_difference(one: object, other: object) -> float:
    return float(np.abs(np.array(one, "float64") - np.array(other, "float64")).max())


@pytest.fixture
def as_before() -> Iterator[None]:
    data_format = keras.config.image_data_format()
    yield
    keras.config.set_image_data_format(data_format)


@pytest.mark.parametrize("window", [3, 9, 31, (1, 3), (5, 9)])
@pytest.mark.parametrize("size", [(12, 13), (13, 12), (8, 8), (1, 1), (1, 7)])
def test_it_computes_what_numpy_does(
    window: int | tuple[int, int], size: tuple[int, int]
) -> None:
    x = pictures((2, *size, 3))
    pair = window if isinstance(window, tuple) else (window, window)
    assert (
        largest_difference(LocalContrastNormalization(window)(x), by_numpy(x, pair)) < 1e-5
    )


@pytest.mark.parametrize("epsilon", [1e-6, 0.01, 1])
def test_epsilon_is_added_to_the_variance(epsilon: float) -> None:
    x = pictures()
    layer = LocalContrastNormalization(5, epsilon)
    assert largest_difference(layer(x), by_numpy(x, (5, 5), epsilon)) < 1e-5


def test_channels_first_is_the_same_with_axes_moved() -> None:
    x = pictures()
    moved = LocalContrastNormalization((5, 3), data_format="channels_first")(
        np.moveaxis(x, -1, 1)
    )
    assert largest_difference(np.moveaxis(moved, 1, -1), by_numpy(x, (5, 3))) < 1e-5


def test_the_data_format_is_kerass_unless_given(as_before: None) -> None:
    keras.config.set_image_data_format("channels_first")
    assert LocalContrastNormalization().data_format == "channels_first"
    assert LocalContrastNormalization(data_format="channels_last").data_format == (
        "channels_last"
    )


@pytest.mark.parametrize("offset", [100, 255, 10_000])
def test_large_brightness_costs_no_digits(offset: float) -> None:
    x = (pictures() + np.float32(offset)).astype("float32")
    # Without taking the common part off first: 0.0001, 0.0004 and 0.016.
    assert largest_difference(LocalContrastNormalization()(x), by_numpy(x, (9, 9))) < 1e-5


def test_faint_detail_of_a_bright_picture_is_kept() -> None:
    x = (250 + 0.01 * pictures()).astype("float32")
    assert largest_difference(LocalContrastNormalization()(x), by_numpy(x, (9, 9))) < 1e-5


@pytest.mark.parametrize("value", [0, 0.1, 200.3, -1e4])
def test_a_constant_picture_becomes_zero(value: float) -> None:
    x = np.full((1, 20, 21, 2), value, "float32")
    assert largest_difference(LocalContrastNormalization()(x), np.zeros_like(x)) < 1e-3


def test_brightness_changes_nothing_and_contrast_little() -> None:
    x, layer = pictures(), LocalContrastNormalization()
    assert largest_difference(layer(x + 0.5), layer(x)) < 1e-4
    # 0.005; epsilon is all that makes a difference.
    assert 1e-4 < largest_difference(layer(0.5 * x), layer(x)) < 0.01


def test_channels_and_pictures_do_not_touch() -> None:
    x, layer = pictures(), LocalContrastNormalization()
    changed = x.copy()
    changed[0, :, :, 1] *= 100
    before, after = np.array(layer(x)), np.array(layer(changed))
    assert np.array_equal(before[1], after[1])
    assert np.array_equal(before[0, :, :, [0, 2]], after[0, :, :, [0, 2]])
    assert largest_difference(before[0, :, :, 1], after[0, :, :, 1]) > 0.001


def test_no_number_is_further_from_zero_than_the_root_of_the_windows_size() -> None:
    x = np.zeros((1, 15, 15, 1), "float32")
    x[0, 7, 7, 0] = 1e6  # as far out as it can be
    y = np.array(LocalContrastNormalization(9)(x))
    assert 8.7 < y.max() < 9


def test_a_window_over_everything_is_instance_normalization() -> None:
    x = pictures((2, 7, 8, 3))
    instance = keras.layers.GroupNormalization(-1, epsilon=1e-4, scale=False, center=False)
    layer = LocalContrastNormalization(17)
    assert largest_difference(layer(x), instance(x)) < 1e-4


@pytest.mark.parametrize("value", ["picture", "constant", "zeros"])
def test_gradients_are_finite(value: str) -> None:
    x = {
        "picture": pictures(),
        "constant": np.full((1, 9, 9, 1), 0.7, "float32"),
        "zeros": np.zeros((1, 9, 9, 1), "float32"),
    }[value]
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(LocalContrastNormalization()(variable) ** 3)
    assert np.isfinite(tape.gradient(loss, variable)).all()


def test_the_gradient_is_that_of_the_formula() -> None:
    x, step = pictures((1, 6, 6, 1), "float64"), 1e-6
    weights = np.random.default_rng(1).random(x.shape)
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        layer = LocalContrastNormalization(3, dtype="float64")
        loss = tf.reduce_sum(layer(variable) * weights)
    gradient = np.array(tape.gradient(loss, variable))
    for place in [(0, 0, 0, 0), (0, 2, 3, 0)]:
        higher, lower = x.copy(), x.copy()
        higher[place] += step
        lower[place] -= step
        rise = ((by_numpy(higher, (3, 3)) - by_numpy(lower, (3, 3))) * weights).sum()
        assert gradient[place] == pytest.approx(rise / (2 * step), rel=1e-4)


@pytest.mark.parametrize(
    ("policy", "dtype", "tolerance"),
    [
        ("float32", "float32", 1e-5),
        ("float64", "float64", 1e-10),
        ("float16", "float16", 2e-3),
        ("mixed_float16", "float16", 2e-3),
        ("mixed_bfloat16", "bfloat16", 2e-2),
    ],
)
def test_the_policy_says_what_comes_out(policy: str, dtype: str, tolerance: float) -> None:
    # In float16, 2,000 and 2,000.4 are the same number.
    x = 2000 + pictures(dtype="float64")
    if policy != "float64":
        x = x.astype("float32")
    y = LocalContrastNormalization(5, dtype=policy)(x)
    assert keras.backend.standardize_dtype(y.dtype) == dtype
    assert largest_difference(tf.cast(y, "float64"), by_numpy(x, (5, 5))) < tolerance


def test_float16_pictures_do_not_overflow() -> None:
    x = (60_000 * pictures()).astype("float16")
    y = np.array(LocalContrastNormalization(5, dtype="mixed_float16")(x))
    assert largest_difference(y, by_numpy(x, (5, 5))) < 2e-3


def test_whole_numbers_are_taken() -> None:
    x = (255 * pictures()).astype("uint8")
    y = LocalContrastNormalization(5)(x)
    assert keras.backend.standardize_dtype(y.dtype) == "float32"
    assert largest_difference(y, by_numpy(x, (5, 5))) < 1e-5


def test_shapes_are_inferred_also_where_sizes_are_open() -> None:
    layer = LocalContrastNormalization()
    output = layer(keras.Input((None, None, 3)))
    assert output.shape == (None, None, None, 3)
    assert layer.compute_output_shape((None, 28, 28, 1)) == (None, 28, 28, 1)
    assert layer.count_params() == 0
    half = LocalContrastNormalization(dtype="mixed_float16")(keras.Input((8, 8, 1)))
    assert half.dtype == "float16"


def test_one_model_takes_pictures_of_any_size() -> None:
    model = keras.Sequential([keras.Input((None, None, 3)), LocalContrastNormalization(5)])
    for size in [(12, 13), (5, 31)]:
        x = pictures((2, *size, 3))
        assert largest_difference(model.predict(x, verbose=0), by_numpy(x, (5, 5))) < 1e-5


def test_it_works_in_a_pipeline() -> None:
    x, layer = pictures(), LocalContrastNormalization(5)
    batches = tf.data.Dataset.from_tensor_slices(x).batch(2).map(layer)
    assert largest_difference(next(iter(batches)), by_numpy(x, (5, 5))) < 1e-5


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_model_with_it_learns(jit_compile: bool) -> None:
    layers = [
        keras.layers.Conv2D(4, 3),
        LocalContrastNormalization(5),
        keras.layers.Flatten(),
    ]
    model = keras.Sequential([keras.Input((12, 13, 3)), *layers, keras.layers.Dense(1)])
    model.compile("adam", "mse", jit_compile=jit_compile)
    kernel = np.array(model.layers[0].kernel)
    history = model.fit(pictures(), np.ones((2, 1)), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    # The gradient goes through it.
    assert largest_difference(model.layers[0].kernel, kernel) > 1e-4


def test_saved_and_loaded_it_gives_the_same(tmp_path: Path) -> None:
    layer = LocalContrastNormalization((5, 3), 0.01, "channels_last", name="lcn")
    model = keras.Sequential([keras.Input((12, 13, 3)), layer])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = pictures()
    assert np.array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    again = loaded.layers[0]
    assert isinstance(again, LocalContrastNormalization)
    name = "cnnguide>LocalContrastNormalization"
    assert keras.saving.get_registered_object(name) is LocalContrastNormalization
    assert again.get_config() == layer.get_config()
    assert (again.window, again.epsilon, again.name) == ((5, 3), 0.01, "lcn")


def test_its_policy_is_saved_too() -> None:
    layer = LocalContrastNormalization(3, dtype="mixed_float16")
    again = LocalContrastNormalization.from_config(layer.get_config())
    assert again.compute_dtype == "float16"


def test_exported_it_gives_the_same(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((12, 13, 3)), LocalContrastNormalization(5)])
    model.export(tmp_path / "exported", verbose=False)
    served = tf.saved_model.load(tmp_path / "exported")
    x = pictures()
    assert largest_difference(served.serve(x), by_numpy(x, (5, 5))) < 1e-5


@pytest.mark.parametrize(
    "window", [0, 1, 2, -3, 8, 2.5, "9", None, True, (9,), (9, 8), (1, 1), (3, 3, 3), 9.0]
)
def test_a_bad_window_is_an_error(window: object) -> None:
    with pytest.raises(ValueError, match=rf"odd number.*got {re.escape(repr(window))}$"):
        LocalContrastNormalization(window)


@pytest.mark.parametrize("window", [[9, 5], np.int64(9)])
def test_lists_and_numpys_numbers_are_windows(window: object) -> None:
    assert LocalContrastNormalization(window).window in {(9, 5), (9, 9)}


@pytest.mark.parametrize(
    "epsilon", [0, -1e-4, float("nan"), float("inf"), "small", None, True]
)
def test_a_bad_epsilon_is_an_error(epsilon: object) -> None:
    with pytest.raises(ValueError, match=r"epsilon must be a number above 0.*got"):
        LocalContrastNormalization(epsilon=epsilon)


def test_a_bad_data_format_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"channels_last.*got 'NHWC'"):
        LocalContrastNormalization(data_format="NHWC")


@pytest.mark.parametrize(
    ("shape", "advice"),
    [((28, 28, 1), "expand_dims"), ((28, 28), "reshape"), ((1, 2, 3, 4, 5), "reshape")],
)
def test_too_few_or_too_many_axes_are_an_error(shape: tuple[int, ...], advice: str) -> None:
    layer = LocalContrastNormalization()
    layer(pictures())  # also after it has been called
    told = rf"\(batch, height, width, channels\).*{re.escape(str(shape))}.*{advice}"
    with pytest.raises(ValueError, match=told):
        layer(np.zeros(shape, "float32"))
    with pytest.raises(ValueError, match=told):
        layer.compute_output_shape(shape)


def test_the_error_names_the_axes_of_the_data_format() -> None:
    layer = LocalContrastNormalization(data_format="channels_first")
    with pytest.raises(ValueError, match=r"\(batch, channels, height, width\)"):
        layer(np.zeros((1, 28, 28), "float32"))
