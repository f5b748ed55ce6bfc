import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor

import keras  # before a test changes KERAS_HOME, which Keras reads once
import pytest

from cnnguide.data import download, fashion_mnist
from tests.data.fashion_files import NAMES, TEST_IMAGES, TEST_LABELS, failure, official


def left(cache) -> list[str]:
    """What is in the cache, but for the files that processes lock."""
    return sorted(path.name for path in cache.glob("*") if path.suffix != ".lock")


def test_the_official_checksums_are_those_of_the_official_files(debian):
    for name in NAMES:
        assert hashlib.md5(official(debian, name)).hexdigest() == fashion_mnist.MD5[name]


def test_a_download_arrives_once_and_loads(server, keras_cache, capsys):
    before = fashion_mnist.source()
    images, labels = fashion_mnist.load("test")
    assert images.shape == (10_000, 28, 28)
    assert labels.shape == (10_000,)
    assert left(keras_cache) == sorted([TEST_IMAGES, TEST_LABELS])
    assert capsys.readouterr().out == ""

    fashion_mnist.load("test")
    assert server.asked == [TEST_IMAGES, TEST_LABELS]
    after = fashion_mnist.source()
    assert after.origin == "Keras's cache"
    assert after.fingerprint == before.fingerprint


def test_two_at_once_download_once(server, keras_cache):
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(fashion_mnist.load, ["test", "test"]))
    assert [len(labels) for _, labels in results] == [10_000, 10_000]
    assert sorted(server.asked) == sorted([TEST_IMAGES, TEST_LABELS])
    assert left(keras_cache) == sorted([TEST_IMAGES, TEST_LABELS])


def test_no_network(without_debian, full, keras_cache, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    monkeypatch.setattr(fashion_mnist, "URL", url)
    failure(str(keras_cache / TEST_IMAGES), url + TEST_IMAGES, "expected MD5", "refused")
    assert left(keras_cache) == []


def test_a_file_that_the_server_does_not_have(server, keras_cache):
    del server.files[TEST_LABELS]
    failure(str(keras_cache / TEST_LABELS), "404")
    assert left(keras_cache) == [TEST_IMAGES]


def test_a_corrupt_download(server, keras_cache):
    server.files[TEST_IMAGES] = server.files[TEST_IMAGES][:-1] + b"!"
    expected = (
        f"expected MD5 {fashion_mnist.MD5[TEST_IMAGES]}; got 4,422,102 bytes with MD5"
    )
    failure(str(keras_cache / TEST_IMAGES), server.url, expected)
    assert left(keras_cache) == []

    server.files[TEST_IMAGES] = b"<html>Please log in</html>"
    failure("got 26 bytes with MD5")
    assert left(keras_cache) == []


def test_a_download_that_breaks_off(server, keras_cache):
    server.cut = {TEST_IMAGES}
    failure(str(keras_cache / TEST_IMAGES), "got only 2211051 out of 4422102 bytes")
    assert left(keras_cache) == []

    server.cut = set()
    assert len(fashion_mnist.load("test")[0]) == 10_000


def test_a_server_that_goes_silent(server, keras_cache, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    server.stuck = {TEST_IMAGES}
    failure("timed out")
    assert left(keras_cache) == []
    assert socket.getdefaulttimeout() is None


def test_an_interrupted_download(server, keras_cache, monkeypatch):
    def interrupted(name, cache_dir, **_):
        (keras_cache / cache_dir / name).write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(keras.utils, "get_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fashion_mnist.load("test")
    assert left(keras_cache) == []


def test_what_a_killed_process_left_is_cleared_away(server, keras_cache):
    aside = keras_cache / f".{TEST_IMAGES}.incoming"
    aside.mkdir(parents=True)
    (aside / TEST_IMAGES).write_bytes(b"half")
    assert len(fashion_mnist.load("test")[0]) == 10_000
    assert left(keras_cache) == sorted([TEST_IMAGES, TEST_LABELS])


def test_a_corrupt_file_of_someone_else_is_named_and_left(server, keras_cache):
    keras_cache.mkdir(parents=True)
    (keras_cache / TEST_IMAGES).write_bytes(b"not ours")
    failure(str(keras_cache / TEST_IMAGES), "Delete it, and Keras downloads it again")
    assert (keras_cache / TEST_IMAGES).read_bytes() == b"not ours"


def test_a_cache_that_cannot_be_written(without_debian, full, tmp_path):
    (tmp_path / "keras").write_text("a file where the folder should be")
    failure(str(tmp_path / "keras"), "cannot be written")
