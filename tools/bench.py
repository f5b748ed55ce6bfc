"""Measure the build against its time budgets, each as a ratio taken in one run.

    make bench

Copies the project into a temporary folder, with an empty store of its own, and measures:

1. a build with nothing changed, against a build of the same pages with every snippet
   fence left as plain code;
2. a full build from an empty store, against the seconds of its snippets and labs;
3. a cheap snippet edited while the site is being served, against two seconds.

Machines are noisy: builds that are compared take turns, and the median of the ratios of
neighbours counts. Ends with exit code 1 when a budget is exceeded.
"""

import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from cnnguide.engine import fences, labs, pages, questions, render
from cnnguide.engine.build import Engine
from cnnguide.engine.find import Library
from cnnguide.engine.store import Store

ROOT = Path(__file__).parents[1]
ROUNDS = 7
CHEAP = "architecture.hello"


@dataclass(frozen=True)
class Budget:
    """A figure and its bound, both in the same unit."""

    what: str
    measured: float
    bound: float
    details: str

    def __str__(self) -> str:
        verdict = "held" if self.measured <= self.bound else "EXCEEDED"
        figures = f"{self.measured:.2f}, bound {self.bound:.2f}"
        return f"{verdict}  {self.what}: {figures}\n      {self.details}"


def main() -> int:
    """Measure and print all budgets; 1 if one is exceeded."""
    with tempfile.TemporaryDirectory(prefix="cnnguide-bench-") as folder:
        project = Project(Path(folder))
        budgets = [
            project.full_build(),
            project.nothing_changed(),
            project.edit_while_serving(),
        ]
    for budget in budgets:
        print(budget)
    return any(budget.measured > budget.bound for budget in budgets)


