"""What can go wrong when a model is explained.

ExplainError     nothing can be shown: the file, a picture or an option makes no sense
NotShown         one part cannot be shown; the page says so and shows the rest
"""


class ExplainError(Exception):
    """There will be no page; the message is written for whoever asked for one.

    Args:
        expected: what was expected.
        got: what came instead.
        advice: what to do now.

    >>> str(ExplainError("a .keras file", "notes.txt", "save the model with model.save"))
    'expected a .keras file; got notes.txt: save the model with model.save'
    """

    def __init__(self, expected: str, got: str, advice: str) -> None:
        super().__init__(f"expected {expected}; got {got}: {advice}")


class NotShown(Exception):
    """A part of the page that this model does not allow, and why."""
