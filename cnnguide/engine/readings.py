"""What can be read off a chart, as HTML beside its figure."""

import json
import re

SUMMARY = "The figures behind this chart"


def on_page(readings: str, name: str) -> tuple[str, str]:
    """What a page needs so that a chart answers.

    Args:
        readings: of a figure, as JSON: `table`, HTML with a caption, and for its rows
            `axis`, `spans` and `marks`, as from `charts.readings`. Or nothing.
        name: of what gave the figure, escaped.

    Returns:
        For the figure's tag the attribute `data-readings`, which `docs/js/charts.js` reads:
        [axis, spans, marks]. And the folded table, to follow the figure. Both are empty
        where there is nothing to show.

    >>> on_page('{"table": "<table><caption>Loss</caption></table>", "axis": 0, '
    ...         '"spans": [[0, 9]], "marks": [[[1, 2]], [null]]}', "tiny.look")[0]
    ' data-readings="[0,[[0,9]],[[[1,2]],[null]]]"'
    """
    if not readings:
        return "", ""
    given = json.loads(readings)
    parts = [given["axis"], given["spans"], given["marks"]]
    # Numbers alone: no character of it means anything in HTML.
    data = json.dumps(parts, separators=(",", ":"))
    places = f' data-readings="{data}"' if given["marks"] else ""
    return places, _folded(given["table"], name)


def _folded(table: str, name: str) -> str:
    caption = re.search("<caption>(.*?)</caption>", table)[1]
    # It scrolls on phones, and whoever has no touch must be able to reach it to scroll.
    label = f'tabindex="0" role="region" aria-label="{caption} ({name})"'
    return (
        f'<details class="snippet-readings"><summary>{SUMMARY}</summary>'
        f'<div class="snippet-table" {label}>{table}</div></details>'
    )
