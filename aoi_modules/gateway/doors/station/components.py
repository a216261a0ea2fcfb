"""What is inspected here, by HTTP: each component with its models, servers and limits in force."""

from collections.abc import Mapping, Sequence

import msgspec

from aoi_modules.errors import AoiError
from aoi_modules.gateway.routes import Canary, Variant
from aoi_modules.gateway.states import RouteState
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.judging.limits import HeadLimits, LimitsFrom, SetLimits, good_labels, limits_from, limits_of
from aoi_modules.modelstore.manifest import Head, HeadKind


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A model server of a component."""

    address: str
    available: bool
    detail: str = ""
    """Why not; empty where it is."""


class JudgedHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head of a model, and the limits that hold here."""

    name: str
    kind: HeadKind | None = None
    """Null where the model carries no manifest, or is not there: then the route alone says the limits."""
    labels: Sequence[str] = ()
    threshold: float | None = None
    review_band: tuple[float, float] | None = None
    limits_from: LimitsFrom | None = None
    """Who set them; null for a head that judges nothing."""
    limits_number: int = 0
    """Of limits that people at the station set; 0 for others."""
    good: Sequence[str] = ()
    """Of a class head that judges: the labels of good parts."""
    detail: str = ""
    """Why the limits do not fit the head; empty where they do."""


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One component: who answers about its pictures, and by which limits."""

    component: str
    model: ModelVersion
    available: bool
    detail: str = ""
    """Why not; empty where it is."""
    label: str | None
    canary: Canary | None
    shadow: Variant | None
    servers: Sequence[Server]
    timeout_ms: int
    heads: Sequence[JudgedHead]


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """All components that have a route."""

    components: Sequence[Component]


def components_of(states: Mapping[str, RouteState]) -> Components:
    """Tells of each component what its route and its model servers say."""
    return Components(components=[_component(name, state) for name, state in states.items()])


def _component(name: str, state: RouteState) -> Component:
    route = state.route
    return Component(
        component=name,
        model=ModelVersion(name=route.model, version=state.version if state.version is not None else route.version),
        available=state.ready,
        detail=state.detail,
        label=route.label,
        canary=route.canary,
        shadow=route.shadow,
        servers=[Server(address=at, available=not detail, detail=detail) for at, detail in state.servers.items()],
        timeout_ms=route.timeout_ms,
        heads=_heads(state),
    )


def _heads(state: RouteState) -> list[JudgedHead]:
    """Each head with the limits that hold here; without a manifest, what the route alone says."""
    if state.manifest is None:
        return [
            JudgedHead(name=name, threshold=limits.threshold, review_band=limits.review_band, good=limits.good)
            for name, limits in state.limits.items()
        ]
    return [_head(head, state.limits.get(head.name, HeadLimits())) for head in state.manifest.heads]


def _head(head: Head, given: HeadLimits) -> JudgedHead:
    told = JudgedHead(name=head.name, kind=head.kind, labels=head.labels)
    try:
        limits = limits_of(head, given)
    except AoiError as error:
        return msgspec.structs.replace(told, detail=error.message)
    if limits is None:
        return told
    good = good_labels(head, given) if head.kind == "class" else ()
    number = given.number if isinstance(given, SetLimits) else 0
    return msgspec.structs.replace(
        told,
        threshold=limits.threshold,
        review_band=limits.review_band,
        limits_from=limits_from(given),
        limits_number=number,
        good=good,
    )
