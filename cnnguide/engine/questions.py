"""Questions that readers answer in the page, with an answer that a snippet computes.

    !!! question "How many parameters has `Conv2D(64, 3)` on 32 maps?"

        ```question
        convolution_questions.parameters
        hint: Each kernel looks at all 32 maps.
        wrong 640: That is right for a single map.

        64 kernels of 3·3·32 weights, and a bias for each.
        ```

The fence becomes a form, and below it the folded answer. The form stays hidden until the
page's script, `docs/assets/quiz.js`, takes it over; without it the folded answer remains.
All that the form can say stands in the page, so that the script holds no words.
"""

import ast
import json
import re
from dataclasses import dataclass, field
from html import escape

from cnnguide.engine import fences
from cnnguide.engine.errors import BadReference, suggestion
from cnnguide.engine.fences import Fence
from cnnguide.engine.store import Result

OPTIONS = ("choice", "hint", "tolerance", "unit", "wrong")
EXACT = 0.01  # a decimal number may be off by one in a hundred
TITLE = re.compile(r"^[ \t]*!!!")
ASK = {
    "number": "Your answer, a number",
    "list": "Your answer, such as {like}",
    "choice": "Your answer",
}
UNREAD = {
    "number": "This cannot be read as a number. Write it in digits, such as 12 or 0.5.",
    "list": "Write whole numbers with commas between them, such as {like}.",
    "choice": "Choose one of the answers first.",
}


