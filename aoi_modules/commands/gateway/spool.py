"""`aoi gateway empty`: nothing stays on a disk that goes away."""

from pathlib import Path

import click

from aoi_modules.commands.options.places import Places, place_options


@click.command()
@click.option("--running", is_flag=True, help="A gateway runs there: wait until it has stored everything.")
@click.option(
    "--routes",
    "routes_file",
    type=click.Path(path_type=Path),
    help="The gateway's YAML file of routes, which names who is told of results; not needed with --running.",
)
@click.option(
    "--within",
    "seconds",
    type=click.FloatRange(0, 86400),
    default=60.0,
    show_default=True,
    help="Seconds that it may take.",
)
@place_options
def empty(running: bool, routes_file: Path | None, seconds: float, places: Places) -> None:
    """Store what the spool of a gateway has: before its disk goes away, or after it will not come back.

    Ends with 0 when nothing is left, with 1 when database or picture store did not take everything in time: what is
    left stays in the spool.

    \b
    Examples:
      aoi gateway empty --running --results /var/lib/aoi --within 30
      aoi gateway empty --results /mnt/gateway-2 --routes routes.yaml --database postgresql://aoi@db/results
    """
    from aoi_modules.errors import ResultsError, SettingsError
    from aoi_modules.results import emptying

    if running:
        if still := emptying.wait_until_empty(places.folder, seconds):
            raise ResultsError(
                f"{places.folder}: {still} bytes are still in the spool after {seconds:g} s",
                hint="they stay there; the next gateway with this folder stores them",
            )
        click.echo("nothing is left in the spool")
        return
    if routes_file is None:
        raise SettingsError("--routes: expected the gateway's file of routes", hint="or --running, while it runs")
    from aoi_modules.gateway.routes import read_routes

    routes = read_routes(routes_file)
    told = emptying.Told(routes.products, routes.retention, routes.sinks)
    found = emptying.empty(places.folder, told, database=places.url, pictures=places.store, seconds=seconds)
    click.echo(f"{found} bytes of the spool were stored" if found else "nothing was left in the spool")
