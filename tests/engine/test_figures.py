import base64
import io
import json
import re
import textwrap
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from cnnguide.engine import figures
from cnnguide.engine.errors import SnippetFailed
from cnnguide.engine.store import Output

from .course import Course

HEAD = """\
import matplotlib.pyplot as plt
import numpy as np

"""
CHART = """
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3], label="Größe <x>", marker="o")
    axes.set_title("Loss & more", weight="bold")
    axes.imshow(np.eye(3), alpha=0.5)
    axes.bar([1], [2], hatch="//")
    axes.grid()
    axes.legend()
    figure.description = "A line that\\n rises."
    """


def drawn(course: Course, body: str = CHART) -> list[Output]:
    """The figures that a snippet with that body draws."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    course.lesson(f"{HEAD}def snippet():\n{body}\n")
    course.show()
    found = course.store.get("tiny.snippet", course.digest())
    assert {output.kind for output in found.outputs} <= {"figure"}
    return list(found.outputs)


def ids(svg: str) -> list[str]:
    return re.findall(r'\sid="([^"]*)"', svg)


def references(svg: str) -> set[str]:
    return set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))


def test_a_figure_follows_the_page(course: Course) -> None:
    [figure] = drawn(course)
    svg = figure.content
    as_file = svg.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)
    parsed = ElementTree.fromstring(as_file)
    texts = [e.text for e in parsed.iter() if e.tag.endswith("text")]
    assert {"Loss & more", "Größe <x>", "0.0"} <= set(texts)
    assert "currentColor" in svg and figures.MARKER not in svg
    root = svg[: svg.index(">")]
    assert re.search(r'viewBox="[\d. ]+"', root)
    assert not re.search(r"\s(width|height|version|xmlns)=", root)
    assert "<style" not in svg and "font-family" not in svg and "DejaVu" not in svg
    assert re.search("font-weight: (bold|700)", svg)
    assert "<metadata" not in svg and "<!--" not in svg and "date" not in svg.lower()
    assert figure.description == "A line that rises."


def test_identifiers_are_those_referred_to_each_once(course: Course) -> None:
    [figure] = drawn(course)
    assert references(figure.content)
    assert sorted(ids(figure.content)) == sorted(references(figure.content))


def test_figures_on_one_page_share_no_identifier(course: Course) -> None:
    first, second = drawn(course, CHART + CHART)
    assert ids(first.content)
    assert not set(ids(first.content)) & set(ids(second.content))


def test_two_runs_draw_the_same_bytes(course: Course) -> None:
    first = drawn(course)
    again = course.refresh("tiny.snippet", force=True)["tiny.snippet"]
    assert course.ran == ["tiny.snippet"]
    assert list(again.outputs) == first


def test_figures_come_in_the_order_they_were_made(course: Course) -> None:
    body = """
        one = plt.figure()
        two = plt.figure()
        one.description, two.description = "one", "two"
        plt.figure(one)
        return one
        """
    assert [figure.description for figure in drawn(course, body)] == ["one", "two"]


@pytest.mark.parametrize("description", ["", "second.description = ''"])
def test_a_figure_without_description_fails_and_says_what_to_do(
    course: Course, description: str
) -> None:
    body = "first, second = plt.figure(), plt.figure()\nfirst.description = 'a'\n"
    with pytest.raises(SnippetFailed) as caught:
        drawn(course, body + description)
    assert "figure 2 has no description" in caught.value.message
    assert 'charts.describe(figure, "what it shows")' in caught.value.message


@pytest.mark.parametrize("described", [True, False])
def test_collected_figures_are_closed(described: bool) -> None:
    from matplotlib import pyplot

    figure = pyplot.figure()
    figure.description = "a" * described
    if described:
        assert len(figures.collect("tiny.look")) == 1
    else:
        with pytest.raises(figures.FigureError):
            figures.collect("tiny.look")
    assert pyplot.get_fignums() == []


ANSWERING = """
    class Readings:
        def placed(self, figure):
            x, y = axes.transData.transform((0, 1))
            return {"marks": [[[round(x), round(y)], None]], "table": "<p>ü"}

    figure, axes = plt.subplots(figsize=(2, 1), layout="constrained")
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel="high" * wide)
    figure.description = "Nothing."
    figure.readings = Readings()
    """


def test_readings_are_placed_when_the_figure_was_drawn(course: Course) -> None:
    first, second = (
        drawn(course, f"wide = {wide}\n{textwrap.dedent(ANSWERING)}")[0].readings
        for wide in (0, 1)
    )
    [[[narrow, _], none]] = json.loads(first)["marks"]
    [[[wide, _], _]] = json.loads(second)["marks"]
    assert none is None and json.loads(first)["table"] == "<p>ü"
    assert narrow < wide  # the words beside the axes took their room


def test_a_figure_without_readings_has_none(course: Course) -> None:
    assert [figure.readings for figure in drawn(course)] == [""]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_pictures_get_smaller_and_keep_each_pixel(mode: str) -> None:
    channels = len(mode)
    # Smooth, with a little noise, and in places transparent if there is a fourth channel.
    rows, columns = np.mgrid[:60, :60]
    noise = np.random.default_rng(0).integers(0, 9, (60, 60, channels))
    pixels = (2 * rows + 2 * columns)[..., np.newaxis] + noise
    pixels[:9, :9, -1] = 0
    picture = Image.fromarray(pixels.astype("uint8").squeeze()).convert("RGBA")
    png = io.BytesIO()
    picture.save(png, "png")
    address = figures.smaller(base64.b64encode(png.getvalue()).decode())
    kind, _, body = address.partition(";base64,")
    webp = base64.b64decode(body)
    assert kind == "data:image/webp"
    assert len(webp) < len(png.getvalue())
    back = np.asarray(Image.open(io.BytesIO(webp)).convert("RGBA"))
    assert np.array_equal(back, np.asarray(picture))


def test_a_figure_shows_pictures_in_that_form(course: Course) -> None:
    body = """
        figure, axes = plt.subplots()
        axes.imshow(np.arange(64).reshape(8, 8), interpolation="none", cmap="gray")
        figure.description = "Greys."
        """
    [figure] = drawn(course, body)
    assert "image/png" not in figure.content
    webp = re.search(r'xlink:href="data:image/webp;base64,([^"]*)"', figure.content)[1]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(webp))))
    assert shown.shape[:2] == (8, 8)
    assert len(np.unique(shown[..., 0])) == 64
