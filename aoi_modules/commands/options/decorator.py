"""Options that several commands have in common."""

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Any

Decorator = Callable[..., Any]


def with_options(function: Decorator, options: Sequence[Decorator]) -> Decorator:
    """Gives a command these options; help shows them in this order."""
    for option in reversed(options):
        function = option(function)
    return function


def with_value(
    function: Decorator, options: Sequence[Decorator], *, keyword: str, names: Collection[str], make: Decorator
) -> Decorator:
    """Gives a command these options, and hands over what was said by them as one typed value.

    Args:
        function: the command.
        options: whose values become one.
        keyword: the command's argument that takes it.
        names: by which the options' values come.
        make: takes the values by these names, and gives the one.
    """

    @wraps(function)
    def command(**said: Any) -> Any:
        own = {name: said.pop(name) for name in names}
        return function(**{keyword: make(**own)}, **said)

    return with_options(command, options)
