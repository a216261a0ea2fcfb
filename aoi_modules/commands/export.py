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

    A head of several classes judges if some of its labels are good: by their names (--labels), as aoi train knows them,
    or by --good; --threshold is then of 1 - their probabilities, 0.5 where nothing is said. A head of one unit scores
    its second label; where that is the good one, as Keras trains it on the folders crack/ and good/, --good says so.

    It takes pictures, in colour or gray, (N, H, W, C) or (N, C, H, W) or gray (N, H, W), and perhaps inputs of numbers,
    (N,) or (N, k) each, whose names become those of the features. It gives floating numbers, (N, K) or (N,). It scores
    by these inputs alone: no random numbers, no state, batches of any size.

    \b
    Examples:
      aoi export build/tile/model.keras --name tile --base-path models
      aoi export old.h5 --name screw --base-path models --head defect --labels labels.txt --threshold 0.4
      aoi export kinds.h5 --name cap --base-path models --labels labels.txt --good type_a --good type_b --threshold 0.3
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
    if wishes:
        wishes += [about.wish(head, name=None, output=head) for head in sorted(about.named() - set(outputs))]
    click.echo(f"exporting {model} as component {writing.name} ...", err=True)
    source = read(model, wishes or about.wishes, about.reading())
    about.check(source.heads)
    writing.publish([source])
