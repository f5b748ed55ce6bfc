import hashlib
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnguide.data import garden


def test_a_garden_has_so_many_pictures_of_each_class(tmp_path: Path) -> None:
    garden.plant(tmp_path / "new", each=2)
    files = [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.*")]
    assert sorted(files) == [
        f"new/{name}/{name}_00{number}.jpg"
        for name in garden.CLASS_NAMES
        for number in (0, 1)
    ]
    for file in tmp_path.rglob("*.jpg"):
        with Image.open(file) as picture:
            assert (picture.format, picture.mode) == ("JPEG", "RGB")
            assert min(picture.size) >= 107
            assert max(picture.size) <= 160


def test_another_process_draws_the_same_pictures() -> None:
    code = (
        "import hashlib; from cnnguide.data import garden\n"
        "for name in garden.CLASS_NAMES:\n"
        "    picture = garden.draw(name, 7)\n"
        "    print(picture.size, hashlib.sha256(picture.tobytes()).hexdigest())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    here = [garden.draw(name, 7) for name in garden.CLASS_NAMES]
    assert there == [
        f"{picture.size} {hashlib.sha256(picture.tobytes()).hexdigest()}"
        for picture in here
    ]


def test_drawing_leaves_the_random_state_of_others_alone() -> None:
    before = random.getstate(), np.random.get_state()[1].tobytes()
    garden.draw("roses", 3)
    assert (random.getstate(), np.random.get_state()[1].tobytes()) == before


def test_no_two_pictures_are_equal(pictured: tuple[np.ndarray, np.ndarray]) -> None:
    pictures, _ = pictured
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


def test_pictures_come_in_several_sizes() -> None:
    assert len({garden.draw("tulips", number).size for number in range(12)}) >= 3


def test_no_picture_is_nearly_black_or_white(
    pictured: tuple[np.ndarray, np.ndarray],
) -> None:
    pictures, _ = pictured
    brightness = pictures.mean(axis=(1, 2, 3))
    assert brightness.min() > 15
    assert brightness.max() < 230
    assert pictures.std(axis=(1, 2, 3)).min() > 10


def test_colours_help_and_do_not_suffice(pictured: tuple[np.ndarray, np.ndarray]) -> None:
    pictures, labels = pictured
    histograms = np.stack(
        [
            np.histogramdd(picture.reshape(-1, 3), bins=4, range=[(0, 256)] * 3)[0].ravel()
            for picture in pictures
        ]
    )
    features = np.sqrt(histograms / histograms.sum(axis=1, keepdims=True))
    learn = np.arange(len(labels)) % 4 != 0
    far = np.linalg.norm(features[~learn, None] - features[None, learn], axis=2)
    nearest = labels[learn][np.argsort(far, axis=1)[:, :5]]
    votes = np.stack([(nearest == label).sum(axis=1) for label in range(5)], axis=1)
    accuracy = (votes.argmax(axis=1) == labels[~learn]).mean()
    # 0.59, 0.59, 0.57 and 0.57 with the pictures from 0, 60, 500 and 700 on.
    assert 0.4 < accuracy < 0.68


def test_an_unknown_flower_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the garden grows daisy, .*; got 'orchid'"):
        garden.draw("orchid", 0)


def test_the_fingerprint_follows_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = garden.fingerprint()
    assert re.fullmatch("[0-9a-f]{16}", before)
    shutil.copytree(Path(garden.__file__).parent, tmp_path / "garden")
    monkeypatch.setattr(garden, "__file__", str(tmp_path / "garden" / "__init__.py"))
    assert garden.fingerprint() == before
    with (tmp_path / "garden" / "heads.py").open("a") as file:
        file.write("# A new petal.\n")
    assert garden.fingerprint() != before


def test_naming_the_garden_loads_nothing_heavy() -> None:
    code = (
        "import sys; from cnnguide.data import garden; garden.fingerprint()\n"
        "print([name for name in ('numpy', 'PIL') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert printed.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def pictured() -> tuple[np.ndarray, np.ndarray]:
    """300 pictures, 32×32, and the numbers of their classes."""
    labels = np.repeat(np.arange(5), 60)
    pictures = [
        np.asarray(garden.draw(garden.CLASS_NAMES[label], i % 60).resize((32, 32)), float)
        for i, label in enumerate(labels)
    ]
    return np.stack(pictures), labels
