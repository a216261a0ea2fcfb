"""`aoi k8s`: the line in a cluster."""

import click

from aoi_modules.commands.k8s import changing, emptying, explaining, rendering, storing, trainees, watching


@click.group(
    commands=[
        rendering.render,
        rendering.validate,
        explaining.explain,
        trainees.trainees,
        changing.secrets,
        changing.apply,
        watching.status,
        watching.wait,
        changing.rollback,
        changing.delete,
        emptying.empty,
        storing.buckets,
    ]
)
def command() -> None:
    """Look after the line in a Kubernetes cluster: from its files to what runs there, why not, and the way back.

    OVERLAY is local, gpu or prod, or a folder of your own with a kustomization.yaml; k8s/README.md says what each has.

    \b
    Examples:
      aoi k8s validate local
      aoi k8s secrets local
      aoi k8s apply local && aoi k8s wait local
      aoi k8s status local
      aoi k8s rollback local
      aoi k8s empty local
    """
