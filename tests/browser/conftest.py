import contextlib
import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

SIZES = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
# Visits take long, so each size and each palette is there once.
EACH_ONCE = ("phone light", "desktop dark")
# The first has no windows, and so opens a page in half of the time.
BROWSERS = ("chromium-headless-shell", "chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Its five seconds are not enough where several processes train networks meanwhile.
expect.set_options(timeout=30_000)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let each test with readers be in the views of its mark, or in the usual ones."""
    if "view" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("views")
        views = mark.args if mark else EACH_ONCE
        metafunc.parametrize("view", views, indirect=True, scope="module")


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves the site as a host would: what is missing gets the site's own 404 page."""

    def send_error(self, code: int, *args: object, **kwargs: object) -> None:
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, *args, **kwargs)
            return
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Reader:
    """Someone with a browser of a certain size and palette, and what happened to them."""

    def __init__(self, page: Page, root: str, palette: str) -> None:
        self.page = page
        self.root = root
        self.palette = palette
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def open(self, address: str) -> Page:
        """Open a page and wait until the theme has set everything up."""
        self.page.goto(self.root + address)
        self.page.wait_for_selector("html.js")
        self.page.wait_for_function("document.readyState === 'complete'")
        return self.page

    def settle(self) -> None:
        """Wait until the page has asked for nothing for half a second.

        Playwright's "networkidle" waits for the answers, too, and once in a long run it
        waited in vain.
        """
        known = -1
        while known != len(self.requested):
            known = len(self.requested)
            self.page.wait_for_timeout(500)

    def navigate_instantly(self, site: Path) -> Page:
        """From now on only the theme follows links, and so without loading pages anew.

        Args:
            site: the folder that is served. The theme follows links that the sitemap
                lists, which has to name the address at which it is served here.
        """
        sitemap = re.sub(
            r"<loc>https?://[^/]+/",
            f"<loc>{self.root}",
            (site / "sitemap.xml").read_text(encoding="utf-8"),
        )
        self.page.route(
            "**/sitemap.xml",
            lambda route: route.fulfill(body=sitemap, content_type="text/xml"),
        )
        return self.page

    def follow(self, address: str) -> None:
        """Follow a link on the page to another one, as the theme does."""
        self.page.evaluate("addEventListener('click', (event) => event.preventDefault())")
        self.page.wait_for_function(
            "(url) => { [...document.links].find((link) => link.href === url)?.click();"
            " return location.href === url }",
            arg=self.root + address,
            polling=100,
        )

    def strangers(self) -> list[str]:
        """Requests to anything but the site itself."""
        return [url for url in self.requested if not self._ours(url)]

    def _ours(self, url: str) -> bool:
        return url.startswith(self.root) or urlsplit(url).scheme in ("data", "blob")

    def _heard(self, message: object) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address at which a folder is served meanwhile, to this machine only."""
    handler = functools.partial(Server, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def root(built_site: Path) -> Iterator[str]:
    """The address at which the built site is served."""
    with serving(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def addresses(built_site: Path) -> list[str]:
    """All pages of the sitemap, relative to the root, home first."""
    urls = ElementTree.parse(built_site / "sitemap.xml").iter(f"{SITEMAP}loc")
    paths = sorted(urlsplit(url.text).path for url in urls)
    return [path.removeprefix(paths[0]) for path in paths]


# Not for the session: while it lives, no other test can run an event loop of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, with a profile that vanishes with it."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.fail(
            f"these tests need one of {', '.join(BROWSERS)}; "
            f"on Debian: apt install {BROWSERS[0]}",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def view(
    request: pytest.FixtureRequest, browser: Browser
) -> Iterator[tuple[BrowserContext, str]]:
    """A browser of such a size and palette."""
    size, palette = request.param.split()
    context = browser.new_context(
        **SIZES[size],
        color_scheme=palette,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context, palette
    context.close()


@pytest.fixture
def reader(view: tuple[BrowserContext, str], root: str) -> Iterator[Reader]:
    """A reader of each kind, whose browser remembers no choices of earlier readers."""
    context, palette = view
    reader = Reader(context.new_page(), root, palette)
    yield reader
    reader.page.evaluate("localStorage.clear()")
    reader.page.close()
