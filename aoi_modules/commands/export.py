"""`aoi export`: a trained model -> a servable version directory."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.model_options import About, reading_options, writing_options

if TYPE_CHECKING:
    from aoi_modules.export.servable import Servable


@click.command(name="export")
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Component; the folder below the base path.")
@click.option("--base-path", required=True, type=click.Path(path_type=Path), help="Root of all components.")
@click.option("--head", "heads", multiple=True, metavar="NAME[=OUTPUT]", help="Name for an output; leaves others out.")
@reading_options
@writing_options
def command(
    model: Path,
    name: str,
    base_path: Path,
    heads: tuple[str, ...],
    version: int | None,
    no_freeze: bool,
    precision: str,
    tolerance: float | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Turn MODEL into <base path>/<name>/<version>/, as TensorFlow Serving reads it.

    MODEL is a .keras file, a legacy .h5 file, a SavedModel folder of TensorFlow 2 or 1, a frozen graph (.pb, with
    --inputs and --outputs) or an ONNX file. A report.json of aoi train beside it says what its outputs mean.

    \b
    Examples:
      aoi export build/tile/model.keras --name tile --base-path models
      aoi export old.h5 --name screw --base-path models --head defect --labels labels.txt --threshold 0.4
      aoi export two.h5 --name ic --base-path models --head lead=dense_1 --head body=dense_2 --threshold lead=0.3
      aoi export frozen.pb --name cap --base-path models --inputs image --outputs scores --scaling tf
    """
    from aoi_modules.export.model_sources import read
    from aoi_modules.export.servable import write_servable

    about = About.of(**said)
    outputs = {head: output or None for head, _, output in (given.partition("=") for given in heads)}
    wishes = [about.wish(head, name=head, output=output) for head, output in outputs.items()]
    wishes += [about.wish(head, name=None, output=head) for head in sorted(about.named() - set(outputs))]
    if not wishes and (about.kinds.general or about.labels.general or about.thresholds.general):
        wishes = [about.wish(None, name=None, output=None)]
    click.echo(f"exporting {model} as component {name} ...", err=True)
    source = read(model, wishes, about.reading())
    about.check(source.heads)
    written = write_servable(
        source,
        name,
        base_path,
        version=version,
        freeze=not no_freeze,
        precision=precision,  # type: ignore[arg-type]  # click chose one
        tolerance=tolerance,
    )
    click.echo(written.manifest.to_json() if as_json else summary(written))


def summary(written: "Servable") -> str:
    """What was written, for people."""
    heads = [f"    {head.name}: {head.kind}, {_meaning(head)}" for head in written.manifest.heads]
    size = sum(path.stat().st_size for path in written.path.rglob("*") if path.is_file())
    return "\n".join(
        [
            str(written.path),
            "  heads:",
            *heads,
            f"  size: {size / 1e6:.2f} MB with samples and the frozen graph",
            f"  greatest difference to the source: {written.difference:.2g}",
        ]
    )


def _meaning(head: Any) -> str:
    if head.kind == "class":
        return f"{len(head.labels)} labels"
    return f"threshold {head.threshold:.3g}" if head.threshold is not None else "a measured value"