class Project:
    """A copy of the project with an empty store, to be built and edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        ignore = shutil.ignore_patterns(".*", "site", "*.egg-info", "__pycache__")
        shutil.copytree(ROOT, self.folder, ignore=ignore)
        self.store = Store(folder / "store")
        self.environment = os.environ | {
            "CNNGUIDE_STORE": str(self.store.place),
            "PYTHONPATH": str(self.folder),
            "NO_MKDOCS_2_WARNING": "1",
        }
        # As in .venv, where the modules of the package keep their bytecode.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["CNNGUIDE_STORE"] = str(self.store.place)

    def build(self, config: str = "mkdocs.yml") -> float:
        """Seconds for one build, as its user waits for it."""
        start = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--quiet",
            "--config-file",
            config,
        ]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True)
        return time.perf_counter() - start

    def full_build(self) -> Budget:
        """From an empty store: 1.3 times the runs, shared by the cores, and one import."""
        load = [sys.executable, "-c", "import cnnguide.engine.warm"]
        subprocess.run(load, env=self.environment, check=True)
        start = time.perf_counter()
        subprocess.run(load, env=self.environment, check=True)
        import_seconds = time.perf_counter() - start
        wall = self.build()
        engine = Engine(Library(self.folder / "cnnguide"), self.store)
        found, _ = pages.places(pages.markdown_files(self.folder / "docs"))
        seconds = {place.order.reference: 0.0 for place in found}
        for reference in seconds:
            seconds[reference] = engine.result(reference).seconds
        executed = [labs.plan(engine, path) for path in labs.files(self.folder / "docs")]
        lab_seconds = sum(labs.read(plan).seconds for plan in executed)
        cores = len(os.sched_getaffinity(0))
        shared = (sum(seconds.values()) + lab_seconds) / cores
        chain = max(chain_seconds(engine, seconds, reference) for reference in seconds)
        bound = 1.3 * max(shared, chain) + import_seconds
        return Budget(
            "full build, empty store (ratio to the bound)",
            wall / bound,
            1.0,
            f"{wall:.1f} s for {len(seconds)} snippets of {sum(seconds.values()):.1f} s "
            f"and {len(executed)} labs of {lab_seconds:.1f} s on {cores} cores, "
            f"longest chain {chain:.1f} s, TensorFlow import {import_seconds:.1f} s",
        )

    def nothing_changed(self) -> Budget:
        """Nothing to run: 1.2 times the same pages with plain code."""
        self._plain_twin()
        ratios, times = [], []
        for _ in range(ROUNDS):
            times.append((self.build(), self.build("plain.yml")))
            ratios.append(times[-1][0] / times[-1][1])
        with_snippets, plain = (
            statistics.median(column) for column in zip(*times, strict=True)
        )
        return Budget(
            "nothing changed (ratio to plain code)",
            statistics.median(ratios),
            1.2,
            f"{with_snippets:.2f} s against {plain:.2f} s; ratios "
            + " ".join(f"{ratio:.2f}" for ratio in sorted(ratios)),
        )

    def _plain_twin(self) -> None:
        """The same pages with each fence replaced by its code, without the engine.

        Questions become folded answers. Labs are those of mkdocs-jupyter alone, which then
        has nothing to run either.
        """
        engine = Engine(Library(self.folder / "cnnguide"), self.store)
        shutil.copytree(self.folder / "docs", self.folder / "plain")
        for page in pages.markdown_files(self.folder / "plain"):
            lines = page.read_text(encoding="utf-8").splitlines()
            found = [(fence, plain_code) for fence in fences.scan(lines)]
            asked = fences.scan(lines, kind="question")
            found += [(fence, plain_question) for fence in asked]
            for fence, plain in sorted(found, key=lambda pair: -pair[0].first):
                lines[fence.first - 1 : fence.last] = [
                    fence.indent + line for line in plain(engine, fence)
                ]
            page.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = (self.folder / "mkdocs.yml").read_text(encoding="utf-8")
        config = re.sub(r"^hooks:\n(?:  .*\n)+", "", config, flags=re.MULTILINE)
        config = re.sub(
            r"^  - cnnguide\.engine\.(?:fence|uses)\b.*\n(?:      .*\n)*",
            "",
            config,
            flags=re.M,
        )
        config = config.replace("execute: true", "execute: false")
        config += "\ndocs_dir: plain\nsite_dir: plain-site\n"
        (self.folder / "plain.yml").write_text(config, encoding="utf-8")

    def edit_while_serving(self) -> Budget:
        """From saving an edit to the new output on the page, without the run itself."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"127.0.0.1:{port}"
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "serve",
            "--quiet",
            "--dev-addr",
            address,
        ]
        # A shell lets commands in the background ignore interrupts; this one shall not.
        server = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        page = f"http://{address}/architecture/"
        lesson = self.folder / "cnnguide" / "lessons" / "architecture.py"
        try:
            wait_for(page, "Printed lines come first.")
            waits = []
            for turn in range(ROUNDS):
                text = lesson.read_text(encoding="utf-8")
                new = f"Edit {turn} came first."
                text = re.sub(
                    r'print\("(?:Printed lines|Edit \d+).*first\."\)',
                    f'print("{new}")',
                    text,
                )
                start = time.perf_counter()
                lesson.write_text(text, encoding="utf-8")
                wait_for(page, new)
                waits.append(time.perf_counter() - start)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
        run = Engine(Library(self.folder / "cnnguide"), self.store).result(CHEAP).seconds
        return Budget(
            "a cheap snippet edited while serving (s, without its run)",
            statistics.median(waits) - run,
            2.0,
            "seconds to the new output: "
            + " ".join(f"{wait:.2f}" for wait in sorted(waits)),
        )


def plain_code(engine: Engine, fence: fences.Fence) -> list[str]:
    """What a fence shows, without its outputs."""
    order = fences.read(fence)
    code = render.code(engine.plan(order.reference).script)
    return [*code, "", *order.annotations, ""]


def plain_question(engine: Engine, fence: fences.Fence) -> list[str]:
    """The folded answer of a question, without its form."""
    question = questions.read(fence)
    answer = questions.answer(question, engine.result(question.reference))
    return questions.folded(question, answer)


def chain_seconds(engine: Engine, seconds: dict[str, float], reference: str) -> float:
    """Seconds of a snippet and of the longest chain of snippets that it must wait for."""
    before = (chain_seconds(engine, seconds, other) for other in engine.needs(reference))
    return seconds.get(reference, 0.0) + max(before, default=0.0)


def wait_for(page: str, text: str, limit: float = 120.0) -> None:
    """Ask for the page until it holds the text."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(page, timeout=limit) as answer:
                if text in answer.read().decode():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    raise TimeoutError(f"{page} did not show {text!r} within {limit:g} s")


if __name__ == "__main__":
    sys.exit(main())
