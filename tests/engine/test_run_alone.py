"""A snippet runs by itself: nothing of it stays, nothing of others is there."""

import os
import select
from pathlib import Path

import pytest

from cnnguide.engine import run

from .course import Course


def gone(process: int) -> bool:
    """Whether a process has ended, or ends now that it was told to."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 60)[0])
    finally:
        os.close(handle)


def test_a_thread_left_behind_does_not_hold_the_build_up(course: Course) -> None:
    course.body(
        """
        import threading
        threading.Thread(target=threading.Event().wait).start()
        return "done"
        """,
    )
    assert course.show() == ["'done'"]


@pytest.mark.parametrize("end", ["return child.pid", "os._exit(1)", "sys.exit()"])
def test_a_child_process_left_behind_is_ended(
    course: Course, tmp_path: Path, end: str
) -> None:
    course.body(
        f"""
        import subprocess
        child = subprocess.Popen(["sleep", "600"])
        with open({str(tmp_path / "child")!r}, "w") as file:
            file.write(str(child.pid))
        {end}
        """,
    )
    course.refresh("tiny.snippet")
    assert gone(int((tmp_path / "child").read_text()))


def test_at_its_limit_a_snippet_ends_with_all_it_started(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "told")
    course.body(
        f"""
        import subprocess
        child = subprocess.Popen(["sleep", "600"])
        with open({str(tmp_path / "told")!r}, "w") as file:
            file.write(f"{{os.getpid()}} {{child.pid}}")
        while True:
            pass
        """,
    )
    told = []

    def limit_passes_once_told(*_: object, **__: object) -> list[object]:
        told.extend(map(int, (tmp_path / "told").read_text().split()))
        return []

    monkeypatch.setattr(run, "wait", limit_passes_once_told)
    assert "longer than its limit" in course.failure().message
    assert len(told) == 2
    assert all(map(gone, told))


def test_a_snippet_runs_in_an_empty_folder_that_is_gone_afterwards(course: Course) -> None:
    course.body(
        """
        print(os.listdir())
        open("file", "w").close()
        os.mkdir("folder")
        return os.getcwd()
        """,
    )
    listing, folder = course.show()
    assert listing == "[]\n"
    assert not Path(folder.strip("'")).parent.exists()


def test_temporary_files_are_gone_afterwards(course: Course) -> None:
    course.body(
        """
        import subprocess, tempfile
        import tensorflow as tf
        tf.function(lambda: tf.constant(1))()
        subprocess.run("mktemp", stdout=subprocess.DEVNULL)
        print(len(os.listdir(tempfile.gettempdir())))
        return tempfile.mkstemp()[1]
        """
    )
    count, file = course.show()
    assert int(count) >= 2
    assert not Path(file.strip("'")).parent.exists()


def test_a_folder_is_gone_also_after_a_failure(course: Course) -> None:
    course.body("raise RuntimeError(os.getcwd())")
    failed = course.failure()
    folder = failed.message.rpartition(" ")[2]
    assert os.path.isabs(folder) and not os.path.exists(folder)  # noqa: PTH110, PTH117


def test_snippets_do_not_see_each_other(course: Course) -> None:
    course.write({"helper.py": "seen = []\n"})
    course.lesson(
        """
        import builtins, os
        from tinycourse import helper

        def one():
            word = 1
            os.environ["WORD"] = "one"
            builtins.word = "one"
            helper.seen.append(1)
            return sorted(set(dir()) & {"word"})

        def two():
            found = "word" in dir(), "word" in dir(builtins), "WORD" in os.environ
            return *found, helper.seen
        """
    )
    assert course.show("tiny.one") == ["['word']"]
    assert course.show("tiny.two") == ["(False, False, False, [])"]


RANDOM = """
    import random
    import keras
    import numpy as np

    def snippet():
        return (
            random.random(),
            float(np.random.rand()),
            float(keras.random.uniform(())),
            keras.layers.Dense(1).build((None, 1)) or hash("word"),
        )
    """


def test_seeds_are_set_for_all_randomness(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.lesson(RANDOM)
    first = course.show()
    again = course.refresh("tiny.snippet", force=True)["tiny.snippet"]
    assert course.ran == ["tiny.snippet"]
    assert [output.content for output in again.outputs] == first
    monkeypatch.setenv("CNNGUIDE_SEED", "1")
    old, new = (text.strip("()").split(", ")[:3] for text in (first[0], course.show()[0]))
    assert all(a != b for a, b in zip(old, new, strict=True))


def test_strings_hash_alike_in_every_build(course: Course) -> None:
    course.body("return sys.flags.hash_randomization")
    assert course.show() == ["0"]


def test_a_script_is_the_main_module(course: Course) -> None:
    course.body("word = 3\nreturn __name__, sys.modules['__main__'].word")
    assert course.show() == ["('__main__', 3)"]
