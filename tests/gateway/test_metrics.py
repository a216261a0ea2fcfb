import pytest
from prometheus_client.parser import text_string_to_metric_families

from aoi_modules.gateway.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, str], float]:
    """Values by name and component."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, sample.labels["component"]): sample.value
        for family in families
        for sample in family.samples
        if "le" not in sample.labels and not sample.name.endswith("_created")
    }


def test_what_was_counted_stands_on_the_page() -> None:
    metrics = Metrics()
    metrics.requests.labels("tile", 200).inc()
    metrics.verdicts.labels("tile", "PASS").inc(2)
    metrics.upstream_seconds.labels("tile").observe(0.25)
    with metrics.in_flight.labels("tile").track_inprogress():
        during = samples(metrics)
    assert during == {
        ("aoi_gateway_requests_total", "tile"): 1.0,
        ("aoi_gateway_verdicts_total", "tile"): 2.0,
        ("aoi_gateway_upstream_seconds_count", "tile"): 1.0,
        ("aoi_gateway_upstream_seconds_sum", "tile"): 0.25,
        ("aoi_gateway_in_flight", "tile"): 1.0,
    }
    assert samples(metrics)["aoi_gateway_in_flight", "tile"] == 0.0


def test_two_gateways_in_a_process_do_not_mix() -> None:
    one, other = Metrics(), Metrics()
    one.requests.labels("tile", 200).inc()
    assert samples(one)
    assert samples(other) == {}


@pytest.mark.parametrize(("seconds", "bound", "below"), [(0.001, "0.002", 1), (3.0, "5.0", 1), (3.0, "2.0", 0)])
def test_times_fall_into_buckets_that_fit_inspections(seconds: float, bound: str, below: int) -> None:
    metrics = Metrics()
    metrics.upstream_seconds.labels("tile").observe(seconds)
    lines = metrics.text().decode().splitlines()
    assert [float(line.rpartition(" ")[2]) for line in lines if f'le="{bound}"' in line] == [below]
