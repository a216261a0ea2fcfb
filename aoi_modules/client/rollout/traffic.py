"""Traffic: clients that ask all the time while something changes, and remember who answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aoi_modules.client.base import PredictClient
from aoi_modules.client.measuring.load import Bounds, Load
from aoi_modules.errors import AoiError

MAX_SECONDS = 600.0
"""After which traffic ends even if nobody ends it."""


@dataclass(frozen=True)
class Answer:
    """One call.

    Args:
        at: seconds from the beginning of the traffic to the end of the call.
        seconds: that it took.
        version: that answered; None if none did, or if the protocol does not tell.
        error: canonical code or name of the error; "" if there was an answer.
    """

    at: float
    seconds: float
    version: int | None
    error: str = ""


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
        self._answers: list[Answer] = []

    @property
    def answers(self) -> list[Answer]:
        """The calls so far, in the order in which they ended."""
        return sorted(self._answers, key=lambda answer: answer.at)

    @property
    def failures(self) -> dict[str, int]:
        """How many calls ended with which error."""
        return dict(Counter(answer.error for answer in self._answers if answer.error).most_common())

    @property
    def seconds(self) -> float:
        """Since the beginning; the clock of `Answer.at`."""
        return time.perf_counter() - self._began

    def require_no_failure(self) -> int:
        """The number of calls, all of them answered.

        Raises:
            AoiError: one was not, or there was none at all; says how many and why.
        """
        calls, failed = len(self._answers), sum(self.failures.values())
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
        end = time.perf_counter()
        self._answers.append(Answer(end - self._began, end - start, version, error))
