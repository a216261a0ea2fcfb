"""What Prometheus asks in the line, and where the programs around the line are found."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from aoi_modules.client.rollout.metrics_page import PATH
from aoi_modules.cluster.overlays import manifests
from aoi_modules.errors import SettingsError
from aoi_modules.line.ports import HOST, Ports

SECONDS = 5
"""Between two scrapes."""
PROMETHEUS = ("prometheus",)
NODE_EXPORTER = ("prometheus-node-exporter", "node_exporter")
LOG_STORE = ("victoria-logs", "victoria-logs-prod")
"""What the programs are called: by Debian, by their makers."""


def find(names: tuple[str, ...]) -> str | None:
    """The program of the first of these names on the path; None where there is none."""
    return next(filter(None, map(shutil.which, names)), None)


def alert_rules() -> list[Path]:
    """The files of alerts that come with the line; none where there is no folder `k8s`."""
    try:
        return sorted((manifests() / "base" / "prometheus").glob("*.rules.yaml"))
    except SettingsError:
        return []


def text_of(ports: Ports, rules: Sequence[Path], *, node_exporter: bool) -> str:
    """Writes Prometheus' configuration as YAML.

    Args:
        ports: of the line.
        rules: files of alerts.
        node_exporter: whether one runs.
    """
    jobs = [
        _job("gateway", "/metrics", ports.pages, ports.second),
        _job("model-server", PATH, ports.rest),
        _job("prometheus", "/metrics", ports.prometheus),
        *([_job("node", "/metrics", ports.node_exporter)] if node_exporter else []),
    ]
    config = {
        "global": {"scrape_interval": f"{SECONDS}s", "evaluation_interval": f"{SECONDS}s"},
        "rule_files": [str(file) for file in rules],
        "scrape_configs": jobs,
    }
    return yaml.safe_dump(config, sort_keys=False)


def _job(name: str, path: str, *ports: int) -> dict[str, object]:
    targets = [f"{HOST}:{port}" for port in ports]
    return {"job_name": name, "metrics_path": path, "static_configs": [{"targets": targets}]}
