"""The threads that answer requests: a bounded number, behind a bounded queue, with every wait limited by a deadline."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from aoi_modules.errors import RpcError

Result = TypeVar("Result")
QUEUED_PER_THREAD = 64
_local = threading.local()


class Job:
    """What a thread does for somebody who waits for it.

    Args:
        deadline: by `time.monotonic`; the answer is of no use later.

    Attributes:
        gone: nobody waits any more.
    """

    def __init__(self, deadline: float = float("inf")) -> None:
        self.deadline = deadline
        self.gone = False

    def remaining(self) -> float:
        """Seconds for which somebody waits, at most a day; 0 when nobody does."""
        return 0.0 if self.gone else max(0.0, min(self.deadline - time.monotonic(), 86_400.0))


def present() -> Job:
    """The job that the calling thread is doing; for other threads one that somebody waits for without end."""
    job = getattr(_local, "job", None)
    return job if isinstance(job, Job) else Job()


class _Queued(Job):
    """A job with its work, and the future of the event loop that gets the result."""

    def __init__(self, work: Callable[[], Any], seconds: float, future: "asyncio.Future[Any]") -> None:
        super().__init__(time.monotonic() + seconds)
        self.seconds = seconds
        self.work = work
        self.future = future


class Workers:
    """A bounded number of threads and the requests that wait for one. They are started when they are needed.

    The threads are daemons: an execution that never returns must not keep the process alive after it was told to stop.

    Args:
        threads: requests that run at once.
        queued: requests that may wait; one more is refused.
    """

    def __init__(self, threads: int, queued: int | None = None) -> None:
        self._limit = threads
        self._max_queued = queued or threads * QUEUED_PER_THREAD
        self._jobs: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = 0
        """Jobs that wait or run."""
        self._running = 0
        self._threads = 0
        self._done: deque[tuple[_Queued, Any, BaseException | None]] = deque()
        self._told = False
        """The event loop knows that there is something in `_done`."""

    async def run(self, work: Callable[[], Result], seconds: float) -> Result:
        """Runs a job in one of the threads.

        Args:
            work: what to run.
            seconds: until the answer is of no use any more. A job that still waits then never starts.

        Raises:
            RpcError: UNAVAILABLE the queue is full; DEADLINE_EXCEEDED no answer in time; or what the job raises.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        job = _Queued(work, seconds, future)
        self._put(job)
        timer = loop.call_later(seconds, _too_late, job)
        try:
            return await future
        finally:
            timer.cancel()
            job.gone = True

    def busy(self) -> bool:
        """Whether a job runs."""
        return self._running > 0

    def close(self) -> None:
        """Lets the threads end after their present job; what waits is dropped."""
        with self._lock:
            while not self._jobs.empty():
                self._jobs.get_nowait()
            for _ in range(self._threads):
                self._jobs.put(None)

    def _put(self, job: _Queued) -> None:
        with self._lock:
            if self._open >= self._threads == self._limit and self._open - self._running >= self._max_queued:
                raise RpcError("UNAVAILABLE", f"The server is busy: {self._max_queued} requests wait already")
            self._open += 1
            if self._open > self._threads and self._threads < self._limit:
                self._threads += 1
                threading.Thread(target=self._work, name=f"run-{self._threads}", daemon=True).start()
        self._jobs.put(job)

    def _work(self) -> None:
        while job := self._jobs.get():
            with self._lock:
                self._running += 1
            _local.job = job
            result, error = None, None
            try:
                result = job.work() if job.remaining() > 0 else None
            except BaseException as raised:
                error = raised
            _local.job = None
            with self._lock:
                self._running -= 1
                self._open -= 1
            self._deliver(job, result, error)

    def _deliver(self, job: _Queued, result: Any, error: BaseException | None) -> None:
        """Hands a result to the event loop; many at once cost it one call."""
        self._done.append((job, result, error))
        if not self._told:
            self._told = True
            try:
                job.future.get_loop().call_soon_threadsafe(self._settle)
            except RuntimeError:  # the loop is closed: nobody waits
                self._told = False

    def _settle(self) -> None:
        self._told = False
        while self._done:
            job, result, error = self._done.popleft()
            if job.remaining() == 0:
                _too_late(job)
            elif error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)


def _too_late(job: _Queued) -> None:
    job.gone = True
    if not job.future.done():
        text = f"The request was not answered within {job.seconds:.3g} s"
        job.future.set_exception(RpcError("DEADLINE_EXCEEDED", text))
