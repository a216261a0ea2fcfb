"""The threads that answer requests: a bounded number, behind a bounded queue, with every wait limited by a deadline."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from aoi_modules.errors import RpcError
from aoi_modules.serving.job import Job, Outputs, Steps

Result = TypeVar("Result")

QUEUED_PER_THREAD = 64
GREAT_BYTES = 1 << 16
"""Writing more outputs than this into an answer takes longer than handing them to another thread."""


class _Queued(Job):
    """A job, and the future of the event loop that gets its result."""

    def __init__(self, seconds: float, future: "asyncio.Future[Any]") -> None:
        super().__init__(time.monotonic() + seconds)
        self.seconds = seconds
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
        self._jobs: queue.SimpleQueue[tuple[_Queued, Callable[[], None]] | None] = queue.SimpleQueue()
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
        job = _Queued(seconds, asyncio.get_running_loop().create_future())
        self._put(job, partial(self._do, job, work))
        result: Result = await self._answer(job)
        return result

    async def walk(self, steps: Steps[Result], seconds: float, *, light: bool) -> Result:
        """Takes the steps of a request without keeping a thread while its model is waited for or runs.

        Args:
            steps: of the request; all of them are taken, or none after its time is over.
            seconds: until the answer is of no use any more.
            light: take the first step here and now, in the event loop. For small requests.

        Raises:
            RpcError: UNAVAILABLE too many requests wait; DEADLINE_EXCEEDED no answer in time; or what a step raises.
        """
        job = _Queued(seconds, asyncio.get_running_loop().create_future())
        if light:
            self._step(job, steps, None, None)
        else:
            self._put(job, partial(self._step, job, steps, None, None))
        result: Result = await self._answer(job)
        return result

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

    async def _answer(self, job: _Queued) -> Any:
        timer = asyncio.get_running_loop().call_later(job.seconds, _too_late, job)
        try:
            return await job.future
        finally:
            timer.cancel()
            job.gone = True

    def _put(self, job: _Queued, step: Callable[[], None]) -> None:
        with self._lock:
            if self._open >= self._threads == self._limit and self._open - self._running >= self._max_queued:
                raise RpcError("UNAVAILABLE", f"The server is busy: {self._max_queued} requests wait already")
            self._open += 1
            if self._open > self._threads and self._threads < self._limit:
                self._threads += 1
                threading.Thread(target=self._work, name=f"run-{self._threads}", daemon=True).start()
        self._jobs.put((job, step))

    def _work(self) -> None:
        while entry := self._jobs.get():
            job, step = entry
            with self._lock:
                self._running += 1
            if job.remaining() > 0:
                step()
            with self._lock:
                self._running -= 1
                self._open -= 1

    def _do(self, job: _Queued, work: Callable[[], Any]) -> None:
        try:
            result = work()
        except BaseException as error:  # whoever asked gets it
            self._deliver(job, None, error)
        else:
            self._deliver(job, result, None)

    def _step(self, job: _Queued, steps: Steps[Any], outputs: Outputs | None, error: BaseException | None) -> None:
        """Takes the next step of a request, and asks its model if it wants to."""
        try:
            ask = steps.send(outputs) if error is None else steps.throw(error)  # type: ignore[arg-type]  # None first
        except StopIteration as end:
            self._deliver(job, end.value, None)
        except BaseException as raised:  # whoever asked gets it
            self._deliver(job, None, raised)
        else:
            try:
                ask(job, partial(self._after, job, steps))
            except BaseException as refused:  # whoever asked gets it
                self._step(job, steps, None, refused)

    def _after(self, job: _Queued, steps: Steps[Any], outputs: Outputs | None, error: BaseException | None) -> None:
        """The model has answered, and its thread has more to do: great outputs become an answer in another thread."""
        if outputs is not None and sum(array.nbytes for array in outputs.values()) > GREAT_BYTES:
            with suppress(RpcError):  # too many wait: this thread goes on itself
                self._put(job, partial(self._step, job, steps, outputs, None))
                return
        self._step(job, steps, outputs, error)

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
            if job.future.done():
                continue
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)


def _too_late(job: _Queued) -> None:
    job.gone = True
    if not job.future.done():
        text = f"The request was not answered within {job.seconds:.3g} s"
        job.future.set_exception(RpcError("DEADLINE_EXCEEDED", text))
