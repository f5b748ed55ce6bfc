import re
import shutil
import sys
from pathlib import Path

import pytest

from cnnguide.engine import netron
from cnnguide.engine.errors import BadPackage

ROOT = Path(__file__).parents[2]
FOREIGN = (
    "_openGist",
    "analytics",
    "api.github.com",
    "document.cookie",
    "github.com/$1",
    "githubusercontent",
    "huggingface",
    "ipinfo",
    "sendBeacon",
    "session_engaged",
    "_telemetry",
    "/issues",
)
IMPORTED = re.compile(r"""(?:from |import\(|new Worker\()['"`]\./([\w-]+\.js)""")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the files that the site takes, to be changed."""
    folder = tmp_path / "netron"
    folder.mkdir()
    for name in netron.FILES:
        shutil.copy(netron._folder() / name, folder)
    monkeypatch.setattr(netron, "_folder", lambda: folder)
    return folder


def files() -> dict[str, bytes]:
    """As read now, whatever was read before."""
    return netron.files.__wrapped__()


def test_the_files_and_their_licence_are_there() -> None:
    found = files()
    assert set(found) == {*netron.FILES, netron.LICENCE}
    licence = found[netron.LICENCE].decode()
    assert "Copyright (c) Lutz Roeder" in licence
    assert "Permission is hereby granted, free of charge" in licence
    assert all(found.values())
    assert "netron" not in sys.modules


def test_scripts_load_only_files_that_are_there() -> None:
    found = files()
    loaded = {
        name
        for file, content in found.items()
        if file.endswith(".js") and file != "python.js"
        for name in IMPORTED.findall(content.decode())
    }
    assert {"base.js", "dagre.js", "hdf5.js", "python.js", "zip.js"} <= loaded
    assert loaded <= set(found)
    started = re.search(r"var modules = \[(.*?)\];", found["index.js"].decode(), re.DOTALL)
    assert {f"{name}.js" for name in re.findall(r"'(\w+)'", started[1])} <= set(found)


def test_what_asks_other_hosts_is_cut_out() -> None:
    texts = {n: c.decode() for n, c in files().items() if n.endswith((".js", ".html"))}
    assert not {(name, word) for name in texts for word in FOREIGN if word in texts[name]}


def test_its_page_forbids_other_hosts() -> None:
    page = files()["index.html"].decode()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'self';")
    assert not re.search(r"https?:|\*|unsafe-eval|(script|connect)-src", policy)
    # What the page itself loads lies beside it; only links may lead elsewhere.
    loads = re.findall(r'<(?:link|script|img)\b[^>]*(?:href|src)="([^"]*)"', page)
    assert set(loads) <= set(netron.FILES)


@pytest.mark.parametrize("cut", netron.CUTS, ids=lambda cut: cut.what)
def test_a_cut_that_does_not_fit_ends_the_build(
    package: Path, cut: netron.Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netron.importlib.metadata, "version", lambda name: "99.0.0")
    path = package / cut.file
    text = path.read_text(encoding="utf-8")
    assert text.count(cut.first) == 1
    changes = [text.replace(cut.first, "changed"), text + cut.first + cut.last]
    if cut.last:
        before, _, after = text.partition(cut.first)
        changes.append(before + cut.first + after.replace(cut.last, "changed"))
    for changed in changes:
        path.write_text(changed, encoding="utf-8")
        with pytest.raises(BadPackage) as caught:
            files()
        message = str(caught.value)
        assert cut.file in message
        assert netron.VERSION in message
        assert "99.0.0 is installed" in message


def test_a_file_that_is_gone_is_named(package: Path) -> None:
    (package / "hdf5.js").unlink()
    with pytest.raises(BadPackage, match=r"no file hdf5\.js; this course knows Netron"):
        files()


def test_without_the_package_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(netron.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadPackage, match=f'pip install "netron=={netron.VERSION}"'):
        files()


def test_the_version_is_the_one_that_was_tested() -> None:
    pinned = (ROOT / "constraints.txt").read_text().splitlines()
    assert f"netron=={netron.VERSION}" in pinned
