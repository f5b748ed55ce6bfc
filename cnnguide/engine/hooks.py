"""What needs MkDocs itself; everything else works in any generator.

Runs all stale snippets of the site at once before pages are rendered, keeps the server of
workers warm while serving, and writes how each page's outputs were made beside it.
"""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from cnnguide.engine import build, pages, run
from cnnguide.engine.errors import EngineError
from cnnguide.engine.progress import Progress


def on_startup(command: str, dirty: bool) -> None:
    """Start the server of workers early, so that the first edit need not wait for it."""
    if command == "serve":
        run.warm_up()


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Run what is stale. A build ends on failures; while serving, pages show them."""
    engine = build.current()
    engine.settle()
    sources = [_from_here(file.abs_src_path) for file in files.documentation_pages()]
    found, errors = pages.places(sources)
    with Progress() as progress:
        errors += pages.refresh(engine, found, progress)
    if errors and not engine.serving:
        raise PluginError("\n\n".join(map(str, errors)))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Write how the page's outputs were made beside it, and link to that."""
    engine = build.current()
    found, _ = pages.places([Path(page.file.abs_src_path)])
    if not found:
        return html
    try:
        facts = pages.provenance(engine, found)
    except EngineError:
        return html  # while serving: the page shows the error
    file = Path(page.file.abs_dest_path).with_suffix(".json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(facts, encoding="utf-8")
    link = f'<a href="{file.name}">How the outputs of this page were made (JSON)</a>'
    return f'{html}\n<p class="snippet-page" data-search-exclude>{link}</p>'


def on_post_build(config: MkDocsConfig) -> None:
    """From now on sources may change again."""
    build.current().unsettle()


def on_build_error(error: Exception) -> None:
    """While serving, the next build shall see what the author has mended."""
    build.current().unsettle()


def _from_here(path: str) -> Path:
    here = Path.cwd()
    return Path(path).relative_to(here) if Path(path).is_relative_to(here) else Path(path)
