"""What is left in a spool is seen from outside."""

import asyncio
from pathlib import Path

from aoi_modules.results.spool.backlog import bytes_left
from tests.results.spool.spools import files, opened, rest


def test_a_folder_without_a_spool_has_nothing(tmp_path: Path) -> None:
    assert bytes_left(tmp_path / "none", ["rows"]) == 0


def test_what_the_slowest_follower_has_not_passed_is_left(tmp_path: Path) -> None:
    async def run() -> tuple[int, int, int]:
        async with opened(tmp_path, "rows", "pictures") as spool:
            for number in range(3):
                await spool.append(b"record %d" % number, b"picture")
            whole = bytes_left(tmp_path, ["rows", "pictures"])
            assert whole == spool.size() == sum(path.stat().st_size for path in tmp_path.glob("*.spool"))
            await rest(spool.follower("rows"))
            assert bytes_left(tmp_path, ["rows"]) == 0
            behind = bytes_left(tmp_path, ["rows", "pictures"])
            await rest(spool.follower("pictures"))
            return whole, behind, bytes_left(tmp_path, ["rows", "pictures"])

    whole, behind, end = asyncio.run(run())
    assert whole == behind > 0
    assert end == 0
    assert bytes_left(tmp_path, ["rows", "pictures"]) == 0, "and after its process has ended, too"


def test_part_of_a_segment_and_later_segments_count(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path, segment_bytes=64) as spool:
            for number in range(6):
                await spool.append(b"record %d" % number)
            follower = spool.follower("rows")
            (first, *_) = await follower.read(1)
            follower.done(first.position)
            assert bytes_left(tmp_path, ["rows"]) == follower.bytes_behind() > 0

    asyncio.run(run())
    assert len(files(tmp_path)) > 1
