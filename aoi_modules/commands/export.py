"""`aoi export`: a trained model -> a servable version directory."""

from pathlib import Path

import click

from aoi_modules.modelstore.manifest import Head


@click.command(name="export")
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Component; the folder below the base path.")
@click.option("--base-path", required=True, type=click.Path(path_type=Path), help="Root of all components.")
@click.option("--version", type=click.IntRange(min=1), help="Default: one more than the newest.")
@click.option("--head", "head_name", help="Name of the model's output, where no report.json describes it.")
@click.option("--kind", type=click.Choice(["defect", "class", "value"]), help="What the output means.")
@click.option("--labels", type=click.Path(exists=True, path_type=Path), help="Text file, one label a line.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="A defect score over it fails the part.")
@click.option("--sample", "samples", multiple=True, type=click.Path(exists=True, path_type=Path), help="Picture file.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as JSON.")
def command(
    model: Path,
    name: str,
    base_path: Path,
    version: int | None,
    head_name: str | None,
    kind: str | None,
    labels: Path | None,
    threshold: float | None,
    samples: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Turn MODEL (a .keras file) into <base path>/<name>/<version>/, as TensorFlow Serving reads it.

    \b
    Examples:
      aoi export build/tile/model.keras --name tile --base-path models
      aoi export old.keras --name screw --base-path models --head defect --labels labels.txt --threshold 0.4
    """
    from aoi_modules.export.model_sources import read_keras
    from aoi_modules.export.servable import write_servable

    described = head_name or kind or labels or threshold is not None
    head = _described_head(model, head_name, kind, labels, threshold) if described else None
    source = read_keras(model, head=head, samples=samples)
    click.echo(f"exporting {model} as component {name} ...", err=True)
    servable = write_servable(source, name, base_path, version=version)
    if as_json:
        click.echo(servable.manifest.to_json())
    else:
        heads = ", ".join(f"{head.name} ({head.kind}, {len(head.labels)} labels)" for head in servable.manifest.heads)
        click.echo(f"{servable.path}")
        click.echo(f"  heads: {heads}")
        click.echo(f"  greatest difference to the source model: {servable.difference:.2g}")


def _described_head(
    model: Path, name: str | None, kind: str | None, labels: Path | None, threshold: float | None
) -> Head:
    """The head that the options describe; what they leave open follows from the model's output."""
    import msgspec

    from aoi_modules.export.model_sources import default_head, load_network, only_output

    output, units = only_output(load_network(model), model)
    texts = tuple(filter(None, map(str.strip, labels.read_text().splitlines()))) if labels else ()
    head = default_head(name or output, units, kind=kind, labels=texts)  # type: ignore[arg-type]  # click chose one
    return head if threshold is None else msgspec.structs.replace(head, threshold=threshold)
