"""How commands are told which classes are good: by options, or at the terminal where the names do not tell."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.progress import on_terminal

if TYPE_CHECKING:  # NumPy comes when a command runs, not when its help is shown
    from aoi_modules.datasets.folder import Ask, GoodClasses

_OPTIONS = (
    click.option("--good", metavar="NAME", multiple=True, help="folder: a class of good parts; may be repeated."),
    click.option("--no-good", is_flag=True, help="folder: no class is good; nothing is judged, classes are named."),
)


def good_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command all options about good classes; it takes them as `good`."""
    return with_value(function, _OPTIONS, keyword="good", names=("good", "no_good"), make=_good)


def _good(*, good: tuple[str, ...], no_good: bool) -> "GoodClasses":
    from aoi_modules.datasets.folder import GoodClasses

    if good and no_good:
        raise click.UsageError("expected at most one of --good and --no-good")
    return GoodClasses(() if no_good else good or None, ask=at_terminal())


def at_terminal() -> "Ask | None":
    """Gives the question for whoever sits at the terminal; None where nobody does, as in CI."""
    return _ask if sys.stdin.isatty() and on_terminal() else None


def _ask(classes: tuple[str, ...]) -> list[str]:
    """Asks which classes are good, until the answer is some of them, or none."""
    click.echo(f"Which classes are good parts? {', '.join(classes)}", err=True)
    known = {name.casefold() for name in classes}
    while True:
        answer = click.prompt(
            "Names, with commas between; Enter: none is good", default="", show_default=False, err=True
        )
        names = [name.strip() for name in answer.split(",") if name.strip()]
        strange = [name for name in names if name.casefold() not in known]
        if not strange:
            return names
        click.echo(f"not one of the classes: {', '.join(strange)}", err=True)
