"""A watch sees what becomes of a model's versions, also while no server answers."""

from collections.abc import Iterator

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rollout.version_watch import VersionWatch
from aoi_modules.errors import TooSlow
from tests.client.model_server import ModelServer


@pytest.fixture
def client(model_server: ModelServer) -> Iterator[GrpcClient]:
    with GrpcClient(Endpoint(model_server.address, "tile", retries=0)) as client:
        yield client


def test_it_waits_for_what_is_to_come(model_server: ModelServer, client: GrpcClient) -> None:
    with VersionWatch(client, every=0.01) as watch:
        watch.until(lambda states: states == {1: "AVAILABLE"}, timeout=60)
        model_server.states = {1: "AVAILABLE", 2: "LOADING"}
        watch.until(lambda states: states.get(2) == "LOADING", timeout=60)
        model_server.states = {1: "AVAILABLE", 2: "AVAILABLE"}
        states = watch.until(lambda states: states.get(2) == "AVAILABLE", timeout=60)
    assert states == {1: "AVAILABLE", 2: "AVAILABLE"}


def test_the_states_of_a_version_follow_each_other(model_server: ModelServer, client: GrpcClient) -> None:
    with VersionWatch(client, every=0.01) as watch:
        for state in ("LOADING", "AVAILABLE", "UNLOADING", "END"):
            model_server.states = {1: "AVAILABLE", 2: state}
            watch.until(lambda states, state=state: states.get(2) == state, timeout=60)  # type: ignore[misc]
    second = [span for span in watch.spans() if span.version == 2]
    assert [span.state for span in second] == ["LOADING", "AVAILABLE", "UNLOADING", "END"]
    assert [span.end for span in second[:-1]] == [span.start for span in second[1:]]
    (first,) = [span for span in watch.spans() if span.version == 1]
    assert first.start <= second[0].start
    assert first.end == second[-1].end


def test_a_server_that_is_away_has_no_version_in_any_state(model_server: ModelServer, client: GrpcClient) -> None:
    with VersionWatch(client, every=0.01) as watch:
        watch.until(lambda states: states == {1: "AVAILABLE"}, timeout=60)
        model_server.stop()
        watch.until(lambda states: states == {}, timeout=60)
        with ModelServer(model_server.port) as again:
            again.states = {1: "END"}
            watch.until(lambda states: states == {1: "END"}, timeout=60)
    assert watch.spans()[0].state == "AVAILABLE"
    assert watch.spans()[-1].state == "END"


def test_waiting_has_an_end_and_tells_what_was_there(client: GrpcClient) -> None:
    with VersionWatch(client, every=0.01) as watch:
        watch.until(lambda states: bool(states), timeout=60)
        with pytest.raises(TooSlow, match=r"model tile: after 0\.1 s its versions are \{1: 'AVAILABLE'\}"):
            watch.until(lambda states: False, timeout=0.1)


def test_nothing_was_seen_before_it_began(client: GrpcClient) -> None:
    watch = VersionWatch(client)
    assert (watch.states, watch.spans()) == ({}, [])
