"""An overlay as a picture: `explain`."""

from pathlib import Path

import click

from aoi_modules.commands.k8s.options import Chosen, overlay_options


@click.command()
@overlay_options
@click.option(
    "--out", type=click.Path(path_type=Path), help="File of the picture, SVG. Default: OVERLAY.svg in this folder."
)
def explain(chosen: Chosen, out: Path | None) -> None:
    """Draw OVERLAY: Services with their ports, the selectors by which they find pods, containers, volumes.

    \b
    Examples:
      aoi k8s explain local
      aoi k8s explain prod --out prod.svg
    """
    from aoi_modules.cluster.picture import picture

    path = out or Path(f"{chosen.name}.svg")
    path.write_text(picture(chosen.objects(), f"What the overlay {chosen.name} asks for"), encoding="utf-8")
    click.echo(path)
