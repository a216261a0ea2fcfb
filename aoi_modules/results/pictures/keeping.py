"""From the spool to the store of pictures: it has a mark of its own, so a store that is away holds up no row."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from aoi_modules.errors import PictureStoreAway, ResultsError
from aoi_modules.results.following import Following, Place
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import Picture
from aoi_modules.results.spool.follower import Follower, Found

PICTURES = "pictures"
"""The follower of the spool that keeps pictures."""
_STORE = Place("picture store", PictureStoreAway, one="picture", many="pictures", taken="kept")


class _About(msgspec.Struct, frozen=True, tag="inspection", tag_field="entry"):
    """What of a record says where its picture goes; see `record.Record`."""

    id: str
    picture: Picture


class Keeping(Following):
    """Keeps the pictures that the spool has. Made inside the running event loop.

    Entries without a picture are passed over. What no address can be found for is put into a file.

    Args:
        follower: of the spool.
        store: where to.
        refused: folder of the files for what cannot be kept.
        log: learns when the store is away and back, and what was refused.
    """

    def __init__(
        self, follower: Follower, store: PictureStore, refused: Path, log: structlog.stdlib.BoundLogger
    ) -> None:
        super().__init__(follower, _STORE, refused, log, pictures=True)
        self._store = store
        self._decoder = msgspec.msgpack.Decoder(_About)

    async def take(self, found: Sequence[Found]) -> None:
        """Keeps the pictures of entries, some at a time.

        Raises:
            PictureStoreAway: the store takes none.
        """
        placed: list[tuple[str, bytes]] = []
        lost: list[tuple[Found, Exception]] = []
        for entry in found:
            if entry.picture:
                try:
                    placed.append((self._address(entry), entry.picture))
                except (msgspec.DecodeError, ResultsError) as error:
                    lost.append((entry, error))
        await self._store.put_all(placed)
        for entry, reason in lost:  # now that this batch will not come again
            self.put_aside(entry, ".picture", entry.picture, reason)

    def _address(self, entry: Found) -> str:
        about = self._decoder.decode(entry.record)
        return address(about.id, about.picture.kind)
