import textwrap

import pytest

from cnnguide.engine import shown

from .course import Course


def outputs(course: Course, body: str, head: str = "") -> list[tuple[str, str]]:
    """What a snippet with that body shows, as (kind, content)."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    course.lesson(f"import sys, warnings, logging\n{head}\ndef snippet():\n{body}\n")
    course.show()
    result = course.store.get("tiny.snippet", course.digest())
    return [(output.kind, output.content) for output in result.outputs]


def test_everything_printed_is_shown_in_its_order(course: Course) -> None:
    head = "import os, subprocess, tensorflow as tf, absl.logging, keras"
    body = """
        print("one")
        print("two", file=sys.stderr)
        tf.print("three")
        warnings.warn("four")
        os.write(1, b"five\\n")
        tf.get_logger().warning("six %d", 6)
        sys.stdout.write("seven\\n")
        absl.logging.warning("eight")
        logging.getLogger("keras").error("nine")
        subprocess.run(["echo", "ten"])
        warnings.warn("Ελευθερία", DeprecationWarning)
        print("part", end=" ")
        tf.print("of a line")
        tf.get_logger().info("not this")
        return "value"
        """
    assert outputs(course, body, head) == [
        ("text", "one\ntwo\nthree\n"),
        ("warning", "UserWarning: four"),
        ("text", "five\n"),
        ("warning", "WARNING: six 6"),
        ("text", "seven\n"),
        ("warning", "WARNING: eight"),
        ("warning", "ERROR: nine"),
        ("text", "ten\n"),
        ("warning", "DeprecationWarning: Ελευθερία"),
        ("text", "part of a line\n"),
        ("value", "'value'"),
    ]


def test_a_warning_inside_a_line_leaves_the_line_whole(course: Course) -> None:
    body = "print('a', end='')\nwarnings.warn('w')\nprint('b')"
    assert outputs(course, body) == [
        ("text", "a"),
        ("warning", "UserWarning: w"),
        ("text", "b\n"),
    ]


def test_progress_bars_end_as_a_terminal_shows_them(course: Course) -> None:
    body = """
        for done in range(0, 101, 50):
            print(f"\\r{done} %", end="", file=sys.stderr)
        print()
        """
    assert outputs(course, body) == [("text", "100 %\n")]


def test_keras_reports_its_training_without_control_characters(course: Course) -> None:
    body = """
        model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.zeros((64, 1)), np.zeros((64, 1)), epochs=2, batch_size=4)
        """
    [(kind, text)] = outputs(course, body, "import keras, numpy as np")
    assert kind == "text"
    assert text.count("16/16") == 2
    assert text.count("Epoch") == 2
    assert not {"\r", "\b", "\x1b"} & set(text)


def test_start_up_lines_of_tensorflow_are_not_shown(course: Course) -> None:
    body = """
        tf.config.list_physical_devices()
        tf.function(lambda x: x * 2, jit_compile=True)(tf.ones((2,)))
        return int(tf.constant(3) + 1)
        """
    assert outputs(course, body, "import tensorflow as tf") == [("value", "4")]


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: All log messages before absl::InitializeLog() is called are written",
        "I0000 00:00:1735689600.123456  1234 service.cc:152] XLA service",
        "E0000 00:00:1735689600.123456  1234 cuda_dnn.cc:8579] Unable to register",
        "W0102 03:04:05.678901 1234 file.cc:12] text",
    ],
)
def test_log_lines_of_cpp_are_left_out(line: str) -> None:
    assert shown.printed(f"a\n{line}\nb\n") == [("text", "a\nb\n")]


@pytest.mark.parametrize(
    "line", ["I0000 is a name", "WARNING: hot", "2026-01-02 was a Friday", "E=mc²", "W"]
)
def test_lines_that_look_a_little_like_logs_stay(line: str) -> None:
    assert shown.printed(f"{line}\n") == [("text", f"{line}\n")]


@pytest.mark.parametrize(
    ("stream", "text"),
    [
        ("10%\r100%\n", "100%\n"),
        ("longer\rab\n", "abnger\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("ab\b\bx\n", "xb\n"),
        ("\x1b[31mred\x1b[0m\n", "red\n"),
        ("  indented\n", "  indented\n"),
    ],
)
def test_text_is_shown_as_a_terminal_leaves_it(stream: str, text: str) -> None:
    assert shown.printed(stream) == [("text", text)]


@pytest.mark.parametrize("stream", ["", "\n", " \n\n", "\r\r"])
def test_blank_text_is_not_shown(stream: str) -> None:
    assert shown.printed(stream) == []


def test_very_long_text_is_cut_and_says_so() -> None:
    [(_, text)] = shown.printed("x" * (shown.MOST + 5))
    assert text.endswith("\n… and 5 characters more")
    [(_, text, _)] = shown.value("x" * 2 * shown.MOST)
    assert len(text) < shown.MOST + 50


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        ("<b>", "'<b>'"),
        ({"b": 1, "a": 2}, "{'b': 1, 'a': 2}"),
        ((), "()"),
        (False, "False"),
    ],
)
def test_a_value_is_shown_as_its_representation(value: object, text: str) -> None:
    assert shown.value(value) == [("value", text, "")]


def test_memory_addresses_are_left_out() -> None:
    [(_, text, _)] = shown.value([object(), test_memory_addresses_are_left_out])
    assert "<object object at 0x…>" in text
    assert not [word for word in text.split() if word.startswith("0x") and "…" not in word]


class Table:
    def _repr_html_(self) -> str:
        return "<table></table>"

    def __repr__(self) -> str:
        return "a table"


def test_a_value_with_html_is_shown_as_that_and_keeps_its_text() -> None:
    assert shown.value(Table()) == [("html", "<table></table>", "a table")]


def test_a_class_is_no_table_and_none_is_nothing() -> None:
    [(kind, text, _)] = shown.value(Table)
    assert (kind, "Table" in text) == ("value", True)
    assert shown.value(None) == []
