"""A histogram of our own: it tells Prometheus what that of prometheus_client does."""

import time
from collections.abc import Sequence

import prometheus_client
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from aoi_modules.gateway.watching.histogram import Histogram

BUCKETS = (0.002, 0.5, 1.0, 10.0)
LABELS = ["component", "stage"]


def page(kind: type[Histogram] | type[prometheus_client.Histogram], values: Sequence[tuple[str, float]]) -> list[str]:
    registry = CollectorRegistry()
    histogram = kind("aoi_seconds", "Time.", LABELS, buckets=BUCKETS, registry=registry)
    for stage, value in values:
        histogram.labels("tile", stage).observe(value)
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(BUCKETS) | st.floats(-1, 20))))
def test_the_page_is_that_of_the_usual_one(values: list[tuple[str, float]]) -> None:
    assert page(Histogram, values) == page(prometheus_client.Histogram, values)


def test_a_block_is_timed_even_if_it_fails() -> None:
    series = Histogram("aoi_seconds", "Time.", LABELS, buckets=BUCKETS, registry=CollectorRegistry()).labels("a", "b")
    with pytest.raises(ZeroDivisionError), series.time():
        time.sleep(0.01 / 0)
    assert sum(series.counts) == 1
    with series.time():
        time.sleep(0.01)
    assert sum(series.counts) == 2
    assert series.sum >= 0.01


def test_a_label_that_is_missing_is_named() -> None:
    histogram = Histogram("aoi_seconds", "Time.", LABELS, buckets=BUCKETS, registry=CollectorRegistry())
    with pytest.raises(ValueError, match="component, stage"):
        histogram.labels("tile")
