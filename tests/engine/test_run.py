import pytest

from .course import Course


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("x = 1\nreturn x / 0", 5, "ZeroDivisionError: division by zero"),
        ("return (\n    1 +\n    [])", 5, "TypeError: unsupported operand"),
        ("x = 1\nsys.exit()", 5, "the script ended itself with sys.exit(None)"),
        ("sys.exit('why')", 4, "the script ended itself with sys.exit('why')"),
        ("exit(3)", 4, "the script ended itself with sys.exit(3)"),
        ("raise KeyboardInterrupt", 4, "KeyboardInterrupt"),
        ("os._exit(3)", 3, "its process ended with exit code 3 before the script did"),
        ("os._exit(0)", 3, "its process ended with exit code 0 before the script did"),
        ("os.kill(os.getpid(), 9)", 3, "was killed by SIGKILL, most often because memory"),
        ("os.abort()", 3, "its process was killed by SIGABRT"),
        ("import nowhere", 4, "ModuleNotFoundError: No module named 'nowhere'"),
        ("return input('Name? ')", 4, "EOFError: EOF when reading a line"),
        ("class A:\n    def __repr__(self):\n        1 / 0\nreturn A()", 6, "ZeroDivision"),
    ],
)
def test_a_failure_names_snippet_file_line_and_reason(
    course: Course, body: str, line: int, message: str
) -> None:
    course.body(body)
    failed = course.failure()
    place = f"snippet tiny.snippet failed at tinycourse/lessons/tiny.py:{line}: "
    assert failed.message.startswith(place)
    assert message in failed.message


def test_an_endless_snippet_is_stopped_at_its_limit(course: Course) -> None:
    course.body("while True:\n    pass")
    failed = course.failure(limit=0.5)
    assert failed.message.endswith("it ran longer than its limit of 0.5 s")


def test_a_traceback_shows_the_readers_files_and_none_of_the_engine(
    course: Course,
) -> None:
    course.write({"helper.py": "def broken(x):\n    return 1 / x\n"})
    course.lesson(
        """
        import json

        from tinycourse import helper

        def snippet():
            def call():
                try:
                    json.loads("{")
                except ValueError as error:
                    raise RuntimeError("no") from error
                finally:
                    helper.broken(0)
            call()
        """
    )
    failed = course.failure()
    details = failed.details
    for frame in (
        'File "tinycourse/lessons/tiny.py", line 13, in tiny.snippet\n    call()',
        'File "tinycourse/lessons/tiny.py", line 12, in call\n    helper.broken(0)',
        'File "tinycourse/helper.py", line 2, in broken\n    return 1 / x',
        'line 8, in call\n    json.loads("{")',
        "RuntimeError: no",
        "ZeroDivisionError: division by zero",
    ):
        assert frame in details
    assert "tiny.py:12: ZeroDivisionError" in failed.message
    for frame in ("cnnguide/engine", "worker.py", "multiprocessing", "forkserver"):
        assert frame not in details


def test_failures_within_kept_values_and_keras_hide_the_engine_too(course: Course) -> None:
    course.lesson(
        """
        import keras
        from cnnguide import keep

        @keep.once
        def kept(filters=1):
            return keras.layers.Conv2D(filters, 3).filters

        def snippet():
            return kept(filters=0)
        """
    )
    failed = course.failure()
    assert "tiny.py:9: ValueError" in failed.message
    assert "argument `filters`" in failed.message
    assert "line 6, in kept\n" in failed.details
    assert "keras/src/layers" in failed.details
    for frame in ("cnnguide", "site-packages", "worker.py", "keep.py"):
        assert frame not in failed.details
