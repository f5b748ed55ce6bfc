import numpy as np
import pytest

from cnnguide.asset import Asset, packed


def test_a_file_says_what_it_is_and_is_handed_on_whole() -> None:
    asset = Asset("a.bin", bytes(1234), "nothing")
    assert repr(asset) == "a.bin, 1,234 bytes: nothing"
    assert asset._repr_file_() == ("a.bin", bytes(1234))


def test_pictures_follow_their_shape() -> None:
    images = np.arange(2 * 3 * 4, dtype="uint8").reshape(2, 3, 4, 1)
    content = packed(images)
    assert np.frombuffer(content[:8], "<u2").tolist() == [2, 3, 4, 1]
    assert content[8:] == images.tobytes()


@pytest.mark.parametrize(
    "images", [np.zeros((1, 2, 2, 1), "float32"), np.zeros((2, 2, 1), "uint8")]
)
def test_what_are_no_such_pictures_is_refused(images: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected pictures, uint8.*; got"):
        packed(images)
