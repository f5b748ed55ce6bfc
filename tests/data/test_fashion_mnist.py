import gzip
import re
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from cnnguide.data import fashion_mnist
from tests.data.fashion_files import NAMES, TEST_IMAGES, TEST_LABELS, failure, overwrite

ROOT = Path(__file__).parents[2]
SPLITS = {"train": 600, "test": 100}


@pytest.mark.parametrize("split", SPLITS)
def test_the_sample_has_equally_many_of_each_class(split):
    images, labels = fashion_mnist.load(split)
    assert images.shape == (10 * SPLITS[split], 28, 28)
    assert labels.shape == (10 * SPLITS[split],)
    assert images.dtype == labels.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 255)
    assert np.bincount(labels).tolist() == [SPLITS[split]] * 10
    assert len(images) == fashion_mnist.source().rows[split]


@pytest.mark.parametrize("split", SPLITS)
def test_the_sample_is_shuffled(split):
    labels = fashion_mnist.load(split)[1]
    held_out = labels[-len(labels) // 5 :]  # what validation_split=0.2 would take
    assert np.bincount(held_out, minlength=10).min() > len(held_out) / 15


@pytest.mark.parametrize("split", SPLITS)
def test_the_sample_is_a_subset_of_the_full_set(split, debian, monkeypatch):
    sample = list(zip(*fashion_mnist.load(split), strict=True))
    monkeypatch.setenv("CNNGUIDE_DATA", "full")
    full = {
        (image.tobytes(), int(label))
        for image, label in zip(*fashion_mnist.load(split), strict=True)
    }
    drawn = {(image.tobytes(), int(label)) for image, label in sample}
    assert drawn <= full
    assert len(drawn) == len(sample)


def test_no_image_of_the_sample_is_in_both_splits():
    train, test = (
        {image.tobytes() for image in fashion_mnist.load(split)[0]} for split in SPLITS
    )
    assert not train & test


def test_drawing_again_gives_the_shipped_sample(tmp_path, debian):
    command = [sys.executable, ROOT / "tools" / "draw_sample.py", tmp_path]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed == fashion_mnist.SHA256["sample"]
    for name in NAMES:
        drawn = (tmp_path / name).read_bytes()
        shipped = (fashion_mnist.SAMPLE / name).read_bytes()
        assert gzip.decompress(drawn) == gzip.decompress(shipped)
        # No time and no name; other makes of zlib, such as zlib-ng, compress otherwise.
        assert drawn[:10] == shipped[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
        if re.fullmatch(r"1\.[\d.]+", zlib.ZLIB_RUNTIME_VERSION):
            assert drawn == shipped


def test_the_notice_of_the_makers_ships_with_the_sample():
    assert "© 2017 Zalando SE" in (fashion_mnist.SAMPLE / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("split", SPLITS)
def test_the_full_set_is_the_official_one(split, full, debian):
    images, labels = fashion_mnist.load(split)
    assert images.shape == (100 * SPLITS[split], 28, 28)
    assert np.bincount(labels).tolist() == [10 * SPLITS[split]] * 10
    assert images.dtype == labels.dtype == np.uint8
    assert fashion_mnist.source().rows[split] == len(labels)


def test_arrays_belong_to_the_caller():
    images, labels = fashion_mnist.load("test")
    images[:] = 0
    labels[:] = 0
    again = fashion_mnist.load("test")
    assert again[0].any()
    assert again[1].any()


@pytest.mark.parametrize("split", ["validation", "", "Train", None])
def test_another_split_is_an_error(split):
    with pytest.raises(ValueError, match=rf'"train" or "test"; got {split!r}'):
        fashion_mnist.load(split)


def test_a_truncated_file(folder):
    path = folder / TEST_IMAGES
    overwrite(path, path.read_bytes()[:100_000])
    failure(str(path), "expected a whole gzip file", "ended before")


def test_a_file_that_is_not_gzip(folder):
    overwrite(folder / TEST_LABELS, b"<html>404</html>")
    failure(str(folder / TEST_LABELS), "expected a whole gzip file", "Not a gzipped file")


def test_an_altered_byte_in_the_compressed_data(folder):
    path = folder / TEST_IMAGES
    content = bytearray(path.read_bytes())
    content[2_000_000] ^= 1
    overwrite(path, bytes(content))
    failure(str(path), "expected a whole gzip file")


def test_an_altered_byte_in_a_valid_gzip_file(folder):
    path = folder / TEST_LABELS
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    overwrite(path, gzip.compress(bytes(content)))
    message = failure(str(path), "expected content with SHA-256 0402a96d", "; got ")
    assert "Unset CNNGUIDE_DATA to use the sample" in message


def test_a_file_of_another_kind(folder):
    content = gzip.decompress((folder / TEST_LABELS).read_bytes())
    overwrite(folder / TEST_IMAGES, gzip.compress(content))
    failure(str(folder / TEST_IMAGES), "begins with 00 00 08 03; got 00 00 08 01")
    overwrite(folder / TEST_IMAGES, b"")
    failure(str(folder / TEST_IMAGES), "got nothing")


def test_damage_to_the_sample_is_an_error_too(tmp_path, monkeypatch):
    monkeypatch.setattr(fashion_mnist, "SAMPLE", tmp_path)
    failure(str(tmp_path / TEST_IMAGES), "No such file", "install cnnguide again")


def test_importing_it_imports_nothing_heavy():
    code = """if True:
        import sys
        from cnnguide.data import fashion_mnist
        fashion_mnist.source()
        heavy = {"numpy", "tensorflow", "keras", "matplotlib"} & set(sys.modules)
        wrong = {name for name in sys.modules
                 if name.startswith(("cnnguide.engine", "cnnguide.lessons"))}
        sys.exit(str(heavy | wrong) if heavy | wrong else 0)
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
