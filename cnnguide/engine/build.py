"""From references to results: what is in the store is used, the rest is run."""

import datetime
import functools
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cnnguide import keep
from cnnguide.engine import key, run, script
from cnnguide.engine.errors import BadReference, BadScript, EngineError, SnippetFailed
from cnnguide.engine.find import Library, Snippet
from cnnguide.engine.memo import Memo
from cnnguide.engine.store import Output, Result, Store, folder
from cnnguide.engine.trace import Graph


class Watcher(Protocol):
    """Is told how a refresh goes on; see `cnnguide.engine.progress`."""

    def begin(self, total: int) -> None:
        """So many snippets are about to run."""

    def started(self, reference: str) -> None:
        """A snippet's worker has started."""

    def ended(self, reference: str, outcome: Result | EngineError) -> None:
        """A snippet has a result, or none."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A snippet as it stands now: its script, and the key of that script's result."""

    snippet: Snippet
    script: script.Script
    key: key.Key

    @property
    def reference(self) -> str:
        """The snippet's name, such as `garments.train`."""
        return self.snippet.reference


class Engine:
    """Gives the result of any snippet of a library, running it only when it must.

    Args:
        library: where snippets are found.
        store: where results are kept.
        serving: whether pages show errors in place, for an author who is at work.
    """

    def __init__(self, library: Library, store: Store, *, serving: bool = False) -> None:
        self.library = library
        self.store = store
        self.serving = serving
        self._plans: dict[str, Plan] = {}
        self._stamp: object = None
        self._settled = False
        self._seen: dict[tuple[str, str], Result] = {}
        self._memo: Memo | None = None
        self._graph: Graph | None = None
        self._datasets: key.Datasets | None = None
        self._failures: dict[tuple[str, str], EngineError] = {}

    def plan(self, reference: str) -> Plan:
        """Find the snippet, write its script and make its key.

        Raises:
            BadReference, BadScript: it is not there, or cannot be shown as a script.
        """
        self._look()
        return self._plan(reference)

    def plans(self, references: Iterable[str]) -> list[Plan]:
        """The plans of those snippets that can be shown."""
        self._look()
        found = []
        for reference in references:
            with suppress(EngineError):
                found.append(self._plan(reference))
        return found

    def settle(self) -> None:
        """Look at sources and store once more, and not again until `unsettle`.

        For a build, whose pages shall all show the same state of both.
        """
        self.unsettle()
        self._look()
        self._settled = True

    def unsettle(self) -> None:
        """From now on see each change again."""
        self._settled = False
        self._seen.clear()

    def _look(self) -> None:
        """Forget all plans if anything they depend on has changed."""
        if self._settled:
            return
        stamp = (self.library.stamp(), key.surroundings())
        if stamp != self._stamp:
            self._plans, self._stamp = {}, stamp
            self._memo = Memo(self.store.place / "memo", self.library)
            self._graph = Graph(self.library)
            self._datasets = key.Datasets(self.library)

    def _plan(self, reference: str) -> Plan:
        if reference not in self._plans:
            snippet = self.library.find(reference)
            known = self._memo.get(reference)
            if known is None:
                known = script.write(snippet), key.reached(self._graph, snippet)
                self._memo.put(reference, *known)
            made = key.make(self._datasets, *known)
            self._plans[reference] = Plan(snippet, known[0], made)
        return self._plans[reference]

    def file_key(self, path: Path, modules: Iterable[str] = ()) -> key.Key:
        """The key of what a script outside the library gives, such as a lab.

        Args:
            path: the script.
            modules: of the library, which it reaches whole besides what it names.

        Raises:
            BadScript, NoData: it is no Python, or the data it reads are not to be had.
        """
        self._look()
        text = path.read_text(encoding="utf-8")
        name = hashlib.sha256(f"{path.name} {list(modules)}\n{text}".encode()).hexdigest()
        known = self._memo.get(name)
        if known is None:
            try:
                reached = self._graph.reach_from(path, modules)
            except SyntaxError as error:
                raise BadScript(f"{path}:{error.lineno}: {error.msg}") from None
            known = script.Script(text, (), False), reached
            self._memo.put(name, *known)
            self._memo.save()
        return key.make(self._datasets, *known)

    def result(self, reference: str, limit: float = run.DEFAULT_LIMIT) -> Result:
        """The snippet's result: from the store, or by running it now.

        Raises:
            SnippetFailed: it did not end well, now or in the last `refresh`.
        """
        plan = self.plan(reference)
        failure = self._failures.get((reference, plan.key.digest))
        if failure:
            raise failure
        found = self._stored(plan)
        if found:
            return found
        outcome = self.refresh([reference], {reference: limit})[reference]
        if isinstance(outcome, EngineError):
            raise outcome
        return outcome

    def _stored(self, plan: Plan) -> Result | None:
        name = plan.reference, plan.key.digest
        found = self._seen.get(name) or self.store.get(*name)
        if found and self._settled:
            self._seen[name] = found
        return found

    def stale(self, reference: str) -> list[str] | None:
        """Why the snippet must run again, a line for each reason; None if it is fresh."""
        plan = self.plan(reference)
        if self.store.has(reference, plan.key.digest):
            return None
        latest = self.store.latest(reference)
        if latest is None:
            return ["it has not run yet"]
        return key.differences(latest.parts, plan.key.parts)

    def needs(self, reference: str) -> list[str]:
        """The other snippets whose kept values the snippet reaches."""
        self._look()
        return self._needs(reference)

    def _needs(self, reference: str) -> list[str]:
        prefix = "code lessons."
        parts = self._plan(reference).key.parts
        reached = [part.removeprefix(prefix) for part in parts if part.startswith(prefix)]
        return [other for other in reached if other != reference and self._keeps(other)]

    def _keeps(self, name: str) -> bool:
        try:
            return self.library.find(name).kept
        except BadReference:  # something else of a lesson, such as a constant
            return False

    def refresh(
        self,
        references: Iterable[str],
        limits: Mapping[str, float] | None = None,
        watcher: Watcher | None = None,
        *,
        force: bool = False,
    ) -> dict[str, Result | EngineError]:
        """Run what is stale, as many at a time as there are cores.

        A snippet whose value is kept runs before those that need the value, also when it
        was not asked for itself.

        Args:
            references: the snippets that shall be fresh.
            limits: seconds that a snippet may take, where not the default.
            watcher: is told what runs and how it ends.
            force: run also what is fresh.

        Returns:
            Each snippet that was asked for or run → its result, or why there is none.
        """
        self._look()
        self._failures.clear()
        outcomes: dict[str, Result | EngineError] = {}
        waiting: dict[str, Plan] = {}
        for reference in dict.fromkeys(references):
            try:
                plan = self._plan(reference)
            except EngineError as error:
                outcomes[reference] = error
                continue
            found = None if force else self._stored(plan)
            if found:
                outcomes[reference] = found
            else:
                waiting[reference] = plan
        needs = self._order(waiting, outcomes)
        broken = {r for r, o in outcomes.items() if isinstance(o, EngineError)}
        make = functools.partial(self._make, limits=limits or {}, force=force)
        if watcher:
            watcher.begin(len(waiting))
        for reference, outcome in _in_order(waiting, needs, broken, make):
            if outcome is None:
                if watcher:
                    watcher.started(reference)
                continue
            outcomes[reference] = outcome
            if isinstance(outcome, EngineError):
                digest = waiting[reference].key.digest
                self._failures[reference, digest] = outcome
            elif self._settled:
                self._seen[reference, outcome.digest] = outcome
            if watcher:
                watcher.ended(reference, outcome)
        if self._memo:
            self._memo.save()
        return outcomes

    def _order(
        self, waiting: dict[str, Plan], outcomes: dict[str, Result | EngineError]
    ) -> dict[str, set[str]]:
        """For each waiting snippet those that must run first.

        Adds these to the waiting, or to the outcomes where they cannot run.
        """
        needs: dict[str, set[str]] = {}
        unseen = list(waiting)
        while unseen:
            reference = unseen.pop()
            needs[reference] = set()
            for other in self._needs(reference):
                try:
                    plan = self._plan(other)
                except EngineError as error:
                    outcomes[other] = error
                    needs[reference].add(other)
                    continue
                if other not in waiting and self._is_kept(plan):
                    continue
                needs[reference].add(other)
                if other not in waiting:
                    waiting[other] = plan
                    unseen.append(other)
        return needs

    def _is_kept(self, plan: Plan) -> bool:
        kept = self.store.kept(plan.reference, plan.key.digest)
        return keep.manifest(kept) is not None

    def _make(self, plan: Plan, limits: Mapping[str, float], force: bool) -> Result:
        """Run a snippet and store its result, unless another process did so meanwhile."""
        reference = plan.reference
        with self.store.lock(reference, "result"):
            found = None if force else self.store.get(reference, plan.key.digest)
            if found and (not plan.snippet.kept or self._is_kept(plan)):
                return found
            report = run.execute(
                self.library,
                plan.snippet,
                plan.script,
                seed=key.seed(),
                kept_as=plan.key.digest if plan.snippet.kept else "",
                limit=limits.get(reference, run.DEFAULT_LIMIT),
            )
            if self._has_changed(plan):
                raise SnippetFailed(
                    f"snippet {reference}: its sources changed as it ran; build once more"
                )
            result = Result(
                reference=reference,
                digest=plan.key.digest,
                parts=plan.key.parts,
                outputs=tuple(Output(*output) for output in report["outputs"]),
                data=plan.key.data,
                seconds=report["seconds"],
                date=datetime.datetime.now(datetime.UTC).date().isoformat(),
            )
            self.store.put(result)
            return result

    def _has_changed(self, plan: Plan) -> bool:
        """Whether a source was edited while the snippet ran, so that its key is another."""
        if self._stamp == (self.library.stamp(), key.surroundings()):
            return False
        now = Engine(self.library, self.store).plan(plan.reference)
        return now.key.digest != plan.key.digest


