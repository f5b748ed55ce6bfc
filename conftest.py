"""What holds for all tests, doctests included."""

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from cnnguide.engine.store import UNFINISHED, folder
from cnnguide.keep import set_seeds

# With several processes, the first makes what all of them use, and takes it away.
IS_FIRST = "PYTEST_XDIST_WORKER" not in os.environ
# No setting of this machine counts, and nothing of the tests stays on it.
for name in ("CNNGUIDE_DATA", "CNNGUIDE_DATA_DIR", "CNNGUIDE_FLOWERS", "CNNGUIDE_SEED"):
    os.environ.pop(name, None)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if IS_FIRST:
    known = folder()
    os.environ["CNNGUIDE_STORE"] = tempfile.mkdtemp(prefix="cnnguide-test-store-")
    # What this machine has run already, under the very keys, need not run again. The tests
    # get a copy, which they may damage.
    for kind in ("results", "kept", "labs"):
        if (known / kind).is_dir():
            shutil.copytree(
                known / kind,
                Path(os.environ["CNNGUIDE_STORE"], kind),
                ignore=shutil.ignore_patterns(f"{UNFINISHED}*"),
            )


def pytest_unconfigure() -> None:
    """Take the store away."""
    if IS_FIRST:
        shutil.rmtree(os.environ["CNNGUIDE_STORE"], ignore_errors=True)


@pytest.fixture(autouse=True)
def chance_begins_alike() -> None:
    """As it does for snippets, so that no test fails by a rare draw of a random layer."""
    random.seed(0)
    if "keras" in sys.modules:  # tests that have no use for it need not wait for it
        set_seeds(0)


@pytest.fixture(autouse=True)
def examples_have_a_folder_of_their_own(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a snippet has: what a doctest writes is not left in the project."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(tmp_path)
