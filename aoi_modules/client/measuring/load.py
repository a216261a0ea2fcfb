"""Load: several clients ask at once for a while, and every call is timed."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from aoi_modules.client.base import PredictClient
from aoi_modules.errors import AoiError, Unreachable

Ask = Callable[[PredictClient], object]
MAX_CLIENTS = 256
MAX_CALLS = 1_000_000
"""Calls of one run; some 40 bytes each are kept."""
_PAUSE_AWAY = 0.1
"""Seconds that a client waits after it found nobody, so that a server that is away is not asked without end."""


@dataclass(frozen=True)
class Bounds:
    """How much load, and when it ends.

    Args:
        clients: that ask at once, each with its next call as soon as the last one is answered.
        seconds: after which no call is begun; None for as long as it takes.
        requests: calls of all clients together; None for as many as there is time for.
    """

    clients: int = 4
    seconds: float | None = 10.0
    requests: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.clients <= MAX_CLIENTS:
            raise ValueError(f"clients: expected 1 to {MAX_CLIENTS}. Received: {self.clients}")
        if self.seconds is not None and not 0 < self.seconds < math.inf:
            raise ValueError(f"seconds: expected more than 0, and an end. Received: {self.seconds}")
        if self.requests is not None and self.requests < 1:
            raise ValueError(f"requests: expected 1 or more. Received: {self.requests}")
        if self.seconds is None and self.requests is None:
            raise ValueError("seconds, requests: expected at least one of them, or the load would never end")


@dataclass(frozen=True)
class TimedCall:
    """One call that ended.

    Args:
        began: seconds from the beginning of the run to its sending.
        seconds: that it took.
        error: canonical code or name of the error; "" if there was an answer.
        version: that answered; None if none did, if the protocol does not tell, or if nobody looked.
    """

    began: float
    seconds: float
    error: str = ""
    version: int | None = None

    @property
    def ended(self) -> float:
        """Seconds from the beginning of the run to its end."""
        return self.began + self.seconds


@dataclass
class Load:
    """A run under way: what its clients share.

    Args:
        connect: makes a client; each of the load's clients has one of its own.
        ask: makes one call.
        bounds: when it ends.
    """

    connect: Callable[[], PredictClient]
    ask: Ask
    bounds: Bounds
    calls: list[TimedCall] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=count)
    _began: float = 0.0
    _mistake: Exception | None = None

    def run(self) -> bool:
        """Asks until a bound is reached; on Ctrl-C until the calls under way have ended. Returns whether it finished.

        One call of each client goes before the measurement: it opens the connection. Its time begins when the last of
        them has ended.

        Raises:
            AoiError: the very first call of all failed; there is nothing to measure then.
            Exception: what else `ask` raised; it ends the load.
        """
        with self._connected() as clients:
            self.ask(clients[0])
            start = threading.Barrier(len(clients), self._begin)
            threads = [threading.Thread(target=self._work, args=(client, start), daemon=True) for client in clients]
            for thread in threads:
                thread.start()
            try:
                _join(threads)
            except KeyboardInterrupt:
                self._stop.set()
                _join(threads)
                return False
        if self._mistake is not None:
            raise self._mistake
        return True

    def stop(self) -> None:
        """Lets no call begin any more; those under way still end."""
        self._stop.set()

    @contextmanager
    def _connected(self) -> Iterator[list[PredictClient]]:
        clients = [self.connect() for _ in range(self.bounds.clients)]
        try:
            yield clients
        finally:
            for client in clients:
                client.close()

    def _begin(self) -> None:
        self._began = time.perf_counter()

    def _work(self, client: PredictClient, start: threading.Barrier) -> None:
        try:
            with suppress(AoiError):  # one that stays is counted below
                self.ask(client)
            start.wait()
            while not self._stop.is_set() and self._may_ask():
                self.calls.append(self._call(client))
        except threading.BrokenBarrierError:
            return  # another one made the mistake
        except Exception as error:  # raised again by `run`, in the thread that called it
            self._mistake = error
            self._stop.set()
            start.abort()

    def _may_ask(self) -> bool:
        number, bounds = next(self._numbers), self.bounds
        in_time = bounds.seconds is None or time.perf_counter() - self._began < bounds.seconds
        return in_time and number < min(MAX_CALLS, MAX_CALLS if bounds.requests is None else bounds.requests)

    def _call(self, client: PredictClient) -> TimedCall:
        start = time.perf_counter()
        try:
            self.ask(client)
        except AoiError as error:
            seconds = time.perf_counter() - start
            if isinstance(error, Unreachable):
                self._stop.wait(_PAUSE_AWAY)
            return TimedCall(start - self._began, seconds, error.kind)
        return TimedCall(start - self._began, time.perf_counter() - start)


def _join(threads: list[threading.Thread]) -> None:
    """Waits for all, in short waits, so that Ctrl-C comes through. Each call has a deadline, so it ends."""
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)
