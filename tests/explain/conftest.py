from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def photo(own_folder: Path) -> Path:
    """A colour picture of 30 rows and 40 columns, of values that differ."""
    rows, columns = np.mgrid[:30, :40]
    pixels = np.stack([rows * 8, columns * 6, (rows * columns) % 256], axis=-1)
    path = own_folder / "photo.png"
    Image.fromarray(pixels.astype("uint8")).save(path)
    return path
