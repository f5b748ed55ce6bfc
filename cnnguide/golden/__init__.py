"""What Keras computes, written down, so that the browser's arithmetic can be compared.

`write` makes five files in a folder:

- `cases.json`: which functions of `docs/js` are called with what, and what Keras gives;
- `numbers.bin`: the arrays of the cases, which they name by place and shape;
- `network.bin`: the network of the garments lesson, as the browser loads it;
- `garments.bin`: 200 test pictures and each layer's output for them;
- `garments.json`: the shapes of these.

tests/browser/test_golden.py runs the modules in a browser and compares.
"""

from pathlib import Path

from cnnguide.golden import augmentation, case, garments, normalization, vectors, windows


def write(folder: Path) -> None:
    """Write all cases, and the network with its outputs, into a folder that is there."""
    parts = (windows, normalization, vectors, augmentation)
    case.save([found for part in parts for found in part.cases()], folder)
    garments.save(folder)
