"""What tells readers of a lab whether their answer is right.

    from cnnguide import labs

    labs.check("shapes.valid", (4, 26, 26, 8))

Each lab has a module here, and each of its tasks a function there, which takes the answer
and gives a verdict. The labs themselves are notebooks in `docs/labs`.
"""

import importlib
import inspect
import pkgutil
from difflib import get_close_matches

from cnnguide.labs.verdict import Stopped, Verdict, wrong

__all__ = ["check", "tasks"]


def check(task: str, answer: object) -> Verdict:
    """Say whether the answer to a task is right, or what was expected and what came.

    Args:
        task: the lab and the task, such as `"shapes.valid"`.
        answer: what the task asks for: a number, a shape, a function, a model.

    Returns:
        A verdict, which a notebook shows below the cell.

    Raises:
        ValueError: there is no such task; the message names the nearest.

    >>> check("shapes.valid", (4, 26, 26, 8)).right
    True
    >>> check("shapes.valid", ...)
    ✗ Not yet. Expected an answer; came the three dots.
    Hint: Put your answer in place of the dots, and run the cell again.
    """
    known = tasks()
    if task not in known:
        nearest = get_close_matches(task, known, n=1)
        hint = f'did you mean "{nearest[0]}"?' if nearest else f"known: {', '.join(known)}"
        raise ValueError(f'there is no task "{task}"; {hint}')
    if answer is ...:
        return wrong(
            "an answer",
            "the three dots",
            "Put your answer in place of the dots, and run the cell again.",
        )
    lab, _, name = task.partition(".")
    try:
        return getattr(_module(lab), name)(answer)
    except Stopped as stopped:
        return stopped.verdict


def tasks() -> list[str]:
    """All tasks, lab by lab, in their order in its module.

    >>> "shapes.valid" in tasks()
    True
    """
    labs = (m.name for m in pkgutil.iter_modules(__path__) if m.name != "verdict")
    return [f"{lab}.{name}" for lab in labs for name in _functions(lab)]


def _functions(lab: str) -> list[str]:
    module = _module(lab)
    return [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def _module(lab: str) -> object:
    return importlib.import_module(f"{__name__}.{lab}")
