"""A class of trainees: `trainees`."""

from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--names", "listed", type=click.Path(path_type=Path), help="File with a name in each line, beside those said here."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the overlay that is written.")
@click.option("--component", "components", multiple=True, help="For all of them, such as gpu-mig; may be repeated.")
def trainees(names: tuple[str, ...], listed: Path | None, out: Path, components: tuple[str, ...]) -> None:
    """Write an overlay with Jupyter for each trainee NAME: a pod, a claim and a token of their own, under a quota.

    Who is no longer named loses their pod with the next `apply`; their claim stays.

    \b
    Examples:
      aoi k8s trainees ann ben --out class
      aoi k8s secrets class/ && aoi k8s apply class/
      aoi k8s trainees --names names.txt --component gpu-time-slicing --out class
    """
    from aoi_modules.cluster.overlays import manifests
    from aoi_modules.cluster.trainees import write_class

    said = [*names, *(listed.read_text().split() if listed is not None else [])]
    write_class(out, said, manifests(), components)
    click.echo(f"{out}: Jupyter for {len(said)}; aoi k8s secrets {out}/, then aoi k8s apply {out}/")
