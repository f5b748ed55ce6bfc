"""A tiny course for tests: a package of its own, and an engine that counts its runs."""

import itertools
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cnnguide.engine import run, script
from cnnguide.engine.build import Engine
from cnnguide.engine.errors import EngineError, SnippetFailed
from cnnguide.engine.find import Library
from cnnguide.engine.store import Result, Store


class Course:
    """A package of lessons and helpers, written and edited by the test.

    Args:
        package: its folder, whose name is the package's.
        store: the folder for its results.
    """

    def __init__(self, package: Path, store: Path) -> None:
        self.package = package
        self.library = Library(package)
        self.store = Store(store)
        self.engine = Engine(self.library, self.store)
        self.ran: list[str] = []
        # Edits are a second apart, however fast they follow one another.
        self._times = itertools.count(1_700_000_000)
        self.write({"__init__.py": "", "lessons/__init__.py": ""})

    def write(self, files: dict[str, str]) -> None:
        """Write files of the package, from indented source."""
        for name, source in files.items():
            path = self.package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
            time = next(self._times)
            os.utime(path, (time, time))

    def lesson(self, source: str, name: str = "tiny") -> None:
        """Write a lesson."""
        self.write({f"lessons/{name}.py": source})

    def body(self, body: str) -> None:
        """Write a lesson with one snippet of that body, which may use `os` and `sys`."""
        body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
        self.lesson(f"import os, sys\n\ndef snippet():\n{body}\n")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file once."""
        text = (self.package / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.write({name: text.replace(old, new)})

    def script(self, reference: str = "tiny.snippet") -> script.Script:
        """The snippet as a script."""
        return script.write(self.library.find(reference))

    def parts(self, reference: str = "tiny.snippet") -> dict[str, str]:
        """What the snippet's key is made of."""
        return self.engine.plan(reference).key.parts

    def reached(self, reference: str = "tiny.snippet") -> set[str]:
        """The code that counts in the snippet's key."""
        return {p.removeprefix("code ") for p in self.parts(reference) if "code " in p}

    def digest(self, reference: str = "tiny.snippet") -> str:
        """The snippet's key as one hash."""
        return self.engine.plan(reference).key.digest

    def refresh(
        self, *references: str, **options: object
    ) -> dict[str, Result | EngineError]:
        """What a new engine gives for the snippets; `ran` says which ones it ran."""
        self.ran.clear()
        return Engine(self.library, self.store).refresh(references, **options)

    def show(self, reference: str = "tiny.snippet", limit: float = 60) -> list[str]:
        """What the snippet shows, each output's content.

        Raises:
            EngineError: it has no result.
        """
        outcome = self.refresh(reference, limits={reference: limit})[reference]
        if isinstance(outcome, EngineError):
            raise outcome
        return [output.content for output in outcome.outputs]

    def failure(self, reference: str = "tiny.snippet", limit: float = 60) -> SnippetFailed:
        """How the snippet fails, which must leave nothing in the store."""
        with pytest.raises(SnippetFailed) as caught:
            self.show(reference, limit)
        assert not self.store.has(reference, self.digest(reference))
        return caught.value

    def count_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Note each snippet that a worker really executes."""
        execute = run.execute

        def counted(library: Library, snippet: object, *args: object, **more: object):
            self.ran.append(snippet.reference)
            return execute(library, snippet, *args, **more)

        monkeypatch.setattr(run, "execute", counted)


def at_once(code: str) -> list[str]:
    """What two processes answer that go on at the same moment.

    Args:
        code: prints a line when it is ready, reads a line to go on, and prints its answer.
    """
    path = os.pathsep.join(sys.path[:2])  # the course's folder, and this project's
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        return [process.communicate(timeout=120)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
