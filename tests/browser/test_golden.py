"""The browser's arithmetic beside Keras's."""

import functools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from cnnguide import golden

from .conftest import serving

SCRIPTS = Path(golden.__file__).parents[2] / "docs" / "js"
RUNNER = Path(__file__).with_name("golden.js")
# How far off a number may be. Sums of the convolution's cases need no rounding at all.
TOLERANCES = {
    "convolution": 1e-6,
    "pooling": 1e-6,
    "local contrast": 1e-4,
    "layer normalization": 1e-4,
    "batch normalization": 1e-4,
    "dropout": 1e-6,
    "dense": 1e-4,
    "softmax": 1e-6,
    "relu": 0,
    "float16": 0,
    "augmentation": 1e-4,
}
PAGE = """<!doctype html><meta charset="utf-8"><title>Golden cases</title>
<link rel="icon" href="data:,">
<script type="module">
import * as golden from "./golden.js";
window.golden = golden;
</script>
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The scripts, what Keras computes, and a page that brings them together."""
    folder = tmp_path_factory.mktemp("golden")
    golden.write(folder)
    shutil.copytree(SCRIPTS, folder / "js")
    shutil.copy(RUNNER, folder)
    for name in ("index.html", "404.html"):
        (folder / name).write_text(PAGE)
    yield folder
    shutil.rmtree(folder)  # 40 MB


@pytest.fixture(scope="module")
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    page = browser.new_page()
    with serving(folder) as address:
        page.goto(address)
        page.wait_for_function("window.golden")
        yield page
    page.close()


def test_all_groups_of_cases_are_compared(page: Page) -> None:
    assert sorted(page.evaluate("golden.groups()")) == sorted(TOLERANCES)


@pytest.mark.parametrize("group", TOLERANCES)
def test_numbers_equal_those_of_keras(page: Page, group: str) -> None:
    off = dict(page.evaluate("(group) => golden.compare(group)", group))
    assert {case: by for case, by in off.items() if not by <= TOLERANCES[group]} == {}


def test_a_kernel_scaled_by_a_hundred_thousandth_is_noticed(page: Page) -> None:
    off = dict(page.evaluate("golden.compareScaled(1.00001)"))
    assert len(off) > 100
    assert {case: by for case, by in off.items() if not by > 1e-6} == {}


def test_every_layer_of_the_network_equals_keras(page: Page, folder: Path) -> None:
    found = page.evaluate("golden.compareNetwork()")
    shapes = json.loads((folder / "garments.json").read_text())
    assert found["pictures"] == found["agreeing"] == 200
    assert len(found["layers"]) == len(shapes) - 1
    assert {name: off for name, off in found["layers"] if not off <= 1e-4} == {}


def test_a_cell_is_made_of_what_it_is_said_to_be_made_of(page: Page) -> None:
    found = page.evaluate("golden.compareCells()")
    assert {kind for kind, _ in found} >= {"conv2d", "max_pooling2d"}
    assert max(off for _, off in found) <= 1e-5


def changes(network: bytes) -> dict[str, bytes]:
    """Ways in which the file of a network can be broken."""
    length = int.from_bytes(network[:4], "little")
    return {
        "empty": b"",
        "a page": b"<!doctype html><title>Not found</title>",
        "cut": network[: len(network) // 2],
        "a number short": network[:-2],
        "a number long": network + b"\0\0",
        "an odd length": network + b"\0",
        "no header": network[:4] + b" " * length + network[4 + length :],
        "other filters": network.replace(b'"filters": 32', b'"filters": 31', 1),
        "other sides": network.replace(b'"output": [28, 28', b'"output": [28, 27', 1),
        "an unknown layer": network.replace(b'"max_pooling2d"', b'"min_pooling2d"', 1),
        "an unknown activation": network.replace(b'"relu"', b'"tanh"', 1),
        "a class missing": network.replace(b'"Coat", ', b"        ", 1),
    }


def loading(page: Page, answer: Callable[[Route], None]) -> str:
    """What loading comes to when the file's request is answered so."""
    page.route("**/network.bin", lambda route: answer(route))
    said = page.evaluate("golden.loading()")
    page.unroute("**/network.bin")
    return said


def test_a_file_that_is_no_network_is_called_broken(page: Page, folder: Path) -> None:
    network = (folder / "network.bin").read_bytes()
    changed = changes(network)
    assert network not in changed.values()
    said = {
        name: loading(page, functools.partial(Route.fulfill, body=body))
        for name, body in changed.items()
    }
    assert said == dict.fromkeys(said, "broken")
    assert loading(page, functools.partial(Route.fulfill, body=network)) == "loaded"


def test_a_file_that_does_not_come_is_called_missing(page: Page) -> None:
    for status in (404, 500):
        assert loading(page, functools.partial(Route.fulfill, status=status)) == "missing"
    assert loading(page, Route.abort) == "missing"
