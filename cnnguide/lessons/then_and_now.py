"""The lecture's lines that fail today, counted by what they give."""

import io
import logging
import warnings
from collections import Counter
from contextlib import redirect_stdout

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from cnnguide import charts
from cnnguide.lessons import then_and_now_data, then_and_now_layers, then_and_now_saving


def tally() -> Figure:
    """Run every old line of this page and count what it gives."""
    logging.disable(logging.WARNING)  # counted below, and shown further down the page
    given = Counter()
    for part in (then_and_now_saving, then_and_now_layers, then_and_now_data):
        old_lines = [line for name, line in vars(part).items() if name.endswith("_then")]
        for old_line in old_lines:
            with redirect_stdout(io.StringIO()) as printed, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                old_line()
            error, _, _ = printed.getvalue().partition(":")
            given[error or "a warning"] += 1
    logging.disable(logging.NOTSET)
    names, counts = zip(*given.most_common(), strict=True)
    figure, axes = plt.subplots(figsize=(charts.WIDTH, 2.4), layout="constrained")
    colours = [charts.PALETTE[name == "a warning"] for name in names]
    bars = axes.barh(names, counts, color=colours)
    axes.bar_label(bars, padding=3)
    axes.invert_yaxis()
    axes.set_xlabel("old lines")
    axes.margins(x=0.1)
    said = ", ".join(f"{name} {count}" for name, count in given.most_common())
    return charts.describe(figure, f"What {sum(counts)} old lines give today: {said}.")


def count() -> int:
    """Count the old lines.

    >>> count() > 20
    True
    """
    parts = (then_and_now_saving, then_and_now_layers, then_and_now_data)
    return sum(name.endswith("_then") for part in parts for name in vars(part))
