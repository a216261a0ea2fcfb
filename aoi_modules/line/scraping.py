"""What Prometheus asks in the line, and where the programs around the line are found."""

import shutil

import yaml

from aoi_modules.client.rollout.metrics_page import PATH
from aoi_modules.line.ports import HOST, Ports

SECONDS = 5
"""Between two scrapes."""
PROMETHEUS = ("prometheus",)
NODE_EXPORTER = ("prometheus-node-exporter", "node_exporter")
"""What the programs are called: by Debian, by their makers."""


def find(names: tuple[str, ...]) -> str | None:
    """The program of the first of these names on the path; None where there is none."""
    return next(filter(None, map(shutil.which, names)), None)


def text_of(ports: Ports, *, node_exporter: bool) -> str:
    """Writes Prometheus' configuration as YAML.

    Args:
        ports: of the line.
        node_exporter: whether one runs.
    """
    jobs = [
        _job("gateway", "/metrics", ports.pages, ports.second),
        _job("model-server", PATH, ports.rest),
        _job("prometheus", "/metrics", ports.prometheus),
        *([_job("node", "/metrics", ports.node_exporter)] if node_exporter else []),
    ]
    return yaml.safe_dump({"global": {"scrape_interval": f"{SECONDS}s"}, "scrape_configs": jobs}, sort_keys=False)


def _job(name: str, path: str, *ports: int) -> dict[str, object]:
    targets = [f"{HOST}:{port}" for port in ports]
    return {"job_name": name, "metrics_path": path, "static_configs": [{"targets": targets}]}
