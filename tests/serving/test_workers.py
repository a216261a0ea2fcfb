import asyncio
import functools
import threading
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.serving.job import Ask, Done, Job, Outputs
from aoi_modules.serving.workers import GREAT_BYTES, Workers
from tests.serving.calls import wait_for


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


# Requests in steps


class Doubles:
    """A model that answers y = 2 x from another thread, when it may."""

    def __init__(self, x: NDArray[Any]) -> None:
        self.x = x
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, job: Job, done: Done) -> None:
        if self.x.size > 1 << 20:
            raise RpcError("UNAVAILABLE", "too much")

        def work() -> None:
            self.gate.wait(30)
            if self.x.size == 0:
                done(None, RpcError("INVALID_ARGUMENT", "nothing to double"))
            else:
                done({"y": 2 * self.x}, None)

        threading.Thread(target=work, daemon=True).start()


Names = list[str]


def doubled(call: Doubles, threads: Names, *, ended: Names | None = None) -> Generator[Ask, Outputs, float]:
    """Asks twice, and notes in which threads it was taken further."""
    try:
        threads.append(threading.current_thread().name)
        first = yield call
        threads.append(threading.current_thread().name)
        second = yield Doubles(first["y"][:2])
        return float(second["y"].sum())
    finally:
        if ended is not None:
            ended.append("ended")


ONES = np.ones(2)


@pytest.mark.parametrize("light", [True, False])
def test_steps_of_which_the_light_first_one_is_taken_in_the_event_loop(light: bool) -> None:
    threads: Names = []

    async def ask() -> float:
        workers = Workers(2)
        answers = await asyncio.gather(
            *(workers.walk(doubled(Doubles(ONES), threads), 30, light=light) for _ in range(20)),
        )
        workers.close()
        return sum(answers)

    assert asyncio.run(ask()) == 20 * 8
    assert threads.count("MainThread") == (20 if light else 0)


def test_great_outputs_become_an_answer_in_a_thread_of_the_workers() -> None:
    threads: Names = []

    async def ask() -> None:
        workers = Workers(2)
        await workers.walk(doubled(Doubles(np.ones(GREAT_BYTES)), threads), 30, light=True)
        workers.close()

    asyncio.run(ask())
    assert threads[1].startswith("run-")


@pytest.mark.parametrize(("size", "code"), [(0, "INVALID_ARGUMENT"), (2 << 20, "UNAVAILABLE")])
def test_errors_of_the_model_are_raised_in_the_steps(size: int, code: str) -> None:
    ended: Names = []

    async def ask() -> None:
        workers = Workers(2)
        with pytest.raises(RpcError) as caught:
            await workers.walk(doubled(Doubles(np.ones(size)), [], ended=ended), 30, light=True)
        assert caught.value.code == code
        workers.close()

    asyncio.run(ask())
    assert ended == ["ended"]


def test_an_error_of_the_first_step_is_the_answer() -> None:
    def refuses(known: bool) -> Generator[Ask, Outputs, float]:
        if not known:
            raise RpcError("NOT_FOUND", "no such model")
        yield Doubles(ONES)
        return 0.0

    async def ask() -> None:
        with pytest.raises(RpcError, match="no such model"):
            await Workers(1).walk(refuses(False), 30, light=True)

    asyncio.run(ask())


def test_steps_that_take_too_long_come_to_their_end_all_the_same() -> None:
    ended: Names = []
    call = Doubles(ONES)
    call.gate.clear()

    async def ask() -> None:
        workers = Workers(2)
        with pytest.raises(RpcError, match=r"not answered within 0\.02 s") as caught:
            await workers.walk(doubled(call, [], ended=ended), 0.02, light=True)
        assert caught.value.code == "DEADLINE_EXCEEDED"
        assert not ended
        call.gate.set()
        await asyncio.to_thread(wait_for, lambda: ended, bool)
        workers.close()

    asyncio.run(ask())
