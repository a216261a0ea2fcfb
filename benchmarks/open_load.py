"""Load at a fixed rate: every request has its moment, whatever became of those before.

Clients that wait for their answers ask less often while a server is slow, and so hide how slow it is. Here the time of
a request counts from its moment on, even if the generator was late.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.serving_load import HttpSession, Target

BROKEN = 0
"""Status of a request whose connection broke, or that was not answered in time."""
CALL_SECONDS = 15.0
_READY = 64
"""Connections that are open before the first request."""


@dataclass(frozen=True)
class Call:
    """One request: when it was due, in seconds from the beginning; how long its answer took from then; HTTP status."""

    due: float
    seconds: float
    status: int

    @property
    def ended(self) -> float:
        """Seconds from the beginning to the answer."""
        return self.due + self.seconds


async def at_rate(target: Target, rate: float, seconds: float) -> list[Call]:
    """Asks so many times a second, and returns when all have been answered."""
    idle = [await HttpSession.open(target) for _ in range(_READY)]
    began = time.perf_counter()

    async def ask(due: float) -> Call:
        try:
            session = idle.pop() if idle else await HttpSession.open(target)
            async with asyncio.timeout(CALL_SECONDS):
                status, _ = await session.answer()
            idle.append(session)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = BROKEN
        return Call(due, time.perf_counter() - began - due, status)

    tasks = []
    for number in range(int(rate * seconds)):
        due = number / rate
        if (early := due - (time.perf_counter() - began)) > 0:
            await asyncio.sleep(early)
        tasks.append(asyncio.create_task(ask(due)))
    calls = await asyncio.gather(*tasks)
    for session in idle:
        with contextlib.suppress(OSError):
            await session.close()
    return calls


def percentile(calls: Sequence[Call], percent: float) -> float:
    """Milliseconds within which so many of 100 calls were answered; NaN without calls."""
    ordered = sorted(call.seconds for call in calls)
    return 1e3 * ordered[min(len(ordered) - 1, int(percent / 100 * len(ordered)))] if ordered else float("nan")
