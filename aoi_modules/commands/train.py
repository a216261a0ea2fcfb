"""`aoi train`: one recipe, one profile, one folder with model, report, page and plots."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import click

from aoi_modules.commands.options.good_classes import good_options
from aoi_modules.commands.options.reading import reading_options
from aoi_modules.commands.options.sizes import Part, PixelSize, TileGrid
from aoi_modules.datasets.folder import GoodClasses, Reading
from aoi_modules.datasets.sources import bucket
from aoi_modules.errors import Argument
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.progress import on_terminal
from aoi_modules.settings import settings
from aoi_modules.training.profiles import PROFILES
from aoi_modules.training.recipes import FOLDER, RECIPES, Recipe, by_name, from_folder
from aoi_modules.training.run import MODEL, PAGE, train
from aoi_modules.training.wishes import IMBALANCES, Wishes


@click.command()
@click.argument("recipe", type=click.Choice([*RECIPES, FOLDER]))
@click.argument("directory", required=False)
@click.option(
    "--profile", type=click.Choice(list(PROFILES)), default="cpu", show_default=True, help="Size of the work."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the result.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of all that is random.")
@click.option("--backbone", help="Network under the heads; `aoi backbones` lists them.")
@click.option("--epochs", type=click.IntRange(min=1), help="Epochs of the training, or of its first phase.")
@click.option("--fine-tune", type=click.IntRange(min=0), help="Epochs in which the backbone's upper part learns too.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Pictures a step.")
@click.option("--learning-rate", type=float, help="Highest learning rate of the first phase.")
@click.option("--patience", type=click.IntRange(min=0), help="Epochs without progress before stopping; 0: never.")
@click.option("--cached/--no-cached", default=None, help="Compute a frozen backbone's features once, or every epoch.")
@click.option("--augment/--no-augment", default=None, help="Change training pictures at random.")
@click.option("--imbalance", type=click.Choice(IMBALANCES), help="What is done about rare labels.")
@click.option(
    "--target-escape", "escape_target", type=float, help="Share of the defective parts that may pass, such as 0.02."
)
@click.option("--picture-size", type=PixelSize(), help="What the network looks at, in pixels; one number is a square.")
@click.option(
    "--tiles",
    type=TileGrid(),
    help="Look at large pictures tile by tile; the worst tile judges. Rows and columns, or a tile's side in pixels.",
)
@click.option("--crop", type=Part(), help="Look at a part of every picture only, by shares of its height and width.")
@click.option("--good-only", is_flag=True, default=None, help="Learn from good pictures alone; defects are not needed.")
@click.option(
    "--target-overkill",
    "overkill_target",
    type=float,
    help="With --good-only: share of the good parts that may fail, such as 0.01.",
)
@click.option("--mixed-precision", is_flag=True, default=None, help="Compute in float16 on a GPU.")
@click.option("--mirrored", is_flag=True, default=None, help="Share the work between all GPUs.")
@click.option("--skip-bad", is_flag=True, help="folder: leave bad pictures and rows out, and say which.")
@good_options
@reading_options
@click.option("--restart", is_flag=True, help="Forget what a killed training left, and begin anew.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON for machines.")
def command(
    recipe: str,
    directory: str | None,
    profile: str,
    out: Path,
    seed: int,
    skip_bad: bool,
    good: GoodClasses,
    reading: Reading | None,
    restart: bool,
    as_json: bool,
    **wishes: Unpack[Wishes],
) -> None:
    """Train RECIPE and write model.keras, report.json, report.html, plots/ and samples/ into a folder.

    The recipe `folder` trains on your own pictures: DIRECTORY/<class>/*.png, or a CSV file with the columns path and
    label. DIRECTORY/train/<class>/ and DIRECTORY/test/<class>/ are kept apart, as a column split is; without them 60%
    of each class is for training. Numbers in other columns are learnt from; one that looks like a serial number is
    asked about. Bins, thumbnails, masks and our own results are passed over, and named.

    Which classes are good is told by their names (good, OK, ok_front, normal, gut, i.O., 良品, ...), or by --good.
    Where neither tells, you are asked; without a terminal the command ends. A model with a good class judges: it has a
    threshold for --target-escape, and says how many good parts that costs. Beside several classes of defects it also
    names the defect. Without a good class it names classes, and judges nothing.

    Small defects in large pictures vanish when the whole picture is shrunk to the network's input. --picture-size lets
    the network look at more pixels, --tiles at all of them, and then the model says where the defect is, too.

    DIRECTORY may be pictures in a bucket, s3://BUCKET/PREFIX?endpoint=http://HOST:PORT, with keys as boto3 finds them
    (extra `registry`). They are downloaded once into the cache; what is there and did not change is not asked again.

    With --good-only nothing is learnt from defects: a part fails that is unlike all good ones. Folders of good parts
    alone will do. Such a model promises nothing about escapes.

    A training that was killed goes on where it was when the same command is started again.

    \b
    Examples:
      aoi train fashion-mnist --profile ci --out build/fashion
      aoi train magnetic-tile --profile cpu --target-escape 0.02 --out build/tile
      aoi train magnetic-tile --backbone mobilenet-v2 --fine-tune 5 --out build/tuned
      aoi train folder pictures/capacitor --profile cpu --out build/capacitor
      aoi train folder pictures/knob --good-only --target-overkill 0.02 --out build/knob
      aoi train folder pictures/relay --good type_a --good type_b --target-escape 0.02 --out build/relay
      aoi train folder pictures/screws --no-good --out build/screws
      aoi train folder pictures/relay --group-pattern 'board(\\d+)_' --out build/board
      aoi train folder parts.csv --label-column result --features height_mm,offset_um --out build/parts
      aoi train folder 's3://pictures/capacitor?endpoint=http://127.0.0.1:8333' --out build/capacitor
      aoi train folder pictures/board --picture-size 600x800 --out build/board
      aoi train folder pictures/sheet --tiles 224 --crop 0.1,0,0.8,1 --out build/sheet
    """
    alone = bool(wishes.get("good_only"))
    one_defect = alone or wishes.get("tiles") is not None
    wanted = Argument("escape_target") if wishes.get("escape_target") is not None else None
    good = replace(good, needed_by=wanted, one_defect=one_defect, alone=alone)
    chosen = _recipe(recipe, directory, skip_bad, reading, good)
    written = train(chosen, profile, out, seed=seed, restart=restart, **wishes)
    click.echo(training_report.to_json(written) if as_json else _lines(written, out))


def _recipe(name: str, directory: str | None, skip_bad: bool, reading: Reading | None, good: GoodClasses) -> Recipe:
    if name != FOLDER:
        if directory is not None:
            raise click.UsageError(f"{name} brings its own data, only `aoi train folder` takes a directory")
        if reading is not None:
            raise click.UsageError(f"{name} brings its own data, only `aoi train folder` reads columns and groups")
        if good.names is not None:
            raise click.UsageError(f"{name} knows its good parts, only `aoi train folder` takes --good and --no-good")
        return by_name(name)
    if directory is None:
        raise click.UsageError("aoi train folder DIRECTORY: name the directory or CSV file of your pictures")
    ask = _ask_column if sys.stdin.isatty() and on_terminal() else None
    brought = bucket.bring(directory, settings().cache_dir) if bucket.is_address(directory) else None
    if brought is not None:
        click.echo(f"{brought.objects} objects in {brought.address}, {brought.asked} of them downloaded now", err=True)
    path = Path(directory) if brought is None else brought.folder
    return from_folder(path, skip_bad=skip_bad, reading=reading, ask_column=ask, good=good, brought=brought)


def _ask_column(what: str) -> bool:
    """Asks at the terminal whether to learn from a strange column."""
    return click.confirm(f"{what}\nLearn from it?", default=False, err=True)


def _lines(written: TrainingReport, out: Path) -> str:
    """What people want to know at the end."""
    lines = []
    for head in written.heads:
        figures = {**head.metrics, **({"threshold": head.threshold} if head.threshold is not None else {})}
        lines += [f"{head.name}  {name:<24} {value:.4f}" for name, value in figures.items()]
    lines += [f"note: {note}" for note in written.notes]
    lines += [f"left out: {row}" for row in written.left_out]
    kinds = Counter(one.kind for one in written.mistakes or ())
    if kinds:
        lines.append(f"{', '.join(f'{count} {kind}' for kind, count in kinds.items())}: aoi mistakes {out} lists them")
    return "\n".join([*lines, f"{out / MODEL} ({written.seconds:.0f} s)", f"{out / PAGE}"])
