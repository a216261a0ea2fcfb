"""One model server seen from the gateway: recovery, deadlines, manifests that fit the scores."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import grpc
import msgspec
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.errors import BadParameter, Busy, RpcError, StoreError, TooSlow, Unreachable
from aoi_modules.gateway import upstreams
from aoi_modules.gateway.shots import Features, FrameSize, Shot
from aoi_modules.gateway.upstreams import Question, Upstream, Upstreams
from aoi_modules.wire.tensors import to_array
from tests.client.model_server import ModelServer, manifest

Result = TypeVar("Result")
PATIENCE = 240.0


def with_upstream(
    address: str, act: Callable[[Upstream, Endpoint], Awaitable[Result]], max_in_flight: int = 4
) -> Result:
    """Runs something with a connection to a model server and the endpoint of its model, in a loop of its own."""

    async def run() -> Result:
        servers = Upstreams([address, address], max_in_flight, lambda *_: None)
        try:
            return await act(servers[address], Endpoint(address, "tile", timeout=PATIENCE, retries=0))
        finally:
            await servers.close()

    return asyncio.run(run())


async def ask(upstream: Upstream, endpoint: Endpoint) -> tuple[int | None, float | None]:
    """Version and threshold of the answer."""
    reply = await upstream.ask(endpoint, question(endpoint))
    assert reply.address == upstream.address
    return reply.prediction.version, reply.manifest.head("defect").threshold if reply.manifest else None


def question(endpoint: Endpoint, shot: Shot | None = None) -> Question:
    return Question("tile", shot or Shot(b"picture"), endpoint.attempts(), "r1")


def test_a_model_server_is_told_the_id_of_the_request(model_server: ModelServer) -> None:
    with_upstream(model_server.address, ask)
    told = {
        request.model_spec.signature_name: metadata.get("x-request-id")
        for request, metadata in zip(model_server.asked, model_server.beside, strict=True)
    }
    assert told == {"serving_default": "r1", "manifest": None}


def test_the_manifest_is_that_of_the_version_that_answered(model_server: ModelServer) -> None:
    async def act(upstream: Upstream, endpoint: Endpoint) -> list[tuple[int | None, float | None]]:
        first = await ask(upstream, endpoint)
        model_server.manifests[2] = manifest(2, threshold=0.9).to_json()
        model_server.states[2], model_server.version = "AVAILABLE", 2
        return [first, await ask(upstream, endpoint), await ask(upstream, replace(endpoint, version=1))]

    assert with_upstream(model_server.address, act) == [(1, 0.5), (2, 0.9), (1, 0.5)]


def test_a_version_that_goes_before_its_manifest_is_read_is_asked_again(model_server: ModelServer) -> None:
    """Version 2 answers and is unloaded; version 3 has to answer instead, with its own manifest."""
    model_server.states = {2: "AVAILABLE"}
    model_server.version = 2
    answer = model_server.outputs

    def answer_and_go(count: int) -> dict[str, object]:
        model_server.manifests[3] = manifest(3, threshold=0.3).to_json()
        model_server.states, model_server.version = {3: "AVAILABLE"}, 3
        model_server.outputs = answer
        return dict(answer(count))

    model_server.outputs = answer_and_go  # type: ignore[assignment]
    assert with_upstream(model_server.address, ask) == (3, 0.3)


def test_a_manifest_that_cannot_be_read_is_an_error_each_time_and_not_asked_for_each_time(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_server.manifests[1] = b"{}"

    def asked() -> int:
        return sum(one.model_spec.signature_name == "manifest" for one in model_server.asked)

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        for _ in range(3):
            with pytest.raises(StoreError, match="model tile version 1 at"):
                await ask(upstream, endpoint)
        assert asked() == 1
        monkeypatch.setattr(upstreams, "UNREADABLE_SECONDS", 0.0)
        upstream._unreadable.clear()
        for _ in range(2):
            with pytest.raises(StoreError):
                await ask(upstream, endpoint)
        assert asked() == 3
        model_server.manifests[1] = manifest(1, threshold=0.3).to_json()
        assert await ask(upstream, endpoint) == (1, 0.3)

    with_upstream(model_server.address, act)


def test_nobody_there_fails_at_once(free_port: int) -> None:
    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        with pytest.raises(Unreachable):
            await ask(upstream, endpoint)

    with_upstream(f"127.0.0.1:{free_port}", act)


def test_a_server_that_went_and_came_back_works_by_itself(model_server: ModelServer) -> None:
    async def act(upstream: Upstream, endpoint: Endpoint) -> tuple[int | None, float | None]:
        assert await ask(upstream, endpoint) == (1, 0.5)
        await asyncio.to_thread(model_server.stop)
        with pytest.raises(Unreachable):
            await ask(upstream, endpoint)
        with ModelServer(model_server.port) as again:
            again.manifests[1] = manifest(1, threshold=0.7).to_json()
            return await until_met(upstream, endpoint)

    assert with_upstream(model_server.address, act) == (1, 0.7), "what it said before it went is forgotten"


async def until_met(upstream: Upstream, endpoint: Endpoint) -> tuple[int | None, float | None]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await ask(upstream, endpoint)
            except Unreachable:
                await asyncio.sleep(0.05)


def test_an_inspection_has_a_deadline(model_server: ModelServer) -> None:
    model_server.gate.clear()

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        with pytest.raises(TooSlow):
            await ask(upstream, replace(endpoint, timeout=0.1))

    with_upstream(model_server.address, act)


def test_scores_and_manifest_share_one_deadline(model_server: ModelServer) -> None:
    """What the scores took is no more there for the manifest."""
    model_server.gate.clear()
    timeout, held = 10.0, 1.0  # gRPC tells the server roughly: a twentieth more or less is the same to it

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        inspection = asyncio.create_task(ask(upstream, replace(endpoint, timeout=timeout)))
        while not model_server.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(held)
        model_server.gate.set()
        assert await inspection == (1, 0.5)

    with_upstream(model_server.address, act)
    assert [request.model_spec.signature_name for request in model_server.asked] == ["serving_default", "manifest"]
    assert model_server.left[1] < timeout - held / 2


def test_a_manifest_that_is_too_late_is_too_slow(model_server: ModelServer) -> None:
    model_server.manifest_gate.clear()

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        with pytest.raises(TooSlow, match=r"within 1 s"):
            await ask(upstream, replace(endpoint, timeout=1))

    with_upstream(model_server.address, act)


def test_it_tells_what_the_server_knows(model_server: ModelServer) -> None:
    model_server.states = {1: "AVAILABLE", 2: "LOADING"}

    async def act(upstream: Upstream, endpoint: Endpoint) -> list[tuple[int, str]]:
        return [(status.version, status.state) for status in await upstream.status(endpoint)]

    assert with_upstream(model_server.address, act) == [(2, "LOADING"), (1, "AVAILABLE")]


def test_only_so_many_manifests_are_kept(model_server: ModelServer) -> None:
    versions = range(1, 66)
    model_server.states = dict.fromkeys(versions, "AVAILABLE")
    model_server.manifests = {version: manifest(version).to_json() for version in versions}

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        for version in (*versions, 65, 1):
            found = await upstream.manifest(replace(endpoint, version=version))
            assert found is not None
            assert found.version == version

    with_upstream(model_server.address, act)
    assert [request.model_spec.version.value for request in model_server.asked] == [*versions, 1]


def test_a_server_that_leaves_the_routes_ends_what_it_has_and_takes_nothing_more(model_server: ModelServer) -> None:
    model_server.gate.clear()

    async def act() -> None:
        servers = Upstreams([model_server.address], 4, lambda *_: None)
        upstream = servers[model_server.address]
        with upstream.slot():
            inspection = asyncio.create_task(ask(upstream, Endpoint(model_server.address, "tile", timeout=PATIENCE)))
            while not model_server.asked:
                await asyncio.sleep(0.01)
            servers.use(["127.0.0.1:1"], 4)
            assert upstream.full
            model_server.gate.set()
            assert await inspection == (1, 0.5)
        with pytest.raises(KeyError):
            servers[model_server.address]
        await servers.close()

    asyncio.run(act())


def test_places_are_bounded_and_given_back(model_server: ModelServer) -> None:
    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        full = pytest.raises(Busy, match="2 inspections are at the model server already")
        with upstream.slot(), upstream.slot(), full, upstream.slot():
            pytest.fail("there are two places")
        with upstream.slot():
            pass

    with_upstream(model_server.address, act, max_in_flight=2)


def test_an_answer_of_the_server_is_not_asked_for_twice(model_server: ModelServer) -> None:
    model_server.refusal = grpc.StatusCode.INTERNAL, "broken"

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        with pytest.raises(RpcError, match="broken"):
            await ask(upstream, endpoint)

    with_upstream(model_server.address, act)
    assert len(model_server.asked) == 1


def with_features(version: int, *names: str) -> bytes:
    return msgspec.structs.replace(manifest(version), features=names).to_json()


def test_features_go_in_the_order_of_the_version_that_answers(model_server: ModelServer) -> None:
    """Version 2 wants them the other way round; it comes while a picture is on its way to version 1."""
    model_server.manifests[1] = with_features(1, "rooms", "area")
    shot = Shot(b"picture", features={"area": 60.0, "rooms": 3.0})

    async def act(upstream: Upstream, endpoint: Endpoint) -> list[int | None]:
        first = await upstream.ask(endpoint, question(endpoint, shot))
        model_server.manifests[2] = with_features(2, "area", "rooms")
        model_server.states[2], model_server.version = "AVAILABLE", 2
        second = await upstream.ask(endpoint, question(endpoint, shot))
        third = await upstream.ask(replace(endpoint, version=1), question(endpoint, shot))
        return [answer.prediction.version for answer in (first, second, third)]

    assert with_upstream(model_server.address, act) == [1, 2, 1]
    asked = [request for request in model_server.asked if request.model_spec.signature_name == "serving_default"]
    assert [request.model_spec.version.value for request in asked] == [1, 2, 1], "order and model belong together"
    assert [to_array(request.inputs["features"]).tolist() for request in asked] == [[[3, 60]], [[60, 3]], [[3, 60]]]


@pytest.mark.parametrize(
    ("features", "told"),
    [
        (None, "features: expected numbers for: rooms, area. Received: 'none'"),
        ({"rooms": 3.0}, "features: expected a number for each of: rooms, area. Received: 'rooms'"),
        ({"rooms": 3.0, "area": 60.0, "door": 1.0}, "a number for each of: rooms, area. Received: 'rooms, area, door'"),
        ((3.0,), "features: expected 2 numbers: rooms, area. Received: '1'"),
    ],
)
@pytest.mark.parametrize("refuses", [False, True], ids=["server takes all", "server refuses"])
def test_features_that_do_not_fit_the_model(
    model_server: ModelServer, features: Features | None, told: str, refuses: bool
) -> None:
    model_server.manifests[1] = with_features(1, "rooms", "area")
    model_server.refusal = (
        (grpc.StatusCode.INVALID_ARGUMENT, "input size does not match signature") if refuses else None
    )

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        with pytest.raises(BadParameter, match=told):
            await upstream.ask(endpoint, question(endpoint, Shot(b"picture", features=features)))

    with_upstream(model_server.address, act)


def test_a_raw_frame_asks_its_own_signature(model_server: ModelServer) -> None:
    frame = Shot(bytes(range(6)), FrameSize(3, 2, 1), (1.5,))
    model_server.manifests[1] = with_features(1, "area")

    async def act(upstream: Upstream, endpoint: Endpoint) -> None:
        await upstream.ask(endpoint, question(endpoint, frame))
        with pytest.raises(BadParameter, match="channels: expected 1, as the model takes"):
            await upstream.ask(endpoint, question(endpoint, replace(frame, frame=FrameSize(1, 2, 3))))

    with_upstream(model_server.address, act)
    asked = next(request for request in model_server.asked if request.model_spec.signature_name == "pixels")
    assert to_array(asked.inputs["image"]).tolist() == [[[[0], [1], [2]], [[3], [4], [5]]]]
    assert to_array(asked.inputs["features"]).tolist() == [[1.5]]
