"""Pictures on their way from the spool to the store: none is lost, none comes twice, and no row waits for them."""

import asyncio
import io
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from aoi_modules.errors import DatabaseAway
from aoi_modules.logs import event_log
from aoi_modules.results import following
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.keeping import PICTURES, Keeping, Late
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.record import new_id
from aoi_modules.results.spool.journal import Spool
from aoi_modules.results.spool.mark import Position
from tests.disks import fill, small_disk
from tests.results.pictures.conftest import contents, with_store
from tests.results.records import record
from tests.results.spool.spools import opened, rest
from tests.seaweedfs import NEED, running_seaweedfs

KEEP = """
import asyncio, os, sys
from pathlib import Path
from aoi_modules.logs import event_log
from aoi_modules.results.pictures.keeping import PICTURES, Keeping
from aoi_modules.results.pictures.opening import open_store
from aoi_modules.results.spool.journal import Spool
from tests.results.pictures.test_keeping import append

async def main():
    spool = Spool(Path(sys.argv[1]), [PICTURES], segment_bytes=100_000)
    keeping = Keeping(spool.follower(PICTURES), open_store(sys.argv[2]), Path(sys.argv[1]), event_log())
    task = asyncio.create_task(keeping.run())
    for _ in range(30):
        await asyncio.gather(*(said(spool) for _ in range(5)))
    await task

async def said(spool):
    place, _ = await append(spool, os.urandom(2_000))
    os.write(1, place.encode() + b"\\n")

asyncio.run(main())
"""


async def append(spool: Spool, picture: bytes, number: int = 0) -> tuple[str, Position]:
    """Appends a record with its picture; gives the picture's address and the position behind it."""
    one = record(number)
    position = await spool.append(msgspec.msgpack.encode(one), picture)
    return address(one.id, one.picture.kind), position


