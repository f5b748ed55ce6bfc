"""Run scripts in fresh worker processes, forked where TensorFlow is already loaded."""

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Iterator
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from cnnguide.engine import worker
from cnnguide.engine.errors import SnippetFailed
from cnnguide.engine.find import Library, Snippet
from cnnguide.engine.script import Script

DEFAULT_LIMIT = 900.0
_starting = threading.Lock()
_running: set[BaseProcess] = set()


def context() -> BaseContext:
    """The way to start workers: forked from a server that loaded TensorFlow once.

    The server starts with the first worker and stays as long as this process. Where the
    system cannot fork, each worker is a new Python that loads TensorFlow itself.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload(["cnnguide.engine.warm"])
    return forkserver


def warm_up() -> None:
    """Start the server from which workers are forked, without waiting for it."""
    with _starting, _same_everywhere():
        process = context().Process(target=_nothing)
        process.start()


def stop_all() -> None:
    """End every worker that is still running."""
    for process in list(_running):
        _kill(process)


def execute(
    library: Library,
    snippet: Snippet,
    script: Script,
    *,
    seed: int,
    kept_as: str = "",
    limit: float = DEFAULT_LIMIT,
) -> dict[str, object]:
    """Run a snippet's script in an empty folder of its own, which vanishes with it.

    Args:
        seed: for all randomness.
        kept_as: the key under which `keep` shall keep the script's value, if any.
        limit: seconds after which it is stopped.

    Returns:
        `{"outputs": [(kind, content, description, readings), …], "seconds": float}`

    Raises:
        SnippetFailed: it raised, ended itself, was killed, or ran longer than the limit.
    """
    with tempfile.TemporaryDirectory(
        prefix="cnnguide-", ignore_cleanup_errors=True
    ) as base:
        folder, temporary = Path(base, "folder"), Path(base, "temporary")
        folder.mkdir()
        temporary.mkdir()
        job = worker.Job(
            reference=snippet.reference,
            script=script.text,
            lines=script.lines,
            source=str(snippet.module.path),
            root=str(library.root),
            package=library.name,
            seed=seed,
            environment={k: v for k, v in os.environ.items() if k.startswith("CNNGUIDE_")},
            kept_as=kept_as,
            has_value=script.has_value,
            folder=str(folder),
            temporary=str(temporary),
            capture=str(Path(base, "printed")),
        )
        report = _report(job, limit)
    if "error" in report:
        place = snippet.module.path.relative_to(library.root)
        line = report["line"] or snippet.node.lineno
        raise SnippetFailed(
            f"snippet {snippet.reference} failed at {place}:{line}: {report['error']}",
            str(report["traceback"]),
        )
    return report


def _report(job: worker.Job, limit: float) -> dict[str, object]:
    """Start a worker, and wait for its report or its end."""
    ours, theirs = multiprocessing.Pipe()
    with ours:
        with theirs, _starting, _same_everywhere():
            process = context().Process(target=worker.main, args=(theirs, job))
            process.start()
            _running.add(process)
        try:
            ready = wait([ours, process.sentinel], timeout=limit)
            if not ready:
                return _ended(f"it ran longer than its limit of {limit:g} s")
            with contextlib.suppress(EOFError, ConnectionError):
                if ours.poll():
                    return ours.recv()
            process.join()
            return _ended(_reason(process.exitcode))
        finally:
            _running.discard(process)
            _kill(process)


def _ended(reason: str) -> dict[str, object]:
    return {"error": reason, "line": 0, "traceback": ""}


def _reason(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        hint = ", most often because memory ran out" if name == "SIGKILL" else ""
        return f"its process was killed by {name}{hint}"
    return f"its process ended with exit code {exitcode} before the script did"


def _kill(process: BaseProcess) -> None:
    """End the worker and whatever it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(ValueError, ProcessLookupError):
        process.kill()
        process.join()


def _nothing() -> None:
    pass


# One start at a time: both the environment and the main module are of the whole process.
_STARTING = threading.Lock()


@contextlib.contextmanager
def _same_everywhere() -> Iterator[None]:
    """Start workers, and the server they are forked from, the same in any process.

    Strings hash alike in all of them, so that sets have the same order in each build. This
    process's main module is not imported into them: MkDocs, pytest or whatever embeds the
    engine.
    """
    with _STARTING:
        main, hash_seed = sys.modules["__main__"], os.environ.get("PYTHONHASHSEED")
        sys.modules["__main__"] = types.ModuleType("__main__")
        os.environ["PYTHONHASHSEED"] = "0"
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            del os.environ["PYTHONHASHSEED"]
            if hash_seed is not None:
                os.environ["PYTHONHASHSEED"] = hash_seed
