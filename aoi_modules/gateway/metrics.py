"""What the gateway counts, for Prometheus. One registry an app, so that two apps in a process do not mix."""

import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.registry import Collector

from aoi_modules.gateway.watching.histogram import Histogram
from aoi_modules.judging.inspection import Inspection
from aoi_modules.results.following import Following
from aoi_modules.results.recorder import Recorder
from aoi_modules.results.sinks.forwarder import Forwarder

UNKNOWN = "unknown"
"""Component of requests that name none of ours: a label's values must not be a stranger's to choose."""
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SHARES = tuple(step / 20 for step in range(1, 20))
_DECIBELS = tuple(range(3, 48, 3))


class Metrics:
    """Counters of one gateway."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._of: dict[str, OfComponent] = {}
        self.requests = Counter(
            "aoi_gateway_requests_total",
            "Inspections asked for, by component and status: of HTTP, or the code of gRPC.",
            ["component", "status"],
            registry=self._registry,
        )
        self.verdicts = Counter(
            "aoi_gateway_verdicts_total",
            "Parts judged, by component and verdict.",
            ["component", "verdict"],
            registry=self._registry,
        )
        self.repeats = Counter(
            "aoi_gateway_repeats_total",
            "Pictures that were sent before and got their recorded answer, by component.",
            ["component"],
            registry=self._registry,
        )
        self.unit_requests = Counter(
            "aoi_gateway_unit_requests_total",
            "Units that came with all their pictures, by HTTP status.",
            ["status"],
            registry=self._registry,
        )
        self.unit_verdicts = Counter(
            "aoi_gateway_unit_verdicts_total",
            "Units judged, by product and verdict.",
            ["product", "verdict"],
            registry=self._registry,
        )
        self.upstream_seconds = Histogram(
            "aoi_gateway_upstream_seconds",
            "Time from asking the model server to its answer, by component.",
            ["component"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.stage_seconds = Histogram(
            "aoi_gateway_stage_seconds",
            "Time of an inspection by component and stage: wait, receive the picture, ask the model, record.",
            ["component", "stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.scores = Histogram(
            "aoi_gateway_scores",
            "Scores of heads that judge, by component and head.",
            ["component", "head"],
            buckets=_SHARES,
            registry=self._registry,
        )
        self.brightness = Histogram(
            "aoi_gateway_picture_brightness",
            "Mean luma, 0 to 1, of pictures that were measured, by component: some of all.",
            ["component"],
            buckets=_SHARES,
            registry=self._registry,
        )
        self.sharpness = Histogram(
            "aoi_gateway_picture_sharpness",
            "Variance of the Laplacian, in decibels, of pictures that were measured, by component: some of all.",
            ["component"],
            buckets=_DECIBELS,
            registry=self._registry,
        )
        self.not_measured = Counter(
            "aoi_gateway_pictures_not_measured_total",
            "Pictures whose turn it was to be measured, and that a later one took the place of, by component.",
            ["component"],
            registry=self._registry,
        )
        self.behind = Gauge(
            "aoi_gateway_spool_behind_bytes",
            "Bytes in the spool that a place has not got yet: the database, or the store of pictures.",
            ["place"],
            registry=self._registry,
        )
        self.place_away = Gauge(
            "aoi_gateway_place_away", "1 while records cannot get to a place.", ["place"], registry=self._registry
        )
        self.room = Gauge(
            "aoi_gateway_spool_disk_bytes",
            "Bytes of the file system on which the spool lies, by what they are: free, or size for all of them.",
            ["bytes"],
            registry=self._registry,
        )
        self.outbox = Gauge(
            "aoi_gateway_outbox_letters", "Messages that a sink has not taken yet.", ["sink"], registry=self._registry
        )
        self.sent = Gauge(
            "aoi_gateway_sent_letters", "Messages that a sink took since the start.", ["sink"], registry=self._registry
        )
        self.refused = Gauge(
            "aoi_gateway_records_refused",
            "Records that a place refused for ever and that lie in files, since the start.",
            ["place"],
            registry=self._registry,
        )
        self.asked_again = Counter(
            "aoi_gateway_asked_again_total",
            "Inspections that another model server was asked about because the first one was away, by component.",
            ["component"],
            registry=self._registry,
        )
        self.away = Gauge(
            "aoi_gateway_model_away",
            "1 while a model server does not answer about a model, or answers too late; by server and model.",
            ["upstream", "model"],
            registry=self._registry,
        )
        self.deadline = Gauge(
            "aoi_gateway_deadline_seconds",
            "How long an inspection may take, by component.",
            ["component"],
            registry=self._registry,
        )
        self.waiting = Gauge(
            "aoi_gateway_waiting", "Pictures that wait for their turn.", ["component"], registry=self._registry
        )
        self.canary_failures = Counter(
            "aoi_gateway_canary_failures_total",
            "Inspections that a canary could not answer, so that the route's own model did, by component.",
            ["component"],
            registry=self._registry,
        )
        self.shadows = Counter(
            "aoi_gateway_shadows_total",
            "Shadows by component and outcome: same or other verdict, failed, skipped.",
            ["component", "outcome"],
            registry=self._registry,
        )
        self.reloads = Counter(
            "aoi_gateway_routes_reloads_total",
            "Changed routes that were taken or refused, by outcome.",
            ["outcome"],
            registry=self._registry,
        )
        self.in_flight = Gauge(
            "aoi_gateway_in_flight", "Inspections being worked on.", ["component"], registry=self._registry
        )

    def of(self, component: str) -> "OfComponent":
        """What is counted of a component: found once, as that takes longer than to count."""
        found = self._of.get(component)
        if found is None:
            found = self._of[component] = OfComponent(self, component)
        return found

    def watch(self, recorder: Recorder, folder: Path) -> None:
        """Shows, whenever the values are read, how far the records of this gateway are, and the room in its folder."""
        self.room.labels("free").set_function(lambda: shutil.disk_usage(folder).free)
        self.room.labels("size").set_function(lambda: shutil.disk_usage(folder).total)
        for place, way in (("database", recorder.storing), ("pictures", recorder.keeping)):
            if way is not None:
                self.behind.labels(place).set_function(way.bytes_behind)
                self.place_away.labels(place).set_function(partial(_is_away, way))
                self.refused.labels(place).set_function(partial(_refusals, way))

        for forwarder in recorder.sending.forwarders if recorder.sending is not None else ():
            self.place_away.labels(forwarder.name).set_function(partial(_is_away, forwarder))
            self.outbox.labels(forwarder.name).set_function(partial(_waiting, forwarder))
            self.sent.labels(forwarder.name).set_function(partial(_sent, forwarder))

    def show(self, collector: Collector) -> None:
        """Shows what a collector tells whenever the values are read."""
        self._registry.register(collector)

    def judged(self, inspection: Inspection, stages: Mapping[str, float]) -> None:
        """Counts an inspection that was answered.

        Args:
            inspection: what was found.
            stages: milliseconds by stage.
        """
        counted = self.of(inspection.component)
        counted.verdicts[inspection.verdict.value].inc()
        for stage, milliseconds in stages.items():
            counted.stage_seconds[stage].observe(milliseconds / 1000)
        for head in inspection.heads:
            if head.threshold is not None and head.score is not None:
                counted.scores[head.name].observe(head.score)

    def text(self) -> bytes:
        """Writes all values in Prometheus' text format."""
        return generate_latest(self._registry)


