"""Pictures of flowers in five classes, in a folder for each class.

Lessons learn from a garden that the package draws. With `CNNGUIDE_DATA=full` they learn
from the 3,670 photographs of TensorFlow's tutorials, downloaded once. `CNNGUIDE_FLOWERS`
names a folder of photographs to learn from instead, whatever `CNNGUIDE_DATA` says.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cnnguide.data import cache, garden
from cnnguide.data.download import download, unpack
from cnnguide.data.source import DataError, Source, chosen_mode, keras_home

CLASS_NAMES = ("daisy", "dandelion", "roses", "sunflowers", "tulips")

# Of each class, how many pictures the drawn garden has.
EACH = 120

PHOTOGRAPHS = 3_670
URL = "https://storage.googleapis.com/download.tensorflow.org/example_images/"
ARCHIVE = "flower_photos.tgz"
# Of its 228,813,984 bytes. From tensorflow_datasets/datasets/tf_flowers/checksums.tsv in
# TensorFlow Datasets.
SHA256 = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"

# Those that TensorFlow decodes.
ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")

_WAYS = f"""\
Flowers are looked for in this order:
  1. a folder of yours, named by CNNGUIDE_FLOWERS, with the folders
     {", ".join(CLASS_NAMES)},
     in each of them photographs as {", ".join(ENDINGS)}
  2. with CNNGUIDE_DATA=full, {ARCHIVE} in Keras's cache, into which Keras
     downloads it once when there is a network (229 MB)
  3. else, a garden that cnnguide draws itself"""

Scan = tuple[tuple[str, int, int], ...]


def folder() -> Path:
    """A folder of pictures by class: the data that `source` names, and only sound ones.

    What is missing is drawn, downloaded or looked through first, once, and kept in the
    cache folder. Photographs of yours are looked at and never changed.

    Returns:
        A folder with a folder for each of `CLASS_NAMES` and nothing else, in each of them
        pictures and nothing else. Read it only: it is shared.

    Raises:
        DataError: a folder is missing, holds none of the classes or an empty one, there is
            no network to get photographs from, or the cache cannot be written.

    Warns:
        UserWarning: damaged photographs are left out; it names them.
    """
    chosen = source()
    if chosen.mode == "sample":
        return _planted(chosen)
    return _sound_only(chosen.folder or _downloaded())


def source() -> Source:
    """Which data `folder` would give now, told without drawing or downloading them.

    Raises:
        DataError: `CNNGUIDE_DATA` is none of the modes, or `CNNGUIDE_FLOWERS` is not a
            folder with images of each class.

    >>> source().label
    "Flowers, sample: 600 drawn pictures, from cnnguide's garden"
    """
    mode = chosen_mode()
    own = os.environ.get("CNNGUIDE_FLOWERS")
    if own:
        return _own(own)
    if mode == "full":
        rows, sums = {"labelled": PHOTOGRAPHS}, {ARCHIVE: SHA256}
        return Source("Flowers", mode, "TensorFlow's tutorials", rows, sums, "photographs")
    rows, sums = {"drawn": EACH * len(CLASS_NAMES)}, {"garden": garden.fingerprint()}
    return Source("Flowers", mode, "cnnguide's garden", rows, sums, "pictures")


def _own(text: str) -> Source:
    own = Path(text).expanduser()
    if not own.is_absolute():  # snippets run in folders of their own
        came = "a relative one"
    elif not own.is_dir():
        came = "no such folder"
    else:
        images = _scan(own, f"CNNGUIDE_FLOWERS={text}")
        rows, sums = {"labelled": len(images)}, {"all": _content(own, images)}
        return Source("Flowers", "own", "CNNGUIDE_FLOWERS", rows, sums, "photographs", own)
    expected = "expected the absolute path of a folder with a folder for each class"
    raise DataError(f"CNNGUIDE_FLOWERS={text}: {expected}; got {came}", _WAYS)


def _scan(place: Path, called: str) -> Scan:
    """Each image's name below the folder, its size and its time of change."""
    missing = [name for name in CLASS_NAMES if not (place / name).is_dir()]
    if missing:
        expected = f"expected a folder for each class, {', '.join(CLASS_NAMES)}"
        raise DataError(f"{called}: {expected}; got none for {', '.join(missing)}", _WAYS)
    images = []
    for name in CLASS_NAMES:
        found = [
            (f"{name}/{file.name}", file.stat().st_size, file.stat().st_mtime_ns)
            for file in os.scandir(place / name)
            if file.name.lower().endswith(ENDINGS)
            and not file.name.startswith(".")
            and file.is_file()
        ]
        _check_not_empty(name, found, called)
        images += found
    return tuple(sorted(images))


