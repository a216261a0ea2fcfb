"""Lists the pictures of a data set of one's own, whatever it is written in. Opens no picture."""

from pathlib import Path

from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.folder.class_rows import from_folder
from aoi_modules.datasets.folder.columns import AskColumn
from aoi_modules.datasets.folder.csv_rows import from_csv
from aoi_modules.datasets.folder.groups import grouped
from aoi_modules.datasets.folder.labelled_rows import Listing
from aoi_modules.datasets.folder.reading import Reading
from aoi_modules.errors import Argument, DataError

TABLES = (".csv", ".tsv", ".txt")


def list_pictures(path: Path, reading: Reading | None = None, *, ask_column: AskColumn | None = None) -> Listing:
    """Lists what a folder or a CSV file holds.

    Args:
        path: of the folder or the file.
        reading: what the caller says about its columns and groups.
        ask_column: see `csv_rows.from_csv`.

    Raises:
        DataError: it is neither, nothing is in it, or it cannot be read as it is wished.
    """
    reading = reading or Reading()
    if path.is_dir():
        if reading.about_columns:
            wrong = Argument(reading.about_columns[0])
            raise DataError(f"{printable(path)}: a folder has no columns; leave out {wrong}", arguments=[wrong])
        listing = from_folder(path)
    elif path.is_file() and path.suffix.lower() in TABLES:
        listing = from_csv(path, reading, ask=ask_column)
    else:
        hint = "save the table as CSV in UTF-8" if path.is_file() else ""
        raise DataError(
            f"path: expected a folder of class folders, or a .csv file. Received: {printable(path)}", hint=hint
        )
    if not listing.rows and not listing.bad:
        raise DataError(f"{printable(path)}: expected labelled pictures. Received: none")
    return grouped(listing, reading)
