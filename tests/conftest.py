import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.engine.course import Course

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as readers get it, built strictly.

    Where several processes test, one builds it for all.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    site, complaints = shared / "built" / "site", shared / "complaints.txt"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    with FileLock(shared / "built.lock"):
        if not complaints.exists():
            built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            complaints.write_text(built.stderr or "it failed" if built.returncode else "")
    assert not complaints.read_text(), complaints.read_text()
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests have measured against a budget."""
    measured = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == "budget" and report.when == "call"
    ]
    if measured:
        terminalreporter.section("budgets")
        for line in sorted(measured):
            terminalreporter.line(line)
