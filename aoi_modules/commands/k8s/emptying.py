"""What scaling down left: `empty`."""

import sys

import click

from aoi_modules.commands.k8s.options import Chosen
from aoi_modules.commands.k8s.reaching import Reached, changing_options


@click.command()
@click.argument("overlay")
@click.option(
    "--within",
    "seconds",
    type=click.FloatRange(1, 86400),
    default=600.0,
    show_default=True,
    help="Seconds that storing what is on one claim may take.",
)
@changing_options
def empty(overlay: str, seconds: float, reached: Reached) -> None:
    """Store what gateways of OVERLAY that were scaled away left on their claims: a Job for each claim that no pod uses.

    A gateway with the claim's number would store it, too. No claim is deleted: the last words say which ones have
    nothing left. The exit code is 1 where something may be left, as on a claim whose gateway ends just now.

    \b
    Examples:
      kubectl -n aoi scale statefulset gateway --replicas=1
      aoi k8s empty local
    """
    from aoi_modules.cluster.live.applying import applied_objects
    from aoi_modules.cluster.live.emptying import empty_claims, left_claims

    name = Chosen(overlay, None, None).name
    with reached.open_to_change(f"empty claims of gateways of {name}") as cluster:
        found = left_claims(cluster, applied_objects(cluster, name))
        emptied = empty_claims(cluster, found, seconds, lambda line: click.echo(line, err=True))
    for one in emptied:
        click.echo(f"{one.left.claim}: {one.said if one.done else f'something may be left: {one.said}'}")
        if one.done:
            click.echo(f"  it may go: kubectl -n {one.left.namespace} delete pvc {one.left.claim}", err=True)
    if not emptied:
        click.echo(f"{name}: no gateway that was scaled away left a claim")
    sys.exit(0 if all(one.done for one in emptied) else 1)
