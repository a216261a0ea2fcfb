"""`aoi merge`: the trained models of one component -> one servable."""

import click

from aoi_modules.commands.options.model import NAMED_MODEL, About, read_model, reading_options
from aoi_modules.commands.options.writing import Writing, writing_options


@click.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar=NAMED_MODEL,
    help="A model and the name of its head; without a name all heads of the model, under their own names.",
)
@reading_options
@writing_options
def command(heads: tuple[str, ...], about: About, writing: Writing) -> None:
    """Merge several trained models into one servable that answers for all of them.

    Each picture is decoded once and resized once for each size that a model wants. What models have in common, such
    as a frozen backbone, is stored and computed once.

    \b
    Examples:
      aoi merge --name pcb --base-path models --head short=short.keras --head open=open.keras --head size=size.h5
      aoi merge --name pcb --base-path models --head short=a.keras --head open=b.keras --threshold short=0.3
      aoi merge --name board --base-path models --head build/colours/model.keras --head defect=two.keras#defect
      aoi merge --name pcb --base-path models --head short=a.h5 --head open=b.keras --expect short=samples.npz
    """
    models = [read_model(given, about) for given in heads]
    about.check(head for model in models for head in model.heads)
    click.echo(f"merging {len(models)} models into component {writing.name} ...", err=True)
    writing.publish(models)
