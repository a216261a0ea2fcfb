"""Traces of inspections by OpenTelemetry, for a gateway that was started with --traces.

A request is a span that goes on with the sender's trace; in it each picture has one, with a span for every stage and
for every model server that was asked. Without the flag the same calls do nothing, and OpenTelemetry is not imported.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import structlog

from aoi_modules.client.grpc.calls import Metadata
from aoi_modules.errors import MissingExtra, SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

EXPORT_SECONDS = 2.0
"""How long one delivery of spans may take, repetitions included; the end of the gateway waits for no more."""
SERVICE = "aoi-gateway"
_PREFIX = "aoi."
_EXPORTER = "opentelemetry.exporter"
"""The logger of all exporters."""
_MAX_WORDS = 300


class Span:
    """What a piece of work is told about; this one forgets it.

    Attributes:
        metadata: of gRPC, by which a server that is asked makes its own spans part of the trace.
    """

    metadata: Metadata = ()

    def tell(self, *, failed: bool = False, **values: str | int | float | None) -> None:
        """Notes named values, and perhaps that the work failed; None is no value."""


class Tracing(Protocol):
    """What the gateway's parts are given."""

    def request(self, name: str, given: Mapping[str, Any], **values: str) -> AbstractContextManager[Span]:
        """Makes the span of a request.

        Args:
            name: of the span.
            given: headers or metadata of the request; `traceparent` says what it is part of.
            values: named values of the span.
        """

    def span(self, name: str, **values: str | int | None) -> AbstractContextManager[Span]:
        """Makes a span within that which is open; an error that leaves the block marks it as failed."""

    async def close(self) -> None:
        """Delivers what is left, if it is taken, and ends."""


class Untraced:
    """Traces nothing."""

    def __init__(self) -> None:
        self._nothing = nullcontext(Span())

    def request(self, name: str, given: Mapping[str, Any], **values: str) -> AbstractContextManager[Span]:
        """Does nothing."""
        return self._nothing

    def span(self, name: str, **values: str | int | None) -> AbstractContextManager[Span]:
        """Does nothing."""
        return self._nothing

    async def close(self) -> None:
        """Does nothing."""


class Watch:
    """Milliseconds by stage of one inspection, from now on, and a span for each stage.

    Args:
        tracing: makes the spans.

    Attributes:
        started: by `time.perf_counter`.
        stages: milliseconds by stage; grows.
    """

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing
        self.started = time.perf_counter()
        self.stages: dict[str, float] = {}

    def stage(self, name: str) -> "_Stage":
        """Times the block; one that is left by an error is no stage that was passed."""
        return _Stage(self.stages, name, self._tracing.span(name))


class _Stage:
    """One block that is timed. A class, as an inspection has four of them and a generator takes twice as long."""

    __slots__ = ("_began", "_name", "_span", "_stages")

    def __init__(self, stages: dict[str, float], name: str, span: AbstractContextManager[Span]) -> None:
        self._stages = stages
        self._name = name
        self._span = span

    def __enter__(self) -> None:
        self._began = time.perf_counter()
        self._span.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._span.__exit__(kind, error, trace)
        if kind is None:
            self._stages[self._name] = round((time.perf_counter() - self._began) * 1000, 2)


def traced_to(url: str | None, log: structlog.stdlib.BoundLogger) -> Tracing:
    """Gives what traces to a receiver of OTLP by HTTP; without a URL, what traces nothing.

    Args:
        url: of the receiver, `http://HOST:4318`; its path is `/v1/traces` if it says none.
        log: is told when the receiver takes no spans, and when it does again.

    Raises:
        SettingsError: the URL is none.
        MissingExtra: OpenTelemetry is not installed.
    """
    if url is None:
        return Untraced()
    target = _target(url)
    try:
        return _Traced(target, log)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise MissingExtra("--traces", package="opentelemetry-sdk", extra="traces") from None


