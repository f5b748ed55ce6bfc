"""Take pictures of a built site: each page on a phone and a desktop, light and dark.

    python tools/screenshots.py site pictures
    python tools/screenshots.py site pictures --page garments/ --top
    python tools/screenshots.py --draw docs/assets/social.svg docs/assets/social.png

The last form draws one SVG file at its own size. Needs the test extra and chromium.
"""

import argparse
import functools
import http.server
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
PALETTES = ("light", "dark")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args: object) -> None:
        """Keep the terminal free for what matters."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine only; gives its address."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own chromium, without a window."""
    path = shutil.which("chromium")
    if not path:
        sys.exit("found no chromium; on Debian: apt install chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def pages(site: Path) -> list[str]:
    """Addresses of a built site's pages, relative to its root."""
    files = sorted(site.rglob("*.html"))
    return [
        re.sub(r"(^|/)index\.html$", r"\1", f.relative_to(site).as_posix()) for f in files
    ]


def shoot(site: Path, target: Path, only: str | None, top: bool) -> None:
    """Write PNG files named for page, size and palette."""
    target.mkdir(parents=True, exist_ok=True)
    with serving(site) as root, chromium() as browser:
        for size, (width, height) in SIZES.items():
            for palette in PALETTES:
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme=palette,
                    device_scale_factor=2 if size == "phone" else 1,
                    reduced_motion="reduce",
                )
                for address in pages(site) if only is None else [only]:
                    name = address.strip("/").replace("/", "-").removesuffix(".html")
                    file = target / f"{name or 'home'}-{size}-{palette}.png"
                    page.goto(root + address, wait_until="networkidle")
                    page.screenshot(path=file, full_page=not top)
                    print(file)
                page.close()


def draw(source: Path, target: Path) -> None:
    """Draw one SVG file as PNG."""
    svg = source.read_text(encoding="utf-8")
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    with chromium() as browser:
        page: Page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}")
        page.screenshot(path=target)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "source", type=Path, help="a built site, or with --draw an SVG file"
    )
    parser.add_argument("target", type=Path, help="a folder, or with --draw a PNG file")
    parser.add_argument("--page", help="this page only, such as garments/")
    parser.add_argument("--top", action="store_true", help="only what one sees at first")
    parser.add_argument("--draw", action="store_true", help="draw an SVG file")
    arguments = parser.parse_args()
    if arguments.draw:
        draw(arguments.source, arguments.target)
    else:
        shoot(arguments.source, arguments.target, arguments.page, arguments.top)


if __name__ == "__main__":
    main()
