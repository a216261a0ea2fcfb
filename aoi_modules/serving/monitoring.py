"""Request counts and latencies under TensorFlow Serving's names, in Prometheus' text form.

The original's counters do not end in `_total` as Prometheus' own client library wants, so the page is written here.
"""

import bisect
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from aoi_modules.errors import RpcError
from aoi_modules.serving import text_config
from aoi_modules.wire.messages import MonitoringConfig

DEFAULT_PATH = "/monitoring/prometheus/metrics"
BOUNDS = [10 * 1.8**power for power in range(33)]
"""Upper bounds of the latency buckets, in microseconds."""
MAX_MODELS = 1000
"""So many model names are counted apart; clients choose the names, and each name costs memory."""
OTHER_MODELS = "(other)"
RUNTIMES = {"tensorflow": "TF1"}
"""The original's names for what runs a model: a session is TF1, whatever TensorFlow wrote the model."""

EXAMPLE_BOUNDS = [float(1 << power) for power in range(15)]
"""Upper bounds of the buckets of tf.Examples a request."""

_PREFIX = ":tensorflow:serving:"
LabelPairs = tuple[tuple[str, str], ...]
"""Names and values in the original's order."""


class HasLines(Protocol):
    """Something that has a place on the page."""

    def lines(self) -> Iterator[str]:
        """Gives its lines of the page, without ends of line."""


class Counter:
    """A number that only grows, for each set of labels."""

    def __init__(self, name: str) -> None:
        self._name = _PREFIX + name
        self._counts: dict[LabelPairs, int] = {}

    def add(self, labels: LabelPairs, count: int = 1) -> None:
        """Counts for these labels."""
        self._counts[labels] = self._counts.get(labels, 0) + count

    def lines(self) -> Iterator[str]:
        """Gives its lines of the page."""
        yield f"# TYPE {self._name} counter"
        for labels, count in sorted(self._counts.items()):
            yield f"{self._name}{_braces(labels)} {count}"


class Histogram:
    """How often a value fell into each bucket, for each set of labels.

    Args:
        name: without the prefix that all names have.
        bounds: upper bounds of the buckets, ascending; one more bucket takes what is greater.
    """

    def __init__(self, name: str, bounds: Sequence[float]) -> None:
        self._name = _PREFIX + name
        self._bounds = bounds
        self._buckets: dict[LabelPairs, list[int]] = {}
        self._sums: dict[LabelPairs, int] = {}

    def add(self, labels: LabelPairs, value: float) -> None:
        """Counts a value in its bucket for these labels."""
        buckets = self._buckets.setdefault(labels, [0] * (len(self._bounds) + 1))
        buckets[bisect.bisect_left(self._bounds, value)] += 1
        self._sums[labels] = self._sums.get(labels, 0) + int(value)

    def lines(self) -> Iterator[str]:
        """Gives its lines of the page; a bucket counts all values up to its bound."""
        yield f"# TYPE {self._name} histogram"
        for labels, buckets in sorted(self._buckets.items()):
            total = 0
            for bound, count in zip([*(f"{bound:g}" for bound in self._bounds), "+Inf"], buckets, strict=True):
                total += count
                yield f"{self._name}_bucket{_braces((*labels, ('le', bound)))} {total}"
            yield f"{self._name}_sum{_braces(labels)} {self._sums[labels]}"
            yield f"{self._name}_count{_braces(labels)} {total}"


class Monitor:
    """Counts requests.

    Args:
        path: where the page is served; None when it is not.

    Attributes:
        path: as given.
        engines: whose lines stand at the end of the page.
    """

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._names: set[str] = set()
        self._requests = Counter("request_count")
        self._latencies = Histogram("request_latency", BOUNDS)
        self._runtimes = Histogram("runtime_latency", BOUNDS)
        self._examples = Counter("request_example_count_total")
        self._example_counts = Histogram("request_example_counts", EXAMPLE_BOUNDS)
        self.engines: HasLines | None = None

    @contextmanager
    def request(self, model: str, api: str, entrypoint: str) -> Iterator[None]:
        """Counts what happens in the block, by its outcome; successes also by their latency."""
        began = time.perf_counter()
        status = "OK"
        try:
            yield
        except RpcError as error:
            status = error.code
            raise
        except Exception:
            status = "INTERNAL"
            raise
        finally:
            self._record(model, status, api, entrypoint, (time.perf_counter() - began) * 1e6)

    @contextmanager
    def runtime(self, model: str, api: str, engine: str) -> Iterator[None]:
        """Times the engine of that name in the block; what fails is not recorded."""
        began = time.perf_counter()
        yield
        labels = (("model_name", model), ("API", api), ("runtime", RUNTIMES.get(engine, engine)))
        with self._lock:
            self._runtimes.add(labels, (time.perf_counter() - began) * 1e6)

    def examples(self, model: str, count: int) -> None:
        """Counts the tf.Examples of a request that was answered."""
        labels = (("model", model),)
        with self._lock:
            self._examples.add(labels, count)
            self._example_counts.add(labels, count)

    def page(self) -> bytes:
        """Writes all numbers so far."""
        families = (self._requests, self._latencies, self._runtimes, self._examples, self._example_counts)
        with self._lock:
            lines = [line for family in families for line in family.lines()]
        if self.engines is not None:
            lines += self.engines.lines()
        return ("\n".join(lines) + "\n").encode()

    def _record(self, model: str, status: str, api: str, entrypoint: str, microseconds: float) -> None:
        with self._lock:
            if len(self._names) >= MAX_MODELS and model not in self._names:
                model = OTHER_MODELS
            self._names.add(model)
            self._requests.add((("model_name", model), ("status", status)))
            if status == "OK":
                self._latencies.add((("model_name", model), ("API", api), ("entrypoint", entrypoint)), microseconds)


def read_config(path: Path) -> str | None:
    """Reads the path of the metrics page from a monitoring config file; None if it switches the page off.

    Raises:
        SettingsError: the file is missing or is none.
    """
    example = "expected: prometheus_config { enable: true }"
    config = text_config.read(path, MonitoringConfig, "--monitoring_config_file", example).prometheus_config
    return (config.path or DEFAULT_PATH) if config.enable else None


def _braces(labels: LabelPairs) -> str:
    return "{" + ",".join(f'{name}="{escaped(value)}"' for name, value in labels) + "}"


def escaped(text: str) -> str:
    """Writes a label's value as Prometheus wants it between quotation marks."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
