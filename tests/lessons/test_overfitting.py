import re

import keras
import numpy as np
import pytest
from keras import layers

from cnnguide.lessons import garments, overfitting, overfitting_remedies

# What a training's scores are: on training pictures, then on unseen ones.
LOSS, ACCURACY, UNSEEN_LOSS, UNSEEN_ACCURACY = range(4)


def means(column: int) -> dict[str, float]:
    return {
        name: float(np.mean([scores[column] for scores in seeds]))
        for name, seeds in overfitting.compare().items()
    }


def test_no_garment_is_both_learned_and_unseen() -> None:
    images, _ = garments.prepare("train")
    (most, _), (unseen, _) = overfitting.few(2500)
    assert np.array_equal(most, images[:2500])
    learned = {picture.tobytes() for picture in most}
    assert not any(picture.tobytes() in learned for picture in unseen)


def test_the_network_has_its_parts_only_when_asked() -> None:
    plain, changed = overfitting.network(), overfitting.network(dropout=0.5, augment=True)
    assert plain.count_params() == changed.count_params()
    picture = np.random.default_rng(0).random((1, 28, 28, 1), "float32")
    assert np.array_equal(plain(picture, training=True), plain(picture, training=False))
    assert not np.allclose(
        changed(picture, training=True), changed(picture, training=False)
    )
    assert int(overfitting.small_size().replace(",", "")) < plain.count_params() / 10


def test_validation_loss_turns_upwards_while_training_loss_sinks() -> None:
    for seed in (0, 1, 2):
        _, history, _ = overfitting.train((), seed)
        best = int(np.argmin(history["val_loss"]))
        # Lowest at epoch 6 to 14 of 20, then higher by 26 to 60 %, with the seeds 3 to 7.
        assert 3 <= best < 17
        assert history["val_loss"][-1] > 1.15 * history["val_loss"][best]
        assert history["loss"][-1] < history["loss"][best]
        # "hardly moves": by .016 at most with the seeds 3 to 7.
        moved = history["val_accuracy"][-1] - history["val_accuracy"][best]
        assert abs(moved) < 0.06


def test_nine_in_ten_training_garments_are_right_and_three_in_four_unseen() -> None:
    for loss, accuracy, unseen_loss, unseen in overfitting.compare()["nothing"]:
        # .928 to .992, and .735 to .785, with the seeds 3 to 7.
        assert accuracy > 0.90
        assert 0.70 < unseen < 0.82
        assert unseen_loss > 3 * loss


def test_who_trains_on_is_surer_of_its_mistakes() -> None:
    early, late = overfitting.sureness().rows
    wrong, sure = ([int(row[i].rstrip("%")) for row in (early, late)] for i in (1, 2))
    assert abs(wrong[0] - wrong[1]) <= 6
    assert sure[1] > sure[0] + 8


def test_dropout_drops_its_rate_and_keeps_the_mean() -> None:
    ones = np.ones((1000, 1000), "float32")
    after = layers.Dropout(0.3)(ones, training=True).numpy()
    # The share's standard deviation is 0.0005.
    assert (after == 0).mean() == pytest.approx(0.3, abs=0.003)
    assert after[after > 0] == pytest.approx(1 / 0.7, rel=1e-6)
    assert after.mean() == pytest.approx(1, abs=0.005)
    assert set(np.unique(overfitting_remedies.dropped())) == {0, np.float32(1.429)}


def test_the_printed_share_and_flag_are_those(capsys: pytest.CaptureFixture[str]) -> None:
    overfitting_remedies.dropped_share()
    kept, by_hand = re.findall(r"1\.\d{5}", capsys.readouterr().out)
    assert kept == by_hand == "1.42857"
    overfitting_remedies.training_flag()
    assert re.findall(r"True$|False$", capsys.readouterr().out, re.M) == [
        "False",
        "True",
        "True",
    ]


@pytest.mark.parametrize(
    "layer",
    [layers.Dropout(0.4, noise_shape=(None, 1, 1, 6)), layers.SpatialDropout2D(0.4)],
    ids=["noise_shape", "SpatialDropout2D"],
)
def test_whole_maps_are_dropped_or_kept(layer: keras.Layer) -> None:
    after = layer(np.ones((50, 5, 5, 6), "float32"), training=True).numpy()
    assert np.array_equal(after, np.broadcast_to(after[:, :1, :1], after.shape))
    # 300 maps: the share's standard deviation is 0.03.
    assert (after[:, 0, 0] == 0).mean() == pytest.approx(0.4, abs=0.15)
    # Not the same maps for each picture.
    assert len(np.unique(after[:, 0, 0], axis=0)) > 1


