"""Traffic: clients that ask all the time while something changes, and remember who answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from aoi_modules.client.base import PredictClient
from aoi_modules.client.measuring.load import Bounds, Load, TimedCall
from aoi_modules.errors import AoiError

MAX_SECONDS = 600.0
"""After which traffic ends even if nobody ends it."""


class Traffic:
    """Asks about pictures from several clients at once as long as the block runs.

    Args:
        connect: makes a client; each of the traffic's clients has one of its own.
        pictures: encoded; asked one a call, in turn.
        clients: that ask at once.
        pause: seconds that a client waits after each answer, as a camera does for the next part.

    Raises:
        AoiError: at the start of the block, the very first call failed.

    Example:
        >>> with Traffic(connect, pictures) as traffic:  # doctest: +SKIP
        ...     publish_a_new_version()
        >>> traffic.failures  # doctest: +SKIP
        {}
    """

    def __init__(
        self,
        connect: Callable[[], PredictClient],
        pictures: Sequence[bytes],
        *,
        clients: int = 2,
        pause: float = 0.0,
    ) -> None:
        if not pictures:
            raise ValueError("pictures: expected at least one. Received: none")
        self._pictures = list(pictures)
        self._pause = pause
        self._stopped = threading.Event()
        self._load = Load(connect, self._ask, Bounds(clients=clients, seconds=MAX_SECONDS))
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._trouble: AoiError | None = None
        self._flows = threading.Event()
        self._asked = 0
        self._began = time.perf_counter()
        self._calls: list[TimedCall] = []

    @property
    def calls(self) -> list[TimedCall]:
        """The calls so far, in the order in which they ended; `began` counts from the beginning of the traffic."""
        return sorted(self._calls, key=lambda call: call.ended)

    @property
    def failures(self) -> dict[str, int]:
        """How many calls ended with which error."""
        return dict(Counter(call.error for call in self._calls if call.error).most_common())

    @property
    def seconds(self) -> float:
        """Since the beginning; the clock of the calls."""
        return time.perf_counter() - self._began

    def require_no_failure(self) -> int:
        """Counts the calls, all of which were answered.

        Raises:
            AoiError: one was not, or there was none at all; says how many and why.
        """
        calls, failed = len(self._calls), sum(self.failures.values())
        if failed or not calls:
            reasons = ", ".join(f"{count} {code}" for code, count in self.failures.items()) or "there was no call"
            raise AoiError(f"{failed} of {calls} calls failed: {reasons}", hint="look at the end of the server's log")
        return calls

    def __enter__(self) -> Self:
        self._thread.start()
        self._flows.wait()
        if self._trouble is not None:
            self._thread.join()
            raise self._trouble
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._load.stop()
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._load.run()
        except AoiError as error:
            self._trouble = error
        finally:
            self._flows.set()

    def _ask(self, client: PredictClient) -> None:
        picture = self._pictures[self._asked % len(self._pictures)]
        self._asked += 1  # two threads may see one number; then a picture comes twice
        start = time.perf_counter()
        try:
            version = client.predict_pictures([picture]).version
        except AoiError as error:
            self._remember(start, None, error.kind)
            raise
        self._remember(start, version)
        self._flows.set()
        self._stopped.wait(self._pause)

    def _remember(self, start: float, version: int | None, error: str = "") -> None:
        self._calls.append(TimedCall(start - self._began, time.perf_counter() - start, error, version))
