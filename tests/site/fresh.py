"""Run Python files, each as a program of its own: python -m tests.site.fresh FILE ...

Importing TensorFlow takes most of a short program's time. So it is imported once, and each
file runs in a fork of that process, in an empty namespace. What a file prints goes to a
file of the same name that ends in .out; the names of those that fail are printed.
"""

import os
import runpy
import sys
import traceback
from pathlib import Path

import cnnguide.engine.warm  # noqa: F401 - imported for what it loads

CORES = 2


def run(path: Path) -> int:
    """Start a file in a process of its own, and return that process's number."""
    process = os.fork()
    if process:
        return process
    output = os.open(path.with_suffix(".out"), os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    place = path.with_suffix("")
    place.mkdir()
    os.chdir(place)
    sys.argv = [str(path)]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def main(paths: list[Path]) -> None:
    """Run all, a few at a time."""
    running: dict[int, Path] = {}
    while paths or running:
        while paths and len(running) < CORES:
            path = paths.pop(0)
            running[run(path)] = path
        process, status = os.wait()
        path = running.pop(process)
        if status:
            print(path, flush=True)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
