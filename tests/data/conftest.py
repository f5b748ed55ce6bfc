import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cnnguide.data import fashion_mnist
from tests.data.fashion_files import NAMES, official


@pytest.fixture(autouse=True)
def keras_cache(tmp_path, monkeypatch) -> Path:
    """Where Keras would keep Fashion-MNIST; nothing of this machine's settings counts."""
    for name in ("CNNGUIDE_DATA", "CNNGUIDE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "keras" / "datasets" / "fashion-mnist"


@pytest.fixture
def debian() -> Path:
    """The folder of Debian's package."""
    missing = [name for name in NAMES if not (fashion_mnist.DEBIAN / name).exists()]
    assert not missing, f"no {missing}: apt install dataset-fashion-mnist"
    return fashion_mnist.DEBIAN


@pytest.fixture
def without_debian(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(fashion_mnist, "DEBIAN", tmp_path / "not-installed")


@pytest.fixture
def full(monkeypatch) -> None:
    monkeypatch.setenv("CNNGUIDE_DATA", "full")


@pytest.fixture
def folder(tmp_path, debian, full, monkeypatch) -> Path:
    """A folder of one's own with the full set, for tests to damage."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name in NAMES:
        (folder / name).symlink_to(debian / name)
    monkeypatch.setenv("CNNGUIDE_DATA_DIR", str(folder))
    return folder


class Server(ThreadingHTTPServer):
    """Answers from `files`; one in `cut` breaks off midway, one in `stuck` goes silent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.stuck: set[str] = set()
        self.asked: list[str] = []
        self.ended = threading.Event()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.removeprefix("/")
        self.server.asked.append(name)
        if name not in self.server.files:
            self.send_error(404)
            return
        content = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        broken = name in self.server.cut | self.server.stuck
        self.wfile.write(content[: len(content) // 2] if broken else content)
        if name in self.server.stuck:
            self.wfile.flush()
            self.server.ended.wait(30)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(debian, without_debian, full, monkeypatch):
    """The place that Keras downloads from, on this machine, with the official files."""
    with Server() as server:
        server.files = {name: official(debian, name) for name in NAMES}
        monkeypatch.setattr(fashion_mnist, "URL", server.url)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()
