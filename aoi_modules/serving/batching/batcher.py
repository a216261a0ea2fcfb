"""Requests that arrive together run together: a network does sixteen pictures in much less than sixteen times one.

Nobody waits while the engine is idle. When a batch ends and fewer requests wait than it had, the next one waits up to
two milliseconds for the clients who were just answered, because they are likely to ask again at once. Where batches
are short, it waits for nobody.

What computes gives way to what talks: a request that is read late leaves processors without work. By gRPC, whose many
threads share the processors with these, sixteen clients get a tenth more answers so.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.batch import Call
from aoi_modules.serving.batching.parts import Joined, split
from aoi_modules.serving.batching.policy import UNMERGED, Policy
from aoi_modules.serving.batching.queue import Queue, kind_of
from aoi_modules.serving.batching.row_checks import check_inputs, row_counts
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.job import Done, Job
from aoi_modules.wire.messages import SignatureDef

BatchRan = Callable[[Sequence[float]], None]

NICENESS = 5
"""By how much the threads that compute are nicer than the rest of the process, in the system's terms: 0 to 19."""
MAX_QUEUES = 64
"""Kinds of requests that are remembered while none of them waits. Clients choose the shapes, so there is a limit."""


class Batcher:
    """Runs an engine for many requests, in threads of its own that are started when they are needed.

    The threads are daemons: an execution that never returns must not keep the process alive after it was told to stop.

    Args:
        engine: the loaded model.
        policy: how requests are merged.
        slots: threads, and so batches that run at once.
        ran: learns of each batch the seconds that its requests waited for it.

    Attributes:
        running: batches that run now.
        batches: how many ran so far.
        rows: how many rows they had in all; a request without rows counts as one.
    """

    def __init__(
        self, engine: Engine, policy: Policy = UNMERGED, *, slots: int = 1, ran: BatchRan | None = None
    ) -> None:
        self._engine = engine
        self._ran = ran
        self._policy = policy
        self._slots = slots
        self._threads = 0
        self._idle: list[threading.Condition] = []
        """One for each thread that waits for work. The last one is woken first: the processor's cache still holds
        what it did."""
        self._closed = False
        self._work = threading.Lock()
        self._queues: dict[Any, Queue] = {}
        self.running = self.batches = self.rows = 0

    def submit(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str], job: Job, done: Done) -> None:
        """Computes the named outputs of one request, perhaps together with others. Waits for nothing.

        Args:
            signature: see `Engine.run`.
            inputs: see `Engine.run`; arrays (N, ...) with one N for all can be merged with those of others.
            outputs: see `Engine.run`.
            job: who waits; a request that nobody waits for any more is not run.
            done: learns the outputs, or the error of this request, in the thread that ran the batch. It must be quick.
                It is called once for every request that was accepted.

        Raises:
            RpcError: UNAVAILABLE too many requests wait; INVALID_ARGUMENT it cannot be merged though it must be.
        """
        parts = split(inputs, self._policy.split_rows)
        if len(parts) > 1:
            whole = Joined(len(parts), done)
            for place, part in enumerate(parts):
                self.submit(signature, part, outputs, job, partial(whole.done, place))
            return
        call = Call(inputs, self._rows(inputs), job, done)
        kind = kind_of(signature, inputs, outputs, pads=self._policy.pads) if call.rows else call
        with self._work:
            queue = self._queues.get(kind) or self._new_queue(kind, signature, outputs)
            dropped = queue.add(call, time.monotonic())
            if self._idle:
                self._idle.pop().notify()
            elif self._threads < self._slots:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"batch-{self._threads}", daemon=True).start()
        _drop(dropped)

    def close(self) -> None:
        """Lets the threads end. To be called when nothing waits any more."""
        with self._work:
            self._closed = True
            while self._idle:
                self._idle.pop().notify()

    def _rows(self, inputs: Arrays) -> int:
        """Rows of a request that can be merged, else 0."""
        if not self._policy.max_rows or not inputs:
            return 0
        if self._policy.strict:
            check_inputs(inputs, self._policy.max_rows)
        counts = row_counts(inputs)
        rows = counts.pop()
        return rows if not counts and 0 < rows <= self._policy.max_rows else 0

    def _new_queue(self, kind: Any, signature: SignatureDef, outputs: Sequence[str]) -> Queue:
        if len(self._queues) >= MAX_QUEUES:
            self._queues = {kind: queue for kind, queue in self._queues.items() if queue.waiting}
        queue = self._queues[kind] = Queue(signature, outputs, self._policy)
        return queue

    def _serve(self) -> None:
        """What each thread does: waits for requests, and runs a batch of those that wait longest."""
        _give_way()
        woken = threading.Condition(self._work)
        while True:
            with self._work:
                while (kind := self._next()) is None:
                    if self._closed:
                        self._threads -= 1
                        return
                    self._idle.append(woken)
                    woken.wait()
                queue = self._queues[kind]
                queue.gathers = True
            self._gather(queue)
            with self._work:
                batch, dropped = queue.take()
                queue.gathers = False
                if queue.waiting and self._idle:
                    self._idle.pop().notify()
                if not queue.waiting and isinstance(kind, Call):  # one that cannot be merged has a queue of its own
                    del self._queues[kind]
                self.running += 1
            _drop(dropped)
            if self._ran is not None and batch.calls:
                began = time.monotonic()
                self._ran([began - call.arrived for call in batch.calls])
            ended = batch.run(self._engine, self._policy)
            with self._work:
                queue.last_rows, queue.last_end = batch.rows, time.monotonic()
                self.running -= 1
                self.batches += 1 if batch.calls else 0
                self.rows += queue.last_rows or len(batch.calls)
            for call, outputs, error in ended:
                call.done(outputs, error)

    def _next(self) -> Any | None:
        """The kind of requests whose first one waits longest."""
        ready = [kind for kind, queue in self._queues.items() if queue.waiting and not queue.gathers]
        return min(ready, key=lambda kind: self._queues[kind].waiting[0].arrived) if ready else None

    def _gather(self, queue: Queue) -> None:
        """Waits for more requests, if that is likely to be worth it."""
        with self._work:
            rows, until = queue.wanted(time.monotonic())
            if queue.rows >= rows:
                return
            queue.full.clear()
        queue.full.wait(until - time.monotonic())


def _give_way() -> None:
    """Lowers the priority of this thread. Only Linux gives each thread one of its own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS))


def _drop(calls: Sequence[Call]) -> None:
    """Tells those who asked, if they still listen."""
    for call in calls:
        call.done(None, _late())


def _late() -> RpcError:
    return RpcError("DEADLINE_EXCEEDED", "Nobody waits for the answer any more")
