"""Which registry is meant: a folder, or a bucket by its URL."""

from pathlib import Path

from aoi_modules.errors import RegistryAway, RegistryError
from aoi_modules.object_store.bucket import Bucket
from aoi_modules.object_store.folder import Folder
from aoi_modules.object_store.interface import Objects
from aoi_modules.object_store.place import read_place

_WHAT = "the registry"


def open_registry(where: str) -> Objects:
    """Opens a registry. What is wrong with the place itself is told when it is used.

    Args:
        where: a folder, or `s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=NAME`, as pictures are placed. Keys
            come from the environment or from `~/.aws`, as boto3 finds them.

    Raises:
        RegistryError: it is neither.
        MissingExtra: boto3 is not installed.
    """
    place = read_place(where, "registry", RegistryError)
    if isinstance(place, Path):
        return Folder(place, what=_WHAT, away=RegistryAway)
    return Bucket(place, what=_WHAT, away=RegistryAway, extra="registry")
