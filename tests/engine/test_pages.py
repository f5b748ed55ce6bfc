import json
from pathlib import Path

import pytest

from cnnguide.engine import pages

from .course import Course

PAGE = """\
---
title: Page
---

# Page

```snippet
tiny.one
```

=== "Tab"

    ```snippet
    tiny.two
    limit: 50
    ```
"""


@pytest.fixture
def docs(course: Course, tmp_path: Path) -> Path:
    course.lesson("def one():\n    return 1\n\ndef two():\n    return 2\n")
    docs = tmp_path / "docs"
    (docs / "deep").mkdir(parents=True)
    (docs / "page.md").write_text(PAGE)
    (docs / "deep" / "plain.md").write_text("# Plain\n")
    (docs / "picture.txt").write_text("```snippet\ntiny.one\n```\n")
    return docs


def refresh(course: Course, docs: Path) -> list[str]:
    """What goes wrong when the pages are built; `ran` says what they ran."""
    course.ran.clear()
    found, errors = pages.places(pages.markdown_files(docs))
    errors += pages.refresh(course.engine, found)
    return [error.message for error in errors]


def test_places_are_the_fences_of_all_pages_with_their_lines(docs: Path) -> None:
    found, errors = pages.places(pages.markdown_files(docs))
    page = docs / "page.md"
    assert [(str(place), place.order.reference) for place in found] == [
        (f"{page}:7", "tiny.one"),
        (f"{page}:13", "tiny.two"),
    ]
    assert [place.order.limit for place in found][1] == 50
    assert errors == []


def test_markdown_files_are_sorted_and_nothing_else(docs: Path) -> None:
    assert pages.markdown_files(docs) == [docs / "deep/plain.md", docs / "page.md"]


def test_edited_prose_runs_nothing(course: Course, docs: Path) -> None:
    assert refresh(course, docs) == []
    assert sorted(course.ran) == ["tiny.one", "tiny.two"]
    page = docs / "page.md"
    page.write_text(PAGE.replace("# Page", "# Another\n\nMore *prose*.\n"))
    (docs / "new.md").write_text("# New\n\n```snippet\ntiny.one\nshow: code\n```\n")
    assert refresh(course, docs) == []
    assert course.ran == []


def test_failures_name_the_place_that_shows_them(course: Course, docs: Path) -> None:
    course.edit("lessons/tiny.py", "return 2", "return 2 / 0")
    (docs / "bad.md").write_text("```snippet\n```\n\n```snippet\ntiny.on\n```\n")
    empty, unknown, failed = sorted(refresh(course, docs))
    assert empty.startswith(f"{docs}/bad.md:1: an empty snippet fence")
    assert unknown.startswith(f'{docs}/bad.md:4: lesson "tiny" has no snippet "on"')
    assert failed.startswith(f"{docs}/page.md:13: snippet tiny.two failed at tinycourse/")
    assert sorted(course.ran) == ["tiny.one", "tiny.two"]


def test_a_failure_of_what_a_page_needs_is_told_too(course: Course, docs: Path) -> None:
    course.lesson(
        """
        from cnnguide import keep

        @keep.once
        def base():
            return 1 / 0

        def one():
            return base()

        def two():
            return 2
        """
    )
    told = sorted(refresh(course, docs))
    assert told[0].startswith(f"{docs}/page.md:7: snippet tiny.one was not run")
    assert told[1].startswith("snippet tiny.base failed at")
    assert len(told) == 2


def test_the_longest_limit_of_a_snippet_shown_twice_holds(
    course: Course, docs: Path
) -> None:
    course.edit("lessons/tiny.py", "return 2", "while True:\n        pass")
    (docs / "a.md").write_text("```snippet\ntiny.two\nlimit: 0.2\n```\n")
    (docs / "page.md").write_text("```snippet\ntiny.two\nlimit: 0.4\n```\n")
    (docs / "z.md").write_text("```snippet\ntiny.two\nlimit: 0.3\n```\n")
    [message] = refresh(course, docs)
    assert message.endswith("longer than its limit of 0.4 s")


def test_provenance_lists_each_snippet_of_a_page_once(course: Course, docs: Path) -> None:
    refresh(course, docs)
    page = docs / "page.md"
    page.write_text(f"{PAGE}\n```snippet\ntiny.one\nshow: output\n```\n")
    found, _ = pages.places([page])
    facts = json.loads(pages.provenance(course.engine, found))
    assert [fact["snippet"] for fact in facts] == ["tiny.one", "tiny.two"]
    assert facts[0]["key"] == course.digest("tiny.one")
