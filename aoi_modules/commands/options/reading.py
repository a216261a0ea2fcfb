"""How commands are told to read people's own pictures: columns of a CSV file, and what belongs together."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.datasets.folder import DECIMAL_MARKS, GROUPS_BY, Reading

_OPTIONS = (
    click.option("--path-column", metavar="NAME", help="CSV: column of picture files; default: path."),
    click.option("--label-column", metavar="NAME", help="CSV: column of classes; default: label."),
    click.option("--split-column", metavar="NAME", help="CSV: column of train, validation, test; default: split."),
    click.option("--group-column", metavar="NAME", help="CSV: column of what is never separated; default: group."),
    click.option("--no-features", is_flag=True, help="CSV: learn from no column of numbers."),
    click.option(
        "--features", metavar="NAMES", multiple=True,
        help="CSV: columns of numbers to learn from, with commas between; default: all others.",
    ),
    click.option("--decimal", type=click.Choice(DECIMAL_MARKS), help="CSV: what stands before a fraction."),
    click.option("--group-by", type=click.Choice(GROUPS_BY), help="Never separate pictures of a folder below a class."),
    click.option(
        "--group-pattern", metavar="REGEX", help=r"Never separate pictures of one name, such as 'board(\d+)_'."
    ),
)  # fmt: skip


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command all options of how a data set is read; it takes them as `reading`, None if none was given."""
    names = [*(field.name for field in fields(Reading)), "no_features"]
    return with_value(function, _OPTIONS, keyword="reading", names=names, make=_reading)


def _reading(*, features: tuple[str, ...], no_features: bool, **said: Any) -> Reading | None:
    if features and no_features:
        raise click.UsageError("expected at most one of --features and --no-features")
    names = [name.strip() for one in features for name in one.split(",") if name.strip()]
    reading = Reading(features=tuple(names) if names or no_features else None, **said)
    return None if reading == Reading() else reading
