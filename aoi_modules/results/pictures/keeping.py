"""From the spool to the store of pictures: it has a mark of its own, so a store that is away holds up no row."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from aoi_modules.errors import PictureStoreAway, ResultsError
from aoi_modules.results.following import Following, Place
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import Picture, first_id, now
from aoi_modules.results.spool.follower import Follower, Found

PICTURES = "pictures"
"""The follower of the spool that keeps pictures."""
LATE = timedelta(hours=1)
"""Pictures that wait for the store longer than that may be over their age when they come."""
_STORE = Place("picture store", PictureStoreAway, one="picture", many="pictures", taken="kept")

Late = Callable[[Sequence[str]], Awaitable[None]]
"""Gets the ids of pictures that came late, since their rows may say already that they went."""


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
        late: see `Late`.
    """

    def __init__(
        self,
        follower: Follower,
        store: PictureStore,
        refused: Path,
        log: structlog.stdlib.BoundLogger,
        late: Late | None = None,
    ) -> None:
        super().__init__(follower, _STORE, refused, log, pictures=True)
        self._store = store
        self._late = late
        self._decoder = msgspec.msgpack.Decoder(_About)

    async def take(self, found: Sequence[Found]) -> None:
        """Keeps the pictures of entries, some at a time.

        Raises:
            ResultsError: the store takes none; or nobody says now whether those that are late should have gone.
        """
        placed: list[tuple[str, bytes]] = []
        ids: list[str] = []
        lost: list[tuple[Found, Exception]] = []
        for entry in found:
            if entry.picture:
                try:
                    about = self._decoder.decode(entry.record)
                    placed.append((address(about.id, about.picture.kind), entry.picture))
                    ids.append(about.id)
                except (msgspec.DecodeError, ResultsError) as error:
                    lost.append((entry, error))
        await self._store.put_all(placed)
        in_time = first_id(now() - LATE)
        if self._late is not None and (late := [one for one in ids if one < in_time]):
            await self._late(late)
        for entry, reason in lost:  # now that this batch will not come again
            self.put_aside(entry, ".picture", entry.picture, reason)
