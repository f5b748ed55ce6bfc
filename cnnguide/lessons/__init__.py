"""What readers see: a module per page, a function per snippet, in teaching order.

A snippet is a public function that can be called without arguments. The page shows it as
a script: the imports that its body uses, its parameters with their defaults, its body,
and the returned expression as the last line.
"""

from collections.abc import Callable
from typing import TypeVar

Snippet = TypeVar("Snippet", bound=Callable[..., object])


def measures_time(snippet: Snippet) -> Snippet:
    """Declare that a snippet shows measured times, which no two runs repeat."""
    return snippet
