"""`aoi results migrate`: the tables of this release."""

import click

from aoi_modules.commands.options.database import DatabasePlace, database_options


@click.command()
@database_options
def migrate(place: DatabasePlace) -> None:
    """Bring a database to the tables of this release, before gateways of it start.

    Steps only add: gateways of the release before go on meanwhile. An empty database gets all tables; one that a newer
    release has migrated stays as it is.

    \b
    Examples:
      aoi results migrate --database postgresql://aoi@db/results
      aoi results migrate --results results
    """
    from aoi_modules.results.database.migrating import is_of_this_release

    of_this_release = place.act(is_of_this_release)
    click.echo(
        "the database has the tables of this release"
        if of_this_release
        else "a newer release has migrated the database; it stays as it is"
    )
