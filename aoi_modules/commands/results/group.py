"""`aoi results`: what the line found, as it is kept: what stays, what goes, and copies of all of it."""

import click

from aoi_modules.commands.results import ages, backups, compare, dataset, deliveries, escapes, schema, tables


@click.group(
    commands=[
        schema.migrate,
        backups.backup,
        backups.restore,
        tables.export,
        dataset.dataset,
        compare.compare,
        escapes.affected,
        escapes.reinspect,
        ages.expire,
        ages.hold,
        ages.release,
        deliveries.resend,
        deliveries.forget,
    ]
)
def command() -> None:
    """Look after the results of the line: inspections in a database, and their pictures.

    \b
    Examples:
      aoi results migrate --database postgresql://aoi@db/results
      aoi results backup results-2026-11-30.tar
      aoi results restore results-2026-11-30.tar --results elsewhere
      aoi results export today.csv --where since=2026-11-30T00:00:00Z --where verdict=FAIL
      aoi results expire --keep PASS=7 --keep REVIEW=90
      aoi results hold 0196b2d4a0c17c3e9d5a4b6f8e21037f --reason 'complaint 4711'
      aoi results release --reason 'complaint 4711'
      aoi results dataset tile --out build/tile-judged
      aoi results compare tile --routes routes.yaml
      aoi results affected --model tile --version 3
      aoi results reinspect --model tile --version 3 --routes routes.yaml
    """
