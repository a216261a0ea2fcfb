"""Requests that arrive together run together: a network does sixteen pictures in much less than sixteen times one.

Nobody waits while the engine is idle. When a batch ends and fewer requests wait than it had, the next one waits up to
two milliseconds for the clients who were just answered, because they are likely to ask again at once.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching_parameters import Batching
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.workers import Done, Job, Outputs, present
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.status import invalid

log = logging.getLogger(__name__)

REJOIN_SECONDS = 0.002
"""How long clients who were just answered may take to ask again."""
MAX_ROWS = 32
"""Rows of a batch of our own servables: beyond it a network gains nothing, and the first one in it waits longer."""


@dataclass(frozen=True)
class Policy:
    """How requests are merged.

    Args:
        max_rows: in a batch; 0 merges nothing.
        rejoin_seconds: how long a batch waits for as many rows as the last one had, from the last one's end.
        timeout_seconds: how long a batch waits to be filled, from its first request.
        max_waiting: batches that may wait; one more request is refused.
        allowed_rows: a batch is filled up to one of these sizes, in ascending order; empty for any.
        strict: refuse what cannot be merged, as TensorFlow Serving does; else it runs alone.
        pads: inputs of different shapes are merged, too: each is filled up with its first value.
        split_rows: a request of more rows runs in parts of so many; 0 splits none.
    """

    max_rows: int = MAX_ROWS
    rejoin_seconds: float = REJOIN_SECONDS
    timeout_seconds: float = 0.0
    max_waiting: float = math.inf
    allowed_rows: tuple[int, ...] = ()
    strict: bool = False
    pads: bool = False
    split_rows: int = 0

    @classmethod
    def of(cls, batching: Batching) -> "Policy":
        """What TensorFlow Serving's batching parameters ask for."""
        parts = batching.max_execution_batch_size or batching.max_batch_size
        split_rows = parts if batching.enable_large_batch_splitting else 0
        return cls(
            max_rows=split_rows or batching.max_batch_size,
            rejoin_seconds=0.0,
            timeout_seconds=batching.batch_timeout_micros / 1e6,
            max_waiting=batching.max_enqueued_batches,
            allowed_rows=batching.allowed_batch_sizes,
            strict=True,
            pads=batching.pad_variable_length_inputs,
            split_rows=split_rows,
        )


UNMERGED = Policy(max_rows=0)
BatchRan = Callable[[Sequence[float]], None]


CROWD = 64
"""So many waiting requests are no surprise; beyond it, those that nobody waits for any more are dropped."""
MAX_QUEUES = 64
"""Kinds of requests that are remembered when none of them waits; clients choose the shapes."""


@dataclass(eq=False)
class _Call:
    """One request that waits."""

    inputs: Arrays
    rows: int
    job: Job
    done: Done
    arrived: float = field(default_factory=time.monotonic)


@dataclass(eq=False)
class _Queue:
    """Requests of one signature, with the same outputs, dtypes and shapes but for the rows.

    Attributes:
        gathers: a thread is about to take a batch from it, and may wait for more requests; `full` tells it of them.
        last_rows: of the last batch, which ended at `last_end`.
        crowded: so many requests wait when those that nobody waits for are looked for.
    """

    key: Any
    signature: SignatureDef
    outputs: Sequence[str]
    waiting: deque[_Call] = field(default_factory=deque)
    rows: int = 0
    gathers: bool = False
    full: threading.Event = field(default_factory=threading.Event)
    last_rows: int = 0
    last_end: float = -math.inf
    crowded: int = CROWD


_Answer = tuple[_Call, Outputs | None, BaseException | None]


