"""The way of one picture through the gateway: picture -> model server -> verdict. Knows no HTTP."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.replies import Prediction
from aoi_modules.errors import AoiError, NoPicture, TooLarge, UnknownComponent
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.replicas import Replicas, TwoHungUp
from aoi_modules.gateway.routes import Route, Routes
from aoi_modules.gateway.upstreams import Upstream, Upstreams
from aoi_modules.judging.inspection import Inspection, ModelVersion, judge
from aoi_modules.judging.limits import check_fit
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures.decoding import decode, read_header
from aoi_modules.verdict import Verdict

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
        ready: its model is AVAILABLE, at one server at least, and has what the route judges by.
        detail: why not; empty when it is.
        version: the one that would answer.
        manifest: its manifest, if it carries one.
        servers: the address of each server, and why it would not answer; empty where it would.
    """

    ready: bool
    detail: str = ""
    version: int | None = None
    manifest: Manifest | None = None
    servers: Mapping[str, str] = field(default_factory=dict)


class Line:
    """All routes and the model servers behind them. Made inside the running event loop."""

    def __init__(self, routes: Routes, metrics: Metrics) -> None:
        self._routes = routes
        self._metrics = metrics
        self._upstreams = Upstreams(_addresses(routes), routes.max_in_flight, self._told)

    def use(self, routes: Routes) -> None:
        """Changes over to other routes; inspections that are under way keep theirs."""
        self._routes = routes
        self._upstreams.use(_addresses(routes), routes.max_in_flight)

    async def inspect(self, component: str, arrival: Arrival) -> Inspection:
        """Inspects one part: receives its picture, asks the component's model, and judges.

        A place at a model server is held all the while. That bounds memory: no more pictures are received than may
        be inspected. A picture under which two servers hung up goes to an operator, not to a third server.

        Raises:
            NotInspected, NotAPicture: the request is about no component, or brings no picture that can be asked about.
            AoiError: the model server did not answer, refused, or its model does not fit the route.
        """
        route = self._route(component)
        endpoint = _endpoint(route, min(route.timeout_ms, arrival.wanted_ms() or route.timeout_ms))
        replicas = self._replicas(component, route)
        with replicas.place() as upstream:
            picture = await arrival.picture()
            await self._check_picture(picture)
            try:
                prediction, manifest = await self._ask(component, replicas, upstream, endpoint, picture)
                model = ModelVersion(name=prediction.model or route.model, version=prediction.version or route.version)
                inspection = judge(prediction.scores, manifest, route.heads, component=component, model=model)
            except TwoHungUp as error:
                inspection = _for_an_operator(component, route, error.message)
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

    def _told(self, address: str, model: str, away: bool) -> None:
        self._metrics.away.labels(address, model).set(away)

    def _replicas(self, component: str, route: Route) -> Replicas:
        upstreams = [self._upstreams[address] for address in route.addresses]
        return Replicas(upstreams, route.model, self._metrics.asked_again.labels(component).inc)

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
        self, component: str, replicas: Replicas, first: Upstream, endpoint: Endpoint, picture: bytes
    ) -> tuple[Prediction, Manifest | None]:
        """Asks the model, and measures how long it took, whatever came of it."""
        started = time.perf_counter()
        try:
            return await replicas.ask(first, endpoint, picture)
        finally:
            self._metrics.upstream_seconds.labels(component).observe(time.perf_counter() - started)

    async def _state(self, route: Route) -> RouteState:
        """The state of the first server that is ready, or of the first; and what is wrong with each."""
        found = await asyncio.gather(*(self._state_at(route, address) for address in route.addresses))
        best = next((state for state in found if state.ready), found[0])
        details = {address: state.detail for address, state in zip(route.addresses, found, strict=True)}
        told = "" if best.ready else "; ".join(dict.fromkeys(details.values()))
        return replace(best, detail=told, servers=details)

    async def _state_at(self, route: Route, address: str) -> RouteState:
        endpoint = _endpoint(route, STATUS_MS)
        upstream = self._upstreams[address]
        try:
            statuses = await upstream.status(endpoint)
            available = [status.version for status in statuses if status.state == "AVAILABLE"]
            if not available:
                told = ", ".join(f"version {status.version} {status.state}" for status in statuses) or "no version"
                return RouteState(False, f"model {route.model} at {address}: {told}")
            manifest = await upstream.manifest(replace(endpoint, version=available[0]))
        except AoiError as error:
            return RouteState(False, error.message)
        try:
            if manifest is not None:
                check_fit(manifest.heads, route.heads)
        except AoiError as error:
            return RouteState(False, error.message, available[0], manifest)
        return RouteState(True, "", available[0], manifest)


def _addresses(routes: Routes) -> set[str]:
    return {address for route in routes.components.values() for address in route.addresses}


def _endpoint(route: Route, milliseconds: int) -> Endpoint:
    """What is asked for a route. It is asked once: who sent the picture knows better whether to try again."""
    return Endpoint(route.addresses[0], route.model, version=route.version, timeout=milliseconds / 1000, retries=0)


def _for_an_operator(component: str, route: Route, reason: str) -> Inspection:
    """What is said about a part that no model may be asked about."""
    model = ModelVersion(name=route.model, version=route.version)
    return Inspection(component=component, verdict=Verdict.REVIEW, model=model, heads=(), reason=reason)
