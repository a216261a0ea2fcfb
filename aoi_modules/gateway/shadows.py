"""Shadows: a model that is asked about the line's pictures and compared, and whose word decides nothing."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from aoi_modules.errors import AoiError, Busy
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.judging.inspection import Inspection

AT_ONCE = 8
"""Shadows under way; while there are so many, further pictures have none."""


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

    def follow(self, answered: Inspection, ask: Callable[[], Awaitable[Inspection]], request_id: str) -> None:
        """Starts a shadow, and waits for nothing.

        Args:
            answered: what the line was told.
            ask: asks and judges by the shadow.
            request_id: by which the log knows the request.
        """
        if len(self._running) >= AT_ONCE:
            self._count(answered, "skipped")
            return
        log = self._log.bind(request_id=request_id, component=answered.component)
        task = asyncio.create_task(self._compare(answered, ask, log))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Ends those that are under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _compare(
        self, answered: Inspection, ask: Callable[[], Awaitable[Inspection]], log: structlog.stdlib.BoundLogger
    ) -> None:
        try:
            shadow = await ask()
        except Busy:  # the places are the line's
            self._count(answered, "skipped")
            return
        except AoiError as error:
            self._count(answered, "failed")
            log.warning("shadow failed", detail=error.message)
            return
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
