"""Interactive parts, their files and the site's scripts on a built and on a served site."""

from pathlib import Path

import material
import pytest

from .conftest import Project, until

LESSON = '''

def letters() -> object:
    """A file for the browser."""
    return helper.File()


def drawn() -> object:
    """A still."""
    return helper.drawing()
'''
HELPER = """
import matplotlib.pyplot as plt


class File:
    def __repr__(self):
        return "a.bin, 3 bytes: letters"

    def _repr_file_(self):
        return "a.bin", b"abc"


def drawing():
    figure = plt.figure()
    figure.description = "nothing"
    return figure
"""
FENCE = "\n```widget\ncnn-tiny\nstill: tiny.drawn\nletters: tiny.letters\n```\n"
WORDS = '<form aria-label="Tiny"><button>Go</button></form>\n'
SCRIPT = "// Why.\nconst answer = 42;\n"


@pytest.fixture
def moving(tiny: Project) -> Project:
    """The tiny site with an interactive part."""
    tiny.lesson.write_text(tiny.lesson.read_text() + LESSON)
    helper = tiny.folder / "cnnguide" / "helper.py"
    helper.write_text(HELPER.lstrip() + "\n\n" + helper.read_text())
    tiny.page.write_text(tiny.page.read_text() + FENCE)
    for path, text in {
        "docs/widgets/cnn-tiny.html": WORDS,
        "docs/js/widgets/cnn-tiny.js": SCRIPT,
        "docs/other/kept.js": SCRIPT,
    }.items():
        file = tiny.folder / path
        file.parent.mkdir(parents=True)
        file.write_text(text)
    config = tiny.folder / "mkdocs.yml"
    config.write_text(f"{config.read_text()}exclude_docs: /widgets/\n")
    return tiny


def test_a_site_has_what_its_parts_need_and_no_more(moving: Project) -> None:
    built = moving.mkdocs()
    assert built.returncode == 0, built.stderr
    site = moving.folder / "site"
    [file] = (site / "live").iterdir()
    assert file.read_bytes() == b"abc"
    assert f'<cnn-tiny data-letters="{file.name}">' in moving.html()
    assert WORDS in moving.html()
    assert not (site / "widgets").exists()


def test_scripts_of_ours_are_made_smaller_and_no_others(moving: Project) -> None:
    moving.mkdocs()
    site = moving.folder / "site"
    assert (site / "js/widgets/cnn-tiny.js").read_text() == "const answer=42;"
    assert (site / "other/kept.js").read_text() == SCRIPT
    theme = Path(material.__file__).parent / "templates"
    [bundle] = (theme / "assets/javascripts").glob("bundle.*.min.js")
    assert (site / bundle.relative_to(theme)).read_bytes() == bundle.read_bytes()


def test_a_part_without_words_ends_the_build(moving: Project) -> None:
    (moving.folder / "docs/widgets/cnn-tiny.html").unlink()
    failed = moving.mkdocs()
    assert failed.returncode != 0
    assert "cnn-tiny has no words" in failed.stderr
    assert "docs/index.md:" in failed.stderr


def test_serving_shows_new_words_new_scripts_and_errors(
    moving: Project, served: str
) -> None:
    until(served, "<button>Go</button>")
    file = moving.folder / "docs/widgets/cnn-tiny.html"
    file.write_text(WORDS.replace("Go", "Begin"))
    until(served, "<button>Begin</button>")
    script = moving.folder / "docs/js/widgets/cnn-tiny.js"
    script.write_text(SCRIPT.replace("42", "43"))
    until(f"{served}js/widgets/cnn-tiny.js", "const answer=43;")
    file.unlink()
    assert 'role="alert"' in until(served, "cnn-tiny has no words")
    file.write_text(WORDS)
    until(served, "<button>Go</button>")
