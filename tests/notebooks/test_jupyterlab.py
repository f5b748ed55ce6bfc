"""A lab as its readers meet it: downloaded, opened in JupyterLab, filled in and checked."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import browser  # noqa: F401 - a fixture

LAB = "shapes"
LIMIT = 60  # seconds for a server or a kernel to answer


@pytest.fixture
def jupyter(built_site: Path, tmp_path: Path) -> Iterator[str]:
    """JupyterLab with the downloaded lab in its folder; its address."""
    shutil.copy(built_site / "labs" / LAB / f"{LAB}.ipynb", tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.root_dir": str(tmp_path),
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        # With the test it ends by itself, also where nobody stops it.
        "ServerApp.shutdown_no_activity_timeout": 300,
    }
    homes = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    with (tmp_path / "jupyter.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab"]
            + [f"--{name}={value}" for name, value in options.items()],
            cwd=tmp_path,
            env=os.environ | homes,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(f"{address}api/status", server, tmp_path / "jupyter.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def test_a_downloaded_lab_can_be_filled_in_and_checked(
    jupyter: str,
    browser: Browser,  # noqa: F811
    tmp_path: Path,
) -> None:
    notebook = json.loads((tmp_path / f"{LAB}.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    task = next(i for i, s in enumerate(sources) if 'labs.check("shapes.valid"' in s)
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{jupyter}lab/tree/{LAB}.ipynb")
    cells = page.locator(".jp-Notebook .jp-Cell")
    expect(cells.first).to_contain_text("Lab: Convolution and shapes", timeout=LIMIT * 1000)
    expect(page.locator(".jp-Notebook blockquote").first).to_contain_text("Think first")
    # JupyterLab runs nothing, and says nothing, before its kernel answers.
    kernel = page.locator(".jp-Notebook-ExecutionIndicator")
    expect(kernel).to_have_attribute("data-status", "idle", timeout=LIMIT * 1000)
    # Run everything above the task.
    for at in range(task):
        cell = cells.nth(at)
        cell.click()
        page.keyboard.press("Shift+Enter")
        if notebook["cells"][at]["cell_type"] == "code":
            prompt = cell.locator(".jp-InputArea-prompt")
            expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=LIMIT * 1000)
    code = cells.nth(task)
    code.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    verdict = code.locator(".jp-OutputArea")
    expect(verdict).to_contain_text(
        "Put your answer in place of the dots", timeout=LIMIT * 1000
    )
    # Fill in the gap, first with a wrong answer.
    for answer, said in [
        ("(4, 28, 28, 8)", "outermost pixels"),
        ("(4, 26, 26, 8)", "Right."),
    ]:
        editor = code.locator(".cm-content")
        editor.click()
        page.keyboard.press("Control+a")
        filled = re.sub(r"shape = .*", f"shape = {answer}", sources[task])
        page.keyboard.insert_text(filled)
        page.keyboard.press("Shift+Enter")
        expect(verdict).to_contain_text(said, timeout=LIMIT * 1000)
    context.close()
