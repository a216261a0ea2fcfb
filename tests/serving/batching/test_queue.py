"""Which requests of a queue make the next batch, and how long it waits for more; time is passed in."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.batch import Call
from aoi_modules.serving.batching.policy import Policy
from aoi_modules.serving.batching.queue import CROWD, Queue, kind_of
from aoi_modules.serving.job import Job
from tests.serving.fake_engine import float_signature

SIGNATURE = float_signature()


def call(rows: int = 1, *, arrived: float = 0.0, gone: bool = False) -> Call:
    job = Job()
    job.gone = gone
    return Call({"x": np.zeros(rows, np.float32)}, rows, job, lambda outputs, error: None, arrived)


def queue(*calls: Call, **policy: float) -> Queue:
    made = Queue(SIGNATURE, ["y"], Policy(**policy))  # type: ignore[arg-type]
    for one in calls:
        made.add(one, 0.0)
    return made


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=20), st.integers(1, 8))
def test_batches_keep_the_order_and_the_bound(requests: list[tuple[int, bool]], max_rows: int) -> None:
    calls = [call(rows, gone=gone) for rows, gone in requests]
    waiting = queue(*calls, max_rows=max_rows)
    taken: list[Call] = []
    dropped: list[Call] = []
    while waiting.waiting:
        batch, left = waiting.take()
        assert batch.rows <= max_rows or len(batch.calls) == 1
        taken += batch.calls
        dropped += left
    assert taken == [one for one in calls if not one.job.gone]
    assert dropped == [one for one in calls if one.job.gone]
    assert waiting.rows == 0


def test_more_batches_than_may_wait_are_refused() -> None:
    full = queue(call(2), call(2), max_rows=2, max_waiting=2)
    with pytest.raises(RpcError, match="batch scheduling queue to which this task was submitted is full") as caught:
        full.add(call(1), 0.0)
    assert caught.value.code == "UNAVAILABLE"


def test_a_crowd_loses_those_that_nobody_waits_for() -> None:
    waiting = queue(*(call(gone=number % 2 == 0) for number in range(CROWD)))
    dropped = waiting.add(call(), 0.0)
    assert len(dropped) == CROWD // 2
    assert (len(waiting.waiting), waiting.rows) == (CROWD // 2 + 1, CROWD // 2 + 1)
    assert waiting.add(call(gone=True), 0.0) == []  # the next search comes when twice as many wait


def test_a_batch_waits_for_its_time_or_its_rows() -> None:
    waiting = queue(call(arrived=10.0), max_rows=4, timeout_seconds=2.0)
    assert waiting.wanted(now=11.0) == (4, 12.0)
    assert waiting.wanted(now=12.0) == (0, 12.0)
    waiting.gathers = True
    waiting.add(call(2), 11.0)
    assert not waiting.full.is_set()
    waiting.add(call(1), 11.0)
    assert waiting.full.is_set()


def test_after_a_batch_the_next_one_waits_for_as_many_rows() -> None:
    waiting = queue(call(), rejoin_seconds=0.5)
    assert waiting.wanted(now=7.0) == (0, 7.0)
    assert waiting.last_end == -math.inf
    waiting.last_rows, waiting.last_end = 3, 7.0
    assert waiting.wanted(now=7.25) == (3, 7.5)
    assert waiting.wanted(now=7.5) == (0, 7.5)


def test_what_can_be_merged_is_of_one_kind() -> None:
    def kind(*shape: int, dtype: str = "float32", outputs: tuple[str, ...] = ("y",), pads: bool = False) -> object:
        return kind_of(SIGNATURE, {"x": np.zeros(shape, dtype)}, outputs, pads=pads)

    assert kind(1, 5) == kind(9, 5)
    assert kind(1, 5) != kind(1, 6)
    assert kind(1, 5, pads=True) == kind(1, 6, pads=True)
    assert kind(1, 5) != kind(1, 5, dtype="float64")
    assert kind(1, 5) != kind(1, 5, outputs=("z",))
