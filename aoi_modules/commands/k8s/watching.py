"""How what is in a cluster does: `status`, `wait`."""

import sys

import click

from aoi_modules.commands.k8s.options import Chosen
from aoi_modules.commands.k8s.reaching import Reached, cluster_options
from aoi_modules.commands.k8s.tables import show, tell

_overlay = click.argument("overlay")
_as_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")


@click.command()
@_overlay
@cluster_options
@_as_json
def status(overlay: str, reached: Reached, as_json: bool) -> None:
    """Say of everything that was applied of OVERLAY whether it is ready, and why not: the event or line of a log.

    The exit code is 1 where something is not ready.

    \b
    Examples:
      aoi k8s status local
      aoi k8s status prod --context plant --json
    """
    from aoi_modules.cluster.live.applying import applied_objects
    from aoi_modules.cluster.live.standing import standings

    with reached.open() as cluster:
        found = standings(cluster, applied_objects(cluster, Chosen(overlay, None, None).name))
    show(found, as_json=as_json)
    sys.exit(0 if all(one.ready for one in found) else 1)


@click.command()
@_overlay
@click.option(
    "--within",
    "seconds",
    type=click.FloatRange(0, 86400),
    default=600.0,
    show_default=True,
    help="Seconds that it may take.",
)
@cluster_options
@_as_json
def wait(overlay: str, seconds: float, reached: Reached, as_json: bool) -> None:
    """Wait until everything that was applied of OVERLAY is ready; end with 1 as soon as it will not be, or in time.

    \b
    Examples:
      aoi k8s apply local && aoi k8s wait local --within 180
    """
    from aoi_modules.cluster.live.applying import applied_objects
    from aoi_modules.cluster.live.waiting import NotReady, wait_until_ready

    with reached.open() as cluster:
        objects = applied_objects(cluster, Chosen(overlay, None, None).name)
        try:
            found = wait_until_ready(cluster, objects, seconds, tell)
        except NotReady as error:
            show(error.found, as_json=as_json)
            raise
    show(found, as_json=as_json)
