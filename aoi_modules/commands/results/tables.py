"""Inspections as a table: `export`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.places import Places, place_options
from aoi_modules.errors import ResultsError

if TYPE_CHECKING:
    from aoi_modules.results.database.reading import Filter


def _filter(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> "Filter":
    """`verdict=FAIL` and its like as one value."""
    from aoi_modules.errors import BadParameter
    from aoi_modules.results.database.reading import filter_of

    named = dict(text.partition("=")[::2] for text in given)
    if len(named) < len(given):
        raise click.BadParameter(f"expected each name once. Received: {', '.join(given)}")
    try:
        return filter_of(named)
    except BadParameter as error:
        raise click.BadParameter(error.message) from None


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--where", "wanted", multiple=True, callback=_filter, metavar="NAME=VALUE", help="Which inspections.")
@place_options
def export(out: Path, wanted: "Filter", places: Places) -> None:
    """Write inspections to FILE, a table: NAME.csv or NAME.parquet. Each head of an inspection has a row.

    Names are those of GET /v1/inspections: component, verdict, unit, position, product, lot, station, model, version,
    role, picture_sha256, since, until.

    \b
    Examples:
      aoi results export all.parquet
      aoi results export today.csv --where since=2026-11-30T00:00:00Z --where verdict=FAIL --where component=tile
    """
    from aoi_modules.machine import disk
    from aoi_modules.results.tabling import write_table

    try:
        count = places.act(lambda database: write_table(database, wanted, out))
    except OSError as error:
        raise ResultsError(disk.trouble(error, out, "cannot be written"), hint=disk.way_out(error)) from None
    click.echo(f"{out}: {count} inspections")
