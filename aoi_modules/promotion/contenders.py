"""Who is compared at the line: what a model server says of the version that a route leads to."""

from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.errors import PromotionError, ResultsError
from aoi_modules.gateway.routes import Route
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.results.evidence.comparing import Contender

SECONDS = 10.0
"""That a model server may take to say which version it is."""


async def contender(route: Route) -> Contender:
    """Asks the model server of a route which version answers there, and what it learnt from.

    Raises:
        ResultsError: nobody knows which version answers.
        RpcError: the server refuses.
        Unreachable: it does not answer.
    """
    async with AsyncGrpcClient(route.own_endpoint(SECONDS)) as client:
        manifest = await client.find_manifest()
    version = route.version if manifest is None else manifest.version
    if version is None:
        raise ResultsError(
            f"{route.model} at {route.addresses[0]} carries no manifest, so nobody knows which version answers",
            hint="name its version in the routes",
        )
    return described(route, version, manifest)


def described(route: Route, version: int, manifest: Manifest | None) -> Contender:
    """What is known of a version: which units it learnt from, and which of its heads no route says limits for.

    Args:
        route: that leads to it.
        version: its number.
        manifest: that it carries; None if it carries none.
    """
    said = {name for name, one in route.limits_of(version).items() if one.threshold is not None}
    judging = () if manifest is None else tuple(head.name for head in manifest.heads if head.judges)
    return Contender(
        model=ModelVersion(name=route.model, version=version),
        units=None if manifest is None else manifest.units,
        heads=tuple(head for head in judging if head not in said),
    )


async def at_the_line(component: str, route: Route, incumbent: int, candidate: int) -> tuple[Contender, Contender]:
    """Finds both versions where the gateway asks them: the candidate as canary or shadow of the route.

    Args:
        component: of the route.
        route: to the version in service.
        incumbent: version that the registry says is in service.
        candidate: version that is to take over.

    Raises:
        PromotionError: the line asks other versions.
    """
    own = await contender(route)
    if own.model.version != incumbent:
        raise PromotionError(
            f"{component}: the route leads to version {own.model.version}, and the registry's label says {incumbent}",
            hint="wait until the model servers follow the registry, or let the route name the label",
        )
    others = [await contender(route.variant(one)) for one in (route.canary, route.shadow) if one is not None]
    for one in others:
        if (one.model.name, one.model.version) == (route.model, candidate):
            return own, one
    there = ", ".join(one.name for one in others) or "neither"
    raise PromotionError(
        f"{component}: expected {route.model} {candidate} as canary or shadow of the route. Received: {there}",
        hint="for example  canary: {label: canary, share: 0.1}",
    )
