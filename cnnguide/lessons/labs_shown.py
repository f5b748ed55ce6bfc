"""What the page about labs shows."""

from cnnguide import labs
from cnnguide.labs.verdict import Verdict


def first_try() -> Verdict:
    """Answer a task wrong, and see what the check says.

    >>> first_try().right
    False
    """
    shape = (4, 28, 28, 8)
    return labs.check("shapes.valid", shape)
