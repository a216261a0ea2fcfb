"""The page is read under the names that stand on it."""

import math

import pytest

from aoi_modules.client.rollout.metrics_page import LATENCY, REQUESTS, MetricsPage
from aoi_modules.errors import Unreachable, WireError
from aoi_modules.serving.monitoring import Monitor

PAGE = """\
# TYPE :tensorflow:serving:request_count counter
:tensorflow:serving:request_count{model_name="fashion",status="OK"} 1
:tensorflow:serving:request_count{model_name="tile",status="NOT_FOUND"} 1
:tensorflow:serving:request_count{model_name="tile",status="OK"} 2
# TYPE :tensorflow:serving:request_latency histogram
:tensorflow:serving:request_latency_bucket{model_name="fashion",API="Predict",entrypoint="GRPC",le="10"} 0
:tensorflow:serving:request_latency_bucket{model_name="fashion",API="Predict",entrypoint="GRPC",le="+Inf"} 1
:tensorflow:serving:request_latency_sum{model_name="fashion",API="Predict",entrypoint="GRPC"} 1000000000
:tensorflow:serving:request_latency_count{model_name="fashion",API="Predict",entrypoint="GRPC"} 1
:tensorflow:serving:request_latency_bucket{model_name="tile",API="Predict",entrypoint="GRPC",le="10"} 0
:tensorflow:serving:request_latency_bucket{model_name="tile",API="Predict",entrypoint="GRPC",le="18"} 1
:tensorflow:serving:request_latency_bucket{model_name="tile",API="Predict",entrypoint="GRPC",le="32.4"} 2
:tensorflow:serving:request_latency_bucket{model_name="tile",API="Predict",entrypoint="GRPC",le="+Inf"} 2
:tensorflow:serving:request_latency_sum{model_name="tile",API="Predict",entrypoint="GRPC"} 40
:tensorflow:serving:request_latency_count{model_name="tile",API="Predict",entrypoint="GRPC"} 2
# TYPE :tensorflow:serving:request_example_count_total counter
:tensorflow:serving:request_example_count_total{model="tile"} 3
"""


@pytest.fixture
def page() -> MetricsPage:
    return MetricsPage.parse(PAGE)


def test_counters_have_the_names_of_the_page(page: MetricsPage) -> None:
    assert page.total(REQUESTS, model_name="tile", status="OK") == 2
    assert page.total(REQUESTS, model_name="tile") == 3
    assert page.total(REQUESTS) == 4
    assert page.total(":tensorflow:serving:request_example_count_total", model="tile") == 3
    assert page.total(REQUESTS, model_name="nobody") == 0


def test_histograms_have_a_sum_a_count_and_buckets(page: MetricsPage) -> None:
    assert page.total(f"{LATENCY}_sum", model_name="tile") == 40
    assert page.total(f"{LATENCY}_count", model_name="tile") == 2
    buckets = page.buckets(LATENCY, model_name="tile")
    assert list(buckets) == sorted(buckets)
    assert [buckets[bound] for bound in (10.0, 18.0, 32.4, math.inf)] == [0, 1, 2, 2]
    assert page.buckets(LATENCY)[math.inf] == 3


def test_what_is_no_page() -> None:
    with pytest.raises(WireError, match="not a metrics page"):
        MetricsPage.parse('a{b="c} 1')


def test_a_server_without_a_page(free_port: int) -> None:
    with pytest.raises(Unreachable, match="Connection refused"):
        MetricsPage.ask(f"http://127.0.0.1:{free_port}", timeout=5)


def test_the_page_of_our_own_server_is_read() -> None:
    monitor = Monitor("/metrics")
    with monitor.request("tile", "Predict", "GRPC"):
        pass
    page = MetricsPage.parse(monitor.page().decode())
    assert page.total(REQUESTS, model_name="tile", status="OK") == 1
    assert page.total(f"{LATENCY}_count", model_name="tile") == page.buckets(LATENCY, model_name="tile")[math.inf] == 1
