"""Which component's pictures go to which model, and by which limits: the gateway's routes, from a YAML file.

    components:
      tile:
        model: tile
        upstream: ["10.0.0.7:8500", "10.0.0.8:8500"]
        timeout_ms: 1000
        heads:
          defect: {threshold: 0.5, review_band: [0.4, 0.5]}
        canary: {version: 4, share: 0.05}
        shadow: {version: 5}
    checks:
      tile: {golden: golden/tile, each_shift: true, grace_minutes: 15}
    products:
      motor:
        positions:
          left: {component: tile}
          right: {component: tile, required: false}

Limits given here win over those that the model's manifest carries. They are about the route's model: canary and shadow
are judged by their own limits, or by their manifests.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.addresses import FORMS, is_address
from aoi_modules.client.tls import Tls
from aoi_modules.client.tls_files import TlsFiles
from aoi_modules.errors import RouteError, StoreError
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.machine.yaml_file import YamlFile
from aoi_modules.modelstore.version_dir import check_name
from aoi_modules.pictures.formats import MAX_PIXELS
from aoi_modules.results.pictures.retention import Retention
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.sinks.destinations import Destinations
from aoi_modules.results.station.plan import CheckPlan
from aoi_modules.verdict import Verdict

WHAT = "routes"
Positive = Annotated[int, Meta(ge=1)]
Stored = Literal["all", "review", "fail", "none"]
Recording = Literal["spooled", "committed"]
_STORED: dict[Stored, frozenset[Verdict]] = {
    "all": frozenset(Verdict),
    "review": frozenset({Verdict.REVIEW, Verdict.FAIL}),
    "fail": frozenset({Verdict.FAIL}),
    "none": frozenset(),
}


class Variant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another model for the pictures of a route; what is left out is as in the route."""

    model: str | None = None
    upstream: str | tuple[str, ...] | None = None
    version: Positive | None = None
    label: str | None = None
    heads: dict[str, HeadLimits] = {}

    def __post_init__(self) -> None:
        if (self.model, self.upstream, self.version, self.label) == (None,) * 4:
            raise ValueError("expected another model, upstream, version or label than the route's")


