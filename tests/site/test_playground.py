"""Where the interactive parts stand."""

import re
from pathlib import Path

PLAYGROUND = "playground/"
LESSON_OF = {
    "cnn-augment": "overfitting/",
    "cnn-conv": "convolution/",
    "cnn-dropout": "overfitting/",
    "cnn-garment": "garments/",
    "cnn-lcn": "normalization/",
    "cnn-occlude": "garments/",
    "cnn-pool": "downsampling/",
    "cnn-shape": "why-convolution/",
}


def pages_with_parts(site: Path) -> dict[str, list[str]]:
    """Address → the names of the parts on that page, in order."""
    found = {}
    for file in sorted(site.rglob("index.html")):
        names = re.findall(r'class="cnn-widget" id="([\w-]+)"', file.read_text())
        if names:
            place = file.parent.relative_to(site)
            found["" if place == Path() else f"{place}/"] = names
    return found


def test_each_has_its_lesson_and_the_playground_has_all(built_site: Path) -> None:
    found = pages_with_parts(built_site)
    assert sorted(found[PLAYGROUND]) == sorted(LESSON_OF)
    for name, address in LESSON_OF.items():
        assert name in found[address]
    home = (built_site / "index.html").read_text()
    assert f'href="{PLAYGROUND}"' in home
