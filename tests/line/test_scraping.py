import sys
from pathlib import Path

import pytest
import yaml

from aoi_modules.client.rollout.metrics_page import PATH
from aoi_modules.cluster import overlays
from aoi_modules.cluster.deployment import MONITORING
from aoi_modules.line.ports import Ports
from aoi_modules.line.scraping import alert_rules, find, text_of
from aoi_modules.serving.monitoring import read_config
from aoi_modules.settings import settings

PORTS = Ports(8080, 8081, 8500, 8501, 9090, 9100, 9428)


@pytest.mark.parametrize("exporter", [True, False])
def test_all_that_has_metrics_is_asked(exporter: bool) -> None:
    told = yaml.safe_load(text_of(PORTS, [Path("line.rules.yaml")], node_exporter=exporter))
    assert told["rule_files"] == ["line.rules.yaml"]
    jobs = {one["job_name"]: one for one in told["scrape_configs"]}
    targets = {name: one["static_configs"][0]["targets"] for name, one in jobs.items()}
    node = {"node": ["127.0.0.1:9100"]} if exporter else {}
    assert targets == {
        "gateway": ["127.0.0.1:8080", "127.0.0.1:8081"],
        "model-server": ["127.0.0.1:8501"],
        "prometheus": ["127.0.0.1:9090"],
        **node,
    }
    assert jobs["model-server"]["metrics_path"] == PATH


def test_alerts_are_those_of_the_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [file.name for file in alert_rules()] == [
        "line.rules.yaml", "machines.rules.yaml", "recorded.rules.yaml", "records.rules.yaml"
    ]  # fmt: skip
    monkeypatch.setattr(overlays, "PACKAGE", tmp_path / "installed")
    monkeypatch.setenv("AOI_COURSE_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        assert alert_rules() == []
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_the_model_server_reads_where_its_metrics_are(tmp_path: Path) -> None:
    (tmp_path / "monitoring.config").write_text(MONITORING)
    assert read_config(tmp_path / "monitoring.config") == PATH


def test_the_first_name_that_is_installed_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find(("python", "python3")) is None
    (tmp_path / "python3").symlink_to(sys.executable)
    assert find(("python", "python3")) == str(tmp_path / "python3")
