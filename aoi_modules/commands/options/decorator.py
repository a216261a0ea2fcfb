"""Options that several commands have in common."""

from collections.abc import Callable, Sequence
from typing import Any

Decorator = Callable[..., Any]


def with_options(function: Decorator, options: Sequence[Decorator]) -> Decorator:
    """Gives a command these options; help shows them in this order."""
    for option in reversed(options):
        function = option(function)
    return function
