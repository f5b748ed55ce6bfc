"""Fashion-MNIST: 28×28 pictures of garments in ten classes (Zalando SE, 2017).

Lessons learn from a sample that ships with the package. With `CNNGUIDE_DATA=full` they
learn from the official set, looked for in this order: the folder that `CNNGUIDE_DATA_DIR`
names, Debian's package, Keras's own cache, and at last the network.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from cnnguide.data.download import download
from cnnguide.data.source import DataError, Source, chosen_mode, keras_home

if TYPE_CHECKING:
    import numpy as np

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

SAMPLE = Path(__file__).parent / "sample" / "fashion_mnist"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
ROWS = {
    "sample": {"train": 6_000, "test": 1_000},
    "full": {"train": 60_000, "test": 10_000},
}
# Of the decompressed content, because Debian's files have another gzip header.
SHA256 = {
    "sample": """\
b46f82f4d38de6301a79f6aac626152b88be5ddd1a2b9cc34c0b19b7a0ba88ce  train-images-idx3-ubyte.gz
4f7ad37cff93384ea59089013aa0fa2fa2683e6ec8192883b0f0bd89d8035e7b  train-labels-idx1-ubyte.gz
8f3465e44cc3bf804fbb8ee39b3b9c8abadf37211f5c0a8e114ae3c5287f9ab9  t10k-images-idx3-ubyte.gz
e757bb36470abba18bd6fb4a4f8b3be79104bbe63ad3914270f65639ff7a2f07  t10k-labels-idx1-ubyte.gz
""",
    "full": """\
c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888  train-images-idx3-ubyte.gz
bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9  train-labels-idx1-ubyte.gz
5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b  t10k-images-idx3-ubyte.gz
0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34  t10k-labels-idx1-ubyte.gz
""",
}
# Of the files as they are downloaded, from the README of Fashion-MNIST.
MD5 = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}

_KERAS = "Keras's cache"
_WAYS = f"""\
The full Fashion-MNIST is looked for in this order:
  1. a folder of yours, named by CNNGUIDE_DATA_DIR, with the four files
     {", ".join(FILES["train"])},
     {", ".join(FILES["test"])}
  2. Debian's package: apt install dataset-fashion-mnist
  3. Keras's cache, into which Keras downloads the files once when there is a network"""
_REMEDY = {
    "sample": f"To mend the sample, install cnnguide again.\n{_WAYS}",
    "full": f"{_WAYS}\nUnset CNNGUIDE_DATA to use the sample that ships with cnnguide.",
}


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read one split of the data that `source` names, and check that it is intact.

    Args:
        split: "train" or "test".

    Returns:
        Images, uint8 of shape (n, 28, 28) from 0 (background) to 255, and labels, uint8
        of shape (n,) from 0 to 9, indices into `CLASS_NAMES`. In the sample n is 6,000
        for "train" and 1,000 for "test", in the full set 60,000 and 10,000. Both arrays
        are the caller's own to change.

    Raises:
        ValueError: there is no such split.
        DataError: a file is missing, damaged or not the expected one, there is no network
            to get it from, or the environment asks for data that do not exist.

    >>> images, labels = load("train")
    >>> images.shape, images.dtype, labels.shape
    ((6000, 28, 28), dtype('uint8'), (6000,))
    >>> CLASS_NAMES[labels[0]]
    'Ankle boot'
    """
    if split not in FILES:
        raise ValueError(f'split must be "train" or "test"; got {split!r}')
    chosen = source()
    for name in FILES[split]:
        path = chosen.folder / name
        if chosen.origin == _KERAS and not path.exists():
            download(URL + name, MD5[name], path, _REMEDY["full"])
    images, labels = (_read(chosen, name) for name in FILES[split])
    return images, labels


def source() -> Source:
    """Which data `load` would read now, told without reading or downloading them.

    Raises:
        DataError: `CNNGUIDE_DATA` is none of the modes, or `CNNGUIDE_DATA_DIR` is not a
            folder that holds the four files.

    >>> source().label
    'Fashion-MNIST, sample: 6,000 training and 1,000 test garments, shipped with cnnguide'
    """
    mode = chosen_mode()
    folder, origin = SAMPLE, "shipped with cnnguide"
    if mode == "full":
        folder, origin = _full_folder()
    sums = {name: value for value, name in map(str.split, SHA256[mode].splitlines())}
    return Source("Fashion-MNIST", mode, origin, dict(ROWS[mode]), sums, "garments", folder)


def _full_folder() -> tuple[Path, str]:
    if os.environ.get("CNNGUIDE_DATA_DIR"):
        return _own_folder(os.environ["CNNGUIDE_DATA_DIR"]), "CNNGUIDE_DATA_DIR"
    if not _missing(DEBIAN):
        return DEBIAN, "Debian's dataset-fashion-mnist"
    # The same answer before and after Keras downloads, so that results stay valid.
    return keras_home() / "datasets" / "fashion-mnist", _KERAS


def _own_folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_absolute():  # snippets run in folders of their own
        came = "a relative one"
    elif not folder.is_dir():
        came = "no such folder"
    elif missing := _missing(folder):
        came = f"one without a readable {' and '.join(missing)}"
    else:
        return folder
    expected = "expected the absolute path of a folder with the four files"
    raise DataError(f"CNNGUIDE_DATA_DIR={text}: {expected}; got {came}", _REMEDY["full"])


def _missing(folder: Path) -> list[str]:
    names = [name for pair in FILES.values() for name in pair]
    return [name for name in names if not os.access(folder / name, os.R_OK)]


def _read(chosen: Source, name: str) -> np.ndarray:
    """The array in a gzipped idx file.

    The format: two zero bytes, the type (8 is uint8), the number of axes, each axis's
    length in four bytes, the most significant first, then the values in row-major order.
    """
    import numpy as np

    path = chosen.folder / name
    axes = 3 if "idx3" in name else 1
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        problem = f"expected a whole gzip file; reading it failed: {reason}"
    else:
        problem = _problem(content, bytes((0, 0, 8, axes)), chosen.checksums[name])
    if problem and chosen.origin == _KERAS:
        problem += ". Delete it, and Keras downloads it again"
    if problem:
        raise DataError(f"{path}: {problem}", _REMEDY[chosen.mode])
    shape = struct.unpack_from(f">{axes}I", content, 4)
    # Copied, because an array over bytes cannot be written to.
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()


def _problem(content: bytes, magic: bytes, expected: str) -> str:
    if not content.startswith(magic):
        came = content[: len(magic)].hex(" ") or "nothing"
        return f"expected an idx file that begins with {magic.hex(' ')}; got {came}"
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        return f"expected content with SHA-256 {expected}; got {actual}"
    return ""