@asynccontextmanager
async def keeping(
    folder: Path, store: PictureStore, said: io.StringIO | None = None, late: Late | None = None
) -> AsyncIterator[tuple[Spool, Keeping]]:
    """A spool with rows and pictures, and what keeps its pictures."""
    async with opened(folder / "spool", "rows", PICTURES) as spool:
        keeper = Keeping(spool.follower(PICTURES), store, folder / "refused", event_log(said or io.StringIO()), late)
        task = asyncio.create_task(keeper.run())
        try:
            yield spool, keeper
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again soon."""
    monkeypatch.setattr(following, "PAUSE_SECONDS", 0.01)


def test_pictures_come_into_the_store_and_entries_without_one_are_passed_over(tmp_path: Path, store_url: str) -> None:
    async def act(store: PictureStore) -> None:
        async with keeping(tmp_path, store) as (spool, keeper):
            expected: dict[str, bytes] = {}
            for number in range(40):
                picture = b"" if number % 3 else bytes([number]) * 100
                place, end = await append(spool, picture, number)
                expected |= {place: picture} if picture else {}
            assert await keeper.until(end, 60)
            assert await contents(store) == expected
            assert (keeper.away, keeper.refusals) == ("", 0)

    with_store(store_url, act)


def test_a_full_disk_of_pictures_holds_up_no_row_and_loses_none(tmp_path: Path) -> None:
    async def run(disk: Path) -> None:
        store, said = open_store(disk / "pictures"), io.StringIO()
        async with keeping(tmp_path, store, said) as (spool, keeper):
            filler = fill(disk)
            expected = {(await append(spool, bytes(50_000), number))[0]: bytes(50_000) for number in range(5)}
            while not keeper.away:
                await asyncio.sleep(0.01)
            assert "takes no picture: No space left on device" in keeper.away
            assert len(await rest(spool.follower("rows"))) == 5
            place, end = await append(spool, b"small", 6)
            assert not await keeper.until(end, 0.1)
            filler.unlink()
            assert await keeper.until(end, 60)
            assert await contents(store) == {**expected, place: b"small"}
        await store.close()
        events = [json.loads(line)["event"] for line in said.getvalue().splitlines()]
        assert events == ["picture store away", "pictures are kept again"]

    with small_disk(tmp_path / "disk", "1m") as disk:
        asyncio.run(run(disk))


def test_a_record_that_names_no_picture_is_put_aside_with_it(tmp_path: Path, store_url: str) -> None:
    async def act(store: PictureStore) -> None:
        async with keeping(tmp_path, store) as (spool, keeper):
            broken = await spool.append(b"no record", b"picture 1")
            strange = await spool.append(msgspec.msgpack.encode(record(id="../../etc/passwd")), b"picture 2")
            place, end = await append(spool, b"picture 3")
            assert await keeper.until(end, 60)
            assert await contents(store) == {place: b"picture 3"}
            assert keeper.refusals == 2
            for position, picture in ((broken, b"picture 1"), (strange, b"picture 2")):
                file = tmp_path / "refused" / f"{position.segment:010}-{position.offset}.picture"
                assert file.read_bytes() == picture

    with_store(store_url, act)


def test_what_is_put_aside_is_told_once_even_if_the_store_is_away(tmp_path: Path) -> None:
    async def run() -> None:
        place = tmp_path / "pictures"
        place.write_text("no folder")
        store, said = open_store(place), io.StringIO()
        async with keeping(tmp_path, store, said) as (spool, keeper):
            await asyncio.gather(spool.append(b"no record", b"picture 1"), append(spool, b"picture 2"))
            while not keeper.away:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            place.unlink()
            assert await keeper.until(spool.end, 60)
            assert keeper.refusals == 1
        await store.close()
        events = [json.loads(line)["event"] for line in said.getvalue().splitlines()]
        assert events == ["picture store away", "picture refused", "pictures are kept again"]

    asyncio.run(run())


def test_of_pictures_that_come_late_the_database_is_asked(tmp_path: Path) -> None:
    late: list[str] = []

    async def note(ids: Sequence[str]) -> None:
        late.extend(ids)
        if len(late) == 2:
            raise DatabaseAway("it does not answer")

    async def act(store: PictureStore) -> None:
        async with keeping(tmp_path, store, late=note) as (spool, keeper):
            one, other = await asyncio.gather(append(spool, b"old"), append(spool, b"older", -1))
            in_time = record(id=new_id())
            end = await spool.append(msgspec.msgpack.encode(in_time), b"new")
            assert await keeper.until(end, 60)
            assert [address(name, "png") for name in late] == [one[0], other[0]] * 2
            assert set(await contents(store)) == {one[0], other[0], address(in_time.id, "png")}

    with_store(tmp_path / "pictures", act)


def test_kill_9_in_between_loses_nothing_and_doubles_nothing(tmp_path: Path, store_url: str) -> None:
    answered: list[str] = []
    for _ in range(3):
        command = [sys.executable, "-c", KEEP, str(tmp_path / "spool"), store_url]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
        assert child.stdout is not None
        answered += [child.stdout.readline().decode().strip() for _ in range(90)]
        child.send_signal(signal.SIGKILL)
        answered += [line.decode().strip() for line in child.stdout if line.endswith(b"\n")]
        child.wait()
        child.stdout.close()

    async def act(store: PictureStore) -> None:
        before = {kept.address async for kept in store.listed()}
        async with opened(tmp_path / "spool", PICTURES) as spool:
            keeper = Keeping(spool.follower(PICTURES), store, tmp_path, event_log(io.StringIO()))
            task = asyncio.create_task(keeper.run())
            assert await keeper.until(spool.end, 60)
            task.cancel()
        kept = [kept async for kept in store.listed()]
        assert before <= {one.address for one in kept}
        assert set(answered) <= {one.address for one in kept}
        assert len(kept) - len(answered) <= 3 * 5  # written, and killed before it was said
        assert {one.size for one in kept} == {2_000}

    with_store(store_url, act)


@pytest.mark.slow
@NEED[0]
@NEED[1]
def test_a_server_that_is_away_for_a_while_gets_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_seaweedfs() as server:
        for name, value in server.keys.items():
            monkeypatch.setenv(name, value)
        place = server.new_place()

        async def act(store: PictureStore) -> None:
            async with keeping(tmp_path, store) as (spool, keeper):
                expected = {(await append(spool, b"before", number))[0]: b"before" for number in range(10)}
                server.kill()
                expected |= {(await append(spool, b"without", number))[0]: b"without" for number in range(10)}
                while not keeper.away:
                    await asyncio.sleep(0.01)
                assert len(await rest(spool.follower("rows"))) == 20
                await asyncio.to_thread(server.start)
                place, end = await append(spool, b"after")
                assert await keeper.until(end, 60)
                assert await contents(store) == {**expected, place: b"after"}

        with_store(place, act)
