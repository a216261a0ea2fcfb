"""The picture of a record, or the reason why there is none."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import NoSuchResult, ResultsError
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.lookup import picture_of
from aoi_modules.results.pictures.store import PictureStore
from tests.results.pictures.conftest import with_store
from tests.results.records import record

RECORD = record(picture_sha256=hashlib.sha256(b"picture").hexdigest())


def test_the_picture_is_the_one_that_was_inspected(tmp_path: Path) -> None:
    async def act(store: PictureStore) -> None:
        with pytest.raises(NoSuchResult, match=RECORD.id):
            await picture_of(store, RECORD)
        await store.put(address(RECORD.id, "png"), b"picture")
        assert await picture_of(store, RECORD) == b"picture"
        await store.delete([address(RECORD.id, "png")])
        await store.put(address(RECORD.id, "png"), b"another")
        with pytest.raises(ResultsError, match=r"is damaged: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}"):
            await picture_of(store, RECORD)

    with_store(tmp_path, act)


def test_why_there_is_none_is_said(tmp_path: Path) -> None:
    gone = msgspec.structs.replace(RECORD.picture, gone=datetime(2026, 11, 30, tzinfo=UTC))

    async def act(store: PictureStore) -> None:
        with pytest.raises(NoSuchResult, match="was not kept"):
            await picture_of(store, record(kept=False))
        with pytest.raises(NoSuchResult, match="went on 2026-11-30, because of its age"):
            await picture_of(store, msgspec.structs.replace(RECORD, picture=gone))

    with_store(tmp_path, act)
