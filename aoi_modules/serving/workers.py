"""The threads that run models: a bounded number, behind a bounded queue, with every wait limited by a deadline."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from aoi_modules.errors import RpcError

Result = TypeVar("Result")
QUEUED_PER_THREAD = 64


class Workers:
    """A fixed number of threads and the requests that wait for one.

    The threads are daemons: an execution that never returns must not keep the process alive after it was told to stop.

    Args:
        threads: requests that run at once.
        queued: requests that may wait; one more is refused.
    """

    def __init__(self, threads: int, queued: int | None = None) -> None:
        self._jobs: queue.Queue[tuple[Future[Any], Callable[[], Any], float] | None] = queue.Queue(
            queued or threads * QUEUED_PER_THREAD
        )
        self._lock = threading.Lock()
        self._running = 0
        self._threads = [threading.Thread(target=self._work, name=f"run-{i}", daemon=True) for i in range(threads)]
        for thread in self._threads:
            thread.start()

    async def run(self, job: Callable[[], Result], seconds: float) -> Result:
        """Runs a job in one of the threads.

        Args:
            job: what to run.
            seconds: until the answer is of no use any more. A job that still waits then never starts.

        Raises:
            RpcError: UNAVAILABLE the queue is full; DEADLINE_EXCEEDED no answer in time; or what the job raises.
        """
        future: Future[Result] = Future()
        try:
            self._jobs.put_nowait((future, job, time.monotonic() + seconds))
        except queue.Full:
            raise RpcError("UNAVAILABLE", f"The server is busy: {self._jobs.maxsize} requests wait already") from None
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
            raise RpcError("DEADLINE_EXCEEDED", f"The request was not answered within {seconds:.3g} s") from None

    def busy(self) -> bool:
        """Whether a job runs."""
        return self._running > 0

    def close(self) -> None:
        """Lets the threads end after their present job; what waits is dropped."""
        while True:
            try:
                self._jobs.get_nowait()
            except queue.Empty:
                break
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while entry := self._jobs.get():
            future, job, deadline = entry
            if time.monotonic() >= deadline or not future.set_running_or_notify_cancel():
                future.cancel()
                continue
            with self._counted():
                _settle(future, job)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1


def _settle(future: Future[Any], job: Callable[[], Any]) -> None:
    try:
        result = job()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
