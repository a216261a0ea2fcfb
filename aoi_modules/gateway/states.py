"""Whether pictures get their verdict now: which version of a component's model would answer, and by which limits."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from aoi_modules.errors import AoiError
from aoi_modules.gateway.limits import Limits
from aoi_modules.gateway.routes import Route
from aoi_modules.gateway.upstreams import Upstream
from aoi_modules.judging.limits import HeadLimits, check_fit
from aoi_modules.modelstore.manifest import Manifest

STATUS_SECONDS = 1.0
"""How long a question about health may take; an orchestrator's probe waits no longer."""


@dataclass(frozen=True)
class RouteState:
    """Whether pictures of a route get their verdict now.

    Args:
        route: the route.
        ready: its model is AVAILABLE, at one server at least, and has what the route judges by.
        detail: why not; empty when it is.
        version: the one that would answer.
        manifest: its manifest, if it carries one.
        limits: by head, those of route and station for that version.
        servers: the address of each server, and why it would not answer; empty where it would.
    """

    route: Route
    ready: bool
    detail: str = ""
    version: int | None = None
    manifest: Manifest | None = None
    limits: Mapping[str, HeadLimits] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)


async def state_of(component: str, route: Route, upstreams: Sequence[Upstream], limits: Limits) -> RouteState:
    """The state of the first server that is ready, or of the first; and what is wrong with each."""
    found = await asyncio.gather(*(_state_at(upstream, component, route, limits) for upstream in upstreams))
    best = next((state for state in found if state.ready), found[0])
    details = {upstream.address: state.detail for upstream, state in zip(upstreams, found, strict=True)}
    told = "" if best.ready else "; ".join(dict.fromkeys(details.values()))
    return replace(best, detail=told, servers=details)


async def _state_at(upstream: Upstream, component: str, route: Route, limits: Limits) -> RouteState:
    endpoint = route.endpoint(STATUS_SECONDS)
    try:
        statuses = await upstream.status(endpoint)
        available = [status.version for status in statuses if status.state == "AVAILABLE"]
        if not available:
            told = ", ".join(f"version {status.version} {status.state}" for status in statuses) or "no version"
            return RouteState(route, False, f"model {route.model} at {upstream.address}: {told}")
        asked = endpoint if route.label is not None else replace(endpoint, version=available[0])
        manifest = await upstream.manifest(asked)
    except AoiError as error:
        return RouteState(route, False, error.message)
    version = asked.version or (manifest.version if manifest is not None else None)
    held = limits.of(component, route, route.model, version)
    try:
        if manifest is not None:
            check_fit(manifest.heads, held)
    except AoiError as error:
        return RouteState(route, False, error.message, version, manifest, held)
    return RouteState(route, True, "", version, manifest, held)
