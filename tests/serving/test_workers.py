import asyncio
import functools
import threading

import pytest

from aoi_modules.errors import RpcError
from aoi_modules.serving.workers import Workers


def test_results_and_errors_come_back() -> None:
    def fails() -> None:
        raise RpcError("NOT_FOUND", "no such model")

    async def ask() -> int:
        workers = Workers(2)
        with pytest.raises(RpcError, match="no such model"):
            await workers.run(fails, 30)
        results = await asyncio.gather(*(workers.run(functools.partial(pow, n, 2), 30) for n in range(50)))
        workers.close()
        return sum(results)

    assert asyncio.run(ask()) == sum(n * n for n in range(50))


def test_a_deadline_ends_the_wait_and_what_still_waits_never_starts() -> None:
    gate, ran = threading.Event(), threading.Event()

    async def ask() -> None:
        workers = Workers(1)
        with pytest.raises(RpcError) as first:
            await workers.run(lambda: gate.wait(30), 0.02)
        with pytest.raises(RpcError) as second:
            await workers.run(ran.set, 0.02)
        assert (first.value.code, second.value.code) == ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED")
        assert workers.busy()
        gate.set()
        await workers.run(lambda: None, 30)
        assert not ran.is_set()
        workers.close()

    asyncio.run(ask())


def test_a_full_queue_refuses() -> None:
    gate, started = threading.Event(), threading.Event()

    def block() -> None:
        started.set()
        gate.wait(30)

    async def ask() -> None:
        workers = Workers(1, queued=1)
        running = asyncio.create_task(workers.run(block, 30))
        while not started.is_set():
            await asyncio.sleep(0)
        waiting = asyncio.create_task(workers.run(lambda: None, 30))
        await asyncio.sleep(0)
        with pytest.raises(RpcError, match="The server is busy: 1 requests wait already") as caught:
            await workers.run(lambda: None, 30)
        assert caught.value.code == "UNAVAILABLE"
        gate.set()
        await asyncio.gather(running, waiting)
        workers.close()

    asyncio.run(ask())


def test_a_caller_that_left_frees_its_place() -> None:
    gate, ran = threading.Event(), threading.Event()

    async def ask() -> None:
        workers = Workers(1)
        blocking = asyncio.create_task(workers.run(lambda: gate.wait(30), 30))
        left = asyncio.create_task(workers.run(ran.set, 30))
        await asyncio.sleep(0)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left  # the cancellation takes several turns of the loop to arrive
        gate.set()
        await blocking
        await workers.run(lambda: None, 30)
        assert not ran.is_set()
        workers.close()

    asyncio.run(ask())
