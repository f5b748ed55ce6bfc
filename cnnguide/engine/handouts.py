"""What readers take with them from a page: a notebook and a plain Python file beside it."""

import functools
import hashlib
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from nbformat import NotebookNode

from cnnguide.engine import notebook, pages, prose
from cnnguide.engine.build import Engine
from cnnguide.engine.notebook import Setting
from cnnguide.engine.store import sealed, unsealed, write_whole

logger = logging.getLogger("cnnguide")
COLAB = "https://colab.research.google.com/github"
GITHUB = "github.com"


@dataclass(frozen=True)
class Site:
    """Where the site will stand, and where its sources do.

    Args:
        address: of the site.
        repository: its address, or nothing.
        branch: of the repository, that hosts the site.
        source: the address before a source file's path, or nothing.
        name: under which the package is imported, and found by pip.
    """

    address: str
    repository: str
    branch: str
    source: str
    name: str

    @property
    def package(self) -> str:
        """What pip is asked for: the repository's state, if there is a repository."""
        return f"git+{self.repository.rstrip('/')}" if self.repository else self.name

    def whole(self, page: str, target: str) -> str:
        """The whole address of a link's target.

        Args:
            page: the page's file below `docs`.
            target: as it stands on the page.
        """
        return prose.address(self.address, page, target)

    def colab(self, notebook: str) -> str:
        """Where Colab opens a notebook; nothing without a repository that it can read.

        Args:
            notebook: its file below the site.

        >>> site = Site("", "https://github.com/me/course/", "pages", "", "")
        >>> site.colab("garments/garments.ipynb").removeprefix(COLAB)
        '/me/course/blob/pages/garments/garments.ipynb'
        """
        place = urlsplit(self.repository)
        if place.hostname != GITHUB:
            return ""
        return f"{COLAB}/{place.path.strip('/')}/blob/{self.branch}/{notebook}"


def lesson(engine: Engine, page: str) -> str | None:
    """The lesson of a page, such as `why_convolution` of `why-convolution.md`."""
    name = page.removesuffix(".md").replace("-", "_")
    return name if name in engine.library.lessons() else None


def of_lesson(engine: Engine, page: Path, markdown: str, site: Site) -> dict[str, str]:
    """The handouts of a lesson's page, from the store or made now.

    Args:
        engine: gives scripts and results.
        page: the Markdown file.
        markdown: its text, without front matter.
        site: the site.

    Returns:
        Ending of the file's name → text.
    """
    found, _ = pages.places([page])
    shown = []
    for reference in dict.fromkeys(place.order.reference for place in found):
        result = engine.result(reference)
        shown.append((reference, result.digest, result.date, result.seconds))

    def make(setting: Setting) -> NotebookNode:
        return notebook.of_page(engine, markdown.splitlines(), setting)

    return _remembered(engine, page.name, site, (markdown, shown), make)


def of_lab(engine: Engine, page: str, path: Path, site: Site) -> dict[str, str]:
    """The handouts of a lab, with gaps to fill, from the store or made now.

    Args:
        engine: whose store keeps them.
        page: the lab's file below `docs`.
        path: the file.
        site: the site.

    Returns:
        Ending of the file's name → text.
    """

    def make(setting: Setting) -> NotebookNode:
        return notebook.of_lab(engine.library.name, path, setting)

    return _remembered(engine, page, site, path.read_bytes(), make)


def _remembered(
    engine: Engine,
    page: str,
    site: Site,
    state: object,
    make: Callable[[Setting], NotebookNode],
) -> dict[str, str]:
    """The files of a page, if they were made from the same state, or made now.

    Args:
        engine: whose store keeps them.
        page: its file below `docs`.
        site: the site.
        state: what else they are made from, besides the code that makes them.
        make: makes the notebook.
    """
    key = hashlib.sha256(repr((site, state, _makers())).encode()).hexdigest()
    path = engine.store.place / "handouts" / f"{page.replace('/', '.')}.json"
    try:
        known = json.loads(unsealed(path.read_bytes()))
        if known["key"] == key:
            return known["files"]
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("%s is damaged (%s); made again", path, error)
    setting = Setting(
        link=functools.partial(site.whole, page),
        page=site.whole(page, page.rpartition("/")[2]),
        package=site.package,
    )
    files = notebook.files(make(setting))
    write_whole(path, sealed(json.dumps({"key": key, "files": files}).encode()))
    return files


@functools.cache
def _makers() -> list[bytes]:
    """The code that makes notebooks, whose changes shall be seen."""
    folder = Path(__file__).parent
    names = ("imports", "lab", "models", "notebook", "prose", "questions", "widgets")
    return [Path(folder, f"{name}.py").read_bytes() for name in names]


def write(files: dict[str, str], place: Path, stem: str) -> None:
    """Write the files beside the page.

    Args:
        files: ending → text.
        place: the folder.
        stem: what their names begin with.
    """
    place.mkdir(parents=True, exist_ok=True)
    for ending, text in files.items():
        (place / f"{stem}{ending}").write_text(text, encoding="utf-8")


def links(site: Site, place: str, stem: str, source: str) -> str:
    """The row of links to what can be taken from a page, as HTML.

    Args:
        site: the site.
        place: the folder of the page below the site, such as `garments/`.
        stem: what the files' names begin with.
        source: the file of the repository that the page's code comes from.
    """
    notebook, plain = f"{stem}.ipynb", f"{stem}.py"
    found = [(notebook, "Download notebook", " download")]
    colab = site.colab(urljoin(place, notebook))
    if colab:
        found.append((colab, "Open in Colab", ""))
    if site.source:
        found.append((plain, "Download as .py", " download"))
        found.append((f"{site.source.rstrip('/')}/{source}", "View source", ""))
    else:
        found.append((plain, "View source", ""))
    items = " ".join(
        f'<a href="{escape(address)}"{more}>{text}</a>' for address, text, more in found
    )
    return f'<p class="page-handouts" data-search-exclude>{items}</p>'


def below_title(html: str, row: str) -> str:
    """The page with a row under its title."""
    return re.sub(r"</h1>", lambda m: f"{m[0]}\n{row}", html, count=1)
