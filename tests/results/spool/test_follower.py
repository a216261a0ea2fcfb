"""Reading the spool in its order, from a mark on; what is damaged is kept, and told."""

import asyncio
import os
from pathlib import Path

import pytest

from aoi_modules.results.spool.entries import encode
from aoi_modules.results.spool.follower import Follower
from aoi_modules.results.spool.mark import Mark, Position
from aoi_modules.results.spool.segment import segment_path
from tests.results.spool.spools import files, opened, rest

RECORDS = [b"record %d" % number for number in range(10)]


async def filled(folder: Path, segment_bytes: int = 100) -> None:
    """A spool of ten records, two a segment."""
    async with opened(folder, segment_bytes=segment_bytes) as spool:
        for record in RECORDS:
            await spool.append(record, b"picture of " + record)


def test_entries_come_in_their_order_with_or_without_their_pictures(tmp_path: Path) -> None:
    async def run() -> None:
        await filled(tmp_path)
        async with opened(tmp_path) as spool:
            follower = spool.follower("rows")
            found = await follower.read(100, pictures=True)
            assert [(entry.record, entry.picture) for entry in found] == [
                (record, b"picture of " + record) for record in RECORDS
            ]
            assert [entry.position for entry in found] == sorted({entry.position for entry in found})
            bare = await follower.read(100)
            assert [(entry.record, entry.picture) for entry in bare] == [(record, b"") for record in RECORDS]

    asyncio.run(run())


def test_a_read_gives_no_more_than_it_is_asked_for_and_moves_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        await filled(tmp_path)
        async with opened(tmp_path) as spool:
            follower = spool.follower("rows")
            assert [entry.record for entry in await follower.read(4)] == RECORDS[:4]
            assert [entry.record for entry in await follower.read(4, most_bytes=len(RECORDS[0]) + 1)] == RECORDS[:2]
            assert [entry.record for entry in await follower.read(4, pictures=True, most_bytes=1)] == RECORDS[:1]
            assert follower.position == Position(0, 0)

    asyncio.run(run())


def test_followers_go_at_their_own_pace_and_what_all_have_passed_is_deleted(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path, "rows", "pictures", segment_bytes=100) as spool:
            rows, pictures = spool.follower("rows"), spool.follower("pictures")
            for record in RECORDS:
                await spool.append(record, b"picture of " + record)
            whole = files(tmp_path)
            assert len(whole) == 5
            assert await rest(rows) == RECORDS
            assert files(tmp_path) == whole
            second = (await pictures.read(4, pictures=True))[-1].position
            pictures.done(second)
            assert second.segment == 2
            assert files(tmp_path) == whole[1:]
            assert await rest(pictures) == RECORDS[4:]
            assert files(tmp_path) == whole[-1:]
            assert spool.size() == spool.end.offset

    asyncio.run(run())


def test_another_start_reads_on_from_the_mark(tmp_path: Path) -> None:
    async def run() -> None:
        await filled(tmp_path)
        for start in range(0, 8, 2):
            async with opened(tmp_path) as spool:
                found = await spool.follower("rows").read(2)
                assert [entry.record for entry in found] == RECORDS[start : start + 2]
                spool.follower("rows").done(found[-1].position)
        async with opened(tmp_path) as spool:
            await spool.append(b"new")
            assert await rest(spool.follower("rows")) == [*RECORDS[8:], b"new"]

    asyncio.run(run())


def test_a_follower_that_is_new_or_lost_its_mark_begins_with_the_oldest_entry(tmp_path: Path) -> None:
    async def run() -> None:
        await filled(tmp_path)
        async with opened(tmp_path) as spool:
            assert len(await rest(spool.follower("rows"), 3)) == 10
        await filled(tmp_path)
        (tmp_path / "rows.mark").unlink()
        async with opened(tmp_path, "rows", "new") as spool:
            assert await rest(spool.follower("rows")) == await rest(spool.follower("new")) == RECORDS

    asyncio.run(run())


def test_bytes_behind_are_those_of_the_entries_that_were_not_read(tmp_path: Path) -> None:
    size = sum(map(len, encode(RECORDS[0], b"picture of " + RECORDS[0])))

    async def run() -> None:
        await filled(tmp_path)
        async with opened(tmp_path) as spool:
            follower = spool.follower("rows")
            await spool.append(RECORDS[0], b"picture of " + RECORDS[0])
            for left in range(11, 0, -1):
                assert (follower.bytes_behind(), follower.behind) == (left * size, True)
                follower.done((await follower.read(1))[-1].position)
            assert (follower.bytes_behind(), follower.behind) == (0, False)

    asyncio.run(run())


