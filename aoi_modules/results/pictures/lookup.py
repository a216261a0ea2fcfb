"""The picture of a record, as it came."""

import asyncio
import hashlib

from aoi_modules.errors import NoSuchResult, NotAPicture, ResultsError
from aoi_modules.pictures.decoding import decode
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import Record


async def picture_of(store: PictureStore, record: Record) -> bytes:
    """Gets the picture of a record, and compares it with the record. Of a raw frame it is a PNG of the same pixels.

    Raises:
        NoSuchResult: it was not kept, or went, or is not in the store yet.
        PictureStoreAway: the store gives none now.
        ResultsError: it is not the picture that was inspected.
    """
    about = record.picture
    if not about.kept:
        raise NoSuchResult(
            f"the picture of the inspection {record.id} was not kept",
            hint="the route's `store` says which pictures are kept",
        )
    if about.gone is not None:
        raise NoSuchResult(
            f"the picture of the inspection {record.id} went on {about.gone:%Y-%m-%d}, because of its age"
        )
    picture = await store.get(address(record.id, about.kind))
    found = hashlib.sha256(picture).hexdigest()
    if found != about.sha256 and await asyncio.to_thread(_pixels_hash, picture) != about.sha256:
        raise ResultsError(
            f"the picture of the inspection {record.id} is damaged: expected sha256 {about.sha256}, found {found}",
            hint=f"it lies in {store.name} as {address(record.id, about.kind)}",
        )
    return picture


def _pixels_hash(picture: bytes) -> str:
    """The hash of the raw frame that was kept as this file; empty if it is no picture."""
    try:
        return hashlib.sha256(decode(picture).tobytes()).hexdigest()
    except NotAPicture:
        return ""
