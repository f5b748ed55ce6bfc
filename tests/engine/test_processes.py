"""What holds of whole processes that build."""

import json

from .course import Course, at_once

BUILD = """
import json, sys
from pathlib import Path
from markdown import Markdown
from cnnguide.engine import build, pages, progress, run
from cnnguide.engine.fence import SnippetExtension
from cnnguide.engine.find import Library
from cnnguide.engine.store import Store, folder

ran = []
execute = run.execute
run.execute = lambda library, snippet, *a, **k: (
    ran.append(snippet.reference), execute(library, snippet, *a, **k))[1]
library = Library(Path(sys.path[1]) / "tinycourse")
build.current = lambda engine=build.Engine(library, Store(folder())): engine
print("ready", flush=True)
sys.stdin.readline()
html = Markdown(extensions=[SnippetExtension()]).convert("```snippet\\ntiny.snippet\\n```")
heavy = {"tensorflow", "keras", "numpy", "matplotlib", "tinycourse"} & set(sys.modules)
print(json.dumps({"html": html, "ran": ran, "heavy": sorted(heavy)}))
"""


def test_two_builds_at_once_run_a_snippet_once_and_import_nothing_heavy(
    course: Course,
) -> None:
    course.lesson(
        """
        import os
        import keras
        from cnnguide import keep

        @keep.once
        def base():
            return [1, 2]

        def snippet():
            return base(), keras.__version__, os.getpid()
        """
    )
    one, other = map(json.loads, at_once(BUILD))
    assert sorted(one["ran"] + other["ran"]) == ["tiny.base", "tiny.snippet"]
    assert one["html"] == other["html"]
    assert "([1, 2]," in one["html"]
    assert one["heavy"] == other["heavy"] == []


def test_a_result_made_by_one_process_serves_another(course: Course) -> None:
    course.lesson("def snippet():\n    return 1\n")
    course.show()
    for answer in at_once(BUILD):
        assert json.loads(answer)["ran"] == []