def _target(url: str) -> str:
    """Where spans are posted."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, or brackets without an address
        usable = False
    if not usable:
        raise SettingsError(f"--traces: expected http://HOST:PORT. Received: {url!r}")
    return url if parts.path.strip("/") else f"{url.rstrip('/')}/v1/traces"


class _TracedSpan(Span):
    """A span of OpenTelemetry; its values stand below one prefix, under the names that the log has."""

    def __init__(self, span: Any, metadata: Metadata, failure: Any) -> None:
        self._span = span
        self._failure = failure
        self.metadata = metadata

    def tell(self, *, failed: bool = False, **values: str | int | float | None) -> None:
        self._span.set_attributes(_attributes(values))
        if failed:
            self._span.set_status(self._failure)


class _Traced:
    """Traces to one receiver.

    Spans wait in a queue of bounded length for a thread of their own: a receiver that is away costs no inspection
    anything, and the oldest spans are lost.
    """

    def __init__(self, url: str, log: structlog.stdlib.BoundLogger) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it warns of each span that is lost
        self._trace = trace
        self._delivery = _Delivery(OTLPSpanExporter(url, timeout=EXPORT_SECONDS), url, log)
        resource = {"service.name": SERVICE, "service.version": version("aoi-academy")}
        self._provider = TracerProvider(resource=Resource.create(resource), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._delivery))
        self._tracer = self._provider.get_tracer("aoi_modules.gateway")
        self._propagator = TraceContextTextMapPropagator()
        self._failure = trace.Status(trace.StatusCode.ERROR)

    @contextmanager
    def request(self, name: str, given: Mapping[str, Any], **values: str) -> Iterator[Span]:
        """Makes the span of a request; see `Tracing`."""
        parent = self._propagator.extract({name: str(given.get(name, "")) for name in self._propagator.fields})
        kind = self._trace.SpanKind.SERVER
        with self._tracer.start_as_current_span(
            name, parent, kind, _attributes(values), record_exception=False, set_status_on_exception=False
        ) as span:
            yield self._ours(span)

    @contextmanager
    def span(self, name: str, **values: str | int | None) -> Iterator[Span]:
        """Makes a span within that which is open; see `Tracing`."""
        kind = self._trace.SpanKind.CLIENT if "address" in values else self._trace.SpanKind.INTERNAL
        with self._tracer.start_as_current_span(name, None, kind, _attributes(values), record_exception=False) as span:
            yield self._ours(span)

    async def close(self) -> None:
        """Delivers what is left, if the receiver took the last delivery; waits in a thread."""
        self._delivery.last()
        await asyncio.to_thread(self._provider.shutdown)

    def _ours(self, span: Any) -> Span:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return _TracedSpan(span, tuple(carrier.items()), self._failure)


class _Delivery:
    """An exporter of OpenTelemetry's around another one, which tells the log once when spans are lost."""

    def __init__(self, exporter: "SpanExporter", url: str, log: structlog.stdlib.BoundLogger) -> None:
        self._exporter = exporter
        self._reason = _Reason()
        self._log = log.bind(receiver=url)
        self._away = False

    def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
        self._reason.said = ""
        result = self._exporter.export(spans)
        away = result.name != "SUCCESS"
        if away and not self._away:
            self._log.warning("traces are lost", detail=self._reason.said, hint="inspections go on without")
        elif self._away and not away:
            self._log.info("traces are taken again")
        self._away = away
        return result

    def last(self) -> None:
        """Gives up what a receiver that is away does not take."""
        if self._away:
            self._exporter.shutdown()

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return bool(self._exporter.force_flush(timeout_millis))


class _Reason(logging.Handler):
    """Keeps what the exporter said first about a delivery: its result tells no reason, its last words only the end."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said = ""
        logger = logging.getLogger(_EXPORTER)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a record; see `logging.Handler`."""
        self.said = self.said or record.getMessage()[:_MAX_WORDS]


def _attributes(values: Mapping[str, str | int | float | None]) -> dict[str, str | int | float]:
    return {_PREFIX + name: value for name, value in values.items() if value is not None}