def test_old_dropout_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    overfitting_remedies.wrong_rates()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("TypeError: ")
    assert "'rate'" in first
    assert second.startswith("ValueError: ")
    assert "1.5" in second
    overfitting_remedies.old_place()
    assert capsys.readouterr().out.startswith("AttributeError: ")


def test_a_tenth_turns_by_up_to_36_degrees() -> None:
    rows, columns = np.mgrid[-20:21, -20:21]
    bar = ((abs(rows) < 2) & (abs(columns) < 16)).astype("float32")[..., np.newaxis]
    layer = layers.RandomRotation(0.1, fill_mode="constant")
    turned = layer(np.stack([bar] * 300), training=True).numpy()[..., 0]
    # A bar's angle from its second moments.
    moments = [(turned * m).sum((1, 2)) for m in (rows * columns, columns**2 - rows**2)]
    angles = np.degrees(np.arctan2(2 * moments[0], moments[1]) / 2)
    # -36 to 36 up to half a degree with five seeds.
    assert angles.max() == pytest.approx(36, abs=2)
    assert angles.min() == pytest.approx(-36, abs=2)


def test_previews_begin_with_the_original_and_change_it() -> None:
    figure = overfitting_remedies.previews()
    changed = re.findall(r"(\d) of 5 differ", figure.description)
    assert len(changed) == 5
    assert all(int(count) > 0 for count in changed)
    assert figure.description.startswith("5 rows of 6 pictures")


def test_random_changes_have_no_parameters() -> None:
    changes = [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.RandomTranslation(0.1, 0.1),
    ]
    model = keras.Sequential([keras.Input((28, 28, 1)), *changes])
    assert model.count_params() == 0
    images = overfitting.few()[1][0][:10]
    assert model.predict(images, verbose=0) == pytest.approx(images)


def test_random_changes_act_when_called_directly_and_dropout_does_not() -> None:
    answers = {
        name: tuple(rest) for name, *rest in overfitting_remedies.called_directly().rows
    }
    assert answers == {
        "Dropout": ("no", "yes", "no"),
        "RandomFlip": ("yes", "yes", "no"),
        "model with it": ("yes", "yes", "no"),
    }


def test_early_stopping_waits_three_epochs_and_goes_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    overfitting_remedies.stopped()
    out = capsys.readouterr().out
    losses = [float(text) for text in re.findall(r"epoch +\d+: (\d\.\d+)", out)]
    best = int(np.argmin(losses))
    assert len(losses) == best + 4 < 20
    assert re.search(rf"epoch +{best + 1}: .* ← kept", out)
    now = float(re.search(r"the model now: +(\S+)", out)[1])
    assert now == pytest.approx(losses[best], abs=0.002)


def test_the_answer_about_patience() -> None:
    stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    stop.set_model(model)
    stop.on_train_begin()
    model.stop_training = False
    model.compile(loss="mse")
    reached = 0
    for epoch, loss in enumerate([0.9, 0.7, 0.6, 0.65, 0.62, 0.63, 0.5]):
        stop.on_epoch_end(epoch, {"val_loss": loss})
        reached = epoch + 1
        if model.stop_training:
            break
    assert (reached, stop.best_epoch + 1) == (6, 3)
    assert keras.callbacks.EarlyStopping().restore_best_weights is False


def test_l2_is_in_every_reported_loss() -> None:
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.1))]
    )
    model.compile(loss="mse")
    inputs = np.ones((4, 3), "float32")
    reported = model.evaluate(inputs, model.predict(inputs, verbose=0), verbose=0)
    weights = model.layers[0].kernel.numpy()
    assert reported == pytest.approx(0.1 * (weights**2).sum(), rel=1e-4)


def test_l2_by_hand_is_keras_own(capsys: pytest.CaptureFixture[str]) -> None:
    overfitting_remedies.penalty()
    by_hand, theirs = re.findall(r"\d\.\d+$", capsys.readouterr().out, re.M)
    assert by_hand == theirs


def test_adamw_takes_a_share_and_l2_an_amount() -> None:
    before, adamw, adam = (
        np.array(row[1:], float) for row in overfitting_remedies.decay().rows
    )
    assert adamw / before == pytest.approx([0.95, 0.95])
    assert before - adam == pytest.approx([0.1, 0.1])
    assert keras.optimizers.AdamW().weight_decay == 0.004


