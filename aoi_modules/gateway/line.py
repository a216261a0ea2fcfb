"""The way of one picture through the gateway: picture -> model server -> verdict. Knows no HTTP."""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Protocol

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.replies import Prediction
from aoi_modules.errors import AoiError, NoPicture, TooLarge, UnknownComponent
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Route, Routes
from aoi_modules.gateway.upstreams import Upstream, Upstreams
from aoi_modules.judging.inspection import Inspection, ModelVersion, judge
from aoi_modules.judging.limits import check_fit
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures.decoding import decode, read_header

STATUS_MS = 1000
"""How long a question about health may take; an orchestrator's probe waits no longer."""


class Arrival(Protocol):
    """A picture that somebody sends to have its part inspected; nothing of it is read before it is asked for."""

    def wanted_ms(self) -> int | None:
        """Reads how long the inspection may take, in milliseconds; None leaves it to the route."""

    async def picture(self) -> bytes:
        """Receives the encoded picture."""


@dataclass(frozen=True)
class RouteState:
    """Whether pictures of a route get their verdict now.

    Args:
        ready: its model is AVAILABLE and has what the route judges by.
        detail: why not; empty when it is.
        version: the one that would answer.
        manifest: its manifest, if it carries one.
    """

    ready: bool
    detail: str = ""
    version: int | None = None
    manifest: Manifest | None = None


class Line:
    """All routes and the model servers behind them. Made inside the running event loop."""

    def __init__(self, routes: Routes, metrics: Metrics) -> None:
        self._routes = routes
        self._metrics = metrics
        addresses = (route.upstream for route in routes.components.values())
        self._upstreams = Upstreams(addresses, routes.max_in_flight)

    async def inspect(self, component: str, arrival: Arrival) -> Inspection:
        """Inspects one part: receives its picture, asks the component's model, and judges.

        A place at the model server is held all the while. That bounds memory: no more pictures are received than may
        be inspected.

        Raises:
            NotInspected, NotAPicture: the request is about no component, or brings no picture that can be asked about.
            AoiError: the model server did not answer, refused, or its model does not fit the route.
        """
        route = self._route(component)
        endpoint = _endpoint(route, min(route.timeout_ms, arrival.wanted_ms() or route.timeout_ms))
        upstream = self._upstreams[route.upstream]
        with upstream.slot():
            picture = await arrival.picture()
            await self._check_picture(picture)
            prediction, manifest = await self._ask(component, upstream, endpoint, picture)
        model = ModelVersion(name=prediction.model or route.model, version=prediction.version or route.version)
        inspection = judge(prediction.scores, manifest, route.heads, component=component, model=model)
        self._metrics.verdicts.labels(component, inspection.verdict.value).inc()
        return inspection

    async def states(self) -> dict[str, RouteState]:
        """Asks all at once whether each route's model answers now; by component."""
        components = self._routes.components
        found = await asyncio.gather(*map(self._state, components.values()))
        return dict(zip(components, found, strict=True))

    async def close(self) -> None:
        """Ends the connections to all model servers."""
        await self._upstreams.close()

    def _route(self, component: str) -> Route:
        if component not in self._routes.components:
            raise UnknownComponent(component, sorted(self._routes.components))
        return self._routes.components[component]

    async def _check_picture(self, content: bytes) -> None:
        """Makes sure that bytes are a whole picture of a bearable size.

        Raises:
            NoPicture, NotAPicture, TooLarge: they are not.
            TooManyPixels: no part of the line reads so many.
        """
        if not content:
            raise NoPicture
        picture = read_header(content)
        if picture.height * picture.width > self._routes.max_picture_pixels:
            size = f"{picture.width} x {picture.height}"
            raise TooLarge(self._routes.max_picture_pixels, "pixels", found=size)
        await asyncio.to_thread(decode, content)  # milliseconds, in which the loop serves others

    async def _ask(
        self, component: str, upstream: Upstream, endpoint: Endpoint, picture: bytes
    ) -> tuple[Prediction, Manifest | None]:
        """Asks the model server, and measures how long it took, whatever came of it."""
        started = time.perf_counter()
        try:
            return await upstream.ask(endpoint, picture)
        finally:
            self._metrics.upstream_seconds.labels(component).observe(time.perf_counter() - started)

    async def _state(self, route: Route) -> RouteState:
        endpoint = _endpoint(route, STATUS_MS)
        upstream = self._upstreams[route.upstream]
        try:
            statuses = await upstream.status(endpoint)
            available = [status.version for status in statuses if status.state == "AVAILABLE"]
            if not available:
                told = ", ".join(f"version {status.version} {status.state}" for status in statuses) or "no version"
                return RouteState(False, f"model {route.model} at {route.upstream}: {told}")
            manifest = await upstream.manifest(replace(endpoint, version=available[0]))
        except AoiError as error:
            return RouteState(False, error.message)
        try:
            if manifest is not None:
                check_fit(manifest.heads, route.heads)
        except AoiError as error:
            return RouteState(False, error.message, available[0], manifest)
        return RouteState(True, "", available[0], manifest)


def _endpoint(route: Route, milliseconds: int) -> Endpoint:
    """What is asked for a route. It is asked once: who sent the picture knows better whether to try again."""
    return Endpoint(route.upstream, route.model, version=route.version, timeout=milliseconds / 1000, retries=0)
