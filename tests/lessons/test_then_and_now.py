import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnguide.engine import fences
from cnnguide.lessons import (
    then_and_now,
    then_and_now_data,
    then_and_now_layers,
    then_and_now_saving,
)

PAGE = Path(__file__).parents[2] / "docs" / "then-and-now.md"
PARTS = (then_and_now_saving, then_and_now_layers, then_and_now_data)
THEN = {
    f"{part.__name__.rpartition('.')[2]}.{name}": line
    for part in PARTS
    for name, line in vars(part).items()
    if name.endswith("_then")
}
# What a reader would search for.
MESSAGES = {
    "then_and_now_saving.save_then": "TypeError: .*'filepath'",
    "then_and_now_saving.save_model_then": "AttributeError: .*no attribute 'model'",
    "then_and_now_saving.no_ending_then": "ValueError: Invalid filepath extension",
    "then_and_now_saving.folder_then": "ValueError: File format not supported",
    "then_and_now_saving.h5_load_then": "ValueError: Could not deserialize",
    "then_and_now_saving.custom_then": "TypeError: Could not locate class 'Double'",
    "then_and_now_saving.lambda_then": "ValueError: .*Lambda.*safe_mode=False",
    "then_and_now_saving.weights_then": r"ValueError: .*\.weights\.h5",
    "then_and_now_layers.keep_prob_then": "TypeError: .*'rate'",
    "then_and_now_layers.augment_then": "AttributeError: .*'experimental'",
    "then_and_now_layers.list_then": r"ValueError: .*shape \(28, 28\)",
    "then_and_now_data.generator_then": "TypeError: .*output_signature",
    "then_and_now_data.decode_then": "ValueError: 'images' contains no shape",
    "then_and_now_data.batch_then": r"ValueError: .*\(None, 4\)",
}
WARNINGS = {
    "then_and_now_saving.save_format_then": "`save_format` argument is deprecated",
    "then_and_now_saving.h5_then": "considered legacy",
    "then_and_now_layers.input_shape_then": "Do not pass an `input_shape`",
    "then_and_now_layers.softmax_then": "received `from_logits=True`",
    "then_and_now_data.experimental_then": "deprecated",
    "then_and_now_data.steps_then": "Your input ran out of data",
}


@pytest.mark.parametrize("name", sorted(THEN.keys() - WARNINGS.keys()))
def test_an_old_line_gives_its_error_in_one_line(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    THEN[name]()
    [line] = capsys.readouterr().out.splitlines()
    assert re.match(MESSAGES.get(name, r"[A-Z]\w+Error: ."), line)


@pytest.mark.parametrize("name", sorted(WARNINGS))
def test_an_old_line_that_works_warns(name: str, warned: list[str]) -> None:
    THEN[name]()
    assert WARNINGS[name] in "\n".join(warned)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is warned of, by Python or by the logs of Keras and TensorFlow."""
    messages: list[str] = []

    def keep(message: object, *rest: object, **options: object) -> None:
        messages.append(
            str(message) % rest if rest and "%" in str(message) else f"{message}"
        )

    from absl import logging as absl_logging
    from tensorflow.python.platform import tf_logging

    monkeypatch.setattr("warnings.warn", keep)
    monkeypatch.setattr(absl_logging, "warning", keep)
    monkeypatch.setattr(tf_logging, "warning", keep)
    return messages


def on_page(scan: Callable[[list[str]], Iterator[object]]) -> set[str]:
    lines = fences.on_page(PAGE)
    if scan is fences.mentions:
        return {mention.reference for mention in fences.mentions(lines)}
    return {fences.read(fence).reference for fence in fences.scan(lines)}


def test_every_old_line_is_shown_and_indexed() -> None:
    assert set(THEN) <= on_page(fences.scan)
    assert set(THEN) <= on_page(fences.mentions)


def test_the_figure_counts_all_old_lines() -> None:
    description = then_and_now.tally().description
    assert f"What {len(THEN)} old lines give" in description
    counts = [int(n) for n in re.findall(r" (\d+)[,.]", description.partition(":")[2])]
    assert sum(counts) == len(THEN) == then_and_now.count()
    assert f"a warning {len(WARNINGS)}" in description
