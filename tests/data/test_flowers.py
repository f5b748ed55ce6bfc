import hashlib
import io
import os
import random
import socket
import subprocess
import sys
import tarfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras  # before a test changes KERAS_HOME, which Keras reads once
import numpy as np
import pytest
from PIL import Image

from cnnguide.data import cache, flowers, garden
from cnnguide.data.source import DataError
from cnnguide.engine import store
from tests.data.conftest import Server

PHOTOGRAPHS = Path(__file__).parents[2].parent / "shared" / "data" / "flower_photos"
WAYS = ("CNNGUIDE_FLOWERS", "CNNGUIDE_DATA=full", "a garden that cnnguide draws")
CLASSES = ["daisy", "dandelion", "roses", "sunflowers", "tulips"]


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch) -> Path:
    """Where made folders are kept; nothing of this machine's settings counts."""
    monkeypatch.delenv("CNNGUIDE_FLOWERS", raising=False)
    monkeypatch.setenv("CNNGUIDE_STORE", str(tmp_path / "store"))
    return tmp_path / "store" / "data" / "flowers"


@pytest.fixture
def small(monkeypatch) -> None:
    """A garden of two pictures a class."""
    monkeypatch.setattr(flowers, "EACH", 2)


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """A folder of one's own, with two images a class."""
    place = tmp_path / "own"
    for number, name in enumerate(CLASSES):
        (place / name).mkdir(parents=True)
        for ending in ("jpg", "png"):
            colour = (40 * number, 200, 90)
            Image.new("RGB", (8, 6), colour).save(place / name / f"one.{ending}")
    monkeypatch.setenv("CNNGUIDE_FLOWERS", str(place))
    return place


def pictures(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.glob("*/*"))


def left(place: Path) -> list[str]:
    """What was made, but for the lock."""
    return sorted(path.name for path in place.glob("*") if path.name != ".lock")


def contents(place: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def refusal(ask=flowers.folder) -> str:
    with pytest.raises(DataError) as caught:
        ask()
    return str(caught.value)


def test_the_garden_is_planted_whole_and_once(kept, monkeypatch):
    planted = []

    def plant(folder, each):
        planted.append(each)
        garden.plant(folder, each=2)

    source = flowers.source()
    with monkeypatch.context() as patched:
        patched.setattr(flowers, "garden", type("", (), vars(garden) | {"plant": plant}))
        place = flowers.folder()
        assert flowers.folder() == place
    assert planted == [120]
    assert sorted(path.name for path in place.iterdir()) == CLASSES
    assert all(path.suffix == ".jpg" for path in place.glob("*/*"))
    assert source.rows == {"drawn": 600}
    assert source.label == "Flowers, sample: 600 drawn pictures, from cnnguide's garden"
    assert flowers.source().fingerprint == source.fingerprint
    assert len(left(kept)) == 1


def test_all_of_the_garden_can_be_read(small):
    place = flowers.folder()
    dataset = keras.utils.image_dataset_from_directory(
        place, image_size=(32, 32), shuffle=False, verbose=False
    )
    assert dataset.class_names == list(flowers.CLASS_NAMES) == CLASSES
    assert [len(list((place / name).iterdir())) for name in CLASSES] == [2] * 5
    images, labels = next(iter(dataset))
    assert labels.numpy().tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert all(image.std() > 5 for image in images.numpy())


def test_another_garden_is_planted_anew(small, monkeypatch):
    place, source = flowers.folder(), flowers.source()
    monkeypatch.setattr(garden, "fingerprint", lambda: "another")
    assert flowers.source().fingerprint != source.fingerprint
    assert flowers.folder() != place
    assert pictures(flowers.folder()) == pictures(place)


def test_planting_leaves_chance_alone(small):
    keras.utils.set_random_seed(0)
    before = random.getstate(), np.random.get_state()[1].tolist()
    flowers.folder()
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_planting_that_breaks_off_leaves_nothing(small, kept, monkeypatch):
    def interrupted(folder, each):
        (folder / "daisy").mkdir(parents=True)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(garden, "plant", interrupted)
        with pytest.raises(KeyboardInterrupt):
            flowers.folder()
    assert left(kept) == []
    assert len(pictures(flowers.folder())) == 10


def test_what_a_killed_process_left_is_cleared_away(small, kept):
    place = flowers.folder().parent
    place.rename(place.with_name(f".{place.name}.incoming"))
    (place.with_name(f".{place.name}.incoming") / "flowers" / "daisy" / "half.jpg").touch()
    assert len(pictures(flowers.folder())) == 10
    assert left(kept) == [place.name]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"half")])
