"""Saved models on a built and on a served site."""

import zipfile

import pytest

from cnnguide.engine import netron

from .conftest import Project, page_at, until

LESSON = '''
import keras

from cnnguide import keep


@keep.once
def train() -> keras.Model:
    """Keep a model."""
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="sum")])
'''
FENCE = "\n```model\ntiny.train\n```\n"
LINK = 'href="netron/?url=../models/tiny.keras"'


@pytest.fixture
def offering(tiny: Project) -> Project:
    """The tiny site with a page that offers a model."""
    docstring, rest = tiny.lesson.read_text().split("\n\n", 1)
    imports, body = rest.split("\n\n", 1)
    head, functions = LESSON.split("\n\n\n", 1)
    head = head.replace("from cnnguide import keep", "from cnnguide import helper, keep")
    assert imports == "from cnnguide import helper"
    tiny.lesson.write_text(f"{docstring}\n{head}\n\n\n{functions}\n{body}")
    tiny.page.write_text(tiny.page.read_text() + FENCE)
    return tiny


def test_a_site_has_the_models_that_its_pages_offer(offering: Project) -> None:
    built = offering.mkdocs()
    assert built.returncode == 0, built.stderr
    site = offering.folder / "site"
    assert LINK in offering.html()
    assert "config.json" in zipfile.ZipFile(site / "models" / "tiny.keras").namelist()
    written = {path.name for path in (site / "netron").iterdir()}
    assert written == {*netron.FILES, netron.LICENCE}


def test_a_site_without_offers_has_no_viewer(tiny: Project) -> None:
    tiny.mkdocs()
    assert not (tiny.folder / "site" / "netron").exists()


def test_another_netron_ends_the_build(offering: Project) -> None:
    other = offering.folder / "netron"  # found before the installed one
    other.mkdir()
    (other / "__init__.py").touch()
    failed = offering.mkdocs()
    assert failed.returncode != 0
    assert f"no file index.html; this course knows Netron {netron.VERSION}" in failed.stderr


def test_serving_shows_models_and_errors_of_theirs(offering: Project, served: str) -> None:
    until(served, LINK)
    assert "Content-Security-Policy" in page_at(f"{served}netron/")
    text = offering.page.read_text()
    offering.page.write_text(text.replace(FENCE, FENCE.replace("train", "lone")))
    page = until(served, "tiny.lone keeps no value")
    assert 'role="alert"' in page
    assert LINK not in page
    offering.page.write_text(text)
    until(served, LINK)


def test_zensical_which_has_no_such_files_shows_nothing(offering: Project) -> None:
    built = offering.zensical()
    assert built.returncode == 0, built.stderr
    assert "Netron" not in offering.html()
