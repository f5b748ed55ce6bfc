"""The command line: list, run, status, clean and explain."""

import functools
import logging
import sys
from pathlib import Path
from typing import Any

import click

from cnnguide.engine import build, labs, pages, shown, store
from cnnguide.engine.errors import EngineError
from cnnguide.engine.progress import Progress
from cnnguide.engine.store import Result
from cnnguide.explain.errors import ExplainError

# What a file needs and a page must not have.
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
DOCS = click.option(
    "--docs",
    type=click.Path(path_type=Path, file_okay=False),
    default="docs",
    show_default=True,
    help="The folder of pages. Without it, all snippets count as shown.",
)


class Commands(click.Group):
    """Commands whose foreseen failures are told in a line, without a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except EngineError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cnnguide")
def main() -> None:
    """Find, run and look after the snippets behind the course's pages.

    A snippet is a function of a lesson, named lesson.function: garments.look is the
    function look in cnnguide/lessons/garments.py. Pages show it as a script with its
    output. Results are stored, and made again only when something that they depend on has
    changed.

    \b
    A first tour:
      cnnguide list                  what there is
      cnnguide run garments.look     run one and see its output
      cnnguide status                what is stale, and why
    """
    logging.basicConfig(format="%(message)s", level=logging.WARNING)


@main.command("list")
@DOCS
def list_(docs: Path) -> None:
    """List lessons and snippets, and the pages that show them."""
    engine = build.current()
    found, _ = pages.places(pages.markdown_files(docs))
    shown = {place.order.reference: place for place in found}
    for lesson in engine.library.lessons():
        click.secho(lesson, bold=True)
        for reference in engine.library.snippets(lesson):
            summary = engine.library.find(reference).summary
            place = f"  ({shown[reference]})" if reference in shown else ""
            click.echo(f"  {reference}: {summary}{place}")


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@DOCS
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    default="figures",
    show_default=True,
    help="The folder for figures and files, made when there are any.",
)
@click.option("--force", is_flag=True, help="Run also what is fresh.")
def run(names: tuple[str, ...], docs: Path, figures: Path, force: bool) -> None:
    """Run snippets, print what they show, and save their figures and files.

    Without a NAME, everything that is stale on the pages runs, and nothing is printed.
    """
    engine = build.current()
    wanted = names or _shown(engine, docs)
    with Progress() as progress:
        outcomes = engine.refresh(wanted, watcher=progress, force=force)
    failures = [
        outcome for outcome in outcomes.values() if isinstance(outcome, EngineError)
    ]
    for name in names:
        if isinstance(outcomes[name], Result):
            _print(outcomes[name], figures)
    if failures:
        raise click.ClickException("\n\n".join(map(str, failures)))


@main.command()
@DOCS
def status(docs: Path) -> None:
    """Say for each snippet whether its result is fresh, and if not, why.

    Ends with exit code 1 when something is stale, so that scripts can ask.
    """
    engine = build.current()
    stale = 0
    for reference in _shown(engine, docs):
        try:
            reasons = engine.stale(reference)
        except EngineError as error:
            reasons = [str(error)]
        if reasons is None:
            click.echo(f"{click.style('fresh', fg='green')}  {reference}")
            continue
        stale += 1
        click.echo(f"{click.style('stale', fg='yellow')}  {reference}")
        for reason in reasons:
            click.echo(f"       {reason}")
    megabytes = store.size(engine.store.place) / 1e6
    click.echo(f"{stale} stale; {megabytes:.1f} MB in {engine.store.place}")
    sys.exit(1 if stale else 0)


@main.command()
@DOCS
@click.option("--all", "everything", is_flag=True, help="Remove also what is fresh.")
def clean(docs: Path, everything: bool) -> None:
    """Remove stored results, kept models and labs that no page needs any more."""
    engine = build.current()
    needed = set()
    if not everything:
        for shown in _shown(engine, docs):
            for reference in (shown, *engine.needs(shown)):
                digest = engine.plan(reference).key.digest
                needed.add(engine.store.path(reference, digest))
                needed.add(engine.store.kept(reference, digest))
        needed.update(labs.plan(engine, path).folder for path in labs.files(docs))
    removed = [
        store.remove(entry) for entry in engine.store.entries() if entry not in needed
    ]
    click.echo(f"removed {len(removed)} entries, {sum(removed) / 1e6:.1f} MB")


@main.command()
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL.keras")
@click.argument(
    "pictures", nargs=-1, type=click.Path(path_type=Path), metavar="[PICTURE]..."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="The page to write; by default MODEL-explained.html in this folder.",
)
@click.option("--classes", default="", help='Their names: "cat,dog", or a text file.')
@click.option(
    "--scale",
    type=click.Choice(["1", "255", "-1..1"]),
    help="Give pictures as numbers from 0 to 1, 0 to 255, or -1 to 1. By default, the "
    "model's own layers tell, or else it is 1.",
)
@click.option(
    "--logits/--probabilities",
    default=None,
    help="What the model's outputs are. By default, its last activation tells.",
)
def explain(model: Path, pictures: tuple[Path, ...], **options: Any) -> None:
    """Explain a model of your own on one page of HTML.

    The page shows the layers with shapes and parameters, the kernels of convolutions, and
    for each PICTURE the feature maps, the answer, and what the model looked at. It needs
    nothing else, and opens in any browser. Code that the model's file may carry never runs.
    """
    click.echo("loading TensorFlow and the model", err=True)
    from cnnguide.engine import warm  # noqa: F401, first: it keeps TensorFlow quiet
    from cnnguide.explain import report

    tell = functools.partial(click.echo, err=True)
    try:
        click.echo(report.explain(model, pictures, tell=tell, **options))
    except ExplainError as error:
        failure = click.ClickException(str(error))
        failure.exit_code = 2
        raise failure from None


def _shown(engine: build.Engine, docs: Path) -> list[str]:
    """The snippets that pages show, or all where there are no pages."""
    if not docs.is_dir():
        lessons = engine.library.lessons()
        return [
            reference for lesson in lessons for reference in engine.library.snippets(lesson)
        ]
    found, errors = pages.places(pages.markdown_files(docs))
    if errors:
        raise click.ClickException("\n".join(map(str, errors)))
    return list(dict.fromkeys(place.order.reference for place in found))


def _print(result: Result, figures: Path) -> None:
    count = 0
    for output in result.outputs:
        if output.kind == "figure":
            count += 1
            figures.mkdir(parents=True, exist_ok=True)
            file = figures / f"{result.reference}-{count}.svg"
            svg = output.content.replace("<svg", f"<svg {NAMESPACES}", 1)
            file.write_text(svg, encoding="utf-8")
            click.echo(f"[figure saved as {file}: {output.description}]")
        elif output.kind == "file":
            figures.mkdir(parents=True, exist_ok=True)
            name, content = shown.file(output.content)
            (figures / name).write_bytes(content)
            click.echo(f"[file saved as {figures / name}: {output.description}]")
        else:
            text = output.description if output.kind == "html" else output.content
            click.echo(text.rstrip("\n"))
