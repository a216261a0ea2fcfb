"""`aoi registry`: versions of servables from who trains them to who serves them."""

import click

from aoi_modules.commands.registry import following, keys, labels, versions


@click.group(
    commands=[
        versions.push,
        versions.list_,
        versions.show,
        versions.pull,
        labels.label,
        labels.retire,
        versions.sweep,
        following.sync,
        keys.keys,
    ]
)
def command() -> None:
    """Share servable versions by a registry: a folder, or a bucket of an S3 server with conditional writes.

    A version is there whole or not at all, and never changes. Labels such as `stable` point to versions and move; each
    move is kept. MODEL is NAME, NAME:VERSION or NAME:LABEL. Ends with 0 where it was done, 1 where not, 2 on a wrong
    flag.

    \b
    Examples:
      export AOI_REGISTRY='s3://models?endpoint=http://127.0.0.1:8333'
      aoi registry push models/tile/3
      aoi registry list
      aoi registry label tile stable 3 --reason 'evidence of 2026-11-30'
      aoi registry pull tile:stable --base-path /srv/models
      aoi registry sync --models /srv/models --server 127.0.0.1:8500
    """