class Batcher:
    """Runs an engine for many requests, in threads of its own that are started when they are needed.

    The threads are daemons: an execution that never returns must not keep the process alive after it was told to stop.

    Args:
        engine: the loaded model.
        policy: how requests are merged.
        slots: threads, and so batches that run at once.
        ran: learns of each batch the seconds that its requests waited for it.
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
        """Of the threads that wait for work, by which each is woken. The last one is the first to be: the processor
        still knows what it did."""
        self._closed = False
        self._work = threading.Lock()
        self._queues: dict[Any, _Queue] = {}
        self.running = 0
        """Batches that run now."""
        self.batches = 0
        """That were run so far, with `rows` requests' rows in all; a request that has none counts as one."""
        self.rows = 0

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> Outputs:
        """Computes the named outputs of one request, perhaps together with others; see `Engine.run`.

        Raises:
            RpcError: UNAVAILABLE too many requests wait; DEADLINE_EXCEEDED nobody waits for the answer any more; or
                what the engine raises for this request.
        """
        job, ended = present(), threading.Event()
        results: list[Outputs] = []
        errors: list[BaseException] = [_late()]

        def done(result: Outputs | None, error: BaseException | None) -> None:
            if error is None:
                results.append(result or {})
            else:
                errors.append(error)
            ended.set()

        self.submit(signature, inputs, outputs, job, done)
        ended.wait(job.remaining())
        if not results:
            raise errors[-1]
        return results[0]

    def submit(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str], job: Job, done: Done) -> None:
        """As `run`, without waiting: `done` is called with outputs or error, by the thread that ran the batch.

        Args:
            signature: see `Engine.run`.
            inputs: see `Engine.run`.
            outputs: see `Engine.run`.
            job: for whom; a request that nobody waits for any more is not run.
            done: must be quick; every request that was accepted is done some time.

        Raises:
            RpcError: UNAVAILABLE too many requests wait; INVALID_ARGUMENT it cannot be merged though it must be.
        """
        parts = split(inputs, self._policy.split_rows)
        if len(parts) > 1:
            whole = _Joined(len(parts), done)
            for place, part in enumerate(parts):
                self.submit(signature, part, outputs, job, partial(whole.done, place))
            return
        call = _Call(inputs, self._rows(inputs), job, done)
        key = _key(signature, inputs, outputs, pads=self._policy.pads) if call.rows else call
        with self._work:
            queue = self._queues.get(key) or self._new_queue(key, signature, outputs)
            dropped = self._enqueue(queue, call)
            if self._idle:
                self._idle.pop().notify()
            elif self._threads < self._slots:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"batch-{self._threads}", daemon=True).start()
        for late in dropped:
            late.done(None, _late())

    def close(self) -> None:
        """Lets the threads end. Nothing waits any more."""
        with self._work:
            self._closed = True
            while self._idle:
                self._idle.pop().notify()

    def _rows(self, inputs: Arrays) -> int:
        """Rows of a request that can be merged, else 0."""
        if not self._policy.max_rows or not inputs:
            return 0
        sizes = {len(array) if array.ndim else -1 for array in inputs.values()}
        rows = sizes.pop()
        if self._policy.strict:
            _check_rows({rows, *sizes}, self._policy.max_rows)
        return rows if not sizes and 0 < rows <= self._policy.max_rows else 0

    def _new_queue(self, key: Any, signature: SignatureDef, outputs: Sequence[str]) -> _Queue:
        if len(self._queues) >= MAX_QUEUES:
            self._queues = {key: queue for key, queue in self._queues.items() if queue.waiting}
        queue = self._queues[key] = _Queue(key, signature, outputs)
        return queue

    def _enqueue(self, queue: _Queue, call: _Call) -> list[_Call]:
        """Returns requests that nobody waits for any more; they make place."""
        if queue.rows + call.rows > self._policy.max_waiting * self._policy.max_rows:
            raise RpcError("UNAVAILABLE", "The batch scheduling queue to which this task was submitted is full")
        dropped: list[_Call] = []
        if len(queue.waiting) >= queue.crowded:
            dropped = [one for one in queue.waiting if one.job.remaining() == 0]
            queue.waiting = deque(one for one in queue.waiting if one.job.remaining() > 0)
            queue.rows = sum(one.rows for one in queue.waiting)
            queue.crowded = max(CROWD, 2 * len(queue.waiting))
        queue.waiting.append(call)
        queue.rows += call.rows
        if queue.gathers and queue.rows >= self._wanted(queue, time.monotonic())[0]:
            queue.full.set()
        return dropped

    def _serve(self) -> None:
        """What each thread does: waits for requests, and runs a batch of those that wait longest."""
        woken = threading.Condition(self._work)
        while True:
            with self._work:
                while (queue := self._next()) is None:
                    if self._closed:
                        self._threads -= 1
                        return
                    self._idle.append(woken)
                    woken.wait()
                queue.gathers = True
            self._gather(queue)
            with self._work:
                batch, dropped = self._take(queue)
                queue.gathers = False
                if queue.waiting and self._idle:
                    self._idle.pop().notify()
                self.running += 1
            for late in dropped:
                late.done(None, _late())
            if self._ran is not None and batch:
                began = time.monotonic()
                self._ran([began - one.arrived for one in batch])
            answers = self._answers(queue, batch)
            with self._work:
                queue.last_rows, queue.last_end = sum(one.rows for one in batch), time.monotonic()
                self.running -= 1
                self.batches += 1 if batch else 0
                self.rows += queue.last_rows or len(batch)
            for call, outputs, error in answers:
                call.done(outputs, error)

    def _next(self) -> _Queue | None:
        """The queue whose first request waits longest."""
        ready = [queue for queue in self._queues.values() if queue.waiting and not queue.gathers]
        return min(ready, key=lambda queue: queue.waiting[0].arrived) if ready else None

    def _gather(self, queue: _Queue) -> None:
        """Waits for more requests, if that is likely to be worth it."""
        with self._work:
            wanted, until = self._wanted(queue, time.monotonic())
            if queue.rows >= wanted:
                return
            queue.full.clear()
        queue.full.wait(until - time.monotonic())

    def _wanted(self, queue: _Queue, now: float) -> tuple[int, float]:
        """How many rows are worth waiting for, and until when."""
        filled = queue.waiting[0].arrived + self._policy.timeout_seconds
        if now < filled and queue.waiting[0].rows:
            return self._policy.max_rows, filled
        return (
            (queue.last_rows, queue.last_end + self._policy.rejoin_seconds) if self._rejoins(queue, now) else (0, now)
        )

    def _rejoins(self, queue: _Queue, now: float) -> bool:
        return now < queue.last_end + self._policy.rejoin_seconds

    def _take(self, queue: _Queue) -> tuple[list[_Call], list[_Call]]:
        """The requests of the next batch, and those before them that nobody waits for."""
        batch: list[_Call] = []
        dropped: list[_Call] = []
        rows = 0
        while queue.waiting and (not batch or rows + queue.waiting[0].rows <= self._policy.max_rows):
            call = queue.waiting.popleft()
            queue.rows -= call.rows
            if call.job.remaining() > 0:
                batch.append(call)
                rows += call.rows
            else:
                dropped.append(call)
        if not queue.waiting and isinstance(queue.key, _Call):  # one that cannot be merged has a queue of its own
            del self._queues[queue.key]
        return batch, dropped

    def _answers(self, queue: _Queue, batch: Sequence[_Call]) -> list[_Answer]:
        """Every request of a batch with its outputs or its error. An error that a batch meets is found by running its
        requests one by one, so that only those get it that cause it."""
        if len(batch) > 1:
            try:
                return self._run_merged(queue, batch)
            except Exception:
                log.debug("a batch of %d requests failed; they run one by one", len(batch), exc_info=True)
        answers: list[_Answer] = []
        for call in batch:
            try:
                answers += self._run_merged(queue, [call])
            except BaseException as error:
                answers.append((call, None, error))
        return answers

    def _run_merged(self, queue: _Queue, batch: Sequence[_Call]) -> list[_Answer]:
        inputs = merged([call.inputs for call in batch])
        rows = sum(call.rows for call in batch)
        missing = min((size - rows for size in self._policy.allowed_rows if size >= rows), default=0) if rows else 0
        if missing:
            inputs = {
                name: np.concatenate([array, array[:1].repeat(missing, axis=0)]) for name, array in inputs.items()
            }
        outputs = self._engine.run(queue.signature, inputs, queue.outputs)
        if len(batch) == 1 and not missing and not (rows and self._policy.strict):
            return [(batch[0], outputs, None)]
        _check_outputs(outputs, rows + missing)
        answers: list[_Answer] = []
        first = 0
        for call in batch:
            answers.append((call, {name: array[first : first + call.rows] for name, array in outputs.items()}, None))
            first += call.rows
        return answers


