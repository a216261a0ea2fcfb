"""What every store of pictures does, whatever it stands on."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from aoi_modules.errors import NoSuchResult, PictureStoreAway
from aoi_modules.results.pictures.addresses import address
from aoi_modules.results.pictures.store import THREADS, Kept, PictureStore
from aoi_modules.results.record import new_id
from tests.results.pictures.conftest import contents, with_store

SOME = {address(new_id(), "png"): bytes([number]) * (number + 1) for number in range(20)}


async def put_all(store: PictureStore) -> None:
    await store.put_all(list(SOME.items()))


def test_what_is_put_is_there_until_it_is_deleted(store_url: str) -> None:
    async def act(store: PictureStore) -> None:
        assert (await contents(store), await store.size()) == ({}, 0)
        await put_all(store)
        assert await contents(store) == SOME
        assert await store.size() == sum(map(len, SOME.values()))
        listed = [kept async for kept in store.listed()]
        assert listed == [Kept(place, len(SOME[place])) for place in sorted(SOME)]
        first, *others = SOME
        await store.delete([first])
        with pytest.raises(NoSuchResult, match=first):
            await store.get(first)
        assert await contents(store) == {place: SOME[place] for place in others}
        await store.delete(list(SOME))
        await store.delete(list(SOME))
        await store.delete([])
        assert await contents(store) == {}

    with_store(store_url, act)


def test_a_picture_may_be_put_twice(store_url: str) -> None:
    async def act(store: PictureStore) -> None:
        await put_all(store)
        await put_all(store)
        assert await contents(store) == SOME

    with_store(store_url, act)


def test_after_a_picture_that_fails_no_others_are_begun() -> None:
    async def run() -> None:
        shelf = Stuck(fails=True)
        shelf.free.set()
        store = PictureStore(shelf)
        with pytest.raises(PictureStoreAway, match="stuck"):
            await store.put_all([("", b"")] * 100)
        assert shelf.begun == THREADS
        await store.close()

    asyncio.run(run())


def test_a_store_is_there_again_when_it_is_opened_again(store_url: str) -> None:
    with_store(store_url, put_all)
    assert with_store(store_url, contents) == SOME


class Stuck:
    """A shelf that takes nothing until it is let go."""

    name = "stuck"

    def __init__(self, *, fails: bool = False) -> None:
        self.free = threading.Event()
        self.begun = 0
        self._fails = fails

    def put(self, address: str, picture: bytes) -> None:
        self.begun += 1
        assert self.free.wait(60)
        if self._fails:
            raise PictureStoreAway("stuck")

    def get(self, address: str) -> bytes:
        raise NotImplementedError

    def delete(self, addresses: Sequence[str]) -> None:
        raise NotImplementedError

    def listed(self) -> Iterator[Kept]:
        yield from ()

    def close(self) -> None:
        self.free.set()


def test_a_store_that_does_not_answer_takes_none_of_the_loop_s_own_threads() -> None:
    async def run() -> None:
        shelf = Stuck()
        store = PictureStore(shelf)
        puts = [asyncio.create_task(store.put("", b"")) for _ in range(50)]
        while shelf.begun < THREADS:
            await asyncio.sleep(0.001)
        assert await asyncio.gather(*(asyncio.to_thread(int, "7") for _ in range(50))) == [7] * 50
        assert shelf.begun == THREADS
        shelf.free.set()
        await asyncio.gather(*puts)
        await store.close()

    asyncio.run(run())
