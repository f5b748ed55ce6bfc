import re

import pytest

from cnnguide.lessons import review


def test_the_whole_road_ends_with_a_network_that_has_learned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    review.whole_road()
    out = capsys.readouterr().out
    # 80, 79, 78 and 80 with the seeds 0 to 3.
    accuracy = int(re.search(r"right for (\d+)% of", out)[1])
    assert 70 <= accuracy <= 90
    assert "images (6000, 28, 28) uint8 labels (6000,)" in out
    assert re.search(r"the first is: .+, \d+%", out)


def test_the_figure_names_every_step() -> None:
    description = review.road().description
    assert description.startswith("9 steps")
    assert all(f"{name}: " in description for name, _ in review.STEPS)
