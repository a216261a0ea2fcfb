"""`aoi k8s`: the line in a cluster."""

import click

from aoi_modules.commands.k8s import rendering, storing


@click.group(commands=[rendering.render, rendering.validate, storing.buckets])
def command() -> None:
    """Look after the line in a Kubernetes cluster: render its objects, hold them to rules, make its buckets.

    OVERLAY is local, gpu or prod, or a folder of your own with a kustomization.yaml; k8s/README.md says what each has.

    \b
    Examples:
      aoi k8s render local
      aoi k8s validate prod
    """