class OfComponent:
    """The counters of one component.

    Args:
        metrics: of the gateway.
        component: one of the routes, or `UNKNOWN`.

    Attributes:
        in_flight, upstream_seconds: of the component.
        requests, verdicts, stage_seconds, scores: by status, verdict, stage and head.
    """

    def __init__(self, metrics: Metrics, component: str) -> None:
        self.in_flight = metrics.in_flight.labels(component)
        self.upstream_seconds = metrics.upstream_seconds.labels(component)
        self.requests = _By(lambda status: metrics.requests.labels(component, status))
        self.verdicts = _By(lambda verdict: metrics.verdicts.labels(component, verdict))
        self.stage_seconds = _By(lambda stage: metrics.stage_seconds.labels(component, stage))
        self.scores = _By(lambda head: metrics.scores.labels(component, head))


class _By(dict[Any, Any]):
    """Counters by one more label, found when they are needed first."""

    def __init__(self, find: Callable[[Any], Any]) -> None:
        self._find = find

    def __missing__(self, label: Any) -> Any:
        found = self[label] = self._find(label)
        return found


def _waiting(forwarder: Forwarder) -> float:
    return float(forwarder.waiting)


def _sent(forwarder: Forwarder) -> float:
    return float(forwarder.sent)


def _is_away(way: Following | Forwarder) -> float:
    return float(bool(way.away))


def _refusals(way: Following) -> float:
    return float(way.refusals)
