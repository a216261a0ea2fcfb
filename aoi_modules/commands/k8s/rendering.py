"""From files to objects, without a cluster: `render`, `validate`."""

import json
import sys
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.k8s.flags import wrong_commands
from aoi_modules.commands.k8s.options import Chosen, overlay_options
from aoi_modules.commands.output import stdout

if TYPE_CHECKING:
    from aoi_modules.cluster.policies.pods import Object


@click.command()
@overlay_options
@click.option("--json", "as_json", is_flag=True, help="JSON, a list of objects, instead of YAML.")
def render(chosen: Chosen, as_json: bool) -> None:
    """Print the objects of OVERLAY, as a cluster would get them.

    \b
    Examples:
      aoi k8s render local
      aoi k8s render prod --registry registry.example.com/line --tag 0.2.1
      aoi k8s render my-overlay --json
    """
    from aoi_modules.cluster.deployment import to_yaml

    objects = chosen.objects()
    stdout().write(f"{json.dumps(objects, indent=1)}\n" if as_json else to_yaml(objects))


@click.command()
@overlay_options
@click.option(
    "--kubernetes",
    "versions",
    multiple=True,
    metavar="VERSION",
    help="A version such as 1.37; may be given several times. Default: those that the line is for.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON, a list of sentences.")
def validate(chosen: Chosen, versions: tuple[str, ...], as_json: bool) -> None:
    """Hold the objects of OVERLAY to what Kubernetes knows, to the rules of the line, and to our own flags.

    The exit code is 1 where something is wrong.

    \b
    Examples:
      aoi k8s validate local
      aoi k8s validate prod --kubernetes 1.37
    """
    from aoi_modules.cluster.schemas import VERSIONS

    found = problems(chosen.objects(), versions or VERSIONS, click.get_current_context().find_root().command)
    if as_json:
        click.echo(json.dumps(found))
    else:
        for one in found or [f"{chosen.name}: nothing is wrong for Kubernetes {', '.join(versions or VERSIONS)}"]:
            click.echo(one)
    sys.exit(1 if found else 0)


def problems(objects: "list[Object]", versions: tuple[str, ...], aoi: click.Command) -> list[str]:
    """Everything that is wrong with objects, a sentence each; `aoi` reads the commands in them."""
    from aoi_modules.cluster.policies.catalogue import broken_policies
    from aoi_modules.cluster.schemas import wrong_fields

    fields = [problem for version in versions for problem in wrong_fields(objects, version)]
    return [*fields, *broken_policies(objects), *wrong_commands(objects, aoi)]
