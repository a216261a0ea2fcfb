"""Pictures in a bucket of S3."""

from collections.abc import Iterator, Sequence

from aoi_modules.errors import NoSuchResult, PictureStoreAway
from aoi_modules.object_store.bucket import Bucket
from aoi_modules.object_store.interface import NoSuchObject
from aoi_modules.object_store.place import BucketPlace
from aoi_modules.results.pictures.addresses import is_address
from aoi_modules.results.pictures.store import Kept


class S3Shelf:
    """A bucket with an object for each picture. The connection is made when the first picture comes.

    Args:
        place: bucket and prefix.

    Raises:
        MissingExtra: boto3 is not installed.
    """

    def __init__(self, place: BucketPlace) -> None:
        self._bucket = Bucket(place, what="the picture store", away=PictureStoreAway, extra="station")

    @property
    def name(self) -> str:
        """The address, without keys."""
        return self._bucket.name

    def put(self, address: str, picture: bytes) -> None:
        """See `Shelf`."""
        self._bucket.put(address, picture)

    def get(self, address: str) -> bytes:
        """See `Shelf`."""
        try:
            return self._bucket.get(address)
        except NoSuchObject:
            raise NoSuchResult(f"no picture {address} in {self.name}") from None

    def delete(self, addresses: Sequence[str]) -> None:
        """See `Shelf`."""
        self._bucket.delete(addresses)

    def listed(self) -> Iterator[Kept]:
        """See `Shelf`."""
        for entry in self._bucket.listed(""):
            if is_address(entry.key):
                yield Kept(entry.key, entry.size)

    def close(self) -> None:
        """See `Shelf`."""
        self._bucket.close()
