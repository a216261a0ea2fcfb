"""Pictures go when they are old enough, and their rows say so; what is held stays, and a crash leaves nothing wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from aoi_modules.errors import PictureStoreAway
from aoi_modules.results.database import deletions, reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.holds import hold
from aoi_modules.results.database.migrating import migrate
from aoi_modules.results.database.writing import store
from aoi_modules.results.pictures import expiry
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.expiry import Expiry, expire
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import Record, time_of
from aoi_modules.results.review.queue import put
from aoi_modules.verdict import Verdict
from tests.results.pictures.conftest import contents
from tests.results.records import START, record

LATER = START + timedelta(days=10)
VERDICTS = (Verdict.PASS, Verdict.REVIEW, Verdict.FAIL)


def place(one: Record) -> str:
    return address(one.id, "png")


Act = Callable[[Database, PictureStore], Awaitable[None]]


def with_both(url: str, where: str, records: Sequence[Record], act: Act) -> None:
    """Does something with a database and a store, which have these records and their pictures."""

    async def run() -> None:
        database, pictures = Database(url), open_store(where)
        await migrate(database)
        await store(database, records)
        await asyncio.gather(*(pictures.put(place(one), b"x" * 100) for one in records))
        try:
            await act(database, pictures)
        finally:
            await database.close()
            await pictures.close()

    asyncio.run(run())


def test_what_is_old_enough_goes_by_its_verdict(database_url: str, store_url: str) -> None:
    day = 24 * 3600
    records = [record(day * number, verdict=verdict) for number in range(10) for verdict in VERDICTS]

    async def act(database: Database, pictures: PictureStore) -> None:
        went = await expire(database, pictures, Retention(PASS=2.5, REVIEW=7.5), LATER)
        staying = {place(one) for one in records if one.inspection.verdict is Verdict.FAIL}
        staying |= {place(one) for one in records[8 * 3 :] if one.inspection.verdict is Verdict.PASS}
        staying |= {place(one) for one in records[3 * 3 :] if one.inspection.verdict is Verdict.REVIEW}
        assert set(await contents(pictures)) == staying
        for one in records:
            stored = await reading.by_id(database, one.id)
            assert stored.picture.gone == (None if place(one) in staying else LATER)
        assert went == Expiry(
            store=pictures.name,
            pictures={Verdict.PASS: 8, Verdict.REVIEW: 3},
            bytes=1100,
            oldest=time_of(min(records[0].id, records[1].id)),
            newest=time_of(records[7 * 3].id),
            spared=0,
            finished=0,
        )
        again = await expire(database, pictures, Retention(PASS=2.5, REVIEW=7.5), LATER)
        assert (again.pictures, again.bytes, again.oldest) == ({Verdict.PASS: 0, Verdict.REVIEW: 0}, 0, None)

    with_both(database_url, store_url, records, act)


def test_what_is_held_stays_until_it_is_released(tmp_path: Path, database_url: str) -> None:
    records = [record(number) for number in range(6)]

    async def act(database: Database, pictures: PictureStore) -> None:
        async with database.transaction() as connection:
            await hold(connection, [records[1].id, records[4].id], "golden set shift", "Müller")
        went = await expire(database, pictures, Retention(PASS=1), LATER)
        assert (went.pictures, went.spared) == ({Verdict.PASS: 4}, 2)
        assert set(await contents(pictures)) == {place(records[1]), place(records[4])}

    with_both(database_url, str(tmp_path / "pictures"), records, act)


def test_many_go_in_batches(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH", 7)
    records = [record(number) for number in range(50)]

    async def act(database: Database, pictures: PictureStore) -> None:
        went = await expire(database, pictures, Retention(PASS=1), LATER)
        assert (went.pictures, went.bytes) == ({Verdict.PASS: 50}, 5000)
        assert (went.oldest, went.newest) == (time_of(records[0].id), time_of(records[-1].id))
        assert await contents(pictures) == {}
        assert await deletions.ordered(database, 9) == []

    with_both(database_url, str(tmp_path / "pictures"), records, act)


def test_what_the_store_did_not_delete_the_next_run_does(tmp_path: Path, database_url: str) -> None:
    records = [record(number) for number in range(5)]
    folder = tmp_path / "pictures"

    async def act(database: Database, pictures: PictureStore) -> None:
        folder.rename(tmp_path / "elsewhere")
        folder.write_text("no folder")
        with pytest.raises(PictureStoreAway):
            await expire(database, pictures, Retention(PASS=1), LATER)
        assert (await reading.by_id(database, records[0].id)).picture.gone == LATER
        folder.unlink()
        (tmp_path / "elsewhere").rename(folder)
        went = await expire(database, pictures, Retention(PASS=1), LATER)
        assert (went.finished, went.pictures) == (5, {Verdict.PASS: 0})
        assert await contents(pictures) == {}

    with_both(database_url, str(folder), records, act)


def test_what_waits_for_a_person_stays_until_it_has_waited_too_long(tmp_path: Path, database_url: str) -> None:
    records = [record(number, review="audit", chance=1.0) for number in range(3)]

    async def act(database: Database, pictures: PictureStore) -> None:
        async with database.transaction() as connection:
            await put(connection, records)
        went = await expire(database, pictures, Retention(PASS=1), LATER)
        assert (went.pictures, went.spared, went.unjudged) == ({Verdict.PASS: 0}, 3, 0)
        went = await expire(database, pictures, Retention(PASS=1, unjudged=1), LATER)
        assert (went.pictures, went.spared, went.unjudged) == ({Verdict.PASS: 3}, 0, 3)

    with_both(database_url, str(tmp_path / "pictures"), records, act)
