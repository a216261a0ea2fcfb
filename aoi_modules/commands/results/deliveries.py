"""What others have not got, or wait for: `resend`, `forget`."""

import click

from aoi_modules.commands.options.places import Places, place_options


@click.command()
@click.argument("sink")
@place_options
def resend(sink: str, places: Places) -> None:
    """Send what SINK refused once more: after whatever was wrong there is mended.

    The gateway sends it as soon as it runs.

    \b
    Examples:
      aoi results resend quality
    """
    from aoi_modules.results.home import ASIDE
    from aoi_modules.results.sinks.set_aside import send_again

    count = places.act(lambda database: send_again(places.folder / ASIDE, sink, database))
    click.echo(f"{count} messages are in the outbox again")


@click.command()
@click.argument("gateway")
@place_options
def forget(gateway: str, places: Places) -> None:
    """Forget a GATEWAY that never comes back: units wait for its pictures no more.

    Its name stands in the file `name` in its folder of results, and in the reason of each unit that waits for it.

    \b
    Examples:
      aoi results forget line3-5f2a1c --database postgresql://aoi@db/results
    """
    from aoi_modules.results.database import presence

    places.act(lambda database: presence.forget(database, gateway))
