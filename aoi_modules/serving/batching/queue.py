"""Requests of one kind, in the order in which they came."""

import math
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.batch import Batch, Call
from aoi_modules.serving.batching.policy import Policy
from aoi_modules.serving.engine import Arrays
from aoi_modules.wire.messages import SignatureDef

CROWD = 64
"""So many waiting requests are no surprise; beyond it, those that nobody waits for any more are dropped."""


def kind_of(signature: SignatureDef, inputs: Arrays, outputs: Sequence[str], *, pads: bool) -> Any:
    """Gives a key that is equal for requests that can be merged.

    Args:
        signature: compared by identity.
        inputs: arrays (N, ...); N does not count, their names, dtypes and other sizes do.
        outputs: names, in order.
        pads: the other sizes do not count, either, but their number does.
    """
    kinds = ((name, inputs[name].dtype.str, inputs[name].ndim if pads else inputs[name].shape[1:]) for name in inputs)
    return id(signature), *outputs, *sorted(kinds)


@dataclass(eq=False)
class Queue:
    """Requests of one signature, with the same outputs, dtypes and shapes but for the rows.

    It has no lock of its own: whoever uses it holds the batcher's, but for `full`.

    Attributes:
        gathers: a thread is about to take a batch from it, and may wait for more requests; `full` tells it of them.
        last_rows: of the last batch, which ended at `last_end`.
        crowded: so many requests wait when those that nobody waits for are looked for.
    """

    signature: SignatureDef
    outputs: Sequence[str]
    policy: Policy
    waiting: deque[Call] = field(default_factory=deque)
    rows: int = 0
    gathers: bool = False
    full: threading.Event = field(default_factory=threading.Event)
    last_rows: int = 0
    last_end: float = -math.inf
    crowded: int = CROWD

    def add(self, call: Call, now: float) -> list[Call]:
        """Adds a request, and returns those that nobody waits for any more; they make place.

        Raises:
            RpcError: UNAVAILABLE too many requests wait.
        """
        if self.rows + call.rows > self.policy.max_waiting * self.policy.max_rows:
            raise RpcError("UNAVAILABLE", "The batch scheduling queue to which this task was submitted is full")
        dropped: list[Call] = []
        if len(self.waiting) >= self.crowded:
            dropped = [one for one in self.waiting if one.job.remaining() == 0]
            self.waiting = deque(one for one in self.waiting if one.job.remaining() > 0)
            self.rows = sum(one.rows for one in self.waiting)
            self.crowded = max(CROWD, 2 * len(self.waiting))
        self.waiting.append(call)
        self.rows += call.rows
        if self.gathers and self.rows >= self.wanted(now)[0]:
            self.full.set()
        return dropped

    def wanted(self, now: float) -> tuple[int, float]:
        """Tells how many rows are worth waiting for, and until when; both times are by `time.monotonic`."""
        filled = self.waiting[0].arrived + self.policy.timeout_seconds
        if now < filled and self.waiting[0].rows:
            return self.policy.max_rows, filled
        rejoined = self.last_end + self.policy.rejoin_seconds
        return (self.last_rows, rejoined) if now < rejoined else (0, now)

    def take(self) -> tuple[Batch, list[Call]]:
        """Takes out the requests of the next batch, and those before them that nobody waits for."""
        calls: list[Call] = []
        dropped: list[Call] = []
        rows = 0
        while self.waiting and (not calls or rows + self.waiting[0].rows <= self.policy.max_rows):
            call = self.waiting.popleft()
            self.rows -= call.rows
            if call.job.remaining() > 0:
                calls.append(call)
                rows += call.rows
            else:
                dropped.append(call)
        return Batch(self.signature, self.outputs, calls), dropped
