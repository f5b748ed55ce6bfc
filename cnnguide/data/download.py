"""A file from the network, and what an archive holds: whole and checked or not at all."""

import contextlib
import hashlib
import io
import shutil
import socket
import sys
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from cnnguide.data.source import DataError

# Seconds of silence after which a server counts as gone. Without it, we wait for ever.
TIMEOUT = 30.0


def download(url: str, checksum: str, target: Path, remedy: str) -> None:
    """Download a file with Keras and put it in place once it is checked.

    Processes that want the same file at the same moment download it once.

    Args:
        url: where the file is.
        checksum: its MD5 or SHA-256, in hexadecimal.
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
                _download(url, checksum, target, remedy)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error}", remedy) from None


def unpack(archive: Path, checksum: str, folder: Path, remedy: str) -> None:
    """Unpack a tar archive, if it is the expected one and stays inside the folder.

    Args:
        archive: the file; it may be compressed.
        checksum: its MD5 or SHA-256, in hexadecimal.
        folder: an empty folder.
        remedy: what the error tells readers to do.

    Raises:
        DataError: the archive is missing, damaged or not the expected one, or holds a
            link, a device or a file whose name leads out of the folder.
    """
    try:
        actual = _checksum(archive, checksum)
        if actual != checksum:
            kind = _algorithm(checksum)
            problem = f"{archive}: expected {kind} {checksum}; got {actual}"
            raise DataError(f"{problem}. Delete it, and Keras downloads it again", remedy)
        with tarfile.open(archive) as tar:
            members = tar.getmembers()
            for member in members:
                if problem := _problem(member):
                    raise DataError(f"{archive}: {member.name!r} {problem}", remedy)
            tar.extractall(folder, members, filter="data")
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"{archive} could not be unpacked: {error}", remedy) from None


def _problem(member: tarfile.TarInfo) -> str:
    """Why a member of an archive is refused, or nothing."""
    path = PurePosixPath(member.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        return "leads out of the folder"
    if not (member.isfile() or member.isdir()):
        return "is neither a file nor a folder"
    return ""


def _algorithm(checksum: str) -> str:
    return "MD5" if len(checksum) == 32 else "SHA-256"


def _checksum(path: Path, like: str) -> str:
    with path.open("rb") as file:
        kind = _algorithm(like).replace("-", "").lower()
        return hashlib.file_digest(file, kind).hexdigest()


def _download(url: str, checksum: str, target: Path, remedy: str) -> None:
    import keras

    # Keras downloads to the final name and keeps a file of the wrong checksum, as it keeps
    # what a killed process got so far. So it downloads to a folder aside.
    aside = target.with_name(f".{target.name}.incoming")
    arrived = aside / target.name
    kind = _algorithm(checksum)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        with _progress_for_people_only(), _patience():
            keras.utils.get_file(
                target.name,
                origin=url,
                file_hash=checksum,
                hash_algorithm=kind.replace("-", "").lower(),
                cache_dir=str(aside),
                cache_subdir="",
            )
        arrived.replace(target)
    except Exception as error:
        came = str(error) or type(error).__name__
        if arrived.exists():
            size = arrived.stat().st_size
            came = f"{size:,} bytes with {kind} {_checksum(arrived, checksum)}"
        problem = f"{target} could not be downloaded from {url}"
        raise DataError(
            f"{problem}: expected {kind} {checksum}; got {came}", remedy
        ) from None
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
