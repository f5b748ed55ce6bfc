"""What an author sees while snippets run: a bar, or plain lines without a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from cnnguide.engine.errors import EngineError
from cnnguide.engine.store import Result

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Follows a refresh; says nothing when nothing is stale.

    >>> with Progress() as progress:
    ...     progress.begin(0)
    """

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._running: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def begin(self, total: int) -> None:
        """So many snippets are about to run."""
        if total:
            self._bar = _bar()
            self._bar.add_task("Running snippets", total=total)
            self._bar.start()

    def started(self, reference: str) -> None:
        """A snippet's worker has started."""
        self._running.append(reference)
        self._describe()

    def ended(self, reference: str, outcome: Result | EngineError) -> None:
        """A snippet has a result, or none."""
        if reference in self._running:
            self._running.remove(reference)
        self._describe()
        self._bar.advance(self._bar.task_ids[-1])
        if isinstance(outcome, EngineError):
            self._say(f"[red]✗[/red] {reference} failed")
        else:
            self._say(f"[green]✓[/green] {reference} {outcome.seconds:.1f} s")

    def _describe(self) -> None:
        names = ", ".join(self._running) or "done"
        self._bar.update(self._bar.task_ids[-1], description=f"Running {names}")

    def _say(self, line: str) -> None:
        self._bar.console.print(line, highlight=False)


def tell(name: str, seconds: float) -> None:
    """Say that something besides snippets, such as a lab, has run to its end."""
    from rich.console import Console

    Console(stderr=True).print(f"[green]✓[/green] {name} {seconds:.1f} s", highlight=False)


def _bar() -> Bar:
    # Imported when something runs: most builds have nothing to show.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
