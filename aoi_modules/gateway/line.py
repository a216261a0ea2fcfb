"""The way of one picture through the gateway: picture -> model server -> verdict. Knows no HTTP."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

import msgspec
import structlog

from aoi_modules.client.grpc.calls import Method, Request, Response
from aoi_modules.client.replies import Prediction
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import BadParameter, NoSuchResult, RpcError, UnknownComponent
from aoi_modules.gateway.admission import Admission
from aoi_modules.gateway.arrivals import Arrival, Arrived, receive
from aoi_modules.gateway.limits import Limits
from aoi_modules.gateway.metrics import Metrics
from aoi_modules.gateway.records import Records
from aoi_modules.gateway.replicas import Replicas, TwoHungUp, Way, Ways, chance_of
from aoi_modules.gateway.routes import Route, Routes
from aoi_modules.gateway.shadows import Shadows
from aoi_modules.gateway.shots import Shot
from aoi_modules.gateway.states import STATUS_SECONDS, RouteState, state_of
from aoi_modules.gateway.upstreams import Question, Reply, Upstream, Upstreams
from aoi_modules.gateway.watching.locks import Locks
from aoi_modules.gateway.watching.optics import Optics
from aoi_modules.gateway.watching.served import Served
from aoi_modules.gateway.watching.tracing import Tracing, Untraced, Watch
from aoi_modules.judging.inspection import Inspection, ModelVersion, judge
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.judging.unit import UnitInspection
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.results.record import Origin
from aoi_modules.results.station.last_seen import ChecksSeen
from aoi_modules.verdict import Verdict


@dataclass(frozen=True)
class Answer:
    """What is said about one picture.

    Args:
        inspection: the verdict, and what led to it.
        prediction: what the model gave; None if no model answered, or if its recorded inspection was enough.
        address: of the model server that answered; empty if none did.
        manifest: of the version that gave it, if it carries one.
    """

    inspection: Inspection
    prediction: Prediction | None = None
    address: str = ""
    manifest: Manifest | None = None


class Line:
    """All routes and the model servers behind them. Made inside the running event loop.

    Args:
        routes: which component's pictures go where.
        metrics: counts what happens.
        log: learns where shadows differ.
        records: keeps what is found; None keeps nothing.
        tracing: makes spans; None makes none.
        limits: by which parts are judged; None knows only those of the routes.
        checks: of the station, by which components are locked; None where none can be recorded.

    Attributes:
        optics: how bright and sharp the pictures are.
        served: which models judge.
    """

    def __init__(
        self,
        routes: Routes,
        metrics: Metrics,
        log: structlog.stdlib.BoundLogger,
        records: Records | None = None,
        tracing: Tracing | None = None,
        limits: Limits | None = None,
        checks: ChecksSeen | None = None,
    ) -> None:
        self._tracing = tracing or Untraced()
        self._records = records or Records(None, "")
        self._limits = limits or Limits()
        self._routes = routes
        self._metrics = metrics
        self._log = log
        self._upstreams = Upstreams(_addresses(routes), routes.max_in_flight, self._told, routes.tls_by_address())
        self._admissions: dict[str, Admission] = {}
        self._shadows = Shadows(metrics, log)
        self.optics, self.served = Optics(metrics), Served()
        self._locks = Locks(checks, routes, metrics)
        self.use(routes)

    def use(self, routes: Routes) -> None:
        """Changes over to other routes; inspections that are under way keep theirs."""
        self._routes = routes
        self._upstreams.use(_addresses(routes), routes.max_in_flight, routes.tls_by_address())
        self._ways = {name: self._ways_of(name, route) for name, route in routes.components.items()}
        self._metrics.deadline.clear()
        self._metrics.away.clear()  # what nobody asks about any more is missed by nobody
        for name, route in routes.components.items():
            self._admission(name).change(route.max_in_flight, route.max_waiting)
            self._metrics.deadline.labels(name).set(route.timeout_ms / 1000)
            for variant in route.variants():
                for address in variant.addresses:
                    self._told(address, variant.model, self._upstreams[address].away(variant.model))
        self._shadows.begin_anew()
        self.optics.use(routes.components)
        self.served.use(routes.components)
        self._locks.use(routes)

    async def answer(
        self,
        component: str,
        arrival: Arrival,
        *,
        together: str | None = None,
        with_outputs: bool = False,
        checking: bool = False,
    ) -> Answer:
        """Inspects one part: receives its picture, asks the component's model, judges, and keeps what was found.

        A place at a model server is held until the model has answered. That bounds memory: no more pictures are
        received than may be inspected. A picture under which two servers hung up goes to an operator, not to a third
        server. One that was sent before gets its recorded answer.

        Args:
            component: whose picture it is.
            arrival: the picture.
            together: shared by pictures of no unit that the same model has to judge.
            with_outputs: asks the model about a repeat, too, for its outputs alone; the recorded verdict stays.
            checking: it is a golden picture of a check, of no unit: the route's own model is asked though the component
                is locked, and it counts nowhere.

        Raises:
            StationLocked: the component is.
            NotInspected, NotAPicture: the request is about no component, or brings no picture that can be asked about.
            SpoolFull, DatabaseAway: what was found cannot be kept, so it is not answered.
            AoiError: the model server did not answer, refused, or its model does not fit the route.
        """
        timeout_ms = self._ways_to(component).own.route.timeout_ms
        if not checking:
            self.refuse_locked(component)
        wanted_ms, origin = arrival.wanted_ms(), self._from_here(arrival.origin())
        seconds = min(timeout_ms, wanted_ms or timeout_ms) / 1000
        about = {"request_id": arrival.request_id, "unit": origin.unit, "position": origin.position}
        with self._tracing.span("inspect", component=component, **about) as span:
            answer = await self._answer(component, arrival, origin, seconds, together, with_outputs, checking)
            found = answer.inspection
            span.tell(verdict=found.verdict.value, model=found.model.name, version=found.model.version)
        return answer

    async def _answer(
        self,
        component: str,
        arrival: Arrival,
        origin: Origin,
        seconds: float,
        together: str | None,
        with_outputs: bool,
        checking: bool,
    ) -> Answer:
        watch, admission = Watch(self._tracing), self._admissions[component]
        async with self._records.alone() as alone:
            with watch.stage("wait"):
                seconds_left = await admission.come(seconds)
            try:
                ways = self._ways_to(component)  # which may have changed meanwhile
                chosen = ways.own if checking else ways.chosen(chance_of(origin.unit or together))
                with chosen.replicas.place() as upstream:
                    with watch.stage("receive"):
                        most = self._routes.max_picture_pixels
                        arrived = await receive(component, arrival, origin, most_pixels=most, stages=watch.stages)
                        earlier = None if arrived.key is None else await alone.earlier(arrived, arrived.key)
                    if earlier is not None:
                        self._metrics.repeats.labels(component).inc()
                        if not with_outputs:
                            return Answer(earlier)
                    question = Question(component, arrived.shot, Attempts(seconds_left, 0), arrived.request_id)
                    with watch.stage("model"), self._metrics.of(component).upstream_seconds.time():
                        found = await self._inspected(question, chosen, upstream, ways.own)
            finally:
                admission.go()
            if earlier is not None:
                return replace(found, inspection=earlier)
            with watch.stage("record"):
                if checking:
                    marked = await self._records.keep_check(arrived, found.inspection, watch.started)
                    return replace(found, inspection=marked)
                inspection = await self._records.keep(arrived, ways.own.route, found.inspection, watch.started)
        if ways.shadow is not None:
            shadowed = partial(self._shadowed, question, ways.shadow, arrived, inspection)
            self._shadows.follow(inspection, shadowed, arrived.request_id, size=arrived.picture.size)
        self._metrics.judged(inspection, watch.stages)
        self._watch_optics(component, arrived.shot, found)
        return replace(found, inspection=inspection)

    def refuse_locked(self, component: str) -> None:
        """Lets a component pass that is not locked.

        Raises:
            StationLocked: a check of it failed or is missing, and its plan wants that it is not inspected then.
        """
        self._locks.refuse(component)

    async def pass_on(
        self, component: str, method: Method[Request, Response], request: Callable[[Route], Request], seconds: float
    ) -> Response:
        """Asks a component's model a question of TensorFlow Serving's that is about no picture.

        Args:
            component: whose model is asked: the route's own.
            method: of the model server.
            request: makes the question.
            seconds: that the answer may take; the route may say fewer.

        Raises:
            UnknownComponent: there is no route.
            Unreachable, TooSlow, RpcError: no answer, or a refusal.
        """
        way = self._ways_to(component).own
        endpoint = way.route.endpoint(min(seconds, way.route.timeout_ms / 1000))
        return await way.replicas.pass_on(endpoint, method, request(way.route), endpoint.attempts())

    async def keep_unit(self, inspection: UnitInspection, required: Collection[str]) -> UnitInspection:
        """Keeps the verdict of a unit; see `Records.keep_unit`."""
        return await self._records.keep_unit(inspection, required)

    async def states(self) -> dict[str, RouteState]:
        """Asks all at once whether each route's model answers now; by component."""
        components = self._routes.components
        servers = [[self._upstreams[address] for address in route.addresses] for route in components.values()]
        limits = [self._limits] * len(servers)
        found = await asyncio.gather(*map(state_of, components, components.values(), servers, limits))
        for component, state in zip(components, found, strict=True):
            if state.ready:
                self.served.note(component, state.manifest)
        return dict(zip(components, found, strict=True))

    async def basis_of(self, component: str, model: str, version: int) -> tuple[Manifest, Mapping[str, HeadLimits]]:
        """By what a version of a component's model is judged: its manifest, and the limits over that by head.

        The model is the route's, its canary's or its shadow's.

        Raises:
            UnknownComponent: there is no route.
            BadParameter: the component has no such model, or this version carries no manifest.
            AoiError: the model server does not answer, or has no such version.
        """
        ways = [way for way in self._ways_to(component).every() if way.route.model == model]
        if not ways:
            raise BadParameter("model", expected=f"one that inspects {component}", found=model[:40])
        way = min(ways, key=lambda one: one.route.version != version)  # a candidate may have a server of its own
        endpoint = replace(way.route.endpoint(STATUS_SECONDS), version=version, label=None)
        manifest = await way.replicas.manifest(endpoint)
        if manifest is None:
            raise BadParameter("version", expected="one that carries a manifest", found=str(version))
        return manifest, self._limits.of(component, way.route, model, version)

    async def ask_again(self, question: Question, model: str, version: int) -> Reply:
        """Asks the very version that judged a picture about it once more, for what it says beside the verdict.

        Nothing of it is judged, kept or counted. Half of the places at every server are kept for the line.

        Args:
            question: the picture.
            model: the route's, its canary's or its shadow's.
            version: of the model.

        Raises:
            UnknownComponent: there is no route.
            NoSuchResult: no route leads to that model any more, or its server has that version no more.
            Busy: the line needs the server.
            BadParameter: the model takes features, and none came.
            RpcError, StoreError, WireError: no answer, or none that can be read.
        """
        for way in self._ways_to(question.component).every():
            if way.route.model != model:
                continue
            endpoint = replace(way.route.endpoint(question.attempts.timeout), version=version, label=None)
            with way.spare_place() as upstream:
                statuses = await upstream.status(replace(endpoint, version=None))
                if any(one.version == version and one.state == "AVAILABLE" for one in statuses):
                    return await way.replicas.ask(upstream, endpoint, question)
        raise NoSuchResult(
            f"{model} {version} is not served any more, so nobody can ask it about this picture",
            hint="have its server load that version again",
        )

    async def close(self) -> None:
        """Ends the shadows, and the connections to all model servers."""
        await self._shadows.close()
        await self.optics.close()
        await self._upstreams.close()

    def _admission(self, component: str) -> Admission:
        """The turns of a component; its limits are set by `change`."""
        if component not in self._admissions:
            admission = self._admissions[component] = Admission("inspections of this component", None, 0)
            self._metrics.waiting.labels(component).set_function(lambda: admission.waiting)
        return self._admissions[component]

    def _watch_optics(self, component: str, shot: Shot, found: Answer) -> None:
        """Lets the picture be measured, and compared with those of the route's own model, whoever answered."""
        if found.prediction is not None and not found.inspection.canary:
            self.optics.compare(component, None if found.manifest is None else found.manifest.reference)
            self.served.note(component, found.manifest)
        self.optics.look(component, shot)

    def _told(self, address: str, model: str, away: bool) -> None:
        self._metrics.away.labels(address, model).set(away)

    def _ways_of(self, component: str, route: Route) -> Ways:
        canary, shadow = route.canary, route.shadow
        return Ways(
            self._way(component, route),
            None if canary is None else self._way(component, route.variant(canary), canary=True),
            0.0 if canary is None else canary.share,
            None if shadow is None else self._way(component, route.variant(shadow)),
        )

    def _way(self, component: str, route: Route, *, canary: bool = False) -> Way:
        upstreams = [self._upstreams[address] for address in route.addresses]
        asked_again = self._metrics.asked_again.labels(component).inc
        return Way(route, Replicas(upstreams, route.model, asked_again, self._tracing), canary)

    def _ways_to(self, component: str) -> Ways:
        if component not in self._ways:
            raise UnknownComponent(component, sorted(self._ways))
        return self._ways[component]

    def _from_here(self, origin: Origin) -> Origin:
        """The origin with this station's name, where the sender names none."""
        if origin.station is not None or self._routes.station is None:
            return origin
        return msgspec.structs.replace(origin, station=self._routes.station)

    async def _shadowed(self, question: Question, shadow: Way, arrived: Arrived, answered: Inspection) -> Inspection:
        """What a shadow says about a picture that was answered; it is kept, too."""
        watch = Watch(self._tracing)
        with self._tracing.span("shadow", component=question.component), watch.stage("model"):
            inspection = await self._ask_shadow(question, shadow)
        arrived = replace(arrived, stages=watch.stages)
        await self._records.keep_shadow(arrived, shadow.route, answered, inspection, watch.started)
        return inspection

    async def _inspected(self, question: Question, way: Way, first: Upstream, own: Way) -> Answer:
        """Asks and judges; where a canary cannot answer, the route's own model does."""
        try:
            return await self._judged(question, way, first)
        except TwoHungUp as error:
            return Answer(_for_an_operator(question.component, way.route, error.message))
        except (RpcError, BadParameter) as error:  # a canary may take other features
            if not way.canary:
                raise
            self._metrics.canary_failures.labels(question.component).inc()
            self._log.warning(
                "canary failed",
                request_id=question.request_id,
                component=question.component,
                model=way.route.model,
                address=error.address if isinstance(error, RpcError) else first.address,
                detail=error.message,
            )
        with own.replicas.place() as upstream:
            return await self._inspected(question, own, upstream, own)

    async def _judged(self, question: Question, way: Way, first: Upstream) -> Answer:
        """Asks about a picture, and judges."""
        route = way.route
        reply = await way.replicas.ask(first, route.endpoint(question.attempts.timeout), question)
        prediction, component = reply.prediction, question.component
        model = ModelVersion(name=prediction.model or route.model, version=prediction.version or route.version)
        with self._tracing.span("judge"):
            limits = self._limits.of(component, route, model.name, model.version)
            inspection = judge(prediction.scores, reply.manifest, limits, component=component, model=model)
        said = msgspec.structs.replace(inspection, canary=way.canary, limits_seen=self._limits.away_since)
        return Answer(said, prediction, reply.address, reply.manifest)

    async def _ask_shadow(self, question: Question, shadow: Way) -> Inspection:
        """What a shadow says about a picture."""
        with shadow.spare_place() as upstream:
            own_time = Attempts(shadow.route.timeout_ms / 1000, 0)
            return (await self._judged(replace(question, attempts=own_time), shadow, upstream)).inspection


def _addresses(routes: Routes) -> set[str]:
    variants = (variant for route in routes.components.values() for variant in route.variants())
    return {address for variant in variants for address in variant.addresses}


def _for_an_operator(component: str, route: Route, reason: str) -> Inspection:
    """What is said about a part that no model may be asked about."""
    model = ModelVersion(name=route.model, version=route.version)
    return Inspection(component=component, verdict=Verdict.REVIEW, model=model, heads=(), reason=reason)