class _Joined:
    """The answer to a request that ran in parts."""

    def __init__(self, parts: int, done: Done) -> None:
        self._answers: list[Outputs | None] = [None] * parts
        self._left = parts
        self._error: BaseException | None = None
        self._done = done
        self._lock = threading.Lock()

    def done(self, place: int, outputs: Outputs | None, error: BaseException | None) -> None:
        with self._lock:
            self._answers[place] = outputs
            self._error = self._error or error
            self._left -= 1
            if self._left:
                return
        if self._error is not None:
            self._done(None, self._error)
        else:
            answers = [answer for answer in self._answers if answer is not None]
            self._done({name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}, None)


def merged(requests: Sequence[Arrays]) -> Arrays:
    """The inputs of several requests, one behind the other; smaller ones are filled up with their first value."""
    if len(requests) == 1:
        return requests[0]
    return {name: np.concatenate(_padded([inputs[name] for inputs in requests])) for name in requests[0]}


def _padded(arrays: Sequence[NDArray[Any]]) -> Sequence[NDArray[Any]]:
    """Arrays of the same rank with the same sizes, but for the rows."""
    sizes = tuple(max(dims) for dims in zip(*(array.shape[1:] for array in arrays), strict=True))
    if all(array.shape[1:] == sizes for array in arrays):
        return arrays
    if not all(array.size for array in arrays):
        raise invalid("Got empty tensor in batch of non-empty tensors.")
    filled = []
    for array in arrays:
        wide = np.full((len(array), *sizes), array.flat[0], array.dtype)
        wide[tuple(map(slice, array.shape))] = array
        filled.append(wide)
    return filled


