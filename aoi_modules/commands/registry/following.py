"""`aoi registry sync`: a model server's folder that follows the registry."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules import logs
from aoi_modules.commands.options.registry import RegistryPlace, registry_options
from aoi_modules.commands.options.signing import public_key_option, trust_of
from aoi_modules.errors import AoiError, RegistryError

if TYPE_CHECKING:
    from aoi_modules.object_store.interface import Objects
    from aoi_modules.sync.looping import Looping

FILE = click.Path(path_type=Path)
SECONDS = click.FloatRange(min=0)


@click.command()
@click.option("--models", type=FILE, required=True, help="Folder of the models, NAME/VERSION below it.")
@click.option("--config", type=FILE, help="File that the server reads.  [default: models.config in the folder]")
@click.option("--root", type=FILE, help="The folder as the server sees it.  [default: as it is seen here]")
@click.option("--model", "names", multiple=True, metavar="NAME", help="Only these models; may be repeated.")
@click.option(
    "--newest",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="So many of the greatest versions are served beside those with a label.",
)
@click.option(
    "--server",
    "addresses",
    multiple=True,
    metavar="HOST:PORT",
    help="A model server by gRPC that serves the folder; may be repeated. It is asked what it has loaded: labels move"
    " then, and versions go that it left.",
)
@click.option("--every", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Seconds between looks.")
@click.option("--once", is_flag=True, help="Look once and end, as before a server's start.")
@click.option(
    "--or-keep",
    is_flag=True,
    help="With --once: end with 0 where it failed, too, if an earlier one left a config to serve by.",
)
@click.option(
    "--grace",
    type=SECONDS,
    default=600.0,
    show_default=True,
    help="Without --server: seconds that a version stays after it left the config.",
)
@click.option(
    "--settle",
    type=SECONDS,
    default=30.0,
    show_default=True,
    help="Without --server: seconds after which a version counts as loaded, so that labels move to it.",
)
@click.option("--health-file", "health", type=FILE, help="Is written at the end of each look; its age is for a probe.")
@click.option("--log_format", type=click.Choice(logs.FORMATS), default="text", show_default=True)
@public_key_option
@registry_options
def sync(
    models: Path,
    config: Path | None,
    root: Path | None,
    names: tuple[str, ...],
    newest: int,
    addresses: tuple[str, ...],
    every: float,
    once: bool,
    or_keep: bool,
    grace: float,
    settle: float,
    health: Path | None,
    log_format: str,
    public_keys: tuple[Path, ...],
    registry: RegistryPlace,
) -> None:
    """Keep a model server's folder and its models.config in step with the registry, until SIGTERM.

    Only what is missing comes; it is compared with its checksums, and then the folder gets its number. The config
    follows when versions are there, labels when servers have loaded them, and what no server has any more is deleted.
    Whatever fails, what is served stays. With --public-key only what is signed is followed, and no label that is older
    than one seen before. Start the server with --model_config_file=FOLDER/models.config
    --model_config_file_poll_wait_seconds=5 --allow_version_labels_for_unavailable_models=true.

    \b
    Examples:
      aoi registry sync --models /srv/models --once
      aoi registry sync --models /srv/models --server 127.0.0.1:8500 --health-file /run/sync.json
      aoi registry sync --models /srv/models --model tile --model pcb --newest 0 --every 60
    """
    from aoi_modules.sync.looping import Looping
    from aoi_modules.sync.rounds import Place
    from aoi_modules.sync.servers import Servers

    if or_keep and not once:
        raise click.UsageError("--or-keep goes with --once alone: without it, whatever fails is tried again")
    logs.set_up(log_format)
    place = Place(models, config or models / "models.config", (root or models).absolute(), names, newest, grace, settle)

    trust = trust_of(public_keys)

    def act(objects: "Objects") -> None:
        servers = Servers(addresses)
        looping = Looping(objects, place, servers, trust=trust, health=health)
        with closing(servers), looping.stopped_by_signals():
            if once:
                _once(looping, place.config if or_keep else None)
            else:
                looping.run(every)

    registry.act(act)


def _once(looping: "Looping", kept: Path | None) -> None:
    """One round, whose problems are errors, unless there is something to serve by all the same."""
    from aoi_modules.sync.looping import Stopped

    try:
        done = looping.once()
        if done.problems:
            raise RegistryError("; ".join(done.problems))
        if done.pending:
            click.echo("something waits until a server has loaded a version or left one; look again then", err=True)
    except Stopped:
        raise KeyboardInterrupt from None
    except AoiError as error:
        if kept is None or not kept.is_file():
            raise
        click.echo(f"{kept} stays as it is: {error.message}", err=True)
