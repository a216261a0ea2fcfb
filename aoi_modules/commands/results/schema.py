"""`aoi results migrate`: the tables of this release."""

import click

from aoi_modules.commands.options.database import DatabasePlace, database_options


@click.command()
@database_options
def migrate(place: DatabasePlace) -> None:
    """Bring a database to the tables of this release, before gateways of it start.

    Steps only add: gateways of the release before go on meanwhile. An empty database gets all tables; one that a newer
    release has migrated stays as it is. Nobody else migrates PostgreSQL: gateways and other commands say that it is to
    be done. They do migrate a file of SQLite. Before, it is copied to a file beside it.

    \b
    Examples:
      aoi results migrate --database postgresql://aoi@db/results
      aoi results migrate --results results
    """
    from aoi_modules.results.database.migrating import Standing, migrate, standing_of

    ahead = place.act(standing_of, prepare=migrate) is Standing.AHEAD
    click.echo(
        "a newer release has migrated the database; it stays as it is"
        if ahead
        else "the database has the tables of this release"
    )