def split(inputs: Arrays, rows: int) -> list[Arrays]:
    """A request in parts of so many rows at most; as it is when 0, or when it has no rows in common."""
    sizes = {len(array) if array.ndim else 0 for array in inputs.values()}
    if not rows or len(sizes) != 1 or max(sizes) <= rows:
        return [inputs]
    starts = range(0, max(sizes), rows)
    return [{name: array[start : start + rows] for name, array in inputs.items()} for start in starts]


def _key(signature: SignatureDef, inputs: Arrays, outputs: Sequence[str], *, pads: bool) -> Any:
    """Equal for requests that can be merged."""
    kinds = ((name, inputs[name].dtype.str, inputs[name].ndim if pads else inputs[name].shape[1:]) for name in inputs)
    return id(signature), *outputs, *sorted(kinds)


def _check_rows(sizes: set[int], max_rows: int) -> None:
    if -1 in sizes:
        raise invalid("Batching session Run() input tensors must have at least one dimension")
    if len(sizes) > 1:
        raise invalid("Batching session Run() input tensors must have equal 0th-dimension size")
    if max(sizes) > max_rows:
        raise invalid(f"Task size {max(sizes)} is larger than maximum input batch size {max_rows}")


def _check_outputs(outputs: Outputs, rows: int) -> None:
    for array in outputs.values():
        if not array.ndim:
            raise RpcError("FAILED_PRECONDITION", "Batched output tensor has 0 dimensions")
        if len(array) != rows:
            raise RpcError(
                "FAILED_PRECONDITION",
                "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input "
                "tensors",
            )


def _late() -> RpcError:
    return RpcError("DEADLINE_EXCEEDED", "Nobody waits for the answer any more")
