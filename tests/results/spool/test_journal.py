"""The spool as it is appended to: together, in order, safe before anybody is answered."""

import asyncio
import os
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from aoi_modules.errors import ResultsError, SpoolFull
from aoi_modules.results.spool.journal import LIGHT_BYTES, Spool
from aoi_modules.results.spool.mark import Position
from tests import services
from tests.disks import fill, small_disk
from tests.results.spool.spools import appending, files, opened, rest


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every `fdatasync` of a file, which happens all the same."""
    seen: list[int] = []
    sync = os.fdatasync

    def counted(descriptor: int) -> None:
        seen.append(descriptor)
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    return seen


def test_entries_that_wait_together_share_one_write(tmp_path: Path, syncs: list[int]) -> None:
    async def run() -> None:
        async with opened(tmp_path) as spool:
            together = [b"%d" % number for number in range(200)]
            positions = await asyncio.gather(*(spool.append(record, b"picture") for record in together))
            assert len(syncs) == 1
            assert positions == sorted(set(positions))
            assert positions[-1] == spool.end
            await spool.append(b"alone")
            assert len(syncs) == 2
            found = await spool.follower("rows").read(1000)
            assert [entry.record for entry in found] == [*together, b"alone"]
            assert [entry.position for entry in found][:-1] == positions

    asyncio.run(run())


def test_without_sync_the_disk_is_not_waited_for(tmp_path: Path, syncs: list[int]) -> None:
    async def run() -> None:
        async with opened(tmp_path, sync=False) as spool:
            await spool.append(b"record")
            assert await rest(spool.follower("rows")) == [b"record"]
        assert syncs == []

    asyncio.run(run())


def test_little_is_written_in_the_loop_and_much_in_a_thread_where_the_disk_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_loop: list[tuple[str, bool]] = []

    def note(name: str) -> None:
        call = getattr(os, name)

        def noted(*given: Any) -> Any:
            in_loop.append((name, threading.current_thread() is threading.main_thread()))
            return call(*given)

        monkeypatch.setattr(os, name, noted)

    note("pwritev")
    note("fdatasync")

    async def run() -> None:
        for sync in (False, True):
            async with opened(tmp_path / str(sync), sync=sync) as spool:
                await spool.append(b"record")
                await spool.append(b"record", bytes(LIGHT_BYTES))
                assert [len(found.record) for found in await spool.follower("rows").read(9)] == [6, 6]

    asyncio.run(run())
    without, waited_for = [("pwritev", True), ("pwritev", False)], [("fdatasync", False)]
    assert in_loop == [*without, without[0], *waited_for, without[1], *waited_for]


def test_what_is_appended_during_a_write_is_written_next_and_nothing_is_overtaken(tmp_path: Path) -> None:
    async def run() -> None:
        ends: list[int] = []

        async def append(spool: Spool, number: int) -> None:
            await asyncio.sleep(0.001 * (number % 7))
            await spool.append(b"%d" % number)
            ends.append(number)

        async with opened(tmp_path, segment_bytes=200) as spool:
            await asyncio.gather(*(append(spool, number) for number in range(100)))
            records = await rest(spool.follower("rows"))
            assert [int(record) for record in records] == ends
            assert sorted(ends) == list(range(100))

    asyncio.run(run())


def test_a_full_segment_gets_no_further_entries(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path, segment_bytes=40) as spool:
            positions = [await spool.append(b"0123456789") for _ in range(5)]
            assert [position.segment for position in positions] == [1, 1, 2, 2, 3]
            assert files(tmp_path) == [f"000000000{number}.spool" for number in (1, 2, 3)]
            assert spool.size() == sum(path.stat().st_size for path in tmp_path.glob("*.spool"))

    asyncio.run(run())


def test_starts_that_write_nothing_leave_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        for _ in range(3):
            async with opened(tmp_path):
                pass
        assert files(tmp_path) == ["0000000001.spool"]

    asyncio.run(run())


def test_positions_rise_though_all_segments_went(tmp_path: Path) -> None:
    async def run() -> None:
        last = Position(0, 0)
        for _ in range(3):
            async with opened(tmp_path) as spool:
                position = await spool.append(b"record")
                assert position > last
                last = position
                assert await rest(spool.follower("rows")) == [b"record"]
            for name in files(tmp_path):
                (tmp_path / name).unlink()

    asyncio.run(run())


def test_a_folder_has_one_process(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path):
            with pytest.raises(ResultsError, match="another process uses this spool"):
                Spool(tmp_path, ["rows"])
        async with opened(tmp_path):
            pass

    asyncio.run(run())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def run() -> None:
        with pytest.raises(ResultsError, match="file/spool/lock: cannot be written"):
            Spool(tmp_path / "file" / "spool", ["rows"])

    asyncio.run(run())


def test_who_leaves_before_the_answer_has_their_entry_kept(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path) as spool:
            leaving = asyncio.create_task(spool.append(b"left"))
            await asyncio.sleep(0)
            leaving.cancel()
            await spool.append(b"stayed")
            assert await rest(spool.follower("rows")) == [b"left", b"stayed"]

    asyncio.run(run())


def test_closing_writes_what_waits_and_then_nothing_is_taken(tmp_path: Path) -> None:
    async def run() -> None:
        spool = Spool(tmp_path, ["rows"])
        waiting = asyncio.create_task(spool.append(b"record"))
        await asyncio.sleep(0)
        await spool.close()
        await waiting
        await spool.close()
        with pytest.raises(ResultsError, match="the spool is closed"):
            await spool.append(b"late")
        async with opened(tmp_path) as again:
            assert await rest(again.follower("rows")) == [b"record"]

    asyncio.run(run())


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(tmp_path: Path) -> None:
    damages: list[Path] = []

    async def run(folder: Path) -> None:
        async with opened(folder, on_damage=lambda path, _: damages.append(path)) as spool:
            await spool.append(b"first", bytes(600_000))
            sizes = [10, 500_000, 20, 500_000, 30]
            answers = await asyncio.gather(
                *(spool.append(b"%d" % size, bytes(size)) for size in sizes), return_exceptions=True
            )
            assert [isinstance(answer, SpoolFull) for answer in answers] == [False, True, False, True, False]
            filler = fill(folder)
            with pytest.raises(SpoolFull, match="No space left on device"):
                await spool.append(b"nothing fits", bytes(10_000))
            filler.unlink()
            await spool.append(b"last", bytes(10_000))
            assert await rest(spool.follower("rows")) == [b"first", b"10", b"20", b"30", b"last"]
            assert damages == []

    with small_disk(tmp_path / "disk", "1m") as disk:
        asyncio.run(run(disk))


def test_a_disk_that_holds_less_than_a_segment_is_emptied_when_all_has_been_read(tmp_path: Path) -> None:
    async def run(folder: Path) -> None:
        async with opened(folder, "rows", "pictures") as spool:
            for _ in range(3):
                await spool.append(b"record", bytes(900_000))
                with pytest.raises(SpoolFull):
                    await spool.append(b"too early", bytes(900_000))
                assert await rest(spool.follower("rows")) == [b"record"]
                with pytest.raises(SpoolFull):
                    await spool.append(b"too early", bytes(900_000))
                assert await rest(spool.follower("pictures")) == [b"record"]
            assert await rest(spool.follower("rows")) == []

    with small_disk(tmp_path / "disk", "1m") as disk:
        asyncio.run(run(disk))


def test_a_full_disk_keeps_no_follower_from_making_room(tmp_path: Path) -> None:
    async def run(folder: Path) -> None:
        async with opened(folder, segment_bytes=100_000) as spool:
            answers = [spool.append(b"record", bytes(90_000)) for _ in range(20)]
            taken = await asyncio.gather(*answers, return_exceptions=True)
            assert any(isinstance(answer, SpoolFull) for answer in taken)
            fill(folder)
            records = await rest(spool.follower("rows"), 1)
            assert len(records) > 8
            await spool.append(b"more", bytes(90_000))
            assert await rest(spool.follower("rows")) == [b"more"]

    with small_disk(tmp_path / "disk", "1m") as disk:
        asyncio.run(run(disk))


def test_after_a_kill_everything_that_was_answered_is_read(tmp_path: Path) -> None:
    """Twice, since the second run begins with what the first one left."""
    for _ in range(2):
        before = len(_read(tmp_path))
        with subprocess.Popen(appending(tmp_path, 10**6, 8), stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            answered = [child.stdout.readline() for _ in range(300)]
            child.send_signal(signal.SIGKILL)
            answered += [line for line in child.stdout if line.endswith("\n")]
        read = _read(tmp_path)[before:]
        assert read == list(range(len(read)))
        assert {int(line.removeprefix("answered ")) for line in answered} <= set(read)


def _read(folder: Path) -> list[int]:
    """The numbers of all entries; the mark stays where it is."""

    async def run() -> list[int]:
        async with opened(folder) as spool:
            found = await spool.follower("rows").read(10**6, pictures=True)
            assert all(entry.picture == b"picture " + entry.record for entry in found)
            return [int(entry.record) for entry in found]

    return asyncio.run(run())


@services.need(services.STRACE)
def test_the_system_sees_a_write_then_a_sync_then_the_answer(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    tracing = [services.path_of("strace"), "-f", "-o", str(trace), "-e", "trace=write,pwritev,pwritev2,fdatasync"]
    subprocess.run([*tracing, *appending(tmp_path / "spool", 3, 5)], stdout=subprocess.DEVNULL, check=True)
    answers = [[f"answered {number}" for number in range(first, first + 5)] for first in (0, 5, 10)]
    expected = [call for together in answers for call in ["written", "synced", *together]]
    assert _calls(trace.read_text()) == expected


def _calls(trace: str) -> list[str]:
    """What the system was asked for: writes and syncs of the spool where they end, answers where they begin."""
    said = {
        r"pwritev2?(\(| resumed>).*= \d+$": "written",
        r"fdatasync(\(| resumed>).*= 0$": "synced",
        r'write\(1, "(answered \d+)': "",
    }
    calls = []
    for line in trace.splitlines():
        for pattern, word in said.items():
            if found := re.search(pattern, line):
                calls.append(word or found[1])
    return calls