@dataclass(frozen=True)
class Question:
    """What a fence asks.

    Args:
        reference: the snippet whose value is the answer.
        hint: what a wrong answer is told that has no own line.
        wrong: wrong answer, as it stands in the page → what it is told.
        choices: what can be chosen, for an answer in words.
        tolerance: by how much of itself a decimal number may be off.
        unit: what stands behind the field.
        explanation: Markdown lines of the folded answer.
    """

    reference: str
    hint: str = ""
    wrong: dict[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    tolerance: float = EXACT
    unit: str = ""
    explanation: tuple[str, ...] = ()


def read(fence: Fence) -> Question:
    """Understand a fence: the reference, then options, then after a gap the explanation.

    Raises:
        BadReference: it is empty or never closed, an option is unknown, or there is no
            hint.
    """
    example = "whose value is the answer"
    reference, options, explanation = fences.parts(fence, "question", example)
    values: dict[str, object] = {"wrong": {}, "choices": ()}
    for line in options:
        head, colon, text = (part.strip() for part in line.partition(": "))
        name, _, value = head.partition(" ")
        if name not in OPTIONS or not colon or (value and name != "wrong"):
            raise BadReference(
                f'expected an option of a question, "name: value"; got "{line}"; '
                f"{suggestion(name, OPTIONS)}"
            )
        if name == "wrong":
            values["wrong"][value.strip()] = text
        elif name == "choice":
            values["choices"] += (text,)
        else:
            values[name] = _tolerance(text) if name == "tolerance" else text
    if not values.get("hint"):
        raise BadReference(f'the question {reference} needs a line "hint: …"')
    return Question(reference, explanation=explanation, **values)


def _tolerance(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadReference(f'tolerance is a share, such as 0.05; got "{text}"') from None


def answer(question: Question, result: Result) -> int | float | list[int] | str:
    """The right answer, as the snippet computed it.

    Raises:
        BadReference: the snippet gave no single number, list of whole numbers or word, or
            one that does not fit the question's options.
    """
    name = question.reference
    values = [output.content for output in result.outputs if output.kind == "value"]
    try:
        (value,) = map(ast.literal_eval, values)
    except (ValueError, SyntaxError):
        value = None
    if isinstance(value, tuple | list) and all(type(n) is int for n in value):
        value = list(value)
    elif type(value) not in (int, float, str):
        raise BadReference(
            f"{name} answers a question, so its value must be a number, a tuple of whole "
            f"numbers or a string; got {', '.join(values) or 'none'}"
        )
    is_word = isinstance(value, str)
    if is_word != bool(question.choices):
        form = "a string needs the lines" if is_word else "only a string has"
        raise BadReference(f'{name} gave {value!r}; {form} "choice: …"')
    known = question.choices if is_word else ()
    for text in [value, *question.wrong] if is_word else ():
        if text not in known:
            raise BadReference(f'{name}: "{text}" is none of the choices {list(known)}')
    for text in question.wrong:
        if _read(text) == value:
            raise BadReference(f'{name}: the answer "{text}" is called wrong, but is right')
    return value


def _read(text: str) -> int | float | list[int] | str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return list(value) if isinstance(value, tuple) else value


def kind(value: object) -> str:
    """How an answer is given: as a "number", a "list" of numbers or a "choice".

    >>> kind(3), kind([3, 3]), kind("max pooling")
    ('number', 'list', 'choice')
    """
    return {list: "list", str: "choice"}.get(type(value), "number")


def words(value: int | float | list[int] | str) -> str:
    """An answer as it stands in a sentence.

    >>> words(18496), words([14, 14, 16]), words("max pooling")
    ('18,496', '(14, 14, 16)', 'max pooling')
    """
    if isinstance(value, list):
        return f"({', '.join(map(str, value))}{',' * (len(value) == 1)})"
    return f"{value:,}" if type(value) is int else str(value)


def form(question: Question, value: int | float | list[int] | str) -> str:
    """The form as HTML, hidden until the script takes it over."""
    name, way = escape(question.reference), kind(value)
    # An example with as many numbers as are asked for, and none of them right.
    count = len(value) if way == "list" else 0
    like = f"({', '.join(str(n) for n in range(2, 2 + count))}{',' * (count == 1)})"
    said = {
        "right": "Right.",
        "hint": question.hint,
        "unread": UNREAD[way].format(like=like),
        "unanswered": UNREAD[way].format(like=like),
    }
    rest = [
        f'<p data-said="wrong" data-value="{escape(json.dumps(_read(text)))}">'
        f"{_code(told)}</p>"
        for text, told in question.wrong.items()
    ]
    rest += [f'<p data-said="{key}">{_code(text)}</p>' for key, text in said.items()]
    data = {
        "question": question.reference,
        "kind": way,
        "answer": json.dumps(value),
        "tolerance": str(question.tolerance if type(value) is float else 0),
    }
    attributes = " ".join(f'data-{key}="{escape(text)}"' for key, text in data.items())
    label = ASK[way].format(like=like)
    return (
        f'<form class="quiz" {attributes} data-search-exclude novalidate hidden>'
        f"{_field(name, label, question)}"
        '<button type="submit" class="md-button">Check</button>'
        '<output class="quiz-verdict" role="status"></output>'
        f'<div class="quiz-said" hidden>{"".join(rest)}</div></form>'
    )


def _field(name: str, label: str, question: Question) -> str:
    if question.choices:
        options = "".join(
            f'<label><input type="radio" name="{name}" value="{escape(choice)}"> '
            f"<span>{_code(choice)}</span></label>"
            for choice in question.choices
        )
        return f"<fieldset><legend>{label}</legend>{options}</fieldset>"
    unit = f' <span class="quiz-unit">{escape(question.unit)}</span>'
    return (
        f'<label><span class="quiz-ask">{label}</span> '
        f'<input type="text" name="{name}" autocomplete="off" autocapitalize="off" '
        f'spellcheck="false">{unit if question.unit else ""}</label>'
    )


def _code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def folded(question: Question, value: int | float | list[int] | str) -> list[str]:
    """The folded answer, as lines of Markdown."""
    given = words(value)
    unit = question.unit and (question.unit if question.unit == "%" else "")
    # Words of the course may hold what Markdown would read as its own.
    first = given if isinstance(value, str) else f"{given}{' ' * bool(unit)}{unit}"
    return [
        '??? success "Answer"',
        "",
        f"    **{first}**",
        "",
        *(f"    {line}".rstrip() for line in question.explanation),
        "",
    ]


PROGRESS = (
    '<div class="quiz-progress" data-search-exclude hidden>'
    '<p><span data-said="some">You have answered <b class="quiz-right"></b> of '
    '<b class="quiz-all"></b> questions.</span>'
    '<span data-said="all" hidden>You have answered all '
    '<b class="quiz-all"></b> questions.</span> '
    "<small>Your answers are kept in this browser and nowhere else.</small></p>"
    '<button type="button">Forget them</button></div>'
)


def before(lines: list[str], fence: Fence) -> int:
    """The index of the line with which the question begins that a fence belongs to."""
    index = fence.first - 1
    while index > 0 and fence.indent and not TITLE.match(lines[index]):
        index -= 1
    return index