@functools.cache
def current() -> Engine:
    """The engine of this process, for the installed package and the user's store."""
    serving = "serve" in sys.argv[1:]
    return Engine(Library(Path(__file__).parents[1]), Store(folder()), serving=serving)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_order(
    waiting: dict[str, Plan],
    needs: dict[str, set[str]],
    broken: Set[str],
    make: Callable[[Plan], Result],
) -> Iterator[tuple[str, Result | EngineError | None]]:
    """Make each plan after those it needs, several at a time, unless one of them is broken.

    Yields each name twice: with None as it starts, and with its outcome as it ends.
    """
    # Those that others wait for come first: the longest chain decides when all is done.
    order = sorted(waiting, key=lambda r: -sum(r in other for other in needs.values()))
    todo = {reference: waiting[reference] for reference in order}
    failed = set(broken)
    running: dict[Future[Result], str] = {}
    pool = ThreadPoolExecutor(_cores())
    try:
        while todo or running:
            for reference in list(todo):
                causes = needs[reference] & failed
                unmet = needs[reference] & (todo.keys() | set(running.values()))
                if causes:
                    del todo[reference]
                    failed.add(reference)
                    yield reference, _not_run(reference, causes)
                elif not unmet and len(running) < _cores():
                    running[pool.submit(make, todo.pop(reference))] = reference
                    yield reference, None
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                reference = running.pop(future)
                try:
                    outcome = future.result()
                except EngineError as error:
                    outcome = error
                    failed.add(reference)
                yield reference, outcome
    finally:
        # Reached early when the author interrupts: no worker may keep us waiting.
        run.stop_all()
        pool.shutdown(cancel_futures=True)


def _not_run(reference: str, causes: Set[str]) -> SnippetFailed:
    names = ", ".join(sorted(causes))
    return SnippetFailed(f"snippet {reference} was not run, since it needs {names}")
