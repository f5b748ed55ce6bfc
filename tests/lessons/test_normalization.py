import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from cnnguide.layers import LocalContrastNormalization
from cnnguide.lessons import garments, normalization


@pytest.fixture(autouse=True)
def seeded() -> None:
    keras.utils.set_random_seed(0)


def numbers(rows: list[tuple[object, ...]], column: int) -> list[float]:
    return [float(str(row[column]).replace(",", "").rstrip("%")) for row in rows]


def depends_on(layer: object, place: tuple[int, ...], **training: bool) -> np.ndarray:
    """Which of the numbers of a batch (3, 5, 5, 4) change the output at one place."""
    x = tf.Variable(np.random.default_rng(0).random((3, 5, 5, 4)).astype("float32"))
    with tf.GradientTape() as tape:
        output = layer(x, **training)[place]
    return np.abs(np.array(tape.gradient(output, x))) > 1e-9


def test_a_change_of_scale_is_normalized_away(capsys: pytest.CaptureFixture[str]) -> None:
    normalization.by_hand()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == lines[3]
    assert lines[0] != lines[2]


def test_values_grow_or_shrink_by_the_weights() -> None:
    # At the end 0.010, 0.011, 0.008, 0.019; 0.22, 0.21, 0.25, 0.23; and 480, 1,300, 1,100,
    # 2,100 with the seeds 0 to 3.
    shrunk, kept, grown = map(normalization.spread, ("glorot_uniform", "he_normal", 0.5))
    assert shrunk[-1] < shrunk[0] / 10
    assert kept[0] / 5 < kept[-1] < kept[0] * 5
    assert grown[-1] > grown[0] * 200
    assert shrunk[0] == kept[0] == grown[0]


@pytest.mark.parametrize("initializer", ["glorot_uniform", 0.1, 0.5])
def test_with_normalization_the_weights_scale_does_not_matter(
    initializer: str | float,
) -> None:
    spreads = normalization.spread(initializer, normalized=True)
    # The deviation of a normal distribution after relu. In the first layer, with Glorot's
    # weights, 0.48: epsilon counts a little.
    expected = np.sqrt(1 / 2 - 1 / (2 * np.pi))
    assert spreads[1:] == pytest.approx([expected] * 6, rel=0.25)


def test_where_values_are_tiny_epsilon_counts() -> None:
    # 0.20; their variance is below epsilon.
    assert normalization.spread(0.01, normalized=True)[1] < 0.4


def test_the_rule_foretells_the_factor() -> None:
    rows = normalization.factors().rows
    assert numbers(rows, 2) == [0.7, 1.0, 6.0]
    # 0.7 and 1.0 with the seeds 0 to 3; 6.2, 6.0, 6.1, 6.5.
    assert numbers(rows, 3) == pytest.approx(numbers(rows, 2), rel=0.2)


def test_the_factor_of_the_question_is_one() -> None:
    assert 0.1 * np.sqrt(5 * 5 * 8 / 2) == pytest.approx(1)
    weights = keras.initializers.HeNormal(seed=0)((5, 5, 8, 4000))
    assert float(np.std(weights)) == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize(
    ("name", "layer", "place"),
    [
        ("LayerNormalization", layers.LayerNormalization(), (0, 1, 4, 0)),
        ("GroupNormalization(1)", layers.GroupNormalization(1), (0, 1, 4, 0)),
        ("GroupNormalization(1)", layers.LayerNormalization(axis=(1, 2, 3)), (0, 1, 4, 0)),
        ("GroupNormalization(2)", layers.GroupNormalization(2), (0, 1, 4, 0)),
        ("GroupNormalization(-1)", layers.GroupNormalization(-1), (0, 1, 4, 0)),
        ("BatchNormalization", layers.BatchNormalization(), (0, 1, 4, 0)),
    ],
)
def test_what_is_coloured_is_what_the_layer_takes_together(
    monkeypatch: pytest.MonkeyPatch, name: str, layer: layers.Layer, place: tuple[int, ...]
) -> None:
    training = {"training": True} if name == "BatchNormalization" else {}
    coloured = np.zeros((3, 5, 5, 4), bool)
    coloured[drawn(monkeypatch)[name]] = True
    assert np.array_equal(depends_on(layer, place, **training), coloured)


