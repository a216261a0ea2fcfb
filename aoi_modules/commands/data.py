"""`aoi data`: which data sets there are, where they lie, how to get or repair them, and what is in your own."""

import sys
from dataclasses import replace
from pathlib import Path

import click
import msgspec
import orjson

from aoi_modules.commands.options.flags import speak_flags
from aoi_modules.commands.options.good_classes import good_options
from aoi_modules.commands.options.reading import reading_options
from aoi_modules.datasets.checking import findings, page, survey
from aoi_modules.datasets.folder import GoodClasses, Reading
from aoi_modules.datasets.sources import finding
from aoi_modules.datasets.sources.catalogue import CATALOGUE, by_name
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.sources.weights import FOLDER, KNOWN_SUMS, find_weights
from aoi_modules.errors import AoiError
from aoi_modules.progress import say

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@click.group()
def command() -> None:
    """List and fetch the data sets; check and convert your own pictures.

    A set is looked for in AOI_DATA_DIR, in the cache (AOI_CACHE_DIR, default ~/.cache/aoi) and where the system
    puts it; then it is downloaded. When all fail, training draws a stand-in and says so everywhere.

    \b
    Examples:
      aoi data list
      aoi data fetch magnetic-tile
      aoi data fetch --all --allow-stand-in
      aoi data fetch fashion-mnist --repair
      aoi data check pictures/capacitor --page capacitor.html
      aoi data convert scans --out pictures
    """


@command.command("list")
@JSON
def list_sets(as_json: bool) -> None:
    """Say where each set lies. Downloads and verifies nothing."""
    rows = []
    for name, dataset in CATALOGUE.items():
        place, root = finding.locate(dataset)
        rows.append(
            {
                "name": name,
                "place": place,
                "folder": None if root is None else str(root),
                "title": dataset.title,
                "licence": dataset.licence,
                "home": dataset.home,
            }
        )
    rows.append(_weights_row())
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    for row in rows:
        click.echo(f"{row['name']:<14} {row['place']:<9} {row['folder'] or '-'}")
        click.echo(f"{'':<14} {row['title']}. Licence: {row['licence']}")


def _weights_row() -> dict[str, str | None]:
    found = {file: path for file in KNOWN_SUMS if (path := find_weights(file)) is not None}
    folder = next((str(path.parent) for path in found.values()), None)
    return {
        "name": FOLDER,
        "place": "stand-in" if folder is None else "found",
        "folder": folder,
        "title": f"ImageNet weights of backbones: {len(found)} of {len(KNOWN_SUMS)} files; random weights stand in",
        "licence": "Apache-2.0",
        "home": "https://keras.io/api/applications/",
    }


@command.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="All sets.")
@click.option("--repair", is_flag=True, help="Verify every copy anew and replace damaged ones.")
@click.option("--allow-stand-in", is_flag=True, help="End well also when a set can only be drawn.")
@JSON
def fetch(name: str | None, every: bool, repair: bool, allow_stand_in: bool, as_json: bool) -> None:
    """Find or download the set NAME and verify every file of it.

    \b
    Examples:
      aoi data fetch --all
      aoi data fetch magnetic-tile --repair

    --repair replaces the cache by a new download. It never writes into a mirror or a system folder: a damaged one is
    passed over, and a good copy goes into the cache.
    """
    if every == (name is not None):
        raise click.UsageError("Give the NAME of a set, or --all.")
    failed = False
    rows = []
    for wanted in CATALOGUE if name is None else (by_name(name).name,):
        try:
            found = finding.repair(wanted) if repair else finding.find(wanted)
        except AoiError as error:  # the next set may be whole
            say(f"error: {error}")
            failed = True
            continue
        failed |= found.place == "stand-in" and not allow_stand_in
        rows.append(_row(found))
        if not as_json:
            click.echo(_line(found))
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    if failed:
        sys.exit(1)


@command.command()
@click.argument("sources", metavar="SRC...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder of the results.")
@click.option("--bit-depth", type=click.Choice(["10", "12", "14", "16"]), help="Bits that a camera of 16 bits uses.")
def convert(sources: tuple[Path, ...], out: Path, bit_depth: str | None) -> None:
    """Make pictures of other formats, or of all below folders, PNG of 8 bits; what is read already is copied.

    \b
    Examples:
      aoi data convert scans --out pictures
      aoi data convert camera/*.png --bit-depth 12 --out pictures

    TIFF, GIF, WebP, palettes and colours of print keep their pixels or come as near as their format allows. Of 16 bits
    a channel the upper 8 of --bit-depth are kept; how many bits a camera uses is never guessed. It ends with 1 if a
    picture could not be converted, which standard error names.
    """
    from aoi_modules.datasets.conversion import convert_files

    failed = False
    for found in convert_files(sources, out, None if bit_depth is None else int(bit_depth)):
        failed |= found.target is None
        if found.target is None:
            say(f"error: {found.source}: {found.sentence.replace('`bit_depth=...`', '--bit-depth')}")
        else:
            click.echo(f"{found.target}: {found.sentence}")
    if failed:
        sys.exit(1)


def _row(found: Found) -> dict[str, str | bool | None]:
    return {
        "name": found.name,
        "place": found.place,
        "folder": None if found.root is None else str(found.root),
        "sha256": found.origin.sha256,
        "stand_in": found.origin.stand_in,
    }


def _line(found: Found) -> str:
    if found.root is None:
        return f"{found.name}: not available, training draws stand-in data"
    return f"{found.name}: {found.place}, {found.root}, every file verified"


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--skip-bad", is_flag=True, help="Judge as training with --skip-bad: bad pictures are left out.")
@good_options
@click.option("--good-only", is_flag=True, help="Judge as training with --good-only: defects are not needed.")
@reading_options
@click.option("--page", "page_file", type=click.Path(path_type=Path), help="Write a page with the pictures, as HTML.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def check(
    path: Path,
    skip_bad: bool,
    good: GoodClasses,
    good_only: bool,
    reading: Reading | None,
    page_file: Path | None,
    as_json: bool,
) -> None:
    """Look through the pictures in PATH, a folder or a CSV file, as `aoi train folder` would, and learn nothing.

    Says sizes, formats and bits, how many pictures of each class come into each table, which files cannot be read and
    why, and which pictures are unlike the others. Names pictures that are there more than once, pixel by pixel or
    nearly (saved anew, in another size, taken twice): in several classes they contradict each other, in several
    tables the test asks what was learnt. Every picture is decoded once.

    Exit code 1 where training would refuse the set, else 0.

    \b
    Examples:
      aoi data check pictures/capacitor
      aoi data check pictures/capacitor --page capacitor.html
      aoi data check parts.csv --skip-bad --json
    """
    # Which class is good is asked for a verdict; here it only has to be known that training would ask.
    called = click.get_current_context().command
    found, files = survey.check(
        path,
        skip_bad=skip_bad,
        reading=reading,
        good=replace(good, ask=None, one_defect=good_only, alone=good_only),
        reword=lambda refusal: speak_flags(refusal, called),
    )
    if page_file is not None:
        page.write_page(found, files, page_file)
    text = "\n".join(findings.lines(found))
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2) if as_json else text)
    sys.exit(1 if found.refused else 0)
