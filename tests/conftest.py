import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.course import Course

ROOT = Path(__file__).parents[1]
# Nothing of this machine counts, and nothing of the tests stays on it.
STORE = tempfile.mkdtemp(prefix="cnnguide-test-store-")
os.environ["CNNGUIDE_STORE"] = STORE
for name in ("CNNGUIDE_DATA", "CNNGUIDE_DATA_DIR", "CNNGUIDE_SEED"):
    os.environ.pop(name, None)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_unconfigure() -> None:
    shutil.rmtree(STORE, ignore_errors=True)


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as readers get it, built strictly from an empty store."""
    site = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return site


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """An empty course whose engine, workers and `keep` use a store of their own."""
    monkeypatch.setenv("CNNGUIDE_STORE", str(tmp_path / "store"))
    monkeypatch.syspath_prepend(tmp_path)
    course = Course(tmp_path / "tinycourse", tmp_path / "store")
    course.count_runs(monkeypatch)
    yield course
    for name in list(sys.modules):
        if name.partition(".")[0] == "tinycourse":
            del sys.modules[name]
