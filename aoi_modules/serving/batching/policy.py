"""How requests are merged: what our own servables want, and what TensorFlow Serving's parameters ask for."""

import math
from dataclasses import dataclass

from aoi_modules.serving.batching.parameters import Batching

REJOIN_SECONDS = 0.002
"""How long clients who were just answered may take to ask again."""
MAX_ROWS = 32
"""Rows of a batch: beyond it no network gains anything, and the first request in it waits longer."""
FEW_ROWS = 8
"""Batches of so few rows wait for nobody: what a row more would save is less than the wait."""


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
    def worth(cls, rows: int) -> "Policy":
        """Gives the policy for an engine that gains nothing from batches of more rows than that."""
        return cls(max_rows=rows, rejoin_seconds=REJOIN_SECONDS if rows > FEW_ROWS else 0.0)

    @classmethod
    def of(cls, batching: Batching) -> "Policy":
        """Gives the policy that TensorFlow Serving's batching parameters ask for."""
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

    def filled_rows(self, rows: int) -> int:
        """Gives the size that a batch of so many rows is filled up to."""
        return min((size for size in self.allowed_rows if size >= rows), default=rows) if rows else 0


UNMERGED = Policy(max_rows=0)
