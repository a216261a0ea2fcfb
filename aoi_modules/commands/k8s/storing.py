"""Buckets of the object store: `buckets`."""

import click


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--endpoint", required=True, metavar="URL", help="The store: http://HOST:PORT.")
def buckets(names: tuple[str, ...], endpoint: str) -> None:
    """Make the buckets NAME... that are missing. Keys are found as boto3 finds them.

    \b
    Examples:
      AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... aoi k8s buckets --endpoint http://s3.aoi-data:8333 models pictures
    """
    from aoi_modules.cluster.buckets import make_buckets

    made = make_buckets(endpoint, names)
    for name in names:
        click.echo(f"{name}: {'made' if name in made else 'is there'}")
