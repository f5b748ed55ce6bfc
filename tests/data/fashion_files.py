"""The files of Fashion-MNIST as tests need them: official, damaged, refused."""

from pathlib import Path

import pytest

from cnnguide.data import fashion_mnist
from cnnguide.data.source import DataError

NAMES = [name for pair in fashion_mnist.FILES.values() for name in pair]
TEST_IMAGES, TEST_LABELS = fashion_mnist.FILES["test"]

# When the official files were packed, in seconds since 1970. Debian repacked them without.
PACKED = {"train": 1504176606, "t10k": 1504176627}
WAYS = ("CNNGUIDE_DATA_DIR", "apt install dataset-fashion-mnist", "Keras downloads")


def official(debian: Path, name: str) -> bytes:
    """The official file: Debian's under the header that it had."""
    packed = PACKED[name.partition("-")[0]].to_bytes(4, "little")
    header = b"\x1f\x8b\x08\x08" + packed + b"\x00\x03"
    file_name = name.removesuffix(".gz").encode() + b"\x00"
    return header + file_name + (debian / name).read_bytes()[10:]


def overwrite(path: Path, content: bytes) -> None:
    """Put content in a file's place, and never into what it links to."""
    path.unlink()
    path.write_bytes(content)


def failure(*expected: str) -> str:
    """The one error of loading, which must say what is expected and the three ways."""
    with pytest.raises(DataError) as caught:
        fashion_mnist.load("test")
    assert caught.value.__cause__ is None
    for text in (*expected, *WAYS):
        assert text in str(caught.value)
    return str(caught.value)
