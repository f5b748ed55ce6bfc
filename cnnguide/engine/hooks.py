"""What needs MkDocs itself; everything else works in any generator.

Runs all stale snippets of the site at once before pages are rendered, keeps the server of
workers warm while serving, renders only what has changed then, keeps figures from being
searched, makes scripts smaller, and writes how each page's outputs were made beside it.
"""

import functools
import gc
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from cnnguide.engine import (
    build,
    handouts,
    labs,
    models,
    pages,
    progress,
    render,
    replay,
    run,
    scripts,
    widgets,
)
from cnnguide.engine.errors import EngineError

JUPYTER = "mkdocs-jupyter"
FIGURE = re.compile(
    '<svg role=.*?</svg>|<details class="snippet-readings">.*?</details>', re.DOTALL
)


def on_startup(command: str, dirty: bool) -> None:
    """Start the server of workers early, so that the first edit need not wait for it."""
    # Nearly all that a build makes lives to its end: to look for garbage in it after every
    # 700 objects, as Python does, takes a tenth of the time.
    gc.set_threshold(20_000, 50, 100)
    if command == "serve":
        run.warm_up()


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Run what is stale. A build ends on failures; while serving, pages show them."""
    engine = build.current()
    engine.settle()
    sources = [
        _from_here(file.abs_src_path)
        for file in files.documentation_pages()
        if not labs.is_lab(file.src_uri)
    ]
    found, errors = pages.places(sources)
    with progress.Progress() as watcher:
        errors += pages.refresh(engine, found, watcher)
    offered, more = models.files(engine, sources)
    loaded, others = widgets.files(engine, sources)
    errors += more + others
    if errors and not engine.serving:
        raise PluginError("\n\n".join(map(str, errors)))
    _begin_labs(files, config)
    for name, file in (offered | loaded).items():
        whole = {"abs_src_path": str(file)} if isinstance(file, Path) else {"content": file}
        files.append(File.generated(config, name, **whole))

    _make_smaller(files, config)


def _make_smaller(files: Files, config: MkDocsConfig) -> None:
    for file in list(files):
        if file.src_dir == config.docs_dir and scripts.is_ours(file.src_uri):
            text = scripts.smaller(Path(file.abs_src_path))
            files.remove(file)
            files.append(File.generated(config, file.src_uri, content=text))


def _begin_labs(files: Files, config: MkDocsConfig) -> None:
    """Execute stale labs, while MkDocs already renders pages."""
    if JUPYTER not in config.plugins:
        return
    around = Path(config.config_file_path).read_bytes(), [file.src_uri for file in files]
    stale = []
    for file in files.documentation_pages():
        if not labs.is_lab(file.src_uri):
            continue
        try:
            path = _from_here(file.abs_src_path)
            file.lab = labs.plan(build.current(), path, around)
        except EngineError as error:
            file.lab = error
            continue
        if not labs.read(file.lab):
            stale.append(file.lab)
    _runs().begin(stale, progress.tell)


def _jupyter() -> ModuleType:
    # Takes most of a second to import, which sites without labs need not wait for.
    from cnnguide.engine import jupyter

    return jupyter


@functools.cache
def _runs() -> object:
    return _jupyter().Runs()


@event_priority(100)
def _before_jupyter(page: Page, config: MkDocsConfig, files: Files) -> None:
    if isinstance(getattr(page.file, "lab", None), labs.Plan):
        _jupyter().remember(config.plugins[JUPYTER], page.file.lab)


@event_priority(-100)
def _after_jupyter(page: Page, config: MkDocsConfig, files: Files) -> None:
    if not labs.is_lab(page.file.src_uri):
        return
    if isinstance(page.file.lab, labs.Plan):
        _jupyter().mend(page, page.file.lab, _runs(), _site(config).source)
    page.render = functools.partial(_render_lab, page, page.render)


def _render_lab(
    page: Page, whole: Callable[..., None], config: MkDocsConfig, files: Files
) -> None:
    """Render a lab. A build ends on failures; while serving, the page shows them."""
    try:
        if isinstance(page.file.lab, EngineError):
            raise page.file.lab
        whole(config, files)
    except EngineError as error:
        if not build.current().serving:
            raise PluginError(str(error)) from None
        page.content = render.error(error)


# mkdocs-jupyter prepares its pages between these two.
on_pre_page = CombinedEvent(_before_jupyter, _after_jupyter)


@event_priority(-100)  # after all that may change the text
def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> None:
    """While serving, let a page that stays as it is be what it was."""
    engine = build.current()
    if engine.serving and not labs.is_lab(page.file.src_uri):
        changed = Path(config.config_file_path).stat().st_mtime_ns
        around = changed, [(file.src_uri, file.url) for file in files]
        path = _from_here(page.file.abs_src_path)
        state = replay.state(engine, path, markdown, around)
        replay.current().prepare(page, state)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Write beside the page its handouts, and how its outputs were made; link to both.

    Links to models come into their places, too.
    """
    html = _with_models(html, page)
    facts = _facts(page)
    if not facts:
        return html
    file = Path(page.file.abs_dest_path).with_suffix(".json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(facts, encoding="utf-8")
    html = _with_handouts(html, page, config)
    link = f'<a href="{file.name}">How the outputs of this page were made (JSON)</a>'
    return f'{html}\n<p class="snippet-page" data-search-exclude>{link}</p>'


def _with_models(html: str, page: Page) -> str:
    link = functools.partial(get_relative_url, other=page.url)
    try:
        return models.filled(html, build.current(), link)
    except EngineError as error:  # while serving: a build has ended
        shown = render.error(error)
        return models.PLACE.sub(lambda place: shown, html)


def _facts(page: Page) -> str:
    """How the outputs of a page were made, as JSON; nothing where there are none."""
    if labs.is_lab(page.file.src_uri):
        plan = page.file.lab
        run = labs.read(plan) if isinstance(plan, labs.Plan) else None
        return pages.as_json([labs.facts(plan, run)]) if run else ""
    found, _ = pages.places([Path(page.file.abs_src_path)])
    try:
        return pages.provenance(build.current(), found) if found else ""
    except EngineError:
        return ""  # while serving: the page shows the error


def _with_handouts(html: str, page: Page, config: MkDocsConfig) -> str:
    engine, site, name = build.current(), _site(config), page.file.src_uri
    source = _from_here(page.file.abs_src_path)
    lesson = handouts.lesson(engine, name)
    try:
        if lesson:
            code = f"{engine.library.name}/lessons/{lesson}.py"
            files = handouts.of_lesson(engine, source, page.markdown, site)
        elif labs.is_lab(name):
            code = source.as_posix()
            files = handouts.of_lab(engine, name, source, site)
        else:
            return html
    except EngineError:
        return html  # while serving: the page shows the error
    handouts.write(files, Path(page.file.abs_dest_path).parent, source.stem)
    place = page.file.dest_uri.rpartition("/")[0]
    row = handouts.links(site, f"{place}/" if place else "", source.stem, code)
    return handouts.below_title(html, row)


def _site(config: MkDocsConfig) -> handouts.Site:
    return handouts.Site(
        address=config.site_url or "",
        repository=config.repo_url or "",
        branch=config.remote_branch,
        source=config.mdx_configs.get("cnnguide.engine.fence", {}).get("source", ""),
        name=build.current().library.name,
    )


@event_priority(100)
def _before_search(context: dict, page: Page, config: MkDocsConfig, nav: object) -> None:
    known = replay.current().searched(page) if build.current().serving else None
    page.whole_content = page.content
    page.known_entries = known
    page.entries_before = len(_entries(config))
    page.content = FIGURE.sub("", page.content) if known is None else ""


@event_priority(-100)
def _after_search(context: dict, page: Page, config: MkDocsConfig, nav: object) -> None:
    entries = _entries(config)
    page.content = page.whole_content
    if page.known_entries is not None:
        entries += page.known_entries
    elif build.current().serving:
        replay.current().remember_searched(page, entries[page.entries_before :])


def _entries(config: MkDocsConfig) -> list[dict[str, object]]:
    search = config.plugins.get("material/search")
    return search.search_index.entries if search else []


# Material's search reads pages between these two. It leaves out outputs anyway, but would
# take each of their figures apart first. Of a page that it has read, nothing is new to it.
on_page_context = CombinedEvent(_before_search, _after_search)


def on_post_build(config: MkDocsConfig) -> None:
    """From now on sources may change again."""
    _end()


def on_build_error(error: Exception) -> None:
    """While serving, the next build shall see what the author has mended."""
    _end()


def _end() -> None:
    if _runs.cache_info().currsize:
        _runs().end()
    build.current().unsettle()


def _from_here(path: str) -> Path:
    here = Path.cwd()
    return Path(path).relative_to(here) if Path(path).is_relative_to(here) else Path(path)
