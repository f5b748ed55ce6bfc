import pytest

from cnnguide.engine import fences
from cnnguide.engine.errors import BadReference
from cnnguide.engine.run import DEFAULT_LIMIT


def scan(text: str) -> list[fences.Fence]:
    return list(fences.scan(text.splitlines()))


def fence(*lines: str) -> fences.Fence:
    return fences.Fence(1, len(lines) + 2, "", lines)


@pytest.mark.parametrize(
    ("text", "first", "last", "indent"),
    [
        ("```snippet\na.b\n```", 1, 3, ""),
        ("text\n\n~~~snippet\na.b\n~~~\n", 3, 5, ""),
        ("````snippet\na.b\n````", 1, 3, ""),
        ("``` snippet\na.b\n```  ", 1, 3, ""),
        ("```snippet a.b\n```", 1, 2, ""),
        ('=== "Tab"\n\n    ```snippet\n    a.b\n    ```\n', 3, 5, "    "),
        ("!!! note\n\t~~~~ snippet\n\ta.b\n\t~~~~~\n", 2, 4, "\t"),
        ("- item\n\n  ```snippet\n  a.b\n  ```", 3, 5, "  "),
    ],
)
def test_a_fence_is_found_where_it_stands(
    text: str, first: int, last: int, indent: str
) -> None:
    [found] = scan(text)
    assert (found.first, found.last, found.indent) == (first, last, indent)
    assert fences.read(found) == fences.Order("a.b")


@pytest.mark.parametrize(
    "text",
    [
        "````markdown\n```snippet\na.b\n```\n````",
        "~~~text\n```snippet\na.b\n```\n~~~",
        "```text\n~~~snippet\na.b\n~~~\n```",
        "    ````md\n    ```snippet\n    a.b\n    ```\n    ````",
        "```snippets\na.b\n```",
        "```python\nsnippet\n```",
        "`snippet`",
        "```snippet` a.b",
        "``snippet\na.b\n``",
    ],
)
def test_what_only_looks_like_a_snippet_fence_is_left_alone(text: str) -> None:
    assert scan(text) == []


def test_fences_after_others_are_found_with_their_lines() -> None:
    text = (
        "```python\nx\n```\n```snippet\na.b\n```\n````md\n```\n````\n~~~snippet\nc.d\n~~~"
    )
    assert [(found.first, found.lines) for found in scan(text)] == [
        (4, ("a.b",)),
        (10, ("c.d",)),
    ]


def test_options_and_annotations_are_read() -> None:
    order = fences.read(
        fence("", "a.b", "show:  output ", "limit: 2.5", "", "1.  One", "", "2.  Two")
    )
    assert order == fences.Order("a.b", "output", 2.5, ("1.  One", "", "2.  Two"))


def test_without_options_code_and_output_are_shown_within_the_usual_limit() -> None:
    assert fences.read(fence("  a.b  ")) == fences.Order("a.b", "both", DEFAULT_LIMIT, ())


@pytest.mark.parametrize(
    ("lines", "messages"),
    [
        ((), ["an empty snippet fence; name a snippet, such as garments.look"]),
        (("", "  "), ["an empty snippet fence"]),
        (("a.b", "shwo: code"), ['got "shwo: code"', 'did you mean "show"?']),
        (("a.b", "lines: 3"), ['got "lines: 3"; known: limit, show']),
        (("a.b", "colour: red"), ['got "colour: red"', "known: limit, show"]),
        (("a.b", "show"), ['expected an option, "name: value"; got "show"']),
        (("a.b", "c.d"), ['expected an option, "name: value"; got "c.d"']),
        (("a.b", "show: cod"), ['code, output or both; got "cod"; did you mean "code"?']),
        (("a.b", "show:"), ['code, output or both; got ""; known: both, code, output']),
        (("a.b", "limit: soon"), ['limit is a number of seconds above 0; got "soon"']),
        (("a.b", "limit: 0"), ['limit is a number of seconds above 0; got "0"']),
        (("a.b", "limit: -3"), ['got "-3"']),
        (("a.b", "limit: nan"), ['got "nan"']),
    ],
)
def test_a_fence_that_makes_no_sense_says_what_was_expected(
    lines: tuple[str, ...], messages: list[str]
) -> None:
    with pytest.raises(BadReference) as caught:
        fences.read(fence(*lines))
    for message in messages:
        assert message in str(caught.value)


def test_a_fence_that_is_never_closed_is_an_error() -> None:
    [found] = scan("```snippet\na.b\n# A heading\n")
    with pytest.raises(BadReference, match="never closed"):
        fences.read(found)
