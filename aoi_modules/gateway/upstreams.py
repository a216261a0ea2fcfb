"""The model servers behind the gateway: our awaited client, a bound on inspections, and manifests that are kept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.grpc.connection import AsyncConnection
from aoi_modules.client.replies import Prediction, VersionStatus
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import Busy, RpcError, Unreachable
from aoi_modules.modelstore.manifest import Manifest

_MAX_MANIFESTS = 64
"""Manifests kept a model server; the oldest goes first."""


class Upstream:
    """One model server, asked over one connection about any of its models.

    Made inside the running event loop. gRPC itself tries to reach a lost server again, so calls fail at once while
    it is away and succeed again right after it is back.

    Args:
        address: `HOST:PORT`.
        max_in_flight: inspections there at a time.
    """

    def __init__(self, address: str, max_in_flight: int) -> None:
        self._connection = AsyncConnection(address)
        self._max_in_flight = max_in_flight
        self._in_flight = 0
        self._manifests: dict[tuple[str, int | None], Manifest | None] = {}

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Holds one of the places for inspections.

        Raises:
            Busy: all are taken.
        """
        if self._in_flight >= self._max_in_flight:
            raise Busy(self._max_in_flight)
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    async def ask(self, endpoint: Endpoint, picture: bytes) -> tuple[Prediction, Manifest | None]:
        """Asks a model about one encoded picture; the manifest is that of the very version that answered.

        Args:
            endpoint: a model of this server. Its time covers scores and manifest together.
            picture: PNG, JPEG or BMP.

        Raises:
            Unreachable, TooSlow, RpcError: no answer in time, or a refusal.
            StoreError: the model's manifest cannot be read.
            WireError: the answer contradicts itself.
        """
        attempts = endpoint.attempts()
        with self._forgetting_if_away():
            try:
                return await self._ask_once(endpoint, picture, attempts)
            except RpcError as error:
                if error.code != "NOT_FOUND" or endpoint.version is not None:
                    raise
                # The version that answered was unloaded before its manifest was read: the next one answers now.
                return await self._ask_once(endpoint, picture, attempts)

    async def manifest(self, endpoint: Endpoint) -> Manifest | None:
        """Gives the manifest of the endpoint's version; None if it carries none.

        It is read once and kept: versions never change.

        Raises:
            Unreachable, TooSlow, RpcError, StoreError: see `ask`.
        """
        with self._forgetting_if_away():
            return await self._manifest(endpoint, endpoint.attempts())

    async def status(self, endpoint: Endpoint) -> list[VersionStatus]:
        """Asks which versions of a model the server knows; newest first.

        Raises:
            Unreachable, TooSlow, RpcError: see `ask`.
        """
        with self._forgetting_if_away():
            return await self._client(endpoint, endpoint.attempts()).status()

    async def close(self) -> None:
        """Ends the connection, and every call that is under way."""
        await self._connection.close()

    async def _ask_once(
        self, endpoint: Endpoint, picture: bytes, attempts: Attempts
    ) -> tuple[Prediction, Manifest | None]:
        prediction = await self._client(endpoint, attempts).predict_pictures([picture])
        answered = prediction.version or endpoint.version
        manifest = None if answered is None else await self._manifest(replace(endpoint, version=answered), attempts)
        return prediction, manifest

    async def _manifest(self, endpoint: Endpoint, attempts: Attempts) -> Manifest | None:
        key = (endpoint.model, endpoint.version)
        if key not in self._manifests:
            found = await self._client(endpoint, attempts).find_manifest()
            while len(self._manifests) >= _MAX_MANIFESTS:
                del self._manifests[next(iter(self._manifests))]
            self._manifests[key] = found
        return self._manifests[key]

    def _client(self, endpoint: Endpoint, attempts: Attempts) -> AsyncGrpcClient:
        return AsyncGrpcClient(endpoint, self._connection, attempts)

    @contextmanager
    def _forgetting_if_away(self) -> Iterator[None]:
        try:
            yield
        except Unreachable:
            self._manifests.clear()  # what comes back may be another server with other models
            raise


class Upstreams:
    """All model servers, by address. Made inside the running event loop."""

    def __init__(self, addresses: Iterable[str], max_in_flight: int) -> None:
        self._by_address = {address: Upstream(address, max_in_flight) for address in sorted(set(addresses))}

    def __getitem__(self, address: str) -> Upstream:
        return self._by_address[address]

    async def close(self) -> None:
        """Ends all connections."""
        for upstream in self._by_address.values():
            await upstream.close()
