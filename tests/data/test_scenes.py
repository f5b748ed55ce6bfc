import numpy as np
import pytest

from cnnguide.data import fashion_mnist, scenes


def test_the_same_seed_gives_the_same_scene() -> None:
    one, same, other = scenes.scatter(3), scenes.scatter(3), scenes.scatter(4)
    assert np.array_equal(one.picture, same.picture)
    assert np.array_equal(one.boxes, same.boxes)
    assert not np.array_equal(one.boxes, other.boxes)


@pytest.mark.parametrize("seed", range(5))
def test_garments_lie_within_the_picture_and_apart(seed: int) -> None:
    scene = scenes.scatter(seed, count=12)
    assert scene.boxes.shape == (12, 4) and scene.labels.shape == (12,)
    assert scene.boxes.min() >= 0
    assert (scene.boxes[:, 2:] <= scene.picture.shape).all()
    assert (scene.boxes[:, 2:] - scene.boxes[:, :2] == 28).all()
    covered = np.zeros(scene.picture.shape, int)
    for top, left, bottom, right in scene.boxes:
        covered[top:bottom, left:right] += 1
    assert covered.max() == 1


def test_the_boxes_hold_the_garments_of_their_labels() -> None:
    scene = scenes.scatter(seed=1)
    images, labels = fashion_mnist.load("test")
    for (top, left, bottom, right), label in zip(scene.boxes, scene.labels, strict=True):
        place = np.rint(scene.picture[top:bottom, left:right] * 255)
        same = [
            ((place == image) | (image == 0)).all() for image in images[labels == label]
        ]
        assert any(same)


def test_pictures_are_between_black_and_white() -> None:
    for values in (scenes.scatter().picture, scenes.windows(count=20)[0]):
        assert values.dtype == np.float32
        assert values.min() >= 0 and values.max() <= 1


def test_half_of_the_windows_are_background() -> None:
    pictures, labels = scenes.windows(count=200)
    assert pictures.shape == (200, 28, 28, 1)
    assert (labels[1::2] == scenes.BACKGROUND).all()
    assert set(labels[::2]) <= set(range(10))


def test_too_many_garments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"room for 40 garments.*ask for fewer"):
        scenes.scatter(count=40, shape=(60, 60))


def test_the_classes_have_names() -> None:
    assert scenes.CLASS_NAMES[scenes.BACKGROUND] == "background"
    assert len(scenes.CLASS_NAMES) == 11
