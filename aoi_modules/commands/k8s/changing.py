"""What is in a cluster, changed: `apply`, `rollback`, `delete`, `secrets`."""

import json
import sys
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.k8s.options import Chosen, overlay_options
from aoi_modules.commands.k8s.reaching import Reached, changing_options
from aoi_modules.commands.k8s.tables import tell

if TYPE_CHECKING:
    from aoi_modules.cluster.live.applying import Changes

_force = click.option("--force", is_flag=True, help="Take over fields that somebody else wrote.")
_within = click.option(
    "--within",
    "seconds",
    type=click.FloatRange(0, 86400),
    default=300.0,
    show_default=True,
    help="Seconds that database, store and Jobs may take until the line follows.",
)


@click.command()
@overlay_options
@_force
@_within
@click.option("--dry-run", is_flag=True, help="The cluster checks every object and keeps none.")
@changing_options
def apply(chosen: Chosen, force: bool, seconds: float, dry_run: bool, reached: Reached) -> None:
    """Bring the objects of OVERLAY into a cluster, in order; delete what it had of it and the files no longer have.

    Rooms and settings come first, then database and store, then Jobs (buckets, migrations), then the line. What was
    applied is kept in the cluster: `rollback` leads back. Only objects with the overlay's label are deleted, never
    claims or namespaces.

    \b
    Examples:
      aoi k8s apply local
      aoi k8s apply local --registry registry.example.com/line --tag 0.2.1 && aoi k8s wait local
      aoi k8s apply prod --context plant --dry-run
    """
    from aoi_modules.cluster.live.applying import apply_overlay, try_overlay

    objects = chosen.objects()
    with reached.open_to_change(f"apply {chosen.name}") as cluster:
        if dry_run:
            refused = try_overlay(cluster, objects)
            for one in refused or [f"{chosen.name}: the cluster takes all {len(objects)} objects"]:
                click.echo(one)
            sys.exit(1 if refused else 0)
        number = apply_overlay(cluster, chosen.name, objects, _changes(force, seconds))
    click.echo(f"{chosen.name}: {len(objects)} objects are applied, as set {number}; aoi k8s wait {chosen.overlay}")


@click.command()
@click.argument("overlay")
@_force
@_within
@changing_options
def rollback(overlay: str, force: bool, seconds: float, reached: Reached) -> None:
    """Apply the set of OVERLAY that was applied before the last one.

    Tables of the database stay as they are: steps of migrations only add, and the release before runs on them.

    \b
    Examples:
      aoi k8s rollback local && aoi k8s wait local
    """
    from aoi_modules.cluster.live.applying import roll_back

    name = Chosen(overlay, None, None).name
    with reached.open_to_change(f"roll {name} back") as cluster:
        before, now = roll_back(cluster, name, _changes(force, seconds))
    click.echo(f"{name}: set {before} is applied again, as set {now}")


@click.command()
@click.argument("overlay")
@click.option("--with-data", is_flag=True, help="Namespaces go, too, with claims, Secrets and all that was kept.")
@changing_options
def delete(overlay: str, with_data: bool, reached: Reached) -> None:
    """Delete what was applied of OVERLAY. Claims, Secrets and namespaces stay, unless it is said otherwise.

    \b
    Examples:
      aoi k8s delete local
      aoi k8s delete local --with-data
    """
    from aoi_modules.cluster.live.applying import delete_overlay

    name = Chosen(overlay, None, None).name
    with reached.open_to_change(f"delete {name}{' and all its data' if with_data else ''}") as cluster:
        count = delete_overlay(cluster, name, _changes(False, 0.0), with_data=with_data)
    click.echo(f"{name}: {count} objects are deleted{'' if with_data else '; claims, Secrets and namespaces stay'}")


@click.command()
@overlay_options
@click.option("--list", "listed", is_flag=True, help="Only say which ones OVERLAY needs; no cluster is asked.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@changing_options
def secrets(chosen: Chosen, listed: bool, as_json: bool, reached: Reached) -> None:
    """Make the Secrets that OVERLAY needs and the cluster lacks: passwords, keys, tokens, the gateway's certificate.

    None is printed; those that are there stay as they are. Who needs one reads it by kubectl.

    \b
    Examples:
      aoi k8s secrets local
      aoi k8s secrets prod --list
      kubectl -n jupyter get secret jupyter -o jsonpath='{.data.token}' | base64 -d
    """
    from aoi_modules.cluster.live.secret_needs import needed_secrets

    objects = chosen.objects()
    if listed:
        found = [f"{room}/{name}" for room, name in needed_secrets(objects)]
        click.echo(json.dumps(found) if as_json else "\n".join(found))
        return
    from aoi_modules.cluster.live.applying import make_rooms
    from aoi_modules.cluster.live.secrets import make_secrets

    with reached.open_to_change(f"make Secrets of {chosen.name}") as cluster:
        make_rooms(cluster, chosen.name, objects)
        made = make_secrets(cluster, objects)
    if as_json:
        click.echo(json.dumps(made))
        return
    for name, new in made.items():
        click.echo(f"{name}: {'made' if new else 'is there'}")


def _changes(force: bool, seconds: float) -> "Changes":
    from aoi_modules.cluster.live.applying import Changes

    return Changes(force=force, seconds=seconds, said=lambda line: click.echo(line, err=True), told=tell)
