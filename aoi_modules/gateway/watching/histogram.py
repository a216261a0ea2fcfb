"""A histogram for Prometheus that only the event loop counts in.

That of prometheus_client takes several locks for each value, and an inspection has six values.
"""

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from types import TracebackType

from prometheus_client import CollectorRegistry
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Histogram(Collector):
    """How often a value fell below which bounds, by labels.

    Args:
        name: of the metric.
        about: what is counted, for people.
        labels: their names.
        buckets: bounds of the values, rising; one without bound is added.
        registry: shows it.
    """

    def __init__(
        self, name: str, about: str, labels: Sequence[str], *, buckets: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._name = name
        self._about = about
        self._labels = tuple(labels)
        self._bounds = (*map(float, buckets), float("inf"))
        self._series: dict[tuple[str, ...], Series] = {}
        registry.register(self)

    def labels(self, *values: str) -> "Series":
        """What is counted under these values of the labels, in their order."""
        if len(values) != len(self._labels):
            raise ValueError(f"labels: expected values of {', '.join(self._labels)}. Received: {values}")
        return self._series.setdefault(values, Series(self._bounds))

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Tells Prometheus the counts."""
        family = HistogramMetricFamily(self._name, self._about, labels=self._labels)
        names = [floatToGoString(bound) for bound in self._bounds]  # type: ignore[no-untyped-call]
        for values, series in self._series.items():
            family.add_metric(values, list(zip(names, accumulate(series.counts), strict=True)), series.sum)
        return iter((family,))


class Series:
    """The counts under some values of the labels.

    Args:
        bounds: of the values, rising, to infinity.

    Attributes:
        counts: of values up to each bound and over the one before.
        sum: of all values.
    """

    __slots__ = ("_bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * len(bounds)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Counts a finite value."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def time(self) -> "_Timer":
        """Counts the seconds of a block, however it ends."""
        return _Timer(self)


class _Timer:
    """A block that is timed."""

    __slots__ = ("_began", "_series")

    def __init__(self, series: Series) -> None:
        self._series = series

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._series.observe(time.perf_counter() - self._began)
