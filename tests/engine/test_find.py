import pytest

from cnnguide.engine.errors import BadReference, BadScript

from .course import Course


def test_snippets_are_the_public_functions_in_the_order_of_the_file(course: Course) -> None:
    course.lesson(
        """
        import keras
        LIMIT = 3
        def zebra(): return 1
        def _hidden(): return 2
        class Animal: pass
        def ape(): return 3
        """
    )
    assert course.library.snippets("tiny") == ["tiny.zebra", "tiny.ape"]


def test_lessons_are_sorted_modules_of_the_folder_lessons(course: Course) -> None:
    course.lesson("", "zoo")
    course.lesson("", "apes")
    assert course.library.lessons() == ["apes", "zoo"]


def test_a_snippet_knows_what_it_says_about_itself(course: Course) -> None:
    course.lesson(
        '''
        @keep.once
        def kept():
            """Train it.

            For long.
            """
        @measures_time
        def timed(): pass
        '''
    )
    kept, timed = course.library.find("tiny.kept"), course.library.find("tiny.timed")
    assert (kept.summary, kept.kept, kept.measures_time) == ("Train it.", True, False)
    assert (timed.summary, timed.kept, timed.measures_time) == ("", False, True)


def test_finding_a_snippet_imports_nothing(course: Course) -> None:
    course.lesson("raise SystemExit\ndef snippet():\n    return 1\n")
    assert course.library.find("tiny.snippet").reference == "tiny.snippet"


def test_an_edited_file_is_read_again(course: Course) -> None:
    course.lesson("def old(): pass")
    assert course.library.snippets("tiny") == ["tiny.old"]
    course.lesson("def new(): pass")
    assert course.library.snippets("tiny") == ["tiny.new"]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("tinny.snippet", 'there is no lesson "tinny"; did you mean "tiny"?'),
        ("tiny.snipet", 'lesson "tiny" has no snippet "snipet"; did you mean "snippet"?'),
        ("tiny._hidden", 'lesson "tiny" has no snippet "_hidden"; known: snippet'),
        ("tiny", 'expected lesson.snippet, such as garments.look; got "tiny"'),
        ("tiny.snippet()", "expected lesson.snippet"),
        ("tiny.snippet.more", "expected lesson.snippet"),
        ("", "expected lesson.snippet"),
    ],
)
def test_a_bad_reference_says_what_was_expected(
    course: Course, reference: str, message: str
) -> None:
    course.lesson("def snippet(): pass\ndef _hidden(): pass")
    with pytest.raises(BadReference) as caught:
        course.library.find(reference)
    assert message in str(caught.value)


def test_a_course_without_lessons_says_so(course: Course) -> None:
    with pytest.raises(BadReference, match="there are none"):
        course.library.find("tiny.snippet")


def test_a_file_that_is_no_python_names_its_line(course: Course) -> None:
    course.lesson("def snippet():\n    return (1\n")
    with pytest.raises(BadScript, match=r"tiny\.py:2: "):
        course.library.find("tiny.snippet")


def test_modules_of_other_packages_are_not_read(course: Course) -> None:
    assert course.library.module("os.path") is None
    assert course.library.module("tinycourse.absent") is None
    assert course.library.module("tinycourse").path.name == "__init__.py"
