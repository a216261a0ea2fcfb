"""Lists the pictures of a data set of one's own, whatever it is written in. Opens no picture."""

from pathlib import Path

from aoi_modules.datasets.folder.class_rows import from_folder
from aoi_modules.datasets.folder.csv_rows import from_csv
from aoi_modules.datasets.folder.labelled_rows import Listing
from aoi_modules.errors import DataError


def list_pictures(path: Path) -> Listing:
    """Lists what a folder or a CSV file holds.

    Raises:
        DataError: it is neither, or nothing is in it.
    """
    if path.is_dir():
        listing = from_folder(path)
    elif path.is_file() and path.suffix.lower() == ".csv":
        listing = from_csv(path)
    else:
        raise DataError(f"path: expected a folder of class folders, or a .csv file. Received: {path}")
    if not listing.rows and not listing.bad:
        raise DataError(f"{path}: expected labelled pictures. Received: none")
    return listing
