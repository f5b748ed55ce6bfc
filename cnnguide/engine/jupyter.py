"""Makes labs, which mkdocs-jupyter executes and renders, pages like all others.

It (0.26) remembers a page by the bytes of its file alone; here by all that the lab
reaches, with the key that snippets have. It puts 650 kB of Jupyter's styles into each page
and renders Markdown by Jupyter's rules; here its template hands out the executed cells, and
MkDocs renders them by the site's own. Besides, stale labs are executed several at a time,
before MkDocs asks for one after the other.
"""

import datetime
import html
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
from mkdocs_jupyter import convert
from mkdocs_jupyter.config import settings
from nbconvert.exporters.templateexporter import default_filters

from cnnguide.engine import labs
from cnnguide.engine.lab_page import Executed
from cnnguide.engine.labs import Plan, Run

logger = logging.getLogger("cnnguide")
TEMPLATES = Path(__file__).parent / "templates"
STARTUP = "from cnnguide.engine import kernel\nkernel.prepare()\n"
# Nothing of the machine's own settings counts, and no other user of it can listen.
SETTINGS = {
    "ExecutePreprocessor": {"timeout": 600},
    "KernelManager": {"transport_encryption": "auto"},
}
SHELL = "c = get_config()\nc.HistoryManager.enabled = False\n"
Told = Callable[[str, float], None]
# Kept here, since `convert` has another while a page is rendered.
_OF_THE_PLUGIN = convert.nb2html


class Runs:
    """Labs that are being executed, or have been, in one build."""

    def __init__(self) -> None:
        self._around = ExitStack()
        self._labs: dict[Path, Future[Run]] = {}

    def begin(self, plans: Iterable[Plan], told: Told) -> None:
        """Execute labs, as many at a time as there are cores.

        Args:
            plans: of those whose outputs are not kept.
            told: is told each lab's name and seconds when it has ended well.
        """
        plans = list(plans)
        if not plans:
            return
        self._around.enter_context(_Surroundings())
        pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
        self._around.callback(pool.shutdown, cancel_futures=True)
        for plan in plans:
            self._labs[plan.path] = pool.submit(_execute, plan, told)

    def of(self, plan: Plan) -> Run:
        """What a lab's execution gave; waits for its end."""
        if plan.path in self._labs:
            return self._labs[plan.path].result()
        return labs.read(plan)

    def end(self) -> None:
        """Forget all, and put the surroundings back."""
        self._labs.clear()
        self._around.close()


def remember(plugin: Any, plan: Plan) -> None:
    """Let the plugin keep the page of the next lab in a folder, and find it there again.

    Args:
        plugin: mkdocs-jupyter, before it prepares the page.
        plan: of the lab. A damaged page of it is reported and removed.
    """
    for kept in plan.pages.glob("*.json"):
        try:
            json.loads(kept.read_bytes())
        except ValueError:
            logger.warning("%s is damaged; made again", kept)
            kept.unlink()
    plugin.config["cache_dir"] = str(plan.pages)


def mend(page: Any, plan: Plan, runs: Runs, source: str) -> None:
    """Let the plugin's rendering of a page end as one of the site's own pages.

    Args:
        page: of MkDocs, after the plugin has prepared it.
        plan: of the lab.
        runs: of this build.
        source: the address before a source file's path, or nothing.
    """
    render = page.render

    def mended(config: Any, files: Any) -> None:
        lab = Executed(plan, source)

        def whole(*_: object, **__: object) -> str:
            try:
                run = runs.of(plan)
            except Exception as error:
                raise lab.failed(error) from None
            page.markdown = lab.markdown(nbformat.from_dict(run.cells))
            type(page).render(page, config, files)
            return lab.with_outputs(page.content, run)

        convert.nb2html = whole
        try:
            render(config, files)
        finally:
            convert.nb2html = _OF_THE_PLUGIN

    page.render = mended


def _execute(plan: Plan, told: Told) -> Run:
    begun = time.monotonic()
    text = _OF_THE_PLUGIN(str(plan.path), execute=True, allow_errors=False)
    seconds = time.monotonic() - begun
    date = datetime.date.today().isoformat()
    run = Run(json.loads(html.unescape(text)), seconds, date)
    labs.write(plan, run)
    told(f"labs.{plan.path.stem}", seconds)
    return run


class _Surroundings:
    """The template, and the variables and settings of kernels, that hold meanwhile."""

    def __enter__(self) -> None:
        self._before = settings.templates_dir, dict(os.environ)
        self._folder = tempfile.TemporaryDirectory(prefix="cnnguide-lab-")
        folder = Path(self._folder.name)
        profile = folder / "profile_default"
        (profile / "startup").mkdir(parents=True)
        (profile / "startup" / "00-lab.py").write_text(STARTUP, encoding="utf-8")
        (profile / "ipython_config.py").write_text(SHELL, encoding="utf-8")
        settled = folder / "jupyter_config.json"
        settled.write_text(json.dumps(SETTINGS), encoding="utf-8")
        settings.templates_dir = str(TEMPLATES)
        default_filters["executed"] = _as_text
        os.environ.update(
            IPYTHONDIR=str(folder),
            JUPYTER_CONFIG_DIR=str(folder),
            JUPYTER_DATA_DIR=str(folder),  # without kernels of the machine's owner
            JUPYTER_PREFER_ENV_PATH="1",
            MPLBACKEND="agg",
            PYTHONHASHSEED="0",
            TF_CPP_MIN_LOG_LEVEL="3",
        )

    def __exit__(self, *_: object) -> None:
        settings.templates_dir, environment = self._before
        del default_filters["executed"]
        os.environ.clear()
        os.environ.update(environment)
        self._folder.cleanup()


def _as_text(cells: list[Any]) -> str:
    # As text, since the exporter would take HTML apart and put it together anew.
    return html.escape(json.dumps(cells), quote=False)
