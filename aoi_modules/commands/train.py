"""`aoi train`: one recipe, one profile, one folder with model, report and plots."""

from pathlib import Path

import click

from aoi_modules.training import report
from aoi_modules.training.profiles import PROFILES
from aoi_modules.training.recipes import RECIPES
from aoi_modules.training.run import MODEL, train


@click.command()
@click.argument("recipe", type=click.Choice(list(RECIPES)))
@click.option(
    "--profile", type=click.Choice(list(PROFILES)), default="cpu", show_default=True, help="Size of the work."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the result.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of all that is random.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON for machines.")
def command(recipe: str, profile: str, out: Path, seed: int, as_json: bool) -> None:
    """Train RECIPE and write model.keras, report.json, plots/ and samples/ into a folder.

    \b
    Examples:
      aoi train fashion-mnist --profile ci --out build/fashion
      aoi train magnetic-tile --profile cpu --out build/tile
      aoi train magnetic-tile --profile ci --out build/tile --seed 7 --json
    """
    written = train(recipe, profile, out, seed=seed)
    if as_json:
        click.echo(report.to_json(written))
        return
    for head in written.heads:
        for name, value in head.metrics.items():
            click.echo(f"{head.name}  {name:<14} {value:.4f}")
        if head.threshold is not None:
            click.echo(f"{head.name}  {'threshold':<14} {head.threshold:.4f}")
    for note in written.notes:
        click.echo(f"note: {note}")
    click.echo(f"{out / MODEL} ({written.seconds:.0f} s)")
