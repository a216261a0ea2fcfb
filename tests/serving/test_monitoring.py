from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aoi_modules.errors import RpcError, SettingsError
from aoi_modules.serving import monitoring
from aoi_modules.serving.monitoring import Monitor


def samples(monitor: Monitor) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The page as Prometheus reads it."""
    families = text_string_to_metric_families(monitor.page().decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_requests_are_counted_by_outcome_and_successes_timed() -> None:
    monitor = Monitor()
    for _ in range(3):
        with monitor.request("tile", "predict", "REST"):
            pass
    with pytest.raises(RpcError), monitor.request("tile", "predict", "REST"):
        raise RpcError("NOT_FOUND", "no")
    read = samples(monitor)
    count = ":tensorflow:serving:request_count_total"  # the parser adds the ending that its own counters have
    assert read[(count, (("model_name", "tile"), ("status", "OK")))] == 3
    assert read[(count, (("model_name", "tile"), ("status", "NOT_FOUND")))] == 1
    labels = (("API", "predict"), ("entrypoint", "REST"), ("model_name", "tile"))
    assert read[(":tensorflow:serving:request_latency_count", labels)] == 3
    buckets = [v for (name, _), v in read.items() if name.endswith("_bucket")]
    assert buckets == sorted(buckets)
    assert len(buckets) == 34
    assert buckets[-1] == 3


def test_labels_are_in_the_originals_order() -> None:
    monitor = Monitor()
    with monitor.request('a"b', "Predict", "GRPC"):
        pass
    page = monitor.page().decode()
    assert r':tensorflow:serving:request_count{model_name="a\"b",status="OK"} 1' in page
    assert r'request_latency_bucket{model_name="a\"b",API="Predict",entrypoint="GRPC",le="10"}' in page


def test_clients_cannot_make_the_page_grow_without_end() -> None:
    monitor = Monitor()
    for number in range(monitoring.MAX_MODELS + 50):
        with monitor.request(f"model {number}", "predict", "REST"):
            pass
    names = {dict(labels).get("model_name") for _, labels in samples(monitor)}
    assert len(names) == monitoring.MAX_MODELS + 1
    assert monitoring.OTHER_MODELS in names


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("prometheus_config { enable: true }", monitoring.DEFAULT_PATH),
        ('prometheus_config { enable: true path: "/metrics" }', "/metrics"),
        ("prometheus_config { path: '/metrics' }", None),
        ("", None),
    ],
)
def test_config(tmp_path: Path, text: str, path: str | None) -> None:
    file = tmp_path / "monitoring.config"
    file.write_text(text)
    assert monitoring.read_config(file) == path


def test_a_config_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "monitoring.config"
    with pytest.raises(SettingsError, match="No such file"):
        monitoring.read_config(file)
    file.write_text("enable: true")
    with pytest.raises(SettingsError, match=r"not a tensorflow\.serving\.MonitoringConfig"):
        monitoring.read_config(file)


def test_engines_and_examples_are_counted() -> None:
    monitor = Monitor()
    with monitor.runtime("tile", "Predict", "tensorflow"):
        pass
    with monitor.runtime("tile", "Predict", "openvino"):
        pass
    with pytest.raises(RpcError), monitor.runtime("tile", "Predict", "tensorflow"):
        raise RpcError("INTERNAL", "no")
    monitor.examples("tile", 3)
    monitor.examples("tile", 20_000)
    page = monitor.page().decode()
    assert ':tensorflow:serving:runtime_latency_count{model_name="tile",API="Predict",runtime="TF1"} 1' in page
    assert ':tensorflow:serving:runtime_latency_count{model_name="tile",API="Predict",runtime="openvino"} 1' in page
    assert ':tensorflow:serving:request_example_count_total{model="tile"} 20003' in page
    assert ':tensorflow:serving:request_example_counts_bucket{model="tile",le="4"} 1' in page
    assert ':tensorflow:serving:request_example_counts_bucket{model="tile",le="+Inf"} 2' in page
    assert ':tensorflow:serving:request_example_counts_sum{model="tile"} 20003' in page
