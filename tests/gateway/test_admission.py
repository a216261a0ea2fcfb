"""Turns: at once, in order, refused, given up."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import Crowded
from aoi_modules.gateway.admission import Admission, Memory

PATIENCE = 240.0


def run(act: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(act(), PATIENCE))


@given(at_once=st.integers(1, 4), waiting=st.integers(0, 4), arrivals=st.integers(0, 20))
def test_never_more_at_once_and_each_has_its_turn_or_is_told(at_once: int, waiting: int, arrivals: int) -> None:
    inside = most = 0
    order: list[int] = []

    async def act() -> None:
        admission = Admission("parts", at_once, waiting)

        async def one(number: int) -> bool:
            nonlocal inside, most
            try:
                async with admission.turn(PATIENCE):
                    inside, most = inside + 1, max(most, inside + 1)
                    order.append(number)
                    await asyncio.sleep(0)
                    inside -= 1
            except Crowded:
                return False
            return True

        told = await asyncio.gather(*map(one, range(arrivals)))
        assert sum(told) == min(arrivals, at_once + waiting), "all arrive in the same moment"

    run(act)
    assert most <= at_once
    assert order == sorted(order), "first come, first served"


def test_without_a_limit_nobody_waits() -> None:
    async def act() -> None:
        admission = Admission("parts", None, 0)
        async with AsyncExitStack() as turns:
            for _ in range(100):
                await turns.enter_async_context(admission.turn(PATIENCE))

    run(act)


def test_the_wait_comes_off_the_time_that_is_left() -> None:
    async def act() -> None:
        admission = Admission("parts", 1, 1)

        async def hold() -> None:
            async with admission.turn(PATIENCE):
                await asyncio.sleep(0.2)

        held = asyncio.create_task(hold())
        await asyncio.sleep(0)
        async with admission.turn(5.0) as left:
            assert left <= 4.85
        await held

    run(act)


def test_who_waits_too_long_is_told_and_takes_nobodys_turn() -> None:
    async def act() -> None:
        admission = Admission("parts", 1, 2)
        async with admission.turn(PATIENCE):
            with pytest.raises(Crowded, match=r"no turn within 0\.01 s: too many parts at once"):
                async with admission.turn(0.01):
                    pytest.fail("the turn is taken")
            assert admission.waiting == 0
        async with admission.turn(0.01):
            pass

    run(act)


def test_a_turn_that_nobody_takes_any_more_goes_to_the_next() -> None:
    """Whoever waits is cancelled in the very moment in which the turn is given."""

    async def act() -> None:
        admission = Admission("parts", 1, 2)

        async def wait() -> None:
            async with admission.turn(PATIENCE):
                pass

        async with admission.turn(PATIENCE):
            leaves, stays = asyncio.create_task(wait()), asyncio.create_task(wait())
            await asyncio.sleep(0)
        leaves.cancel()
        await stays
        with pytest.raises(asyncio.CancelledError):
            await leaves

    run(act)


def test_other_limits_let_in_who_waits() -> None:
    async def act() -> None:
        admission = Admission("parts", 1, 1)
        async with admission.turn(PATIENCE):
            entered = asyncio.Event()

            async def wait() -> None:
                async with admission.turn(PATIENCE):
                    entered.set()

            waits = asyncio.create_task(wait())
            await asyncio.sleep(0)
            admission.change(2, 1)
            await entered.wait()
            await waits

    run(act)


def test_memory_is_bounded_and_given_back() -> None:
    memory = Memory("messages")
    for _ in range(2):
        with memory.held(600, 1000), memory.held(400, 1000):
            with pytest.raises(Crowded, match="of messages are held"), memory.held(1, 1000):
                raise AssertionError("it was let in")
            with memory.held(1, 1001):
                pass
