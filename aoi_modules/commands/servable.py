"""`aoi servable`: what is in a servable, and what differs between two."""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.model import NAMED_MODEL, About, read_model, reading_options
from aoi_modules.commands.output import console
from aoi_modules.errors import AoiError

if TYPE_CHECKING:
    from aoi_modules.export.inspect.contents import Contents

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
FOLDER = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """Look into servables, compare and verify them.

    DIR is a version directory, or the folder of a component: then its newest version is meant. SavedModels that are
    not of the team's making can be looked into too; what they lack is said.

    \b
    Examples:
      aoi servable show models/pcb
      aoi servable show models/pcb/3 --graph pcb.svg
      aoi servable diff models/pcb/2 models/pcb/3
      aoi servable verify models/pcb --against short=short.keras
    """


@command.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--graph", "drawing", type=FOLDER, metavar="FILE", help="Draw the merged graph, as .png or .svg.")
@JSON
def show(folder: Path, drawing: Path | None, as_json: bool) -> None:
    """Say what is in DIR: signatures, heads, what they share, operations, weights, sizes, checksums.

    Nothing is loaded: a damaged or half-copied servable can be looked into as well.

    \b
    Examples:
      aoi servable show models/pcb
      aoi servable show models/pcb/3 --graph pcb.svg
      aoi servable show models/pcb --json
    """
    import msgspec

    servable = _inspected(folder)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(servable), indent=2))
    else:
        from aoi_modules.export.inspect.tables import print_contents

        print_contents(console(), servable)
    if drawing is not None:
        _draw(servable, drawing)


@command.command()
@click.argument("left", metavar="A", type=FOLDER)
@click.argument("right", metavar="B", type=FOLDER)
@JSON
def diff(left: Path, right: Path, as_json: bool) -> None:
    """Say what differs between the servables A and B; ends with 0 if nothing does, 1 if something does, 2 on an error.

    Compared are heads, labels, thresholds, metrics, sources, signatures, sizes, weights by content, operations, and
    the golden scores on pictures that both have. Version numbers and inner names of graphs are no difference.

    \b
    Examples:
      aoi servable diff models/pcb/2 models/pcb/3
      aoi servable diff models/pcb candidate/pcb --json
    """
    import msgspec

    try:
        one, other = _inspected(left), _inspected(right)
        from aoi_modules.export.inspect.comparison import difference

        lines = difference(one, other)
    except AoiError as error:  # 1 would say that they differ
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(lines), indent=2))
    else:
        from aoi_modules.export.inspect.tables import print_difference

        print_difference(console(), one, other, lines)
    sys.exit(1 if lines else 0)


@command.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--against", multiple=True, metavar=NAMED_MODEL, help="A source model, named as aoi merge does.")
@reading_options
@JSON
def verify(folder: Path, against: tuple[str, ...], as_json: bool, about: About) -> None:
    """Load DIR as a server does and prove it: checksums, signatures, operations, warm-up, golden scores.

    With --against its heads are also compared with models, on the golden pictures and those of --sample. It ends with
    0 if all scores agree, else with 1.

    \b
    Examples:
      aoi servable verify models/pcb
      aoi servable verify models/pcb --against short=short.keras --against open=open.keras --sample board.png
    """
    importlib.import_module("aoi_modules.tf")
    import msgspec

    from aoi_modules.export import verification
    from aoi_modules.export.inspect.contents import find
    from aoi_modules.export.model_sources import read_picture
    from aoi_modules.modelstore import manifest, version_dir

    version = find(folder)
    models = [read_model(given, about) for given in against]
    version_dir.verify(version)
    allowed = manifest.read(version).tolerance
    differences = {"golden samples": verification.verify(version)}
    for model in models:
        differences |= verification.against(version, model, [read_picture(path) for path in about.samples])
    right = all(difference <= allowed for difference in differences.values())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({"allowed": allowed, "differences": differences}), indent=2))
    else:
        click.echo(f"{version}: checksums, signatures, operations and warm-up are right")
        for name, difference in differences.items():
            click.echo(f"  {name:<24} {difference:.2g}{'' if difference <= allowed else '  TOO FAR'}")
        click.echo(f"  {'allowed':<24} {allowed:g}")
    sys.exit(0 if right else 1)


def _inspected(folder: Path) -> "Contents":
    importlib.import_module("aoi_modules.tf")  # before all else: it drops the notes that TensorFlow starts with
    from aoi_modules.export.inspect.contents import Contents, find

    return Contents.of(find(folder))


def _draw(servable: "Contents", path: Path) -> None:
    from aoi_modules.export.inspect.graph_drawing import draw_servable, write

    write(draw_servable(servable), path)
    click.echo(f"{path}: the graph of {servable.title}", err=True)
