"""In a process of its own, runs one script and reports what it showed."""

import ast
import contextlib
import importlib
import io
import linecache
import logging
import os
import sys
import tempfile
import threading
import time
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from cnnguide.engine import figures, shown


@dataclass(frozen=True)
class Job:
    """A script to run, and what it may know.

    Args:
        reference: the snippet, such as `garments.train`.
        script: the text to execute.
        lines: for each line of the script the line in `source`, 0 for none.
        source: the lesson's file.
        root: the folder from which the package is imported.
        package: the package's name.
        seed: for all randomness.
        environment: variables to set.
        kept_as: the key under which to keep the value, or nothing.
        has_value: whether the last line is an expression to show.
        folder: an empty folder to run in.
        temporary: a folder for temporary files.
        capture: a file for everything that is printed.
    """

    reference: str
    script: str
    lines: tuple[int, ...]
    source: str
    root: str
    package: str
    seed: int
    environment: dict[str, str]
    kept_as: str
    has_value: bool
    folder: str
    temporary: str
    capture: str


def main(connection: Connection, job: Job) -> None:
    """Run the job and send what it showed, or why it did not end well.

    Sends `{"outputs": [(kind, content, description, readings), …], "seconds": float}`, or
    `{"error": str, "line": int, "traceback": str}` with the line in the lesson's file.
    """
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, args=(connection,), daemon=True).start()
    _redirect(job.capture)
    try:
        _prepare(job)
        report = _run(job)
    except BaseException as error:  # SystemExit and KeyboardInterrupt end a script too
        report = _failure(error, job)
    connection.send(report)
    # Threads that the script left behind must not hold the build up.
    os._exit(0)


def _end_with_parent(connection: Connection) -> None:
    """End at once when the building process is gone."""
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)


def _redirect(capture: str) -> None:
    """Send what Python and what C++ print to one file, in order.

    What the engine and `keep` report is for the author, and stays on the terminal.
    """
    reports = logging.getLogger("cnnguide")
    reports.propagate = False
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8")
    reports.handlers[:] = [logging.StreamHandler(terminal)]
    file = os.open(capture, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)


def _unbuffered(file: int) -> io.TextIOWrapper:
    raw = io.FileIO(file, "w", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", write_through=True)


def _prepare(job: Job) -> None:
    os.chdir(job.folder)
    for name in [name for name in os.environ if name.startswith("CNNGUIDE_")]:
        del os.environ[name]
    os.environ.update(job.environment, TMPDIR=job.temporary)
    tempfile.tempdir = None  # so that it is looked up again
    # The script must see the sources as they are now: not those that brought this
    # function here, and no bytecode, whose time stamp cannot tell two quick edits apart.
    sys.dont_write_bytecode = True
    for name in list(sys.modules):
        if name == job.package or name.startswith(f"{job.package}."):
            del sys.modules[name]
    sys.path.insert(0, job.root)
    sys.modules["__main__"] = types.ModuleType("__main__")
    _show_warnings()

    import matplotlib

    from cnnguide.keep import set_seeds

    set_seeds(job.seed)
    matplotlib.use("agg")
    matplotlib.rcParams.update(figures.STYLE)


def _show_warnings() -> None:
    """Put warnings into the output, marked as such; logs of Python count as warnings."""

    def show(message: Warning | str, category: type[Warning], *_: object) -> None:
        print(shown.mark(f"{category.__name__}: {message}"), end="", flush=True)

    def emit(record: logging.LogRecord) -> None:
        print(shown.mark(f"{record.levelname}: {record.getMessage()}"), end="", flush=True)

    warnings.showwarning = show
    handler = logging.Handler(logging.WARNING)
    handler.emit = emit
    for name in ("absl", "tensorflow", "keras"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger().handlers[:] = [handler]


def _run(job: Job) -> dict[str, object]:
    keep = importlib.import_module("cnnguide.keep")
    with keep.lock(job.reference) if job.kept_as else contextlib.nullcontext():
        start = time.perf_counter()
        value = _execute(job)
        seconds = time.perf_counter() - start
        if job.kept_as:
            keep.put(job.reference, job.kept_as, value)
    sys.stdout.flush()
    sys.stderr.flush()
    # Not as text, which would turn carriage returns into line breaks.
    printed = Path(job.capture).read_bytes().decode("utf-8", "replace")
    outputs = [(kind, content) for kind, content in shown.printed(printed)]
    outputs += shown.value(value)
    outputs += [("figure", *figure) for figure in figures.collect(job.reference)]
    return {"outputs": outputs, "seconds": seconds}


def _execute(job: Job) -> object:
    """Execute the script as the main module; return the value of its last line."""
    name = _script_name(job)
    # AutoGraph and tracebacks look for the source where Python keeps that of files.
    linecache.cache[name] = (
        len(job.script),
        None,
        job.script.splitlines(keepends=True),
        name,
    )
    tree = ast.parse(job.script)
    last = ast.Expression(tree.body.pop().value) if job.has_value else None
    namespace = vars(sys.modules["__main__"])
    exec(compile(tree, name, "exec"), namespace)
    return eval(compile(last, name, "eval"), namespace) if last else None


def _script_name(job: Job) -> str:
    return f"<{job.reference}>"


def _failure(error: BaseException, job: Job) -> dict[str, object]:
    summary = traceback.TracebackException.from_exception(error)
    line = 0
    for frame in summary.stack:
        if frame.filename == _script_name(job):
            line = job.lines[frame.lineno - 1]
    chain = summary
    while chain:
        chain.stack = traceback.StackSummary.from_list(_readers_frames(chain.stack, job))
        chain = chain.__cause__ or chain.__context__
    headline = "".join(traceback.format_exception_only(error)).strip()
    if isinstance(error, SystemExit):
        headline = f"the script ended itself with sys.exit({error.code!r})"
    return {"error": headline, "line": line, "traceback": "".join(summary.format())}


def _readers_frames(
    stack: traceback.StackSummary, job: Job
) -> Iterator[traceback.FrameSummary]:
    """The frames without the engine's own; the script's lines as lines of the lesson."""
    root = Path(job.root)
    engine = Path(__file__).parent
    for frame in stack:
        path = Path(frame.filename)
        if frame.filename == _script_name(job):
            source = str(Path(job.source).relative_to(root))
            line = job.lines[frame.lineno - 1]
            text = job.script.splitlines()[frame.lineno - 1]
            name = job.reference if frame.name == "<module>" else frame.name
            yield traceback.FrameSummary(source, line, name, line=text)
        elif engine not in path.parents and path.name != "keep.py":
            shorter = _shorter(path, root)
            yield traceback.FrameSummary(shorter, frame.lineno, frame.name, line=frame.line)


def _shorter(path: Path, root: Path) -> str:
    """A path without what differs between machines."""
    parts = path.parts
    if "site-packages" in parts:
        return str(Path(*parts[parts.index("site-packages") + 1 :]))
    return str(path.relative_to(root)) if root in path.parents else str(path)
