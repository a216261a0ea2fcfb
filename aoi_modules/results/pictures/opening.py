"""Which store of pictures is meant: a folder, or a bucket by its URL."""

from pathlib import Path

from aoi_modules.errors import ResultsError
from aoi_modules.object_store.place import read_place
from aoi_modules.results.pictures.folder import FolderShelf
from aoi_modules.results.pictures.s3 import S3Shelf
from aoi_modules.results.pictures.store import PictureStore, Shelf


def open_store(where: str | Path) -> PictureStore:
    """Opens a store of pictures. What is wrong with the place itself is told when it is used.

    Args:
        where: a folder, or `s3://BUCKET/PREFIX`, where PREFIX may be left out, with `endpoint` for another server than
            Amazon's and `region`. Keys come from the environment or from `~/.aws`, as boto3 finds them.

    Raises:
        ResultsError: it is neither.
        MissingExtra: boto3 is not installed.
    """
    return PictureStore(_shelf(str(where)))


def check_place(where: str) -> None:
    """Makes sure that a place can be meant, before anything starts.

    Raises:
        ResultsError: it is neither a folder nor a bucket.
        MissingExtra: boto3 is not installed.
    """
    _shelf(where).close()


def _shelf(where: str) -> Shelf:
    place = read_place(where, "pictures", ResultsError)
    return FolderShelf(place) if isinstance(place, Path) else S3Shelf(place)