def _check_not_empty(name: str, images: list, called: str) -> None:
    if not images:
        expected = f"expected images of each class, as {', '.join(ENDINGS)}"
        raise DataError(f"{called}: {expected}; got none in {name}", _WAYS)


@functools.lru_cache(maxsize=4)
def _content(place: Path, images: Scan) -> str:
    """A hash of all images. Reading thousands takes a moment, so it is remembered."""
    sums = []
    for name, _, _ in images:
        try:
            sums.append((name, hashlib.sha256((place / name).read_bytes()).hexdigest()))
        except OSError as error:
            raise DataError(f"{place / name} cannot be read: {error}", _WAYS) from None
    return _hash(sums)


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _kept(kind: str, parts: object) -> Path:
    return cache.place() / "flowers" / f"{kind}-{_hash(parts)[:16]}"


def _planted(chosen: Source) -> Path:
    place = _kept("garden", chosen.checksums | {"each": EACH})
    cache.made_once(place, lambda aside: garden.plant(aside / "flowers", each=EACH))
    return place / "flowers"


def _downloaded() -> Path:
    archive = keras_home() / "datasets" / ARCHIVE
    place = _kept("archive", SHA256)

    def fetch(aside: Path) -> None:
        download(URL + ARCHIVE, SHA256, archive, _WAYS)
        unpack(archive, SHA256, aside, _WAYS)

    return cache.made_once(place, fetch) / "flower_photos"


def _sound_only(photographs: Path) -> Path:
    """A folder with links to the photographs that can be decoded."""
    images = _scan(photographs, str(photographs))
    place = _kept("photographs", [str(photographs), images])

    def look_through(aside: Path) -> None:
        names = [name for name, _, _ in images]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            sound = list(pool.map(lambda name: _is_sound(photographs / name), names))
        kept = [name for name, good in zip(names, sound, strict=True) if good]
        for name in CLASS_NAMES:
            own = [image for image in kept if image.startswith(f"{name}/")]
            _check_not_empty(name, own, f"{photographs}, without its damaged images")
            (aside / "flowers" / name).mkdir(parents=True)
        for name in kept:
            _link(aside / "flowers" / name, photographs / name)
        damaged = sorted(set(names) - set(kept))
        (aside / "damaged.json").write_text(json.dumps(damaged), encoding="utf-8")

    cache.made_once(place, look_through)
    _tell(json.loads((place / "damaged.json").read_bytes()))
    return place / "flowers"


def _is_sound(image: Path) -> bool:
    import tensorflow as tf

    try:
        tf.io.decode_image(image.read_bytes(), channels=3, expand_animations=False)
    except (tf.errors.OpError, OSError):
        return False
    return True


def _link(link: Path, image: Path) -> None:
    try:
        link.symlink_to(image)
    except OSError:  # where links need rights that one may not have
        shutil.copy2(image, link)


def _tell(damaged: list[str]) -> None:
    if damaged:
        more = f" and {len(damaged) - 10} more" if len(damaged) > 10 else ""
        named = f"{', '.join(damaged[:10])}{more}"
        text = f"damaged photographs that are left out: {len(damaged)} ({named})"
        warnings.warn(text, stacklevel=4)
