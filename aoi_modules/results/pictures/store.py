"""A place for pictures, whatever it stands on: a folder, or a bucket of S3."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import ParamSpec, Protocol, TypeVar

THREADS = 8
"""Pictures that are put or got at a time."""
_AT_ONCE = 1000
"""Pictures that are listed at a time."""
Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Kept:
    """A picture in the store.

    Args:
        address: see `addresses.address`.
        size: in bytes.
    """

    address: str
    size: int


class Shelf(Protocol):
    """What a store stands on. Its methods wait for disk or network, and several threads call them at a time.

    Each raises `PictureStoreAway`, with the reason, where the place takes or gives nothing.
    """

    @property
    def name(self) -> str:
        """The place as people write it, without keys."""

    def put(self, address: str, picture: bytes) -> None:
        """Keeps a picture, whole or not at all. On return it outlives a power cut. Twice the same is nothing."""

    def get(self, address: str) -> bytes:
        """Gives a picture; raises `NoSuchResult` if there is none."""

    def delete(self, addresses: Sequence[str]) -> None:
        """Deletes pictures; what is not there is passed over."""

    def listed(self) -> Iterator[Kept]:
        """All pictures, by the order of their addresses; other files are passed over."""

    def close(self) -> None:
        """Ends connections."""


class PictureStore:
    """A shelf that can be asked inside an event loop.

    It has threads of its own: what waits for a store that is away holds up nothing else.

    Args:
        shelf: that it stands on.

    Attributes:
        name: of the shelf.

    Raises:
        PictureStoreAway: each method does, with the reason, where the place takes or gives nothing.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="pictures")
        self.name = shelf.name

    async def put(self, address: str, picture: bytes) -> None:
        """Keeps a picture, whole or not at all. On return it outlives a power cut. Twice the same is nothing."""
        await self._run(self._shelf.put, address, picture)

    async def put_all(self, pictures: Sequence[tuple[str, bytes]]) -> None:
        """Keeps pictures by their addresses, some at a time; after one that fails no others are begun."""
        for start in range(0, len(pictures), THREADS):
            puts = [self.put(address, picture) for address, picture in pictures[start : start + THREADS]]
            for error in await asyncio.gather(*puts, return_exceptions=True):
                if error is not None:
                    raise error

    async def get(self, address: str) -> bytes:
        """Gives a picture.

        Raises:
            NoSuchResult: there is none of this address, or not yet.
        """
        return await self._run(self._shelf.get, address)

    async def delete(self, addresses: Sequence[str]) -> None:
        """Deletes pictures; what is not there is passed over."""
        await self._run(self._shelf.delete, addresses)

    async def listed(self) -> AsyncIterator[Kept]:
        """All pictures, by the order of their addresses."""
        found = self._shelf.listed()
        while some := await self._run(list, islice(found, _AT_ONCE)):
            for kept in some:
                yield kept

    async def size(self) -> int:
        """Bytes of all pictures, which are counted one by one."""
        return sum([kept.size async for kept in self.listed()])

    async def close(self) -> None:
        """Waits for what is under way, and ends."""
        await asyncio.to_thread(self._threads.shutdown)
        self._shelf.close()

    async def _run(self, work: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*given, **named))
