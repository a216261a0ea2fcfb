"""The way of one picture through the gateway: picture -> model server -> verdict. Knows no HTTP."""

import asyncio
import time
from dataclasses import dataclass

from aoi_modules.errors import AoiError, NotAPicture
from aoi_modules.gateway import problems
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.routes import Route, Routes
from aoi_modules.gateway.upstreams import Upstream, Upstreams
from aoi_modules.judging.inspection import Inspection, check_fit, inspect
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.pictures import decode, read_header

STATUS_SECONDS = 1.0
"""How long a question about health may take; an orchestrator's probe waits no longer."""


@dataclass(frozen=True)
class Answer:
    """An inspection and the model that it rests on."""

    inspection: Inspection
    model: str
    version: int | None


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
        self.routes = routes
        self.metrics = metrics
        addresses = (route.upstream for route in routes.components.values())
        self._upstreams = Upstreams(addresses, routes.max_in_flight)

    def route(self, component: str) -> Route:
        """The route of a component.

        Raises:
            Problem: there is none.
        """
        if component not in self.routes.components:
            raise problems.unknown_component(component, sorted(self.routes.components))
        return self.routes.components[component]

    def upstream(self, route: Route) -> Upstream:
        return self._upstreams[route.upstream]

    async def check_picture(self, content: bytes) -> None:
        """Makes sure that bytes are a whole picture of a bearable size.

        Raises:
            Problem: they are not.
        """
        if not content:
            raise problems.no_picture()
        try:
            picture = read_header(content)
            if picture.height * picture.width > self.routes.max_picture_pixels:
                size = f"{picture.width} x {picture.height}"
                raise problems.too_large(self.routes.max_picture_pixels, "pixels", size)
            await asyncio.to_thread(decode, picture)  # milliseconds, in which the loop serves others
        except NotAPicture as error:
            raise problems.not_a_picture(error) from None

    async def inspect(self, component: str, picture: bytes, timeout_ms: int) -> Answer:
        """Asks the component's model and judges.

        Raises:
            AoiError: the model server did not answer, refused, or its model does not fit the route.
        """
        route = self.route(component)
        started = time.perf_counter()
        try:
            prediction, manifest = await self.upstream(route).ask(
                route.model, route.version, picture, timeout_ms / 1000
            )
        finally:
            self.metrics.upstream_seconds.labels(component).observe(time.perf_counter() - started)
        inspection = inspect(prediction.scores, manifest, route.heads)
        self.metrics.verdicts.labels(component, inspection.verdict.value).inc()
        return Answer(inspection, prediction.model or route.model, prediction.version or route.version)

    async def states(self) -> dict[str, RouteState]:
        """Whether each route's model answers now, asked all at once."""
        components = self.routes.components
        found = await asyncio.gather(*map(self._state, components.values()))
        return dict(zip(components, found, strict=True))

    async def _state(self, route: Route) -> RouteState:
        upstream = self.upstream(route)
        try:
            statuses = await upstream.statuses(route.model, route.version, STATUS_SECONDS)
            available = [status.version for status in statuses if status.state == "AVAILABLE"]
            if not available:
                told = ", ".join(f"version {status.version} {status.state}" for status in statuses) or "no version"
                return RouteState(False, f"model {route.model} at {route.upstream}: {told}")
            manifest = await upstream.manifest(route.model, available[0], STATUS_SECONDS)
        except AoiError as error:
            return RouteState(False, error.message)
        try:
            if manifest is not None:
                check_fit(manifest.heads, route.heads)
        except AoiError as error:
            return RouteState(False, error.message, available[0], manifest)
        return RouteState(True, "", available[0], manifest)

    async def close(self) -> None:
        await self._upstreams.close()
