"""`aoi backbones`: the networks that turn pictures into features, and where their weights would come from."""

import click
import orjson

from aoi_modules.errors import ChecksumError
from aoi_modules.training.networks.catalogue import BACKBONES, Backbone
from aoi_modules.training.networks.weight_origin import origin

Row = dict[str, str | int | None]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def command(as_json: bool) -> None:
    """List the backbones: input side in pixels, features, parameters, multiply-adds of one picture, weights.

    Weights are looked for in AOI_DATA_DIR/weights, in the cache (AOI_CACHE_DIR, default ~/.cache/aoi) and where Keras
    keeps its own downloads. Nothing is downloaded here: `download` says that training would try it. Parameters and
    multiply-adds are without the classifier, at the input side listed.

    \b
    Examples:
      aoi backbones
      aoi backbones --json
    """
    rows = [_row(backbone) for backbone in BACKBONES.values()]
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    click.echo(f"{'name':<19} {'pixels':>6} {'features':>8} {'parameters':>10} {'multiply-adds':>13}  weights")
    for backbone, row in zip(BACKBONES.values(), rows, strict=True):
        weights = row["weights"] if row["file"] is None else f"{row['weights']}, {row['file']}"
        click.echo(
            f"{backbone.name:<19} {backbone.size:>6} {backbone.features:>8} {_short(backbone.parameters):>10} "
            f"{_short(backbone.multiply_adds):>13}  {weights}"
        )


def _row(backbone: Backbone) -> Row:
    weights, file = _weights(backbone)
    return {
        "name": backbone.name,
        "size": backbone.size,
        "smallest": backbone.smallest,
        "features": backbone.features,
        "parameters": backbone.parameters,
        "multiply_adds": backbone.multiply_adds,
        "weights": weights,
        "file": file,
    }


def _weights(backbone: Backbone) -> tuple[str, str | None]:
    """The place and the file."""
    if not backbone.pretrained:
        return "trained from scratch", None
    try:
        found = origin(backbone)
    except ChecksumError as error:
        return "damaged", str(error.path)
    return found.place, None if found.path is None else str(found.path)


def _short(number: int | None) -> str:
    if number is None:
        return "-"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.2f} {letter}"
    return str(number)
