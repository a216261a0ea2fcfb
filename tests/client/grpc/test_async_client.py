"""What the awaited client adds to `PredictClient`: calls at once, a shared connection, a shared deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.grpc.connection import AsyncConnection
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import RpcError, StoreError, TooSlow, Unreachable
from tests.client.model_server import ModelServer, manifest, scores_of

Result = TypeVar("Result")


def with_client(endpoint: Endpoint, act: Callable[[AsyncGrpcClient], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with AsyncGrpcClient(endpoint) as client:
            return await act(client)

    return asyncio.run(run())


def test_many_calls_at_once(model_server: ModelServer) -> None:
    """No call is answered before the last one was sent."""
    model_server.gate.clear()

    async def act(client: AsyncGrpcClient) -> list[int | None]:
        asked = [asyncio.create_task(client.predict_pictures([b"x"])) for _ in range(12)]
        while len(model_server.asked) < 12:
            await asyncio.sleep(0.01)
        model_server.gate.set()
        return [prediction.version for prediction in await asyncio.gather(*asked)]

    assert with_client(Endpoint(model_server.address, "tile", timeout=60), act) == [1] * 12


def test_metadata_goes_beside_each_call(model_server: ModelServer) -> None:
    async def run() -> None:
        async with AsyncGrpcClient(
            Endpoint(model_server.address, "tile"), metadata=(("x-request-id", "r1"),)
        ) as client:
            await client.predict_pictures([b"x"])
            await client.manifest()

    asyncio.run(run())
    assert [metadata["x-request-id"] for metadata in model_server.beside] == ["r1", "r1"]


def test_pictures_pixels_status_and_metadata(model_server: ModelServer) -> None:
    model_server.outputs = scores_of(0.25)

    async def act(client: AsyncGrpcClient) -> None:
        by_picture = await client.predict_pictures([b"one", b"two"], np.ones((2, 3)))
        by_pixels = await client.predict_pixels(np.zeros((2, 4, 4, 1), np.uint8))
        assert by_picture.scores["defect"].tolist() == by_pixels.scores["defect"].tolist() == [[0.25], [0.25]]
        assert [status.state for status in await client.status()] == ["AVAILABLE"]
        assert set(await client.metadata()) == {"serving_default"}

    with_client(Endpoint(model_server.address, "tile"), act)
    assert [request.model_spec.signature_name for request in model_server.asked] == ["serving_default", "pixels"]
    assert "features" in model_server.asked[0].inputs


def test_a_manifest_or_none(model_server: ModelServer) -> None:
    async def act(client: AsyncGrpcClient) -> None:
        assert await client.manifest() == manifest()
        model_server.manifests.clear()
        assert await client.find_manifest() is None
        with pytest.raises(StoreError, match=f"model tile at {model_server.address} carries no manifest"):
            await client.manifest()

    with_client(Endpoint(model_server.address, "tile"), act)


def test_any_other_refusal_of_the_manifest_is_told(model_server: ModelServer) -> None:
    async def act(client: AsyncGrpcClient) -> None:
        with pytest.raises(RpcError, match="Servable not found"):
            await client.find_manifest()

    with_client(Endpoint(model_server.address, "none"), act)


def test_clients_share_a_connection_that_none_of_them_ends(model_server: ModelServer) -> None:
    model_server.states[2] = "AVAILABLE"

    async def run() -> list[int | None]:
        connection = AsyncConnection(model_server.address)
        versions = []
        for version in (1, 2):
            async with AsyncGrpcClient(Endpoint(model_server.address, "tile", version=version), connection) as client:
                versions.append((await client.predict_pictures([b"x"])).version)
        await connection.close()
        return versions

    assert asyncio.run(run()) == [1, 2]


def test_a_shared_deadline_covers_all_calls(model_server: ModelServer) -> None:
    seconds = [0.0]

    async def run() -> None:
        attempts = Attempts(30, 0, clock=lambda: seconds[0])
        endpoint, connection = Endpoint(model_server.address, "tile"), AsyncConnection(model_server.address)
        first = AsyncGrpcClient(endpoint, connection, attempts)
        await first.predict_pictures([b"x"])
        seconds[0] = 31.0
        model_server.gate.clear()
        second = AsyncGrpcClient(endpoint, connection, attempts)
        with pytest.raises(TooSlow, match="within 30 s"):
            await second.predict_pictures([b"x"])
        await connection.close()

    asyncio.run(run())


def test_nobody_there(free_port: int) -> None:
    async def act(client: AsyncGrpcClient) -> None:
        with pytest.raises(Unreachable, match=f"no model server answers at 127.0.0.1:{free_port}"):
            await client.status()

    with_client(Endpoint(f"127.0.0.1:{free_port}", "tile", retries=1), act)


def test_a_client_that_was_closed_says_so(model_server: ModelServer) -> None:
    async def run() -> None:
        client = AsyncGrpcClient(Endpoint(model_server.address, "tile"))
        await client.close()
        with pytest.raises(ValueError, match="it was closed; make another one"):
            await client.status()

    asyncio.run(run())
