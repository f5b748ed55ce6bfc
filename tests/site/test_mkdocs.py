import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from .conftest import Project, code_blocks, outputs, until, wait_for


def test_a_page_shows_code_and_output_and_builds_again_without_running(
    tiny: Project,
) -> None:
    first = tiny.mkdocs()
    assert first.returncode == 0, first.stderr
    assert tiny.runs(first.stderr) == ["tiny.greet", "tiny.lone"]
    assert code_blocks(tiny.html()) == [
        'from cnnguide import helper\n\nname = "you"\n\n'
        'print("printed", helper.word())\nf"hello {name}"\n',
        "6 * 7\n",
    ]
    assert "printed word" in outputs(tiny.html())[0]
    assert "&#x27;hello you&#x27;" in outputs(tiny.html())[0]

    tiny.page.write_text(tiny.page.read_text().replace("Some prose", "Other prose"))
    second = tiny.mkdocs()
    assert tiny.runs(second.stderr) == []
    assert "Other prose" in tiny.html()


def test_an_edited_helper_runs_what_reaches_it(tiny: Project) -> None:
    tiny.mkdocs()
    helper = tiny.folder / "cnnguide" / "helper.py"
    helper.write_text(helper.read_text().replace('"word"', '"verb"'))
    assert tiny.runs(tiny.mkdocs().stderr) == ["tiny.greet"]
    assert "printed verb" in tiny.html()


def test_provenance_stands_in_the_page_and_beside_it(tiny: Project) -> None:
    tiny.mkdocs()
    facts = json.loads((tiny.folder / "site" / "index.json").read_text())
    assert [fact["snippet"] for fact in facts] == ["tiny.greet", "tiny.lone"]
    line = 1 + tiny.lesson.read_text().splitlines().index("def lone() -> int:")
    assert (facts[1]["source"], facts[1]["line"]) == ("cnnguide/lessons/tiny.py", line)
    address = f"https://code.example/blob/main/cnnguide/lessons/tiny.py#L{line}"
    assert f'href="{address}"' in outputs(tiny.html())[1]
    assert facts[1]["key"] in outputs(tiny.html())[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("6 * 7", "6 / 0", "ZeroDivisionError: division by zero"),
        ("6 * 7", "exit(3)", "SystemExit|ended itself"),
        ("return 6 * 7", "import os\n    os.kill(os.getpid(), 9)", "killed by SIGKILL"),
    ],
)
def test_a_failing_snippet_ends_the_build_with_page_and_line(
    tiny: Project, old: str, new: str, message: str
) -> None:
    tiny.lesson.write_text(tiny.lesson.read_text().replace(old, new))
    failed = tiny.mkdocs()
    assert failed.returncode != 0
    line = 1 + tiny.page.read_text().splitlines().index("    ```snippet")
    assert f"docs/index.md:{line}: snippet tiny.lone failed at" in failed.stderr
    assert re.search(r"cnnguide/lessons/tiny\.py:\d+", failed.stderr)
    assert re.search(message, failed.stderr)
    assert "worker.py" not in failed.stderr


def test_a_snippet_that_hangs_is_stopped_at_its_limit(tiny: Project) -> None:
    tiny.lesson.write_text(
        tiny.lesson.read_text().replace("return 6 * 7", "while True: pass")
    )
    tiny.page.write_text(
        tiny.page.read_text().replace("tiny.lone", "tiny.lone\n    limit: 1")
    )
    failed = tiny.mkdocs()
    assert failed.returncode != 0
    assert "it ran longer than its limit of 1 s" in failed.stderr


def test_all_bad_references_are_named_at_once(tiny: Project) -> None:
    text = tiny.page.read_text().replace("tiny.greet", "tiny.great")
    tiny.page.write_text(text + "\n```snippet\ntiny.lone\nshwo: code\n```\n")
    failed = tiny.mkdocs()
    assert failed.returncode != 0
    assert (
        'docs/index.md:10: lesson "tiny" has no snippet "great"; did you mean "greet"?'
        in (failed.stderr)
    )
    assert 'did you mean "show"?' in failed.stderr


def test_a_killed_build_leaves_a_store_that_the_next_uses(tiny: Project) -> None:
    text = tiny.lesson.read_text()
    # Tells its process number and never ends: the build is killed in the middle of a run.
    flag = tiny.folder / "running"
    endless = (
        f"import os\n    os.symlink(str(os.getpid()), {str(flag)!r})\n    while True: pass"
    )
    tiny.lesson.write_text(text.replace("return 6 * 7", endless))
    command = [sys.executable, "-m", "mkdocs", "build"]
    with tempfile.TemporaryDirectory() as left_behind:
        environment = tiny.environment | {"TMPDIR": left_behind}
        build = subprocess.Popen(command, cwd=tiny.folder, env=environment)
        wait_for(flag.is_symlink)
        assert build.poll() is None
        build.kill()
        build.wait()
        worker = int(flag.readlink().name)
        wait_for(lambda: not is_running(worker))
    tiny.lesson.write_text(text)
    again = tiny.mkdocs()
    assert again.returncode == 0, again.stderr
    assert "<samp>42</samp>" in outputs(tiny.html())[1]


def is_running(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_serving_shows_an_error_in_place_and_the_next_edit_recovers(
    tiny: Project, served: str
) -> None:
    until(served, "<samp>42</samp>")
    text = tiny.lesson.read_text()
    tiny.lesson.write_text(text.replace("6 * 7", "6 / 0"))
    page = until(served, "ZeroDivisionError")
    assert 'role="alert"' in page
    assert "printed word" in page
    tiny.lesson.write_text(text.replace("6 * 7", "6 * 8"))
    page = until(served, "<samp>48</samp>")
    assert "ZeroDivisionError" not in page


def test_serving_shows_an_ill_formed_fence_of_a_lesson_in_place(
    tiny: Project, served: str
) -> None:
    lesson = tiny.page.with_name("tiny.md")  # as the lesson is called: with a notebook
    text = tiny.page.read_text().replace("title: Tiny", "title: Lesson")
    lesson.write_text(text.replace("tiny.greet\n", "tiny.greet\nshow: nothing\n"))
    assert 'role="alert"' in until(f"{served}tiny/", "show is code, output or both")
    lesson.write_text(text)
    assert "tiny.ipynb" in until(f"{served}tiny/", "printed word")
