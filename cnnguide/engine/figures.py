"""A snippet's Matplotlib figures as inline SVG that follows the page's palette."""

import base64
import io
import json
import re

# A colour that no chart uses: rendering turns it into the page's own text colour.
MARKER = "#010203"
STYLE = {
    "axes.edgecolor": MARKER,
    "axes.facecolor": "none",
    "axes.labelcolor": MARKER,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": MARKER,
    "figure.facecolor": "none",
    "figure.max_open_warning": 0,
    "font.size": 11,
    "grid.color": MARKER,
    "grid.alpha": 0.2,
    "hatch.color": MARKER,
    "legend.framealpha": 0,
    "legend.labelcolor": MARKER,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "cnnguide",
    "text.color": MARKER,
    "xtick.color": MARKER,
    "ytick.color": MARKER,
}
PICTURE = r'"data:image/png;base64,\s*([^"]*)"'
REFERENCE = r'(url\(#|href="#)([^)"]+)'
ROOT_STYLE = "stroke-linejoin: round; stroke-linecap: butt"


class FigureError(Exception):
    """A figure that cannot be shown as it is."""


def collect(name: str) -> list[tuple[str, str, str]]:
    """All open figures in the order they were made; closes them.

    Args:
        name: the snippet, with which their identifiers begin.

    Returns:
        For each (SVG, description, readings): the last as JSON, for `engine.readings`, or
        nothing where a figure has none.

    Raises:
        FigureError: a figure has no description.
    """
    from matplotlib import pyplot

    figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
    try:
        return [
            (_svg(figure, f"{name}-{i}"), _description(figure, i), _readings(figure))
            for i, figure in enumerate(figures, 1)
        ]
    finally:
        pyplot.close("all")


def _description(figure: object, position: int) -> str:
    description = getattr(figure, "description", "")
    if not description:
        raise FigureError(
            f"figure {position} has no description, which readers who cannot see it need; "
            'give it one with charts.describe(figure, "what it shows")'
        )
    return " ".join(description.split())


def _readings(figure: object) -> str:
    """What can be read off a figure that has just been drawn."""
    readings = getattr(figure, "readings", None)
    return json.dumps(readings.placed(figure), ensure_ascii=False) if readings else ""


def _svg(figure: object, name: str) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return tidy(buffer.getvalue(), name)


def tidy(svg: str, name: str) -> str:
    """Matplotlib's SVG file as an element for a page: it scales, and takes the page's
    colour and font. Only identifiers that something refers to are left, and they begin with
    the figure's name: no other figure of the page has them.

    >>> tidy('<?xml version="1.0"?><svg width="9pt" height="9pt" viewBox="0 0 9 9">'
    ...      '<g id="axes_1"><path style="fill: #010203"/></g></svg>', "look-1")
    '<svg viewBox="0 0 9 9"><g><path style="fill: currentColor"/></g></svg>'
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    # A style element would apply to the whole page; what it says is said on the root.
    svg, styles = re.subn(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    root = re.match(r"<svg[^>]*>", svg)[0]
    plain = re.sub(r'\s(?:width|height|version|xmlns(?::xlink)?)="[^"]*"', "", root)
    if styles:
        plain = plain.replace("<svg", f'<svg style="{ROOT_STYLE}"', 1)
    svg = svg.replace(root, plain, 1)
    # "xlink:href" stays: Material assigns to what it finds as "href", which SVG forbids.
    svg = re.sub(PICTURE, lambda m: f'"{smaller(m[1])}"', svg)
    svg = svg.replace(MARKER, "currentColor")
    svg = re.sub(r"\s*font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r"font: ((?:\w+ )*?)([\d.]+px) [^;\"]*", _font, svg)
    used = dict.fromkeys(target for _, target in re.findall(REFERENCE, svg))
    ids = {target: f"{name}-{number}" for number, target in enumerate(used, 1)}
    svg = re.sub(REFERENCE, lambda m: m[1] + ids[m[2]], svg)
    svg = re.sub(r' id="([^"]*)"', lambda m: f' id="{ids.get(m[1], "")}"', svg)
    svg = svg.replace(' id=""', "")
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", svg)).strip()


def smaller(png: str) -> str:
    """A picture in fewer bytes, with the same pixels: as WebP without loss.

    Matplotlib writes PNG with four channels, also of grey pictures. A page of them is half
    as large afterwards.

    Args:
        png: a PNG file, in base64.

    Returns:
        An address that holds the picture itself.
    """
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    buffer = io.BytesIO()
    picture.save(buffer, "webp", lossless=True, exact=True, quality=100, method=6)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _font(match: re.Match[str]) -> str:
    weight = "; font-weight: bold" if re.search("bold|[6-9]00", match[1]) else ""
    return f"font-size: {match[2]}{weight}"
