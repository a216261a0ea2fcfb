"""Judged pictures as a data set: `dataset`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aoi_modules.commands.options.places import Places, place_options

if TYPE_CHECKING:
    from aoi_modules.results.database.connection import Database
    from aoi_modules.results.datasets.writing import DataSet
    from aoi_modules.results.pictures.store import PictureStore


@click.command()
@click.argument("component")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for it, which is not there yet.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for machines.")
@place_options
def dataset(component: str, out: Path, as_json: bool, places: Places) -> None:
    """Write the judged pictures of COMPONENT as a data set that `aoi train folder` reads.

    A fifth of the units is held out for testing, the same ones in every data set of these results. OUT/parts.csv has a
    row for each picture, and OUT/dataset.json says what the set is.

    \b
    Examples:
      aoi results dataset tile --out build/tile-judged
      aoi train folder build/tile-judged/parts.csv --target-escape 0.02 --out build/tile
    """
    import msgspec

    from aoi_modules.progress import progress
    from aoi_modules.results.datasets.writing import DataSet, write_dataset

    async def act(database: "Database", store: "PictureStore") -> DataSet:
        with progress("pictures", 0, unit="pictures") as advance:
            return await write_dataset(database, store, component, out, advance)

    about = places.act_with_pictures(act)
    click.echo(msgspec.json.encode(about) if as_json else _in_lines(out, about))


def _in_lines(out: Path, about: "DataSet") -> str:
    """What a data set has, for people."""
    lines = [
        f"{label}: {', '.join(f'{n} {part}' for part, n in parts.items())}" for label, parts in about.parts.items()
    ]
    if about.left_out:
        lines.append(f"{len(about.left_out)} judged parts have no picture any more; {out}/dataset.json names them")
    return "\n".join([*lines, f"next: aoi train folder {out}/parts.csv --out MODEL"])
