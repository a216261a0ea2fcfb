"""Requests that arrive together run together: a network does sixteen pictures in much less than sixteen times one.

Nobody waits while the engine is idle. When a batch ends and fewer requests wait than it had, the next one waits up to
two milliseconds for the clients who were just answered, because they are likely to ask again at once. There are no
threads of its own: the thread of a waiting request runs the batch for all of them.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching_parameters import Batching
from aoi_modules.serving.engine import Arrays, Engine
from aoi_modules.serving.workers import Job, present
from aoi_modules.wire.messages import SignatureDef
from aoi_modules.wire.status import invalid

log = logging.getLogger(__name__)

Outputs = dict[str, NDArray[Any]]
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
        return cls(
            max_rows=batching.max_batch_size,
            rejoin_seconds=0.0,
            timeout_seconds=batching.batch_timeout_micros / 1e6,
            max_waiting=batching.max_enqueued_batches,
            allowed_rows=batching.allowed_batch_sizes,
            strict=True,
            pads=batching.pad_variable_length_inputs,
            split_rows=(batching.max_execution_batch_size or batching.max_batch_size)
            if batching.enable_large_batch_splitting
            else 0,
        )


UNMERGED = Policy(max_rows=0)


MAX_QUEUES = 64
"""Kinds of requests that are remembered when none of them waits; clients choose the shapes."""


@dataclass(eq=False)
class _Call:
    """One request. Its thread waits for `turn`: it is done, or the thread has to run the batch for all in it."""

    inputs: Arrays
    rows: int
    job: Job
    arrived: float = field(default_factory=time.monotonic)
    turn: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    outputs: Outputs | None = None
    error: BaseException | None = None

    def finish(self, outputs: Outputs | None = None, error: BaseException | None = None) -> None:
        self.outputs, self.error = outputs, error
        self.turn.set()


@dataclass(eq=False)
class _Queue:
    """Requests of one signature, with the same outputs, dtypes and shapes but for the rows.

    Attributes:
        leader: its thread runs the next batch; it may wait for more requests, then `gathers` is set by the last one.
        last_rows: of the last batch, which ended at `last_end`.
    """

    key: Any
    signature: SignatureDef
    outputs: Sequence[str]
    waiting: deque[_Call] = field(default_factory=deque)
    rows: int = 0
    leader: _Call | None = None
    gathered: threading.Event | None = None
    last_rows: int = 0
    last_end: float = -math.inf


class Batcher:
    """Runs an engine for many threads.

    Args:
        engine: the loaded model.
        policy: how requests are merged.
        slots: batches that run at once.
    """

    def __init__(self, engine: Engine, policy: Policy = UNMERGED, *, slots: int = 1) -> None:
        self._engine = engine
        self._policy = policy
        self._free = slots
        self._lock = threading.Lock()
        self._queues: dict[Any, _Queue] = {}
        self.batches = 0
        """That were run so far, with `rows` requests' rows in all; a request that has none counts as one."""
        self.rows = 0

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> Outputs:
        """Computes the named outputs of one request, perhaps together with others; see `Engine.run`.

        Raises:
            RpcError: UNAVAILABLE too many requests wait; DEADLINE_EXCEEDED or CANCELLED nobody waits for the answer
                any more; or what the engine raises for this request.
        """
        parts = split(inputs, self._policy.split_rows)
        if len(parts) > 1:
            answers = [self.run(signature, part, outputs) for part in parts]
            return {name: np.concatenate([answer[name] for answer in answers]) for name in outputs}
        call = _Call(inputs, self._rows(inputs), present())
        key = _key(signature, inputs, outputs, pads=self._policy.pads) if call.rows else call
        with self._lock:
            queue = self._queues.get(key) or self._new_queue(key, signature, outputs)
            self._enqueue(queue, call)
            self._elect()
        if not call.turn.wait(call.job.remaining()):
            self._leave(queue, call)
        if call.leads:
            self._lead(queue, call)
        if call.error is not None:
            raise call.error
        return call.outputs or {}

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

    def _enqueue(self, queue: _Queue, call: _Call) -> None:
        if queue.rows + call.rows > self._policy.max_waiting * self._policy.max_rows:
            raise RpcError("UNAVAILABLE", "The batch scheduling queue to which this task was submitted is full")
        queue.waiting.append(call)
        queue.rows += call.rows
        if queue.gathered is not None and queue.rows >= self._wanted(queue, time.monotonic())[0]:
            queue.gathered.set()

    def _elect(self) -> None:
        """Lets the requests that wait longest run batches, as far as slots are free."""
        while self._free:
            heads = [queue for queue in self._queues.values() if queue.waiting and queue.leader is None]
            if not heads:
                return
            queue = min(heads, key=lambda queue: queue.waiting[0].arrived)
            leader = queue.leader = queue.waiting[0]
            self._free -= 1
            leader.leads = True
            leader.turn.set()

    def _leave(self, queue: _Queue, call: _Call) -> None:
        """Takes a request whose time is over out of its queue, unless its turn came at the same moment."""
        with self._lock:
            if call.turn.is_set():
                return
            queue.waiting.remove(call)
            queue.rows -= call.rows
            self._forget(queue)
        call.finish(error=_late())

    def _lead(self, queue: _Queue, call: _Call) -> None:
        self._gather(queue)
        with self._lock:
            batch = self._take(queue)
            queue.leader = None
            self._forget(queue)
            self._elect()
        try:
            self._run_batch(queue, batch)
        finally:
            with self._lock:
                queue.last_rows, queue.last_end = sum(one.rows for one in batch), time.monotonic()
                self.batches += 1 if batch else 0
                self.rows += queue.last_rows or len(batch)
                self._free += 1
                self._elect()
        if call.outputs is None and call.error is None:
            call.error = _late()

    def _gather(self, queue: _Queue) -> None:
        """Waits for more requests, if that is likely to be worth it."""
        with self._lock:
            wanted, until = self._wanted(queue, time.monotonic())
            if queue.rows >= wanted:
                return
            gathered = queue.gathered = threading.Event()
        gathered.wait(until - time.monotonic())
        queue.gathered = None

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

    def _take(self, queue: _Queue) -> list[_Call]:
        """The requests of the next batch; those that nobody waits for are dropped."""
        batch: list[_Call] = []
        rows = 0
        while queue.waiting and (not batch or rows + queue.waiting[0].rows <= self._policy.max_rows):
            call = queue.waiting.popleft()
            queue.rows -= call.rows
            if call.job.remaining() > 0:
                batch.append(call)
                rows += call.rows
            else:
                call.finish(error=_late())
        return batch

    def _forget(self, queue: _Queue) -> None:
        """A request that cannot be merged has a queue of its own."""
        if not queue.waiting and isinstance(queue.key, _Call):
            self._queues.pop(queue.key, None)

    def _run_batch(self, queue: _Queue, batch: Sequence[_Call]) -> None:
        """Gives every request in a batch its answer or its error. An error that a batch meets is found by running its
        requests one by one, so that only those get it that cause it."""
        if len(batch) > 1:
            try:
                self._run_merged(queue, batch)
            except Exception:
                log.debug("a batch of %d requests failed; they run one by one", len(batch), exc_info=True)
            else:
                return
        for call in batch:
            try:
                self._run_merged(queue, [call])
            except BaseException as error:
                call.finish(error=error)

    def _run_merged(self, queue: _Queue, batch: Sequence[_Call]) -> None:
        inputs = merged([call.inputs for call in batch])
        rows = sum(call.rows for call in batch)
        missing = min((size - rows for size in self._policy.allowed_rows if size >= rows), default=0) if rows else 0
        if missing:
            inputs = {
                name: np.concatenate([array, array[:1].repeat(missing, axis=0)]) for name, array in inputs.items()
            }
        outputs = self._engine.run(queue.signature, inputs, queue.outputs)
        if rows and (len(batch) > 1 or missing or self._policy.strict):
            _check_outputs(outputs, rows + missing)
            first = 0
            for call in batch:
                call.finish({name: array[first : first + call.rows] for name, array in outputs.items()})
                first += call.rows
        else:
            batch[0].finish(outputs)


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