def test_a_garden_with_a_gap_is_planted_again(small, damage):
    place = flowers.folder()
    path = place / pictures(place)[3]
    sound = path.read_bytes()
    damage(path)
    assert flowers.folder() == place
    assert path.read_bytes() == sound


PLANT = """
import sys, time
from pathlib import Path
from cnnguide.data import flowers, garden

plant = garden.plant
def slowly(folder, each):
    Path(sys.argv[1]).open("a").write("planted\\n")
    time.sleep(0.5)
    plant(folder, each)
garden.plant, flowers.EACH = slowly, 2
print(len(list(flowers.folder().glob("*/*"))))
"""


def test_processes_at_once_plant_once(tmp_path):
    command = [sys.executable, "-c", PLANT, str(tmp_path / "planted")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate()[0] for process in started] == [b"10\n"] * 3
    assert (tmp_path / "planted").read_text() == "planted\n"


def test_what_is_long_unused_is_removed(small, kept):
    old = flowers.folder().parent
    recent = kept / "garden-recent"
    recent.mkdir()
    then = time.time() - (cache.DAYS + 1) * 24 * 3600
    os.utime(old, (then, then))
    assert flowers.folder().parent == old  # it is in use again
    os.utime(old, (then, then))
    cache.made_once(kept / "new", lambda aside: None)
    assert left(kept) == ["garden-recent", "new"]


def test_the_cache_lies_where_results_lie(tmp_path, monkeypatch):
    assert cache.place() == store.folder() / "data"
    monkeypatch.delenv("CNNGUIDE_STORE")
    for home in ("", str(tmp_path)):
        monkeypatch.setenv("XDG_CACHE_HOME", home)
        assert cache.place() == store.folder() / "data"


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "store").write_text("a file where the folder should be")
    message = refusal()
    assert f"{tmp_path / 'store'}" in message
    assert "cannot be written" in message
    assert "Set CNNGUIDE_STORE" in message


def test_photographs_of_ones_own(own, monkeypatch):
    before = contents(own)
    place, source = flowers.folder(), flowers.source()
    assert pictures(place) == pictures(own)
    assert sorted(path.name for path in place.iterdir()) == CLASSES
    assert all(
        path.read_bytes() == (own / path.relative_to(place)).read_bytes()
        for path in place.glob("*/*")
    )
    assert source.label == "Flowers, own: 10 labelled photographs, from CNNGUIDE_FLOWERS"
    assert str(own) not in repr(source)
    assert contents(own) == before
    monkeypatch.setenv("CNNGUIDE_DATA", "full")  # of the garments; the flowers are these
    assert flowers.source() == source


def test_what_is_no_image_of_a_class_is_ignored(own):
    expected = flowers.folder(), flowers.source()
    names = ("LICENSE.txt", "daisy/ATTRIBUTION.txt", "roses/._one.jpg", "cats/one.jpg")
    (own / "cats").mkdir()
    (own / "tulips" / "folder.jpg").mkdir()
    for name in names:
        (own / name).write_bytes(b"no image")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (flowers.folder(), flowers.source()) == expected


def test_the_fingerprint_follows_what_is_in_the_pictures(own, monkeypatch):
    first = flowers.source().fingerprint
    os.utime(own / "daisy" / "one.jpg", (1, 1))
    assert flowers.source().fingerprint == first
    moved = own.rename(own.with_name("moved"))
    monkeypatch.setenv("CNNGUIDE_FLOWERS", str(moved))
    assert flowers.source().fingerprint == first

    path = moved / "daisy" / "one.png"
    Image.new("RGB", (8, 6), (255, 255, 255)).save(path)
    changed = flowers.source().fingerprint
    path.rename(path.with_name("two.png"))
    renamed = flowers.source().fingerprint
    (moved / "daisy" / "two.png").unlink()
    assert len({first, changed, renamed, flowers.source().fingerprint}) == 4


