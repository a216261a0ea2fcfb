"""Errors of the library in the words of the command line: a keyword argument becomes the flag that sets it."""

from collections.abc import Sequence

import click

from aoi_modules.errors import AoiError, Argument

_SAID_BY = {
    "head": ("against", "source"),
    "output": ("head", "against", "source"),
    "models": ("head",),
}
"""Arguments that flags of other names say, too: `--head NAME=MODEL` is a model, the name of its head and its output."""


def speak_flags(error: AoiError, command: click.Command) -> None:
    """Replaces the keyword arguments in an error's texts by the flags of a command. What it has no flag for stays.

    Args:
        error: as the library raised it.
        command: that was called; of a group it may have been the group itself, or any of its commands.
    """
    commands = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    options = [param for one in commands for param in one.params if isinstance(param, click.Option)]
    error.spell(lambda argument: _spelled(argument, options) or str(argument))


def _spelled(argument: Argument, options: Sequence[click.Option]) -> str | None:
    """The flag with its value; None if there is no such flag. No values at all are said as `--no-features`."""
    if argument.value == ():
        argument = Argument(argument.name, False)
    for name in (argument.name, *_SAID_BY.get(argument.name, ())):
        for option in options:
            if flag := _flag(name, option, argument.value):
                return flag if option.is_flag or argument.value is None else f"{flag} {_value(argument, option)}"
    return None


def _flag(name: str, option: click.Option, value: object) -> str | None:
    """The option's flag that sets a keyword argument to a value; what is False or empty is said by `--no-freeze`."""
    denied = value is False or value == ()
    wanted = f"no_{name}" if denied else name
    flags = (*option.secondary_opts, *option.opts) if denied else option.opts
    spelled_alike = next((flag for flag in flags if flag.lstrip("-").replace("-", "_") == wanted), None)
    # A flag of another name says which argument it sets: `--target-escape` is the option `escape_target`.
    return option.opts[0] if spelled_alike is None and option.name == name and not denied else spelled_alike


def _value(argument: Argument, option: click.Option) -> str:
    """A value as it is typed: `24x32`, `area,age`, or what help calls it where the reader has to choose one."""
    value = argument.value
    if value is ...:
        return (option.metavar or "VALUE").removeprefix("[HEAD=]")
    if isinstance(value, tuple | list):
        return ("x" if all(isinstance(part, int) for part in value) else ",").join(map(str, value))
    return str(value)
