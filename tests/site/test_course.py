"""The course itself, as it is built for readers."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnguide.engine import build
from cnnguide.engine.pages import markdown_files, places

from .conftest import (
    Project,
    code_blocks,
    copy_of_the_project,
    outputs,
    without_marks,
    without_times,
)

ROOT = Path(__file__).parents[2]


def pages(site: Path) -> list[Path]:
    """The pages with outputs of snippets; labs have tests of their own."""
    labs = set(site.glob("labs/*/index.html"))
    found = set(site.rglob("index.html")) - labs
    return sorted(path for path in found if outputs(path.read_text()))


def relative(site: Path) -> list[str]:
    return [str(path.relative_to(site)) for path in pages(site)]


def test_every_lesson_is_among_the_pages(built_site: Path) -> None:
    shown = "".join(page.read_text() for page in pages(built_site))
    for lesson in (ROOT / "cnnguide" / "lessons").glob("[!_]*.py"):
        assert f'="{lesson.stem}.' in shown


def test_each_code_block_is_what_ran(built_site: Path, tmp_path: Path) -> None:
    # Each result is that of a snippet's script, run in an interpreter with nothing in it.
    # What a page shows is that very text, so what is left to prove is that a block runs
    # without the engine: for other code, and for the first of each page.
    ran = scripts()
    blocks = {
        page: [without_marks(code) for code in code_blocks(page.read_text())]
        for page in pages(built_site)
    }
    assert ran <= {code for codes in blocks.values() for code in codes}
    alone = {
        code: f"block {position} of {page.relative_to(built_site)}"
        for page, codes in blocks.items()
        for position, code in enumerate(codes)
        if position == 0 or code not in ran
    }
    assert len(alone) > 10
    files = {tmp_path / f"{number}.py": code for number, code in enumerate(alone)}
    for file, code in files.items():
        file.write_text(code)
    command = [sys.executable, "-m", "tests.site.fresh", *map(str, files)]
    environment = os.environ | {"MPLBACKEND": "agg"}
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    failed = [
        f"{alone[code]}:\n{code}\n{file.with_suffix('.out').read_text()}"
        for file, code in files.items()
        if str(file) in done.stdout.splitlines()
    ]
    assert not failed, "\n\n".join(failed)
    assert all(file.with_suffix(".out").exists() for file in files)


def scripts() -> set[str]:
    """What the build runs for the code that pages show."""
    engine = build.current()
    found, _ = places(markdown_files(ROOT / "docs"))
    shown = {place.order.reference for place in found if place.order.show != "output"}
    return {without_marks(plan.script.text) for plan in engine.plans(shown)}


def test_a_second_build_gives_the_same_bytes(built_site: Path, tmp_path: Path) -> None:
    # Of what is not kept, a quarter runs again; kept is long training for the most part,
    # and that training repeats itself is tested by itself. What snippets print, the tests
    # of notebooks compare for all.
    first, second = Path(os.environ["CNNGUIDE_STORE"]), tmp_path / "store"
    for kind in ("kept", "labs"):
        shutil.copytree(first / kind, second / kind)
    kept = {path.name for path in (first / "kept").iterdir()}
    results = sorted(path.name for path in (first / "results").iterdir())
    for number, name in enumerate(results):
        if name in kept or number % 4:
            shutil.copytree(first / "results" / name, second / "results" / name)
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir"]
    subprocess.run(
        [*command, str(tmp_path / "site")],
        cwd=ROOT,
        env=os.environ | {"CNNGUIDE_STORE": str(second)},
        check=True,
    )
    assert relative(tmp_path / "site") == relative(built_site)
    for name in relative(built_site):
        timed = measures_time(built_site / name) | measures_time(tmp_path / "site" / name)
        assert comparable(tmp_path / "site" / name, timed) == comparable(
            built_site / name, timed
        )


def measures_time(page: Path) -> set[str]:
    facts = json.loads(page.with_suffix(".json").read_text())
    return {fact["snippet"] for fact in facts if fact["measures_time"]}


def comparable(page: Path, timed: set[str]) -> str:
    """A page without dates, seconds and the outputs that are measured times."""
    html = without_times(page.read_text())
    for name in timed:
        html = re.sub(
            rf'<div class="snippet-output" data-snippet="{name}".*?</details>',
            "",
            html,
            flags=re.S,
        )
    return html


def test_zensical_gives_the_same_code_and_outputs(built_site: Path, tmp_path: Path) -> None:
    folder = copy_of_the_project(tmp_path / "project")
    project = Project(folder, Path(os.environ["CNNGUIDE_STORE"]))
    built = project.zensical()
    assert built.returncode == 0, built.stderr
    for name in relative(built_site):
        mkdocs = (built_site / name).read_text()
        zensical = project.html(name)
        assert code_blocks(zensical) == code_blocks(mkdocs)
        assert visible(zensical) == visible(mkdocs)


def visible(html: str) -> list[str]:
    """Outputs without an attribute that only the search of Material reads."""
    return [output.replace(" data-search-exclude", "") for output in outputs(html)]


def test_pages_are_small(built_site: Path) -> None:
    for page in built_site.rglob("*.html"):
        size = len(gzip.compress(page.read_bytes()))
        assert size <= 150_000, (
            f"{page.relative_to(built_site)} has {size:,} bytes compressed"
        )


def test_every_figure_is_described(built_site: Path) -> None:
    for page in pages(built_site):
        for label in re.findall(r'<svg role="img" aria-label="([^"]*)"', page.read_text()):
            assert len(label) > 20


@pytest.mark.parametrize("name", ["sitemap.xml", "404.html", "search/search_index.json"])
def test_what_a_site_needs_is_there(built_site: Path, name: str) -> None:
    assert (built_site / name).stat().st_size > 100


def test_tables_behind_charts_are_not_searched(built_site: Path) -> None:
    title = "The figures behind this chart"
    assert title in (built_site / "labs/overfitting/index.html").read_text()
    assert title not in (built_site / "search/search_index.json").read_text()
