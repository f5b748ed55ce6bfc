import numpy as np
import pytest
import tensorflow as tf

from cnnguide.layers import LocalContrastNormalization
from cnnguide.lessons import garments, local_contrast


def share(text: str) -> float:
    return float(text.rstrip("%")) / 100


def test_no_light_cuts_anything_off() -> None:
    lights = local_contrast.lights()
    even = lights["even"]
    assert np.allclose(lights["dim"] / 0.4, even, atol=1e-6)
    assert np.allclose((lights["foggy"] - 0.4) / 0.5, even, atol=1e-6)
    uneven = lights["from one side"]
    assert np.allclose(uneven[:, :, 27], even[:, :, 27])
    assert np.allclose(uneven[:, :, 0], 0.1 * even[:, :, 0])


def test_in_the_first_figure_three_of_four_become_the_same() -> None:
    pictures = [images[20] for images in local_contrast.lights().values()]
    even, dim, foggy, uneven = [(p - p.mean()) / p.std() for p in pictures]
    assert np.allclose(even, dim, atol=1e-4)
    assert np.allclose(even, foggy, atol=1e-4)
    assert np.abs(even - uneven).mean() > 0.1
    assert local_contrast.idea().description.startswith("Rows of 4 pictures each: 2.")


def test_fog_blinds_the_network_of_garments() -> None:
    # 0.85 or 0.86 in even light; in fog 0.25, 0.42, 0.27 and 0.28 with the seeds 0 to 3.
    assert share(local_contrast.right_in_even_light()) > 0.8
    assert share(local_contrast.right_in_fog()) < 0.6


def test_by_hand_it_is_what_the_layer_gives(capsys: pytest.CaptureFixture[str]) -> None:
    local_contrast.window_by_hand()
    assert capsys.readouterr().out == "the layer gives the same: True\n"


def test_brightness_changes_nothing_but_rounding() -> None:
    # 0.0000003.
    assert local_contrast.brighter() == "0.0000"


def test_the_window_takes_out_what_the_whole_picture_cannot() -> None:
    rows = {name: list(map(float, row)) for name, *row in local_contrast.changes().rows}
    assert rows["over the picture"][:2] == [0, 0]
    assert max(rows["local, 9×9"][:2]) <= 0.02
    # 0.34, 0.25 and 0.07; no chance is in it.
    uneven = [row[2] for row in rows.values()]
    assert uneven[0] > uneven[1] > 2 * uneven[2] > 0


def test_four_lights_are_shown_with_the_same_limits() -> None:
    description = local_contrast.in_four_lights().description
    assert description.startswith("Rows of 4 pictures each: 3.")
    for row in ("the pictures, 0 to 1", "over the picture, −2 to 2", "local, −2 to 2"):
        assert row in description


def test_the_local_network_hardly_notices_the_light() -> None:
    shares = local_contrast.accuracies()["local"]
    # Even light: 0.76, 0.77, 0.78 and 0.78 with the seeds 0 to 3; others within 0.01.
    assert list(shares.values()) == pytest.approx([shares["even"]] * 4, abs=0.04)


def test_batch_normalization_does_not_help_in_fog() -> None:
    shares = local_contrast.accuracies()
    # 0.10, 0.32, 0.23, 0.21 against 0.76, 0.78, 0.78, 0.78 with the seeds 0 to 3.
    assert shares["batch"]["foggy"] < shares["local"]["foggy"] - 0.3
    assert shares["none"]["foggy"] < shares["local"]["foggy"] - 0.3
    assert shares["batch"]["even"] > 0.7


def test_the_table_of_answers_shows_the_shares() -> None:
    rows = {name: row for name, *row in local_contrast.answers().rows}
    for name, row in rows.items():
        expected = [f"{share:.0%}" for share in local_contrast.accuracies()[name].values()]
        assert row == expected


def test_local_response_normalization_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    local_contrast.response()
    theirs, ours = capsys.readouterr().out.splitlines()
    assert theirs == ours


def test_local_response_normalization_subtracts_nothing() -> None:
    values = np.full((1, 1, 1, 6), 3, "float32")
    assert (np.array(tf.nn.local_response_normalization(values)) > 0).all()


def test_a_lamps_colour_is_taken_out_by_channel_only() -> None:
    photo = np.random.default_rng(0).random((1, 20, 20, 3)).astype("float32")
    lamp = photo + np.array([0.3, 0.1, 0], "float32")
    local = LocalContrastNormalization()
    assert np.allclose(local(photo), local(lamp), atol=1e-4)
    whole = tf.image.per_image_standardization
    assert np.abs(whole(photo) - whole(lamp)).max() > 0.1


def test_epsilon_must_suit_the_scale() -> None:
    picture, _ = garments.prepare("test")
    picture = picture[:1]
    small, large = LocalContrastNormalization(), LocalContrastNormalization()
    suited = LocalContrastNormalization(epsilon=1e-4 * 255**2)
    assert np.allclose(small(picture), suited(255 * picture), atol=1e-4)
    # Faint noise in a dark corner of the picture stays faint only where epsilon suits.
    noise = np.random.default_rng(0).random((1, 20, 20, 1)).astype("float32")
    assert np.std(large(noise)) > 0.9
    assert np.std(suited(noise)) < 0.2
