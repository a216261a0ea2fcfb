"""Small copies: JPEG of the size that is asked for, made once, and bounded in memory."""

import asyncio
import io

import pytest
from PIL import Image

from aoi_modules.errors import BadParameter, NotAPicture
from aoi_modules.gateway.doors.pages.parts.thumbnails import Thumbnails, small
from aoi_modules.results.record import Record
from tests.gateway.conftest import picture_bytes
from tests.results.records import record


class Store:
    """Pictures, and how often one was asked for."""

    def __init__(self, picture: bytes) -> None:
        self.picture, self.asked = picture, 0

    async def of(self, _: Record) -> bytes:
        self.asked += 1
        return self.picture


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP"])
def test_a_copy_is_as_long_as_was_asked_and_never_longer_than_the_picture(form: str) -> None:
    copy = Image.open(io.BytesIO(small(picture_bytes(form, (400, 200)), 160)))
    assert (copy.format, copy.size) == ("JPEG", (160, 80))
    assert Image.open(io.BytesIO(small(picture_bytes(form, (40, 20)), 160))).size == (40, 20)


def test_it_is_made_once_and_the_oldest_goes() -> None:
    async def act() -> None:
        store, one, other = Store(picture_bytes(size=(400, 300))), record(1), record(2)
        thumbnails = Thumbnails(most_bytes=1)
        assert await thumbnails.of(one, 160, store.of) == await thumbnails.of(one, 160, store.of)
        assert store.asked == 1
        await thumbnails.of(other, 160, store.of)
        await thumbnails.of(one, 160, store.of)
        assert store.asked == 3

    asyncio.run(act())


def test_what_cannot_be_copied_is_refused() -> None:
    with pytest.raises(NotAPicture):
        small(b"no picture", 160)
    with pytest.raises(BadParameter, match="side: expected one of: 160, 960"):
        asyncio.run(Thumbnails().of(record(1), 161, Store(b"").of))
