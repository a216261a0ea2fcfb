"""What is inspected here, by HTTP: each component with its models, servers and limits, and how its pictures are."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from aoi_modules.errors import AoiError
from aoi_modules.gateway.routes import Canary, Variant
from aoi_modules.gateway.states import RouteState
from aoi_modules.gateway.watching.optics import View
from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.judging.limits import HeadLimits, LimitsFrom, SetLimits, good_labels, limits_from, limits_of
from aoi_modules.modelstore.manifest import Head, HeadKind, Manifest
from aoi_modules.modelstore.reference import Drift, Reference, drift


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


class Pictures(msgspec.Struct, frozen=True, kw_only=True):
    """How bright and sharp the line's pictures are, against those that the model learnt from."""

    present: Reference | None
    """Of the last pictures that were measured; null before the first."""
    reference: Reference | None
    """Of those that the model in service learnt from; null where its manifest does not say."""
    drift: Drift | None
    """How far the line is from the reference; null where that is unknown, or where either has too few pictures."""


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One component: who answers about its pictures, by which limits, and how the pictures are."""

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
    pictures: Pictures


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """All components that have a route."""

    components: Sequence[Component]


def components_of(states: Mapping[str, RouteState], view: Callable[[str], View]) -> Components:
    """Tells of each component what its route and its model servers say.

    Args:
        states: by component.
        view: gives how the pictures of a component are.
    """
    return Components(components=[_component(name, state, view(name)) for name, state in states.items()])


def _component(name: str, state: RouteState, view: View) -> Component:
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
        pictures=_pictures(view, state.manifest),
    )


def _pictures(view: View, manifest: Manifest | None) -> Pictures:
    """The manifest of now wins over that of the last answer."""
    present, reference = view.present, view.reference if manifest is None else manifest.reference
    return Pictures(present=present, reference=reference, drift=drift(present, reference))


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