def test_the_window_that_is_coloured_is_the_one_of_the_local_mean(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coloured = np.zeros((3, 5, 5, 4), bool)
    coloured[drawn(monkeypatch)["LocalContrastNormalization(3)"]] = True
    local_mean = layers.AveragePooling2D(3, 1, padding="same")
    assert np.array_equal(depends_on(local_mean, (0, 2, 2, 0)), coloured)
    x = np.random.default_rng(0).random((3, 5, 5, 4)).astype("float32")
    # An epsilon so large that only the first step is left.
    detail = np.array(LocalContrastNormalization(3, epsilon=1e8)(x)) * 1e4
    assert detail == pytest.approx(x - np.array(local_mean(x)), abs=1e-5)


def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    seen: dict[str, object] = {}
    monkeypatch.setattr(
        normalization.charts, "averaged_parts", lambda shape, kinds: seen.update(kinds)
    )
    normalization.parts()
    return seen


def test_the_drawing_tells_how_many_numbers_share_a_mean() -> None:
    description = normalization.parts().description
    for told in (
        "BatchNormalization: 75 numbers, from 3 of 3 pictures and 1 of 4 channels",
        "LayerNormalization: 4 numbers, from 1 of 3 pictures and 4 of 4 channels",
        "LocalContrastNormalization(3): 9 numbers",
    ):
        assert told in description


def test_numpy_and_keras_agree_and_the_axes_matter() -> None:
    rows = normalization.same_in_numpy().rows
    assert [row[1] for row in rows] == [8, 144, 4, 4, 8, 32, 4]
    assert all(row[1] * row[2] == 4 * 6 * 6 * 8 for row in rows)
    assert {row[3] for row in rows} == {"yes"}
    # With the axes of another kind, the comparison would have failed.
    x = np.random.default_rng(0).normal(3, 2, (4, 6, 6, 8)).astype("float32")
    wrong = layers.GroupNormalization(1)(x)
    assert not np.allclose(layers.GroupNormalization(2)(x), wrong, atol=0.01)


def test_defaults_that_the_page_names() -> None:
    batch = layers.BatchNormalization()
    assert (batch.momentum, batch.epsilon) == (0.99, 0.001)
    assert layers.LayerNormalization().epsilon == 0.001
    assert layers.GroupNormalization().epsilon == 0.001
    assert layers.GroupNormalization().groups == 32
    with pytest.raises(ValueError, match="32"):
        layers.GroupNormalization()(np.zeros((1, 4, 4, 48), "float32"))
    assert layers.Conv2D(1, 3).kernel_initializer.__class__.__name__ == "GlorotUniform"


def test_batch_normalization_in_training_and_in_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    normalization.batch_by_hand()
    out = capsys.readouterr().out
    batch = np.random.default_rng(0).normal(5, 2, (64, 7, 7, 1)).astype("float32")
    assert "in training mean 0.00, standard deviation 1.00" in out
    moving_mean = float(re.search(r"moving mean \[(.*)\]", out)[1])
    moving_variance = float(re.search(r"moving variance \[(.*)\]", out)[1])
    assert moving_mean == pytest.approx(0.01 * batch.mean(), abs=0.006)
    assert moving_variance == pytest.approx(0.99 + 0.01 * batch.var(), abs=0.006)
    in_use = (batch - 0.01 * batch.mean()) / np.sqrt(0.99 + 0.01 * batch.var() + 0.001)
    assert f"in use      mean {in_use.mean():.2f}" in out


def test_the_flag_is_false_unless_given_and_true_in_fit() -> None:
    x = np.random.default_rng(0).normal(5, 2, (8, 1)).astype("float32")
    model = keras.Sequential([keras.Input((1,)), layers.BatchNormalization(momentum=0)])
    assert np.array_equal(model(x), model(x, training=False))
    model.compile("sgd", "mse")
    model.predict(x, verbose=0)
    model.evaluate(x, x, verbose=0)
    assert float(model.layers[0].moving_mean[0]) == 0
    model.fit(x, x, verbose=0)
    assert float(model.layers[0].moving_mean[0]) == pytest.approx(x.mean(), rel=1e-4)


@pytest.mark.parametrize(("momentum", "column"), [(0.99, 1), (0.9, 2)])
def test_the_share_of_the_start_is_that_of_a_real_layer(
    momentum: float, column: int
) -> None:
    layer = layers.BatchNormalization(momentum=momentum)
    layer.build((None, 1))
    start = np.array([layer.moving_mean[0]])
    batch = np.array([[9.0], [11.0]], "float32")  # mean 10
    for _ in range(47):
        layer(batch, training=True)
    left = (10 - np.array(layer.moving_mean)) / (10 - start)
    row = next(row for row in normalization.lag().rows if row[0] == 47)
    assert f"{left[0]:.0%}" == row[column]


def test_an_epoch_has_as_many_steps_as_the_page_says() -> None:
    assert -(-3000 // 64) == 47
    assert 3 * 47 == 141


def test_parameters_are_counted_by_hand_too() -> None:
    rows = {
        name: (learned, moving) for name, learned, moving in normalization.parameters().rows
    }
    assert rows["batch"] == ("64", "64")
    assert rows["layer, axis=(1, 2, 3)"] == (f"{2 * 28 * 28 * 32:,}", "0")
    assert rows["group, 1"] == rows["group, −1"] == rows["layer"] == (f"{2 * 32}", "0")
    assert rows["local contrast"] == ("0", "0")


def test_with_batch_normalization_it_learns_faster() -> None:
    _, none = normalization.train(kind="none")
    _, batch = normalization.train(kind="batch")
    gains = {
        measure: np.array(batch[measure]) - none[measure]
        for measure in ("accuracy", "val_accuracy")
    }
    # First epoch, validation: 0.12, 0.06, 0.09, 0.07 with the seeds 0 to 3.
    assert gains["val_accuracy"][0] > 0.03
    # Last epoch, training: 0.09, 0.08, 0.08, 0.08; validation: 0.07, 0.04, 0.06, 0.04.
    assert gains["accuracy"][-1] > 0.05
    assert gains["val_accuracy"][-1] > 0


def test_a_high_momentum_spoils_validation_and_nothing_else() -> None:
    slow_model, slow = normalization.train(momentum=0.99)
    fast_model, fast = normalization.train(momentum=0.9)
    assert slow["accuracy"] == pytest.approx(fast["accuracy"], abs=0.01)
    # 0.26, 0.12, 0.11 and 0.32 against 0.81, 0.80, 0.81 and 0.80 with the seeds 0 to 3.
    assert slow["val_accuracy"][-1] < fast["val_accuracy"][-1] - 0.2
    for ours, theirs in zip(
        slow_model.trainable_weights, fast_model.trainable_weights, strict=True
    ):
        assert np.allclose(ours, theirs, atol=1e-2)
    # With averages that fit, the slow one is as good.
    for ours, theirs in zip(
        slow_model.non_trainable_weights, fast_model.non_trainable_weights, strict=True
    ):
        ours.assign(theirs)
    images, labels = garments.prepare("train")
    logits = slow_model.predict(images[3000:4000], verbose=0)
    share = np.mean(logits.argmax(axis=1) == labels[3000:4000])
    assert share == pytest.approx(fast["val_accuracy"][-1], abs=0.02)


def test_a_map_has_a_variance_far_below_one() -> None:
    # 0.01, 0.01, 0.01 and 0.02 with the seeds 0 to 3.
    assert 0 < float(normalization.small_variance()) < 0.15


def test_companions_matter_less_in_larger_batches() -> None:
    rows = normalization.companions().rows
    # 0.20, 0.11, 0.05 and 0.03 with the seeds 0 to 3, which do not enter.
    scatter = numbers(rows, 1)
    assert scatter == sorted(scatter, reverse=True)
    assert scatter[0] > 4 * scatter[-1] > 0
    assert set(numbers(rows, 2)) == {0.0}


def test_a_frozen_layer_keeps_its_averages(capsys: pytest.CaptureFixture[str]) -> None:
    normalization.frozen()
    out = capsys.readouterr().out
    assert float(re.search(r"output (.*)", out)[1]) == pytest.approx(5, abs=0.2)
    assert "moving mean [0.]" in out


def test_frozen_dropout_still_drops() -> None:
    dropout = layers.Dropout(0.5)
    dropout.trainable = False
    assert 0 in np.array(dropout(np.ones((1, 100), "float32"), training=True))


def test_a_folded_convolution_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    normalization.folded()
    assert capsys.readouterr().out == "the same: True\n"


def test_keras_normalization_takes_one_mean_for_each_channel_of_all_data() -> None:
    x = np.random.default_rng(0).normal(3, 2, (40, 6, 6, 2)).astype("float32")
    layer = layers.Normalization()
    layer.adapt(x)
    expected = (x - x.mean(axis=(0, 1, 2))) / x.std(axis=(0, 1, 2))
    assert np.allclose(layer(x[:1], training=True), expected[:1], atol=1e-3)


def test_a_batch_of_one_number_becomes_zero() -> None:
    x = np.array([[3.0, 7.0]], "float32")
    assert np.array(layers.BatchNormalization()(x, training=True)) == pytest.approx(0)


@pytest.mark.parametrize(
    "layer", [layers.LayerNormalization(), layers.GroupNormalization(2)]
)
def test_layer_and_group_look_at_no_other_picture(layer: layers.Layer) -> None:
    x = np.random.default_rng(0).random((3, 5, 5, 4)).astype("float32")
    together = np.array(layer(x, training=True))
    assert together[:1] == pytest.approx(np.array(layer(x[:1])), abs=1e-5)


def test_group_normalization_takes_pictures_of_any_size_and_layer_does_not() -> None:
    small, large = np.ones((1, 4, 4, 8), "float32"), np.ones((1, 6, 6, 8), "float32")
    group, layer = layers.GroupNormalization(1), layers.LayerNormalization(axis=(1, 2, 3))
    assert group(small).shape == small.shape
    assert group(large).shape == large.shape
    assert layer(small).shape == small.shape
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        layer(large)


def test_the_answers_to_the_questions() -> None:
    batch = layers.BatchNormalization()
    batch.build((None, 14, 14, 64))
    assert batch.count_params() == 4 * 64
    assert sum(int(np.prod(weight.shape)) for weight in batch.trainable_weights) == 128
    assert 8 * 14 * 14 == 1568
