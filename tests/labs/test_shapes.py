import pytest

from cnnguide import labs


def test_right_answers_pass() -> None:
    assert labs.check("shapes.valid", (4, 26, 26, 8)).right


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((4, 28, 28, 8), "outermost"),
        ((4, 26, 26, 1), "8 kernels"),
        ((4, 25, 25, 8), "at how many places"),
        ((26, 26, 8), "Which axes"),
        (26, "tuple"),
    ],
)
def test_wrong_answers_get_the_fitting_hint(answer: object, hint: str) -> None:
    verdict = labs.check("shapes.valid", answer)
    assert not verdict.right
    assert hint in verdict.hint