def test_a_changed_picture_is_in_the_folder(own):
    flowers.folder()
    Image.new("RGB", (8, 6), (255, 255, 255)).save(own / "daisy" / "one.png")
    with Image.open(flowers.folder() / "daisy" / "one.png") as image:
        assert image.getpixel((0, 0)) == (255, 255, 255)


def damage(own: Path) -> list[str]:
    """Damage four images in ways that happen; gives their names."""
    sound = (own / "roses" / "one.jpg").read_bytes()
    (own / "roses" / "one.jpg").write_bytes(sound[: len(sound) // 2])
    (own / "roses" / "empty.png").touch()
    (own / "tulips" / "page.jpg").write_text("<html>404</html>")
    Image.new("RGB", (8, 6)).save(own / "tulips" / "renamed.jpg", "tiff")
    return ["roses/empty.png", "roses/one.jpg", "tulips/page.jpg", "tulips/renamed.jpg"]


def test_damaged_images_are_left_out_and_named(own, monkeypatch):
    names = damage(own)
    before = contents(own)
    expected = f"damaged photographs that are left out: 4 ({', '.join(names)})"
    with pytest.warns(UserWarning) as caught:
        place = flowers.folder()
    assert [str(warning.message) for warning in caught] == [expected]
    assert not set(pictures(place)) & set(names)
    assert len(pictures(place)) == len(pictures(own)) - 4
    assert contents(own) == before

    monkeypatch.setattr(flowers, "_is_sound", None)  # it is not looked at again
    with pytest.warns(UserWarning, match="roses/one.jpg"):
        assert flowers.folder() == place


def test_many_damaged_images_are_counted(own):
    for number in range(12):
        (own / "roses" / f"{number:02}.jpg").touch()
    with pytest.warns(UserWarning, match=r"left out: 12 \(roses/00.* and 2 more\)"):
        flowers.folder()


def test_a_class_of_which_all_images_are_damaged(own, kept):
    for path in (own / "roses").iterdir():
        path.write_bytes(b"")
    message = refusal()
    assert f"{own}, without its damaged images: expected images of each class" in message
    assert "got none in roses" in message
    assert left(kept) == []


def test_an_empty_class(own):
    for path in (own / "roses").iterdir():
        path.rename(path.with_suffix(".txt"))
    for ask in (flowers.source, flowers.folder):
        message = refusal(ask)
        assert f"CNNGUIDE_FLOWERS={own}: expected images of each class, as .bmp" in message
        assert "got none in roses" in message
        assert all(way in message for way in WAYS)


def test_a_folder_without_classes(own, tmp_path, monkeypatch):
    (own / "roses").rename(own / "Rosen")
    message = refusal(flowers.source)
    assert "expected a folder for each class, daisy, dandelion, roses" in message
    assert "got none for roses" in message
    monkeypatch.setenv("CNNGUIDE_FLOWERS", str(tmp_path))
    assert f"got none for {', '.join(CLASSES)}\n" in refusal(flowers.source)


@pytest.mark.parametrize(
    ("value", "came"),
    [("flowers", "a relative one"), ("/nowhere/flowers", "no such folder")],
)
def test_no_folder(value, came, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flowers").mkdir()
    monkeypatch.setenv("CNNGUIDE_FLOWERS", value)
    message = refusal(flowers.source)
    assert f"CNNGUIDE_FLOWERS={value}: expected the absolute path" in message
    assert f"got {came}\n" in message
    assert all(way in message for way in WAYS)


def test_another_mode_is_an_error(monkeypatch):
    monkeypatch.setenv("CNNGUIDE_DATA", "Full")
    assert 'must be "sample", "full" or unset' in refusal()


def archive(own: Path, *members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """The images of one's own as TensorFlow packs them, and more members."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(own, "flower_photos")
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def serve(own, monkeypatch):
    """Put an archive where TensorFlow's lies, on this machine."""
    monkeypatch.delenv("CNNGUIDE_FLOWERS")
    monkeypatch.setenv("CNNGUIDE_DATA", "full")
    with Server() as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever, 0.02)

        def put(content: bytes) -> Server:
            server.files[flowers.ARCHIVE] = content
            monkeypatch.setattr(flowers, "URL", server.url)
            monkeypatch.setattr(flowers, "SHA256", hashlib.sha256(content).hexdigest())
            return server

        yield put
        server.ended.set()
        server.shutdown()


def test_the_photographs_are_downloaded_once(serve, own, keras_cache):
    server = serve(archive(own))
    source = flowers.source()
    assert source.label == (
        "Flowers, full: 3,670 labelled photographs, from TensorFlow's tutorials"
    )
    assert server.asked == []
    place = flowers.folder()
    assert pictures(place) == pictures(own)
    assert flowers.folder() == place
    assert flowers.source().fingerprint == source.fingerprint
    assert server.asked == [flowers.ARCHIVE]
    assert (keras_cache.parent / flowers.ARCHIVE).exists()


def test_an_archive_in_the_cache_of_keras_is_taken(serve, own, keras_cache):
    server = serve(archive(own))
    keras_cache.parent.mkdir(parents=True)
    path = keras_cache.parent / flowers.ARCHIVE
    path.write_bytes(server.files[flowers.ARCHIVE])
    assert pictures(flowers.folder()) == pictures(own)
    assert server.asked == []

    path.write_bytes(b"not ours")
    for made in cache.place().glob("flowers/archive-*"):
        (made / cache.LIST).unlink()
    message = refusal()
    assert f"{path}: expected SHA-256 {flowers.SHA256}; got " in message
    assert "Delete it, and Keras downloads it again" in message
    assert path.read_bytes() == b"not ours"


def test_another_archive_is_refused(serve, own, kept, keras_cache):
    server = serve(archive(own))
    server.files[flowers.ARCHIVE] = b"<html>Please log in</html>"
    message = refusal()
    assert f"expected SHA-256 {flowers.SHA256}; got 26 bytes with SHA-256" in message
    assert all(way in message for way in WAYS)
    assert left(kept) == []
    assert not (keras_cache.parent / flowers.ARCHIVE).exists()


def test_no_network(serve, own, kept, monkeypatch):
    serve(archive(own))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    monkeypatch.setattr(flowers, "URL", url)
    message = refusal()
    assert url + flowers.ARCHIVE in message
    assert "refused" in message
    assert left(kept) == []


def member(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (member("../escaped.jpg"), "leads out"),
        (member("flower_photos/../../escaped.jpg"), "leads out"),
        (member("flower_photos\\..\\..\\escaped.jpg"), "leads out"),
        (member("/tmp/cnnguide-escaped.jpg"), "leads out"),
        (member("flower_photos/link", type=tarfile.SYMTYPE, linkname="/etc"), "neither"),
        (member("hard", type=tarfile.LNKTYPE, linkname="../../x"), "neither"),
        (member("device", type=tarfile.CHRTYPE, devmajor=1, devminor=3), "neither"),
        (member("pipe", type=tarfile.FIFOTYPE), "neither"),
    ],
    ids=lambda value: value.name if isinstance(value, tarfile.TarInfo) else "",
)
def test_a_malicious_archive_unpacks_nothing(bad, said, serve, own, kept, tmp_path):
    serve(archive(own, (bad, b"!" if bad.isreg() else b"")))
    message = refusal()
    assert repr(bad.name) in message
    assert said in message
    assert left(kept) == []
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/cnnguide-escaped.jpg").exists()


def test_a_broken_archive(serve, own, kept):
    whole = archive(own)
    for broken in (whole[: len(whole) // 2], b"no archive"):
        serve(broken)
        for path in cache.place().parents[1].rglob(flowers.ARCHIVE):
            path.unlink()
        assert "could not be unpacked" in refusal()
        assert left(kept) == []


def test_an_archive_of_something_else(serve, own):
    (own / "roses").rename(own / "Rosen")
    serve(archive(own))
    assert "got none for roses" in refusal()


def test_the_photographs_as_they_are(monkeypatch):
    if not PHOTOGRAPHS.is_dir():
        pytest.skip(f"no photographs in {PHOTOGRAPHS}")
    monkeypatch.setenv("CNNGUIDE_FLOWERS", str(PHOTOGRAPHS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        place = flowers.folder()
    assert len(pictures(place)) == flowers.source().rows["labelled"] == 600
    assert {Path(name).suffix for name in pictures(place)} == {".jpg"}


def test_asking_for_the_source_imports_nothing_heavy():
    code = """if True:
        import sys
        from cnnguide.data import flowers
        flowers.source()
        heavy = {"numpy", "tensorflow", "keras", "matplotlib", "PIL"} & set(sys.modules)
        sys.exit(str(heavy) if heavy else 0)
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