def test_who_waits_is_woken_by_an_entry_and_rests_without_one(tmp_path: Path) -> None:
    """A follower that has everything sleeps, also behind segments that ended and behind a start."""
    reads: list[int] = []

    async def follow(follower: Follower) -> None:
        while True:
            await follower.wait()
            found = await follower.read(100)
            reads.append(len(found))
            if found:
                follower.done(found[-1].position)

    async def rested(follower: Follower) -> bool:
        while follower.behind:
            await asyncio.sleep(0)
        before = len(reads)
        await asyncio.sleep(0.05)
        return len(reads) == before

    async def run() -> None:
        await filled(tmp_path)
        async with opened(tmp_path, segment_bytes=100) as spool:
            follower = spool.follower("rows")
            task = asyncio.create_task(follow(follower))
            assert await rested(follower)
            for record in RECORDS:
                await spool.append(record)
                assert await rested(follower)
            task.cancel()
            await asyncio.wait([task])
        assert sum(reads) == 20

    asyncio.run(run())


def damage(path: Path, offset: int) -> bytes:
    """Flips a byte."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 0xFF
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("links", [True, False], ids=["", "a disk without second names"])
def test_a_damaged_segment_is_kept_and_told_once_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    told: list[tuple[str, int]] = []
    if not links:
        monkeypatch.setattr(os, "link", _no_links)

    def tell(path: Path, offset: int) -> None:
        told.append((path.name, offset))

    async def run() -> None:
        await filled(tmp_path)
        content = damage(segment_path(tmp_path, 2), 26)
        for _ in range(2):
            async with opened(tmp_path, on_damage=tell) as spool:
                found = await spool.follower("rows").read(100)
                assert [entry.record for entry in found] == RECORDS[:2] + RECORDS[3:]
        async with opened(tmp_path, on_damage=tell) as spool:
            assert await rest(spool.follower("rows"), 1) == RECORDS[:2] + RECORDS[3:]
        assert (tmp_path / "0000000002.damaged").read_bytes() == content
        assert told == [("0000000002.damaged", 0)]
        assert len(files(tmp_path)) == 1

    asyncio.run(run())


def _no_links(*_: object) -> None:
    raise PermissionError


def test_the_rest_of_an_entry_that_a_crash_cut_off_holds_nobody_up(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path) as spool:
            await spool.append(b"whole")
        with segment_path(tmp_path, 1).open("ab") as file:
            file.write(encode(b"not answered")[0][:-1])
        told: list[int] = []
        async with opened(tmp_path, on_damage=lambda path, offset: told.append(offset)) as spool:
            await spool.append(b"next")
            assert await rest(spool.follower("rows"), 1) == [b"whole", b"next"]
        assert told == [sum(map(len, encode(b"whole")))]

    asyncio.run(run())


def test_a_spool_of_nothing_but_damage_is_passed(tmp_path: Path) -> None:
    async def run() -> None:
        segment_path(tmp_path, 7).write_bytes(b"rubbish")
        async with opened(tmp_path) as spool:
            assert await spool.follower("rows").read(10) == []
            assert not spool.follower("rows").behind
            assert files(tmp_path) == ["0000000008.spool"]

    asyncio.run(run())


def test_segments_that_somebody_deleted_hold_nobody_up(tmp_path: Path) -> None:
    async def run() -> None:
        await filled(tmp_path)
        async with opened(tmp_path) as spool:
            segment_path(tmp_path, 1).unlink()
            follower = spool.follower("rows")
            assert follower.bytes_behind() == spool.size() > 0
            left = await rest(follower)
            assert left == RECORDS[-len(left) :]
            assert 0 < len(left) < 10

    asyncio.run(run())


def test_a_mark_that_is_older_than_all_segments_counts_no_byte_twice(tmp_path: Path) -> None:
    async def run() -> None:
        await filled(tmp_path)
        segment_path(tmp_path, 1).unlink()
        Mark(tmp_path / "rows.mark").move(Position(1, 50))
        async with opened(tmp_path) as spool:
            assert spool.follower("rows").bytes_behind() == spool.size()

    asyncio.run(run())
