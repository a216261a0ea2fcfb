"""`aoi export`: a trained model -> a servable version directory."""

from pathlib import Path

import click

from aoi_modules.commands.options.model import About, reading_options
from aoi_modules.commands.options.writing import Writing, writing_options


@click.command(name="export")
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--head", "heads", multiple=True, metavar="NAME[=OUTPUT]", help="Name for an output; leaves others out.")
@reading_options
@writing_options
def command(model: Path, heads: tuple[str, ...], about: About, writing: Writing) -> None:
    """Turn MODEL into <base path>/<name>/<version>/, as TensorFlow Serving reads it.

    MODEL is a .keras file, a legacy .h5 file, a SavedModel folder of TensorFlow 2 or 1, a frozen graph (.pb, with
    --inputs and --outputs) or an ONNX file. A report.json of aoi train beside it says what its outputs mean.

    It takes pictures, in colour or gray, (N, H, W, C) or (N, C, H, W) or gray (N, H, W), and perhaps inputs of numbers,
    (N,) or (N, k) each, whose names become those of the features. It gives floating numbers, (N, K) or (N,). It scores
    by these inputs alone: no random numbers, no state, batches of any size.

    \b
    Examples:
      aoi export build/tile/model.keras --name tile --base-path models
      aoi export old.h5 --name screw --base-path models --head defect --labels labels.txt --threshold 0.4
      aoi export two.h5 --name ic --base-path models --head lead=dense_1 --head body=dense_2 --threshold lead=0.3
      aoi export frozen.pb --name cap --base-path models --inputs image --outputs scores --scaling tf
      aoi export keras2.h5 --name cap --base-path models --expect samples.npz

    SAMPLES.npz holds pictures (images: uint8 (N, H, W, C) or (N, H, W); or picture/0, picture/1, ...: bytes of files),
    the scores that the author's framework gave them (scores, or score/NAME for each output) and perhaps features. A
    score that is read here more than 1e-4 away is refused. examples/keras2_samples.py writes such a file.
    """
    from aoi_modules.export.model_sources import read

    about.check_general()
    outputs = {head: output or None for head, _, output in (given.partition("=") for given in heads)}
    wishes = [about.wish(head, name=head, output=output) for head, output in outputs.items()]
    wishes += [about.wish(head, name=None, output=head) for head in sorted(about.named() - set(outputs))]
    if not wishes and (about.kinds.general or about.labels.general or about.thresholds.general):
        wishes = [about.wish(None, name=None, output=None)]
    click.echo(f"exporting {model} as component {writing.name} ...", err=True)
    source = read(model, wishes, about.reading())
    about.check(source.heads)
    writing.publish([source])
