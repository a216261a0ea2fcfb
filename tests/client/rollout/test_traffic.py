"""Traffic flows as long as its block runs, and remembers every call."""

from collections.abc import Callable

import grpc
import pytest

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rollout.traffic import Traffic
from aoi_modules.errors import AoiError, Unreachable
from tests.client.model_server import ModelServer
from tests.serving.calls import wait_for


def connect(server: ModelServer) -> Callable[[], PredictClient]:
    return lambda: GrpcClient(Endpoint(server.address, "tile", retries=0))


def test_it_sees_who_answers_before_and_after_a_change(model_server: ModelServer) -> None:
    model_server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
    with Traffic(connect(model_server), [b"a", b"b"], clients=3, pause=0.001) as traffic:
        assert traffic.calls, "the block begins when the traffic flows"
        change = traffic.seconds
        model_server.version = 2
        wait_for(lambda: traffic.calls[-1].version, lambda version: version == 2)
    calls = traffic.calls
    assert {call.version for call in calls} == {1, 2}
    assert all(call.version == 1 for call in calls if call.ended < change)
    assert [call.ended for call in calls] == sorted(call.ended for call in calls)
    assert all(call.seconds > 0 for call in calls)
    assert traffic.failures == {}
    assert traffic.require_no_failure() == len(calls) == len(model_server.asked)


def test_a_failure_is_counted_and_named(model_server: ModelServer) -> None:
    with Traffic(connect(model_server), [b"a"], clients=2, pause=0.001) as traffic:
        model_server.refusal = (grpc.StatusCode.UNAVAILABLE, "the queue is full")
        wait_for(lambda: sum(traffic.failures.values()), lambda failed: failed > 3)
        model_server.refusal = None
    assert set(traffic.failures) == {"UNAVAILABLE"}
    assert {call.version for call in traffic.calls if call.error} == {None}
    with pytest.raises(AoiError, match=r"\d+ of \d+ calls failed: \d+ UNAVAILABLE"):
        traffic.require_no_failure()


def test_without_a_server_it_does_not_begin(free_port: int) -> None:
    traffic = Traffic(lambda: GrpcClient(Endpoint(f"127.0.0.1:{free_port}", "tile", retries=0, timeout=5)), [b"a"])
    with pytest.raises(Unreachable), traffic:
        pytest.fail("the block must not run")


def test_no_call_is_no_proof(model_server: ModelServer) -> None:
    with pytest.raises(AoiError, match="there was no call"):
        Traffic(connect(model_server), [b"a"]).require_no_failure()


def test_pictures_are_needed(model_server: ModelServer) -> None:
    with pytest.raises(ValueError, match="expected at least one"):
        Traffic(connect(model_server), [])
