import os

import pytest
from keras.src.backend import config  # before a test changes KERAS_HOME

from cnnguide.data import fashion_mnist
from cnnguide.data.source import DataError, keras_home
from tests.data.fashion_files import NAMES, TEST_IMAGES


def refusal() -> str:
    with pytest.raises(DataError) as caught:
        fashion_mnist.source()
    return str(caught.value)


@pytest.mark.parametrize("value", [None, "", "sample"])
def test_the_sample_unless_asked_otherwise(value, monkeypatch):
    if value is not None:
        monkeypatch.setenv("CNNGUIDE_DATA", value)
    source = fashion_mnist.source()
    assert (source.dataset, source.mode) == ("Fashion-MNIST", "sample")
    assert source.origin == "shipped with cnnguide"
    assert source.rows == {"train": 6_000, "test": 1_000}
    assert sorted(source.checksums) == sorted(NAMES)


@pytest.mark.parametrize("value", ["ful", "FULL", "1"])
def test_another_mode_is_an_error(value, monkeypatch):
    monkeypatch.setenv("CNNGUIDE_DATA", value)
    assert refusal() == f'CNNGUIDE_DATA must be "sample", "full" or unset; got {value!r}'


def test_the_order_of_places(folder, debian, keras_cache, monkeypatch):
    source = fashion_mnist.source()
    assert (source.origin, source.folder) == ("CNNGUIDE_DATA_DIR", folder)
    assert source.label == (
        "Fashion-MNIST, full: 60,000 training and 10,000 test garments, "
        "from CNNGUIDE_DATA_DIR"
    )

    monkeypatch.delenv("CNNGUIDE_DATA_DIR")
    source = fashion_mnist.source()
    assert (source.origin, source.folder) == ("Debian's dataset-fashion-mnist", debian)

    monkeypatch.setattr(fashion_mnist, "DEBIAN", folder)
    (folder / TEST_IMAGES).unlink()
    source = fashion_mnist.source()
    assert (source.origin, source.folder) == ("Keras's cache", keras_cache)
    assert not keras_cache.exists()


def test_a_folder_that_is_not_there(tmp_path, full, monkeypatch):
    monkeypatch.setenv("CNNGUIDE_DATA_DIR", str(tmp_path / "nowhere"))
    message = refusal()
    assert f"CNNGUIDE_DATA_DIR={tmp_path / 'nowhere'}: " in message
    assert "got no such folder" in message
    assert "apt install dataset-fashion-mnist" in message
    with pytest.raises(DataError, match="no such folder"):
        fashion_mnist.load("test")


def test_a_folder_without_one_of_the_files(folder):
    (folder / TEST_IMAGES).unlink()
    message = refusal()
    assert f"{folder}: expected" in message
    assert f"got one without a readable {TEST_IMAGES}\n" in message


def test_a_relative_folder(full, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNGUIDE_DATA_DIR", "own")
    assert "got a relative one" in refusal()


def test_the_folder_does_not_matter_to_the_sample(monkeypatch):
    monkeypatch.setenv("CNNGUIDE_DATA_DIR", "/nowhere")
    assert fashion_mnist.source().mode == "sample"


def test_the_fingerprint_follows_mode_and_origin_but_no_path(folder, monkeypatch):
    own = fashion_mnist.source()
    other = folder.parent / "other"
    folder.rename(other)
    monkeypatch.setenv("CNNGUIDE_DATA_DIR", str(other))
    moved = fashion_mnist.source()
    assert moved.folder != own.folder
    assert moved == own
    assert moved.fingerprint == own.fingerprint
    assert str(other) not in repr(moved)

    monkeypatch.delenv("CNNGUIDE_DATA_DIR")
    debian = fashion_mnist.source()
    monkeypatch.delenv("CNNGUIDE_DATA")
    sample = fashion_mnist.source()
    assert len({own.fingerprint, debian.fingerprint, sample.fingerprint}) == 3


def test_our_rules_for_the_cache_are_those_of_keras(monkeypatch, tmp_path):
    monkeypatch.undo()
    assert str(keras_home()) == os.path.expanduser(config.keras_home())  # noqa: PTH111

    monkeypatch.delenv("KERAS_HOME", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert keras_home() == home / ".keras"
    home.rmdir()
    assert str(keras_home()) == "/tmp/.keras"
