"""What runs together, who waits for whom, and who gets which answer."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.batcher import MAX_QUEUES, NICENESS, Batcher
from aoi_modules.serving.batching.parameters import Batching
from aoi_modules.serving.batching.policy import UNMERGED, Policy
from aoi_modules.serving.batching.queue import CROWD
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Ask, Job, Outputs, Steps, wait
from aoi_modules.serving.workers import Workers
from aoi_modules.wire.messages import SignatureDef
from tests.serving.calls import wait_for
from tests.serving.fake_engine import float_signature

SIGNATURE = float_signature()


class Recorder:
    """y = 2 x. Remembers the rows of each batch; the first batch waits until it may go on. NaN is refused."""

    name = "recorder"
    batch_rows = 32

    def __init__(self) -> None:
        self.signatures = {"serving_default": SIGNATURE}
        self.batches: list[int] = []
        self.inputs: list[NDArray[Any]] = []
        self.begun = threading.Event()
        self.go = threading.Event()
        self.answer: Callable[[NDArray[Any]], NDArray[Any]] = lambda x: 2 * x

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        x = inputs["x"]
        self.batches.append(len(x) if x.ndim else 0)
        self.inputs.append(x)
        self.begun.set()
        assert self.go.wait(30)
        if x.dtype.kind == "f" and np.isnan(x).any():
            raise RpcError("INVALID_ARGUMENT", "not a number")
        return dict.fromkeys(outputs, self.answer(x))

    def close(self) -> None:
        pass


@pytest.fixture
def engine() -> Recorder:
    return Recorder()


def rows(*values: float) -> Arrays:
    return {"x": np.array(values, np.float32)}


def run(batcher: Batcher, inputs: Arrays, outputs: Sequence[str] = ("y",)) -> Outputs:
    """Asks, and waits for the outputs."""
    return wait(partial(batcher.submit, SIGNATURE, inputs, list(outputs)))


Answers = list["Future[Outputs]"]


def crowd(batcher: Batcher, engine: Recorder, requests: Sequence[Arrays], outputs: Sequence[str] = ("y",)) -> Answers:
    """Sends a request that keeps the one slot busy, then the others; lets the engine go on when all of them wait."""
    with ThreadPoolExecutor(len(requests) + 1) as threads:
        first = threads.submit(run, batcher, rows(0), outputs)
        assert engine.begun.wait(30)
        others = []
        for count, request in enumerate(requests, start=1):
            others.append(threads.submit(run, batcher, request, outputs))
            wait_for(lambda: waiting(batcher) + sum(one.done() for one in others), lambda n, want=count: n >= want)  # type: ignore[misc]
        engine.go.set()
    assert first.result()["y"].tolist() == [0]
    return others


def waiting(batcher: Batcher) -> int:
    return sum(len(queue.waiting) for queue in list(batcher._queues.values()))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
def test_threads_that_compute_give_way(engine: Recorder) -> None:
    niceness: list[int] = []

    def answer(x: NDArray[Any]) -> NDArray[Any]:
        niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return x

    engine.answer = answer
    engine.go.set()
    run(Batcher(engine, Policy()), rows(1))
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert niceness == [min(19, own + NICENESS)]


def test_what_waits_together_runs_together_and_each_gets_its_rows(engine: Recorder) -> None:
    answers = crowd(Batcher(engine, Policy()), engine, [rows(1), rows(2, 3), rows(4)])
    assert engine.batches == [1, 4]
    assert [answer.result()["y"].tolist() for answer in answers] == [[2], [4, 6], [8]]


def test_without_a_policy_each_runs_alone(engine: Recorder) -> None:
    crowd(Batcher(engine, UNMERGED), engine, [rows(1), rows(2)])
    assert engine.batches == [1, 1, 1]


def test_a_batch_has_its_bound_and_order(engine: Recorder) -> None:
    crowd(Batcher(engine, Policy(max_rows=4)), engine, [rows(*range(3)), rows(1, 2), rows(1), rows(*range(9)), rows(5)])
    assert engine.batches[0] == 1
    assert sorted(engine.batches[1:]) == [3, 4, 9]  # 3; 2 + 1 + 1; nine rows are more than fit and run alone


def test_other_dtypes_shapes_and_outputs_are_not_merged(engine: Recorder) -> None:
    matrix = {"x": np.ones((1, 2), np.float32)}
    answers = crowd(Batcher(engine, Policy()), engine, [rows(1), {"x": np.array([1.0])}, matrix, matrix])
    assert sorted(engine.batches) == [1, 1, 1, 2]
    assert [answer.result()["y"].dtype.name for answer in answers] == ["float32", "float64", "float32", "float32"]


def test_what_has_no_rows_runs_alone(engine: Recorder) -> None:
    engine.go.set()
    batcher = Batcher(engine, Policy())
    assert run(batcher, {"x": np.array(3, np.float32)})["y"] == 6
    assert run(batcher, rows())["y"].shape == (0,)
    assert not batcher._queues


def test_an_error_is_only_for_the_request_that_causes_it(engine: Recorder) -> None:
    good, bad, also_good = crowd(Batcher(engine, Policy()), engine, [rows(1), rows(np.nan), rows(2)])
    assert good.result()["y"].tolist() == [2]
    assert also_good.result()["y"].tolist() == [4]
    with pytest.raises(RpcError, match="not a number"):
        bad.result()


def test_outputs_without_a_row_a_picture_are_found_by_running_alone(engine: Recorder) -> None:
    engine.answer = lambda x: np.array(x.sum())
    answers = crowd_of_sums(engine)
    assert [float(answer.result()["y"]) for answer in answers] == [3, 3]


def crowd_of_sums(engine: Recorder) -> Answers:
    batcher = Batcher(engine, Policy())
    with ThreadPoolExecutor(3) as threads:
        threads.submit(run, batcher, rows(0))
        assert engine.begun.wait(30)
        others = [threads.submit(run, batcher, rows(1, 2)) for _ in range(2)]
        wait_for(lambda: waiting(batcher), lambda count: count == 2)
        engine.go.set()
    return others


def test_nobody_waits_while_the_engine_is_idle(engine: Recorder) -> None:
    engine.go.set()
    batcher = Batcher(engine, Policy(rejoin_seconds=30, timeout_seconds=0))
    for number in range(5):  # one client: each batch is as long as the last one
        assert run(batcher, rows(number))["y"].tolist() == [2 * number]
    assert engine.batches == [1] * 5


def test_after_a_batch_the_next_one_waits_for_those_who_were_answered(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy(rejoin_seconds=30))
    crowd(batcher, engine, [rows(1), rows(2), rows(3)])
    with ThreadPoolExecutor(3) as threads:
        answers = []
        for number in range(3):
            time.sleep(0.02)
            answers.append(threads.submit(run, batcher, rows(number)))
        assert [answer.result(10)["y"].tolist() for answer in answers] == [[0], [2], [4]]
    assert engine.batches == [1, 3, 3]


def test_it_does_not_wait_long_for_those_who_left(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy(rejoin_seconds=0.05))
    crowd(batcher, engine, [rows(1), rows(2), rows(3)])
    began = time.monotonic()
    run(batcher, rows(1))
    run(batcher, rows(1))
    assert time.monotonic() - began < 60
    assert engine.batches == [1, 3, 1, 1]


def test_several_batches_run_at_once_on_several_slots(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy(max_rows=1), slots=2)
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(run, batcher, rows(number)) for number in range(3)]
        wait_for(lambda: len(engine.batches), lambda count: count == 2)
        time.sleep(0.02)
        assert len(engine.batches) == 2
        engine.go.set()
        assert [answer.result(10)["y"].tolist() for answer in answers] == [[0], [2], [4]]


def test_who_waits_longest_is_next_whatever_it_asks(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy())
    crowd(batcher, engine, [{"x": np.array([7.0])}, rows(1), rows(2), {"x": np.array([8.0])}])
    assert [array.dtype.name for array in engine.inputs] == ["float32", "float64", "float32"]


def steps(ask: Ask) -> Steps[Outputs]:
    """A request that answers with its outputs."""
    return (yield ask)


def in_workers(
    batcher: Batcher, engine: Recorder, ask: Callable[[Workers, Callable[[float], Steps[Outputs]]], Any]
) -> None:
    """Runs `ask` in an event loop while a first request keeps the slot busy."""

    def request(x: float) -> Steps[Outputs]:
        return steps(partial(batcher.submit, SIGNATURE, rows(x), ["y"]))

    async def main() -> None:
        workers = Workers(8)
        first = asyncio.create_task(workers.walk(request(0), 30, light=True))
        await asyncio.to_thread(engine.begun.wait)
        await ask(workers, request)
        engine.go.set()
        await first
        workers.close()

    asyncio.run(main())


def test_a_request_whose_deadline_passed_is_not_run(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy())

    async def ask(workers: Workers, request: Callable[[float], Steps[Outputs]]) -> None:
        with pytest.raises(RpcError) as caught:
            await workers.walk(request(1), 0.02, light=True)
        assert caught.value.code == "DEADLINE_EXCEEDED"
        assert waiting(batcher) == 1  # until its turn comes

    in_workers(batcher, engine, ask)
    wait_for(lambda: waiting(batcher), lambda count: count == 0)
    assert engine.batches == [1]


def test_a_request_whose_client_left_is_not_run(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy())

    async def ask(workers: Workers, request: Callable[[float], Steps[Outputs]]) -> None:
        left, stays = (asyncio.create_task(workers.walk(request(n), 30, light=True)) for n in (1, 2))
        await asyncio.to_thread(wait_for, lambda: waiting(batcher), lambda count: count == 2)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        engine.go.set()
        assert (await stays)["y"].tolist() == [4]

    in_workers(batcher, engine, ask)
    assert engine.batches == [1, 1]


def test_requests_that_nobody_waits_for_make_place(engine: Recorder) -> None:
    batcher = Batcher(engine, Policy())
    ends: list[BaseException | None] = []

    def ask(job: Job) -> None:
        batcher.submit(SIGNATURE, rows(1), ["y"], job, lambda outputs, error: ends.append(error))

    ask(Job())
    assert engine.begun.wait(30)
    late = [Job() for _ in range(CROWD)]
    for job in late:
        ask(job)
        job.gone = True
    ask(Job())
    assert waiting(batcher) == 1
    assert [getattr(error, "code", None) for error in ends] == ["DEADLINE_EXCEEDED"] * CROWD
    engine.go.set()
    wait_for(lambda: ends[CROWD:], lambda errors: errors == [None, None])
    assert engine.batches == [1, 1]


def test_shapes_that_clients_choose_are_forgotten(engine: Recorder) -> None:
    engine.go.set()
    batcher = Batcher(engine, Policy())
    for width in range(3 * MAX_QUEUES):
        run(batcher, {"x": np.ones((1, width), np.float32)})
    assert len(batcher._queues) <= MAX_QUEUES


# TensorFlow Serving's parameters


def of(**parameters: Any) -> Policy:
    return Policy.of(Batching(**parameters))


def test_a_batch_waits_for_its_timeout(engine: Recorder) -> None:
    engine.go.set()
    batcher = Batcher(engine, of(max_batch_size=3, batch_timeout_micros=30_000_000))
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(run, batcher, rows(number)) for number in range(3)]
        assert [answer.result(20)["y"].tolist() for answer in answers] == [[0], [2], [4]]
    assert engine.batches == [3]


def test_batches_beyond_those_that_may_wait_are_refused(engine: Recorder) -> None:
    answers = crowd(Batcher(engine, of(max_batch_size=1, max_enqueued_batches=2)), engine, [rows(1), rows(2), rows(3)])
    assert [answer.result()["y"].tolist() for answer in answers[:2]] == [[2], [4]]
    with pytest.raises(RpcError, match="batch scheduling queue to which this task was submitted is full") as caught:
        answers[2].result()
    assert caught.value.code == "UNAVAILABLE"


def test_batches_are_filled_up_to_an_allowed_size(engine: Recorder) -> None:
    answers = crowd(
        Batcher(engine, of(max_batch_size=8, allowed_batch_sizes=(2, 8))), engine, [rows(1), rows(2), rows(3)]
    )
    assert engine.batches == [2, 8]
    assert engine.inputs[1].tolist() == [1, 2, 3, 1, 1, 1, 1, 1]
    assert [answer.result()["y"].tolist() for answer in answers] == [[2], [4], [6]]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (rows(1, 2, 3), "Task size 3 is larger than maximum input batch size 2"),
        ({"x": np.array(1.0)}, "input tensors must have at least one dimension"),
        ({"x": np.ones(2), "z": np.ones(1)}, "input tensors must have equal 0th-dimension size"),
    ],
)
def test_what_cannot_be_merged_is_refused(engine: Recorder, inputs: Arrays, message: str) -> None:
    with pytest.raises(RpcError, match=message) as caught:
        run(Batcher(engine, of(max_batch_size=2)), inputs)
    assert caught.value.code == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("answer", "message"),
    [(lambda x: np.array(1.0), "has 0 dimensions"), (lambda x: x[:1], "0th dimension does not equal the sum")],
)
def test_outputs_without_a_row_an_example_are_refused(engine: Recorder, answer: Any, message: str) -> None:
    engine.go.set()
    engine.answer = answer
    with pytest.raises(RpcError, match=message) as caught:
        run(Batcher(engine, of()), rows(1, 2))
    assert caught.value.code == "FAILED_PRECONDITION"


def test_unequal_shapes_are_padded_with_the_first_value(engine: Recorder) -> None:
    one, two = np.array([[7, 8]], np.float32), np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    answers = crowd(Batcher(engine, of(pad_variable_length_inputs=True)), engine, [{"x": one}, {"x": two}])
    assert engine.inputs[1].tolist() == [[7, 8, 7], [1, 2, 3], [4, 5, 6]]
    assert answers[0].result()["y"].tolist() == [[14, 16, 14]]


def test_large_requests_are_split(engine: Recorder) -> None:
    engine.go.set()
    policy = of(max_batch_size=8, enable_large_batch_splitting=True, max_execution_batch_size=2)
    assert run(Batcher(engine, policy), rows(*range(5)))["y"].tolist() == [0, 2, 4, 6, 8]
    assert engine.batches == [2, 2, 1]


@given(
    sizes=st.lists(st.integers(0, 6), min_size=1, max_size=40),
    max_rows=st.integers(1, 8),
    slots=st.integers(1, 3),
    rejoin=st.sampled_from([0.0, 0.001]),
)
def test_every_client_gets_its_own_answer(sizes: list[int], max_rows: int, slots: int, rejoin: float) -> None:
    engine = Recorder()
    engine.go.set()
    batcher = Batcher(engine, Policy(max_rows=max_rows, rejoin_seconds=rejoin), slots=slots)
    requests = [np.arange(size, dtype=np.float32) + 100 * number for number, size in enumerate(sizes)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda x: run(batcher, {"x": x})["y"], requests))
    for answer, request in zip(answers, requests, strict=True):
        assert answer.tolist() == (2 * request).tolist()
    assert sum(engine.batches) == sum(sizes)
    assert all(count <= max(max_rows, *sizes) for count in engine.batches)
    assert batcher._threads <= slots
    assert not waiting(batcher)
    batcher.close()
    wait_for(lambda: batcher._threads, lambda count: count == 0)
