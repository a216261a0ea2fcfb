"""Shadows: a model that is asked about the line's pictures and compared, and whose word decides nothing."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

import structlog

from aoi_modules.errors import AoiError, Busy
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.judging.inspection import Inspection

AT_ONCE = 8
"""Shadows under way; further pictures wait for theirs."""
WAITING, WAITING_BYTES = 1024, 64 * 2**20
"""Pictures that may wait, and how large all of them may be; further ones have no shadow."""
FAILED_IN_A_ROW = 5
"""After so many failures of a component's shadow, it rests: one in vain costs as much as a good one."""
SHORTEST_REST, LONGEST_REST = 1.0, 60.0
"""Seconds until it is tried again with one picture; twice as long each time that this fails."""

_Compare = Callable[[], Coroutine[None, None, None]]


class _Health:
    """Whether a component's shadow is asked now."""

    def __init__(self) -> None:
        self._failures = 0
        self._rests = 0
        self._rest_until = 0.0
        self._tried = False

    def comes(self) -> bool:
        """Whether the next picture is asked about; after a rest that is one at a time."""
        if self._failures < FAILED_IN_A_ROW:
            return True
        if self._tried or time.monotonic() < self._rest_until:
            return False
        self._tried = True
        return True

    def over(self, *, failed: bool | None) -> float:
        """Notes what became of a picture that was asked about; gives the seconds of the rest that begins with it.

        Args:
            failed: None if the shadow was not reached, for want of a place.
        """
        self._tried = False
        if failed is False:
            self._failures = self._rests = 0
        if not failed:
            return 0.0
        self._failures += 1
        if self._failures < FAILED_IN_A_ROW or time.monotonic() < self._rest_until:
            return 0.0
        seconds = min(SHORTEST_REST * 2.0 ** min(self._rests, 10), LONGEST_REST)
        self._rests += 1
        self._rest_until = time.monotonic() + seconds
        return seconds


class Shadows:
    """Runs shadows after the line has its answer, and tells where they differ. Made inside the running event loop.

    Args:
        metrics: counts them by outcome: same, other, failed, skipped.
        log: is told where they differ or fail.
    """

    def __init__(self, metrics: Metrics, log: structlog.stdlib.BoundLogger) -> None:
        self._metrics = metrics
        self._log = log
        self._running: set[asyncio.Task[None]] = set()
        self._waiting: deque[tuple[int, _Compare]] = deque()
        self._waiting_bytes = 0
        self._health: defaultdict[str, _Health] = defaultdict(_Health)

    def follow(
        self, answered: Inspection, ask: Callable[[], Awaitable[Inspection]], request_id: str, *, size: int
    ) -> None:
        """Has a shadow asked, now or soon, and waits for nothing.

        Args:
            answered: what the line was told.
            ask: asks and judges by the shadow.
            request_id: by which the log knows the request.
            size: of the picture, in bytes.
        """
        log = self._log.bind(request_id=request_id, component=answered.component)
        compare = partial(self._compare, answered, ask, log)
        if len(self._running) < AT_ONCE:
            self._start(compare)
        elif len(self._waiting) < WAITING and self._waiting_bytes + size <= WAITING_BYTES:
            self._waiting.append((size, compare))
            self._waiting_bytes += size
        else:
            self._count(answered, "skipped")

    def begin_anew(self) -> None:
        """Asks all shadows again, whatever became of them: the routes have changed."""
        self._health.clear()

    async def close(self) -> None:
        """Ends those that are under way, and begins no other."""
        self._waiting.clear()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, compare: _Compare) -> None:
        task = asyncio.create_task(compare())
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if self._waiting:
            size, compare = self._waiting.popleft()
            self._waiting_bytes -= size
            self._start(compare)

    async def _compare(
        self, answered: Inspection, ask: Callable[[], Awaitable[Inspection]], log: structlog.stdlib.BoundLogger
    ) -> None:
        health = self._health[answered.component]
        if not health.comes():
            self._count(answered, "skipped")
            return
        try:
            shadow = await ask()
        except Busy:  # the places are the line's
            health.over(failed=None)
            self._count(answered, "skipped")
            return
        except AoiError as error:
            rest = health.over(failed=True)
            self._count(answered, "failed")
            log.warning("shadow failed", detail=error.message, **({"rests_seconds": rest} if rest else {}))
            return
        health.over(failed=False)
        same = shadow.verdict is answered.verdict
        self._count(answered, "same" if same else "other")
        if not same:
            log.info(
                "shadow differs",
                verdict=answered.verdict,
                version=answered.model.version,
                shadow_verdict=shadow.verdict,
                shadow_model=shadow.model.name,
                shadow_version=shadow.model.version,
            )

    def _count(self, answered: Inspection, outcome: str) -> None:
        self._metrics.shadows.labels(answered.component, outcome).inc()