class Canary(Variant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that answers about a part of the units in place of the route's."""

    share: Annotated[float, Meta(gt=0, le=1)]
    """Of the units; all pictures of a unit are asked of the same model."""


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one component's pictures go."""

    model: str
    """Name of the model on its server."""
    upstream: str | tuple[str, ...]
    """HOST:PORT of the model server, gRPC; or of several that serve the same model. A name of several counts as one."""
    version: Positive | None = None
    """Which version to ask; the newest if left out."""
    label: str | None = None
    """Asks the version that carries this label on the server, instead of one by its number."""
    tls: TlsFiles | None = None
    """How its servers are spoken to, those of canary and shadow too; plainly if left out."""
    timeout_ms: Annotated[int, Meta(ge=1, le=600_000)] = 1000
    """How long an inspection may take at the model server."""
    heads: dict[str, HeadLimits] = {}
    """Limits by head, whatever version answers."""
    limits: dict[Positive, dict[str, HeadLimits]] = {}
    """Limits by version and head, in place of `heads`; a version that is not named here is judged by its manifest."""
    store: Stored = "review"
    """Which pictures are kept: those that failed, those and the doubtful ones (`review`), all or none."""
    audit: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Share of the parts that pass which a person judges, chosen by chance; without it nobody knows what escapes."""
    recording: Recording = "spooled"
    """When an inspection is answered: once it is safe on disk, or once the database has it, too."""
    max_in_flight: Positive | None = None
    """Inspections of this component at a time; further ones wait. Without it only the servers' places count."""
    max_waiting: Annotated[int, Meta(ge=0)] = 16
    """Pictures that may wait for a turn; more are refused with 429."""
    canary: Canary | None = None
    """Answers about a share of the units."""
    shadow: Variant | None = None
    """Is asked after the answer and compared; it decides nothing."""

    def __post_init__(self) -> None:
        if self.version is not None and self.label is not None:
            raise ValueError("version, label: expected one of them")
        if self.heads and self.limits:
            raise ValueError("heads, limits: expected one of them")
        if not self.addresses:
            raise ValueError("upstream: expected at least one HOST:PORT")
        for address in self.addresses:
            if not is_address(address):
                raise ValueError(f"upstream: expected {FORMS}. Received: {address!r}")
            if self.addresses.count(address) > 1:
                raise ValueError(f"upstream: {address} stands twice")
        self.variants()  # which are routes, and refuse what is none

    def variant(self, other: Variant) -> "Route":
        """Gives the route to another model for the same pictures."""
        return msgspec.structs.replace(
            self,
            model=other.model or self.model,
            upstream=other.upstream or self.upstream,
            version=other.version,
            label=other.label,
            heads=other.heads,
            limits={},
            canary=None,
            shadow=None,
        )

    def limits_of(self, version: int | None) -> dict[str, HeadLimits]:
        """The limits by head for a version of the model; None for a version that nobody knows."""
        return self.limits.get(version or 0, {}) if self.limits else self.heads

    def endpoint(self, seconds: float) -> Endpoint:
        """What is asked for the route. It is asked once: who sent the picture knows better whether to try again."""
        version, label = self.version, self.label
        return Endpoint(self.addresses[0], self.model, version=version, label=label, timeout=seconds, retries=0)

    def own_endpoint(self, seconds: float) -> Endpoint:
        """As `endpoint`, for who opens a connection of their own: it is encrypted as the route says."""
        return replace(self.endpoint(seconds), tls=None if self.tls is None else self.tls.trust())

    def stores(self, verdict: Verdict) -> bool:
        """Whether a picture with this verdict is kept."""
        return verdict in _STORED[self.store]

    def variants(self) -> list["Route"]:
        """The route itself, and those of its canary and its shadow."""
        return [self, *(self.variant(other) for other in (self.canary, self.shadow) if other is not None)]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of each model server that has the model, or of a name that leads to several."""
        return (self.upstream,) if isinstance(self.upstream, str) else self.upstream


class Position(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of a product of which a picture is taken."""

    component: str
    """Whose route its pictures take."""
    required: bool = True
    """Without a picture of it the unit is at REVIEW."""


class Product(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a unit has to show."""

    positions: dict[str, Position]
    close_after_seconds: Annotated[float, Meta(gt=0, le=86_400)] | None = None
    """A unit whose pictures come one by one is closed when no further one came for so long; else by a call."""

    def required(self) -> set[str]:
        """The positions that must have a picture."""
        return {name for name, position in self.positions.items() if position.required}


class Routes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the gateway is told."""

    components: dict[str, Route]
    products: dict[str, Product] = {}
    """What the units of each product have to show."""
    retention: Retention = Retention()
    """How many days pictures stay, by verdict: `{PASS: 7, REVIEW: 90}`; what is not named stays for ever."""
    sinks: Destinations = {}
    """Who is told of inspections and units; read when the gateway starts."""
    calendar: Calendar = Calendar()
    """Time zone and shifts of the plant, by which figures of quality are told apart."""
    checks: dict[str, CheckPlan] = {}
    """By component, how often its golden parts are checked, and whether a check that fails or is not run locks it."""
    station: str | None = None
    """Where the pictures are taken, unless a request says otherwise."""
    max_picture_bytes: Positive = 20 * 1024 * 1024
    """Larger pictures are refused with 413."""
    max_picture_pixels: Annotated[int, Meta(ge=1, le=MAX_PIXELS)] = MAX_PIXELS
    """Pictures of more pixels are refused with 413 before they are decoded: a small file may hold a huge picture.
    Nobody in the line reads more than `MAX_PIXELS`."""
    max_unit_bytes: Positive = 64 * 1024 * 1024
    """Of all pictures of a unit that come together."""
    max_unit_pictures: Positive = 64
    """Of a unit that come together."""
    max_units: Positive = 4
    """Units that come together at a time; more wait, and are refused when too many do."""
    max_in_flight: Positive = 64
    """Inspections at one model server at a time; more are refused with 503."""
    upload_timeout_ms: Annotated[int, Meta(ge=1, le=600_000)] = 10_000
    """How long a camera may take to send its picture."""

    def tls_by_address(self) -> dict[str, Tls]:
        """How those model servers are spoken to that are not spoken to plainly."""
        encrypted = [(route, route.tls) for route in self.components.values() if route.tls is not None]
        variants = [(variant, tls) for route, tls in encrypted for variant in route.variants()]
        return {address: tls.trust() for variant, tls in variants for address in variant.addresses}


def read_routes(path: Path) -> Routes:
    """Reads the routes.

    Raises:
        RouteError: the file cannot be read or says something that is no route; names line, component and field.
    """
    return _routes(YamlFile.read(path, WHAT, RouteError))


def parse_routes(text: str, origin: str) -> Routes:
    """Reads the routes from YAML; `origin` names the file in errors.

    Raises:
        RouteError: see `read_routes`.
    """
    return _routes(YamlFile.parse(text, origin, WHAT, RouteError))


def _routes(file: YamlFile) -> Routes:
    values = file.values
    listed = values.get("components") if isinstance(values, dict) else None
    if not isinstance(listed, dict) or not listed:
        raise RouteError(
            f"{file.origin}: expected `components:` with at least one component",
            hint="for example  components: {tile: {model: tile, upstream: '127.0.0.1:8500'}}",
        )
    components = {str(name): _component(name, value, file) for name, value in listed.items()}
    rest = {name: value for name, value in values.items() if name != "components"}
    plans = _plans(rest.get("checks"), components, file)
    if plans:
        rest["checks"] = {}
    routes = file.struct({**rest, "components": {}}, Routes, components=components)
    routes = msgspec.structs.replace(routes, checks=plans)
    _refuse_unknown_components(routes, file)
    _refuse_shifts_of_none(routes, file)
    _refuse_two_ways(routes, file)
    return routes


def _plans(listed: Any, components: Mapping[str, Route], file: YamlFile) -> dict[str, CheckPlan]:
    """The plan of each component, each for itself, so that an error can name it; no mapping is refused later."""
    if not isinstance(listed, dict):
        return {}
    for name in listed:
        if str(name) not in components:
            where = file.place(("checks", str(name)))
            hint = f"components there: {', '.join(sorted(components))}"
            raise RouteError(f"{where}checks.{name}: no component {str(name)!r} is routed", hint=hint)
    return {str(name): file.struct(plan, CheckPlan, ("checks", str(name))) for name, plan in listed.items()}


def _refuse_shifts_of_none(routes: Routes, file: YamlFile) -> None:
    for name, plan in routes.checks.items():
        if plan.each_shift and not routes.calendar.shifts:
            where = file.place(("checks", name, "each_shift"))
            hint = 'for example  calendar: {shifts: {early: "06:00", late: "14:00", night: "22:00"}}'
            raise RouteError(f"{where}checks.{name}.each_shift: the calendar has no shifts", hint=hint)


def _refuse_two_ways(routes: Routes, file: YamlFile) -> None:
    """One server has one connection, so all routes to it speak in one way."""
    known: dict[str, TlsFiles | None] = {}
    for name, route in routes.components.items():
        for address in (address for variant in route.variants() for address in variant.addresses):
            if known.setdefault(address, route.tls) != route.tls:
                where = file.place(("components", name, "tls"))
                raise RouteError(f"{where}components.{name}.tls: another route speaks to {address} in another way")


def _refuse_unknown_components(routes: Routes, file: YamlFile) -> None:
    for name, product in routes.products.items():
        for position, wanted in product.positions.items():
            if wanted.component not in routes.components:
                where = file.place(("products", name, "positions", position, "component"))
                raise RouteError(
                    f"{where}products.{name}.positions.{position}: no component {wanted.component!r} is routed",
                    hint=f"components there: {', '.join(sorted(routes.components))}",
                )


def _component(name: Any, value: Any, file: YamlFile) -> Route:
    """One route; each head for itself, so that an error can name it."""
    path = ("components", str(name))
    try:
        check_name(str(name))
    except StoreError as error:
        raise RouteError(f"{file.place(path)}component {error}") from None
    heads = value.get("heads") if isinstance(value, dict) else None
    if not isinstance(heads, dict):
        return file.struct(value, Route, path)
    typed = {str(head): file.struct(limits, HeadLimits, (*path, "heads", str(head))) for head, limits in heads.items()}
    return file.struct({**value, "heads": {}}, Route, path, heads=typed)
