"""A file from the network, whole and checked or not at all."""

import contextlib
import hashlib
import io
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from cnnguide.data.source import DataError

# Seconds of silence after which a server counts as gone. Without it, we wait for ever.
TIMEOUT = 30.0


def download(url: str, md5: str, target: Path, remedy: str) -> None:
    """Download a file with Keras and put it in place once it is checked.

    Processes that want the same file at the same moment download it once.

    Args:
        url: where the file is.
        md5: its checksum, in hexadecimal.
        target: where to put it; the folder is made if need be.
        remedy: what the error tells readers to do.

    Raises:
        DataError: no network, an incomplete or another file, or a folder that cannot be
            written. Nothing of the download is left.
    """
    from filelock import FileLock

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock")):
            if not target.exists():
                _download(url, md5, target, remedy)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error}", remedy) from None


def _download(url: str, md5: str, target: Path, remedy: str) -> None:
    import keras

    # Keras downloads to the final name and keeps a file of the wrong checksum, as it keeps
    # what a killed process got so far. So it downloads to a folder aside.
    aside = target.with_name(f".{target.name}.incoming")
    arrived = aside / target.name
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        with _progress_for_people_only(), _patience():
            keras.utils.get_file(
                target.name,
                origin=url,
                file_hash=md5,
                hash_algorithm="md5",
                cache_dir=str(aside),
                cache_subdir="",
            )
        arrived.replace(target)
    except Exception as error:
        came = str(error) or type(error).__name__
        if arrived.exists():
            content = arrived.read_bytes()
            came = f"{len(content):,} bytes with MD5 {hashlib.md5(content).hexdigest()}"
        problem = f"{target} could not be downloaded from {url}"
        raise DataError(f"{problem}: expected MD5 {md5}; got {came}", remedy) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def _progress_for_people_only() -> Iterator[None]:
    # Keras prints its progress. On a page, the output of a snippet must not tell
    # whether this build was the one that downloaded.
    screen = sys.stderr if sys.stderr.isatty() else io.StringIO()
    with contextlib.redirect_stdout(screen):
        yield


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
