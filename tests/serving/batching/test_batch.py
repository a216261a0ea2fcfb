"""Which request of a batch gets which rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from aoi_modules.errors import RpcError
from aoi_modules.serving.batching.batch import Batch, Call
from aoi_modules.serving.batching.parameters import Batching
from aoi_modules.serving.batching.policy import Policy
from aoi_modules.serving.engine import Arrays
from aoi_modules.serving.job import Job
from aoi_modules.wire.messages import SignatureDef
from tests.serving.fake_engine import DoublingEngine, float_signature

STRICT = Policy.of(Batching())


class Counting(DoublingEngine):
    """y = 2 x. Remembers the rows of each run, and refuses negative numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[int] = []

    def run(self, signature: SignatureDef, inputs: Arrays, outputs: Sequence[str]) -> dict[str, NDArray[Any]]:
        self.runs.append(len(inputs["x"]))
        if (inputs["x"] < 0).any():
            raise RpcError("INVALID_ARGUMENT", "negative")
        return super().run(signature, inputs, outputs)


def call(*values: float) -> Call:
    return Call({"x": np.array(values, np.float32)}, len(values), Job(), lambda outputs, error: None)


def batch(*calls: Call) -> Batch:
    return Batch(float_signature(), ["y"], calls)


@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=5), min_size=1, max_size=6), st.booleans())
def test_each_request_gets_its_rows_in_one_run(requests: list[list[int]], strict: bool) -> None:
    engine = Counting()
    together = batch(*(call(*values) for values in requests))
    ended = together.run(engine, STRICT if strict else Policy())
    assert [request for request, _, _ in ended] == list(together.calls)
    assert [outputs["y"].tolist() for _, outputs, _ in ended if outputs] == [[2 * v for v in r] for r in requests]
    assert all(error is None for _, _, error in ended)
    assert engine.runs == [together.rows] == [sum(map(len, requests))]


def test_an_error_makes_each_request_run_alone() -> None:
    engine = Counting()
    (_, first, _), (_, second, error), (_, third, _) = batch(call(1), call(-1), call(3, 4)).run(engine, Policy())
    assert engine.runs == [4, 1, 1, 2]
    assert first is not None
    assert third is not None
    assert (first["y"].tolist(), second, third["y"].tolist()) == ([2], None, [6, 8])
    assert isinstance(error, RpcError)


def test_rows_that_only_fill_a_batch_up_are_nobodys() -> None:
    engine = Counting()
    ((_, outputs, _),) = batch(call(1, 2, 3)).run(engine, Policy(allowed_rows=(2, 8)))
    assert engine.runs == [8]
    assert outputs is not None
    assert outputs["y"].tolist() == [2, 4, 6]


@pytest.mark.parametrize("strict", [True, False])
def test_a_request_alone_must_keep_its_rows_only_where_the_policy_is_strict(strict: bool) -> None:
    class Sums(Counting):
        def run(self, *_: Any) -> dict[str, NDArray[Any]]:
            return {"y": np.zeros(1)}

    ((_, outputs, error),) = batch(call(1, 2)).run(Sums(), STRICT if strict else Policy())
    assert (outputs is None, getattr(error, "code", "")) == (strict, "FAILED_PRECONDITION" if strict else "")


def test_a_batch_of_nobody_runs_nothing() -> None:
    engine = Counting()
    assert batch().run(engine, Policy()) == []
    assert engine.runs == []
