"""Makes labs, which mkdocs-jupyter executes and renders, pages like all others.

It (0.26) remembers a page by the bytes of its file alone; here by all that the lab
reaches, with the key that snippets have. It puts 650 kB of Jupyter's styles into each page
and renders Markdown by Jupyter's rules; here its template hands the executed cells to
`cnnguide.engine.lab_page`, and MkDocs renders them by the site's own.
"""

import html
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mkdocs_jupyter.config import settings
from nbconvert.exporters.templateexporter import default_filters

from cnnguide.engine.errors import EngineError
from cnnguide.engine.lab_page import Executed
from cnnguide.engine.labs import Plan

logger = logging.getLogger("cnnguide")
TEMPLATES = Path(__file__).parent / "templates"
PLUGIN = "mkdocs-jupyter"
STARTUP = "from cnnguide.engine import kernel\nkernel.prepare()\n"
# Nothing of the machine's own settings counts, and no other user of it can listen.
SETTINGS = {
    "ExecutePreprocessor": {"timeout": 600},
    "KernelManager": {"transport_encryption": "auto"},
}
SHELL = "c = get_config()\nc.HistoryManager.enabled = False\n"


def remember(plugin: Any, folder: Path) -> None:
    """Let the plugin keep the page of one lab in a folder, and find it there again.

    Args:
        plugin: mkdocs-jupyter, before it prepares the page.
        folder: named after the lab's key. A damaged page in it is removed.
    """
    for kept in folder.glob("*.json"):
        try:
            json.loads(kept.read_bytes())
        except ValueError:
            logger.warning("%s is damaged; made again", kept)
            kept.unlink()
    plugin.config["cache_dir"] = str(folder)


def mend(page: Any, plan: Plan, source: str) -> None:
    """Let the plugin's rendering of a page end as one of the site's own pages.

    Args:
        page: of MkDocs, after the plugin has prepared it.
        plan: of the lab.
        source: the address before a source file's path, or nothing.
    """
    render = page.render

    def mended(config: Any, files: Any) -> None:
        lab = Executed(plan, source)

        def whole(cells: list[Any]) -> str:
            page.markdown = lab.markdown(cells)
            type(page).render(page, config, files)
            # As text, since the exporter would sort the attributes of each element.
            return html.escape(lab.with_outputs(page.content), quote=False)

        with _surroundings(whole):
            try:
                render(config, files)
            except Exception as error:
                if isinstance(error, EngineError):
                    raise
                raise lab.failed(error) from None
        page.content = html.unescape(page.content)

    page.render = mended


@contextmanager
def _surroundings(whole: Callable[[list[Any]], str]) -> Iterator[None]:
    """The template, the kernel's settings and the variables that hold while rendering."""
    before = settings.templates_dir, dict(default_filters), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="cnnguide-lab-") as folder:
        profile = Path(folder, "profile_default")
        (profile / "startup").mkdir(parents=True)
        (profile / "startup" / "00-lab.py").write_text(STARTUP, encoding="utf-8")
        (profile / "ipython_config.py").write_text(SHELL, encoding="utf-8")
        settled = Path(folder, "jupyter_config.json")
        settled.write_text(json.dumps(SETTINGS), encoding="utf-8")
        settings.templates_dir = str(TEMPLATES)
        default_filters["lab_page"] = whole
        os.environ.update(
            IPYTHONDIR=folder,
            JUPYTER_CONFIG_DIR=folder,
            MPLBACKEND="agg",
            TF_CPP_MIN_LOG_LEVEL="3",
        )
        try:
            yield
        finally:
            settings.templates_dir = before[0]
            default_filters.clear()
            default_filters.update(before[1])
            os.environ.clear()
            os.environ.update(before[2])
