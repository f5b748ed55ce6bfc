import re
from pathlib import Path

import pytest

from cnnguide.lessons import own_model, saving


def test_the_page_is_written_and_its_lines_are_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    own_model.explained()
    out = " ".join(capsys.readouterr().out.split())
    assert "garments.keras is a Sequential model of 4 layers with 2,970 parameters." in out
    assert re.search(r"garment\.png: \S.* 0\.\d{3}\. Covering rows \d+ to \d+", out)
    assert re.search(r"wrote garments-explained\.html \(\d+ kB\) it is a ", out)
    html = Path("garments-explained.html").read_text(encoding="utf-8")
    assert "Ankle boot" in html and "data:image/png;base64," in html


def test_layers_are_counted_as_keras_counts_them() -> None:
    *_, together = own_model.layers().rows
    assert together[3] == f"{saving.build().count_params():,}"
