"""Draw the sample of Fashion-MNIST that ships with cnnguide from the full set.

    python tools/draw_sample.py [FOLDER]

Writes four files, to the package's own sample unless another folder is named, and prints
the checksums to paste into `cnnguide/data/fashion_mnist.py`. The full set comes from where
`CNNGUIDE_DATA=full` finds it. The same content results on every machine; the same bytes
wherever zlib compresses alike.
"""

import gzip
import hashlib
import os
import struct
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cnnguide.data import fashion_mnist

SEED = 0
PER_CLASS = {"train": 600, "test": 100}


def draw(labels: np.ndarray, per_class: int, salt: str) -> list[int]:
    """The rows to take, equally many of each class, in shuffled order.

    Rows are shuffled by hashing their index, because generators of random numbers may
    change between versions of NumPy and Python.
    """

    def shuffled(rows: Iterable[int], purpose: str) -> list[int]:
        def rank(row: int) -> bytes:
            return hashlib.sha256(f"{salt}/{purpose}/{row}".encode()).digest()

        return sorted(rows, key=rank)

    chosen, taken = [], Counter()
    for row in shuffled(range(len(labels)), "choose"):
        if taken[labels[row]] < per_class:
            taken[labels[row]] += 1
            chosen.append(row)
    # Classes that filled up late crowd the end, from which Keras takes validation data.
    return shuffled(chosen, "order")


def idx(values: np.ndarray) -> bytes:
    """An array of uint8 in the idx format."""
    return (
        struct.pack(f">4B{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
        + values.tobytes()
    )


def main(folder: Path) -> None:
    """Draw both splits, write their files and print the checksums of their content."""
    os.environ["CNNGUIDE_DATA"] = "full"
    for split, names in fashion_mnist.FILES.items():
        images, labels = fashion_mnist.load(split)
        rows = draw(labels, PER_CLASS[split], f"{SEED}/{split}")
        for name, values in zip(names, (images[rows], labels[rows]), strict=True):
            content = idx(values)
            # No time and no file name in the header: the same bytes each time.
            with (
                (folder / name).open("wb") as file,
                gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as packed,
            ):
                packed.write(content)
            print(f"{hashlib.sha256(content).hexdigest()}  {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else fashion_mnist.SAMPLE)
