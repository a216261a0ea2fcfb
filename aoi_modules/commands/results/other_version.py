"""Another version than the one that judged: which it is, and what it says about a picture."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.errors import UnknownComponent
from aoi_modules.judging.inspection import Inspection, ModelVersion, judge
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.results.database.connection import Database
from aoi_modules.results.limits import ledger

if TYPE_CHECKING:
    from types import TracebackType

    from aoi_modules.gateway.routes import Route

SECONDS = 30.0
"""That an answer may take."""


class OtherVersion:
    """Asks model servers about pictures and judges by the limits that hold; an async context manager.

    Args:
        routes: file of routes whose versions in service are asked; None asks one model whatever the component.
        address: HOST:PORT of its server.
        asked: the model and perhaps its version: `tile:4`.
        database: has the limits that people set.
    """

    def __init__(self, routes: Path | None, address: str | None, asked: str | None, database: Database) -> None:
        self._routes = None if routes is None else _routes(routes)
        self._endpoint = None if address is None or asked is None else _endpoint(address, asked)
        self._database = database
        self._opened = AsyncExitStack()
        self._endpoints: dict[str, Endpoint] = {}
        self._clients: dict[Endpoint, AsyncGrpcClient] = {}
        self._manifests: dict[tuple[Endpoint, int | None], Manifest | None] = {}
        self._set: dict[tuple[str, str, int, str], HeadLimits] = {}

    async def inspect(self, component: str, picture: bytes) -> Inspection:
        """Asks about a picture, and judges it.

        Raises:
            UnknownComponent: no route leads there.
            AoiError: the server does not answer, or what it says makes no sense.
        """
        route = self._route(component)
        endpoint = self._endpoint if route is None else self._endpoint_of(component, route)
        if endpoint is None:
            raise ValueError("expected routes, or an address with a model. Received: neither")
        prediction = await (await self._client(endpoint)).predict_pictures([picture])
        version = prediction.version or endpoint.version
        manifest = await self._manifest(endpoint, version)
        model = ModelVersion(name=prediction.model or endpoint.model, version=version)
        limits = {**(route.limits_of(version) if route is not None else {}), **self._at_station(component, model)}
        return judge(prediction.scores, manifest, limits, component=component, model=model)

    def _route(self, component: str) -> "Route | None":
        if self._routes is None:
            return None
        if component not in self._routes:
            raise UnknownComponent(component, sorted(self._routes))
        return self._routes[component]

    def _endpoint_of(self, component: str, route: "Route") -> Endpoint:
        """Made once a component: it may read files of TLS."""
        if component not in self._endpoints:
            self._endpoints[component] = route.own_endpoint(SECONDS)
        return self._endpoints[component]

    def _at_station(self, component: str, model: ModelVersion) -> Mapping[str, HeadLimits]:
        place = (component, model.name, model.version or 0)
        return {head: limits for (*where, head), limits in self._set.items() if tuple(where) == place}

    async def _client(self, endpoint: Endpoint) -> AsyncGrpcClient:
        if endpoint not in self._clients:
            self._clients[endpoint] = await self._opened.enter_async_context(AsyncGrpcClient(endpoint))
        return self._clients[endpoint]

    async def _manifest(self, endpoint: Endpoint, version: int | None) -> Manifest | None:
        if (endpoint, version) not in self._manifests:
            exactly = endpoint if version is None else replace(endpoint, version=version, label=None)
            self._manifests[endpoint, version] = await (await self._client(exactly)).find_manifest()
        return self._manifests[endpoint, version]

    async def __aenter__(self) -> Self:
        for one in await ledger.in_force(self._database):
            if one.limits is not None:
                place = one.place
                self._set[place.component, place.model, place.version, place.head] = one.limits
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        await self._opened.aclose()


def _routes(path: Path) -> "Mapping[str, Route]":
    from aoi_modules.gateway.routes import read_routes

    return read_routes(path).components


def _endpoint(address: str, asked: str) -> Endpoint:
    name, _, version = asked.partition(":")
    return Endpoint(address, name, version=int(version) if version else None, timeout=SECONDS, retries=0)
