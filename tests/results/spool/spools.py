"""Spools for tests: opened and closed, read to their end, and what a child process does with one."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aoi_modules.results.spool.follower import Follower
from aoi_modules.results.spool.journal import Spool

APPEND = """
import asyncio, os, sys
from pathlib import Path
from aoi_modules.results.spool.journal import Spool

async def append(spool, number):
    await spool.append(b"%d" % number, b"picture %d" % number)
    os.write(1, b"answered %d\\n" % number)

async def main(folder, rounds, together):
    spool = Spool(Path(folder), ["rows"], segment_bytes=4096)
    for first in range(0, rounds * together, together):
        await asyncio.gather(*(append(spool, number) for number in range(first, first + together)))
    await spool.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""
"""Appends the numbers from 0 on, so many rounds of so many together, and says of each when it is answered."""


def appending(folder: Path, rounds: int, together: int) -> list[str]:
    """The command of a process that does that."""
    return [sys.executable, "-c", APPEND, str(folder), str(rounds), str(together)]


@asynccontextmanager
async def opened(folder: Path, *followers: str, **options: Any) -> AsyncIterator[Spool]:
    """A spool, closed at the end."""
    spool = Spool(folder, followers or ("rows",), **options)
    try:
        yield spool
    finally:
        await spool.close()


async def rest(follower: Follower, count: int = 1000) -> list[bytes]:
    """The records of everything that a follower has not read, which it has done then."""
    records: list[bytes] = []
    while follower.behind:
        found = await follower.read(count)
        records += [entry.record for entry in found]
        if found:
            follower.done(found[-1].position)
    return records


def files(folder: Path) -> Sequence[str]:
    """The names of the segments."""
    return sorted(path.name for path in folder.glob("*.spool"))