# The claims about remedies. With the seeds 3 to 7, in the order nothing, more garments,
# smaller network, early stopping, Dropout, augmentation, weight decay, both together:
#   unseen loss, mean      .98 .56 .78 .71 .68 .73 .83 .67
#   unseen accuracy, mean  .764 .802 .761 .750 .780 .774 .761 .769
# On 2,500 other unseen garments the accuracy was .755 .812 .750 .751 .766 .770 .752 .761.
# On another processor a training rounds differently and ends as if from another seed.


def test_every_remedy_lowers_the_loss_on_unseen_garments() -> None:
    results = overfitting.compare()
    plain = results.pop("nothing")
    for name, seeds in results.items():
        lower = [
            scores[UNSEEN_LOSS] < without[UNSEEN_LOSS]
            for scores, without in zip(seeds, plain, strict=True)
        ]
        # With the seeds 3 to 7 all, but for weight decay with seed 3: .908 and .909.
        assert sum(lower) >= (2 if name == "weight decay" else 3), name


def test_every_remedy_narrows_the_gap_in_accuracy() -> None:
    known, unseen = means(ACCURACY), means(UNSEEN_ACCURACY)
    gaps = {name: known[name] - unseen[name] for name in known}
    plain = gaps.pop("nothing")
    assert all(gap < plain for gap in gaps.values())


def test_more_garments_help_most() -> None:
    loss = means(UNSEEN_LOSS)
    # .53 to .60 with the seeds 3 to 7, where the next is .63 to .69.
    assert loss.pop("more garments") < min(loss.values()) - 0.04
    results = overfitting.compare()
    for more, without in zip(results["more garments"], results["nothing"], strict=True):
        # More by .022 to .053 with the seeds 3 to 7.
        assert more[UNSEEN_ACCURACY] > without[UNSEEN_ACCURACY]


def test_gains_in_accuracy_are_smaller_than_the_spread_of_the_seeds() -> None:
    accuracy = means(UNSEEN_ACCURACY)
    gains = {name: value - accuracy["nothing"] for name, value in accuracy.items()}
    spread = {row[0]: float(row[2]) / 100 for row in overfitting.means().rows}["nothing"]
    assert spread > 0.01  # .050 with the seeds 3 to 7
    for name in ("Dropout", "augmentation"):
        # .016 and .010 with the seeds 3 to 7.
        assert -0.01 < gains[name] < 0.04
        # "do not add up": .769 with both, .780 and .774 with one.
        assert gains["both together"] < gains[name] + 0.015
    # -.003 and -.003.
    assert abs(gains["weight decay"]) < 0.03
    assert abs(gains["smaller network"]) < 0.03
    # -.013.
    assert -0.05 < gains["early stopping"] < 0.01


def test_dropout_has_the_lowest_loss_and_with_augmentation_needs_longer() -> None:
    loss, known = means(UNSEEN_LOSS), means(ACCURACY)
    del loss["more garments"]
    assert min(loss, key=loss.get) in {"Dropout", "both together"}
    for alone in ("Dropout", "augmentation"):
        # .877 with both, .940 and .926 with one.
        assert known["both together"] < known[alone]
    for seed in (0, 1, 2):
        _, history, _ = overfitting.train(("Dropout", "augmentation"), seed)
        # 20, 19, 20, 16 and 20 of 20 with the seeds 3 to 7.
        assert np.argmin(history["val_loss"]) + 1 >= 14


def test_the_chosen_remedy_lowers_the_loss_on_test_garments_from_every_seed() -> None:
    rows = overfitting.judge().rows
    plain, chosen = rows[:3], rows[3:]
    assert {row[0] for row in plain} == {"nothing"}
    for without, with_it in zip(plain, chosen, strict=True):
        # By .19 to .42 with the seeds 3 to 7.
        assert float(with_it[3]) < float(without[3]) - 0.1
    right = [[float(row[2].rstrip("%")) for row in part] for part in (plain, chosen)]
    # From .732 to .785 and from .757 to .770: they overlap.
    assert max(right[0]) > min(right[1])
    model, _, _ = overfitting.train()
    images, labels = garments.prepare("test")
    loss, accuracy = model.evaluate(images[:1000], labels[:1000], verbose=0)
    assert plain[0][2:] == (f"{accuracy:.1%}", f"{loss:.2f}")


def test_the_figures_tell_the_results() -> None:
    description = overfitting.all_remedies().description
    for name, accuracy in means(UNSEEN_ACCURACY).items():
        said = re.search(rf"{name}: \d+% of the training and (\d+)%", description)
        assert int(said[1]) == pytest.approx(100 * accuracy, abs=0.51)
    best = int(np.argmin(overfitting.train()[1]["val_loss"])) + 1
    assert f"lowest at epoch {best}," in overfitting.turning_point().description
