"""Alloy and Promtail read the same files in the same manner; services have the names that `aoi logs` knows."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from aoi_modules.log_store.lines import LABELS
from aoi_modules.log_store.trail import SERVICES
from tests.cluster.overlays import K8S, combined, container, one, overlay

ALLOY = (K8S / "base" / "alloy" / "config.alloy").read_text()
PROMTAIL: dict[str, Any] = yaml.safe_load((K8S / "components" / "promtail" / "agent" / "promtail.yaml").read_text())
LOKI: dict[str, Any] = yaml.safe_load((K8S / "base" / "loki" / "loki.yaml").read_text())
STAGES: dict[str, Any] = {
    name: value for stage in PROMTAIL["scrape_configs"][0]["pipeline_stages"] for name, value in stage.items()
}
FILE = "/var/log/pods/aoi_model-serving-6b5f-x2x_0f1c9a3e-0000-4000-8000-000000000000/first-sync/0.log"


def said_by_alloy(name: str) -> list[str]:
    """The texts that Alloy's file gives an argument."""
    return [found.replace('\\"', '"') for found in re.findall(rf'^\s*{name}\s*= "(.*)"$', ALLOY, re.MULTILINE)]


def test_alloy_s_blocks_are_closed_and_each_receiver_is_there() -> None:
    plain = re.sub(r'"(\\.|[^"\\])*"|//.*', "", ALLOY)
    for opened, closed in ("{}", "[]", "()"):
        assert plain.count(opened) == plain.count(closed)
    blocks = {f"{kind}.{label}" for kind, label in re.findall(r'^([a-z._]+) "(\w+)" {$', ALLOY, re.MULTILINE)}
    named = set(re.findall(r"\b(\w+(?:\.\w+)+)\.(?:receiver|targets)\b", plain))
    assert named <= blocks
    assert blocks - named == {"loki.source.file.pods"}, "only the first one is nobody's target"


def test_both_agents_read_the_same_files_in_the_same_steps() -> None:
    paths = re.findall(r'"__path__" = "([^"]+)"', ALLOY)
    assert paths == [one["labels"]["__path__"] for one in PROMTAIL["scrape_configs"][0]["static_configs"]]
    assert said_by_alloy("expression") == [STAGES["regex"]["expression"]]
    assert said_by_alloy("template") == [STAGES["template"]["template"]]
    assert said_by_alloy("url") == [client["url"] for client in PROMTAIL["clients"]]
    assert list(STAGES) == [
        {"label_keep": "labelallow"}.get(name, name) for name in re.findall(r"^  stage\.(\w+) {", ALLOY, re.MULTILINE)
    ]
    assert any(Path(FILE).match(path) for path in paths)


def test_pods_and_services_are_found_in_paths() -> None:
    found = re.match(STAGES["regex"]["expression"], FILE)
    assert found is not None
    assert (found["pod"], found["container"]) == ("model-serving-6b5f-x2x", "first-sync")
    cases = re.findall(r'eq \.container ((?:"[\w-]+" ?)+)}}([\w-]+){{', STAGES["template"]["template"])
    named = {name: service for names, service in cases for name in re.findall(r'"([\w-]+)"', names)}
    assert named == SERVICES
    containers = {part["name"] for part in containers_of("model-serving")}
    assert set(SERVICES) <= containers


def containers_of(name: str) -> list[dict[str, Any]]:
    spec = one(overlay("prod"), "Deployment", name)["spec"]["template"]["spec"]
    return [*spec["containers"], *spec["initContainers"]]


def test_labels_are_few_and_loki_refuses_more() -> None:
    assert re.findall(r"label_keep {\s+values = \[([^]]+)\]", ALLOY) == [", ".join(f'"{name}"' for name in LABELS)]
    assert tuple(STAGES["labelallow"]) == tuple(STAGES["labels"]) == LABELS
    assert LOKI["limits_config"]["max_label_names_per_series"] == len(LABELS)
    assert LOKI["limits_config"]["discover_service_name"] == []


@pytest.mark.parametrize("kind", ["stage.labels", "stage.json"])
def test_alloy_makes_labels_of_what_a_line_of_ours_has(kind: str) -> None:
    (names,) = re.findall(rf"{re.escape(kind)} {{\s+\w+ = {{([^}}]+)}}", ALLOY)
    assert {"level", "component"} <= set(re.findall(r'"(\w+)" =', names))


def test_loki_keeps_its_lines_on_its_claim_and_for_a_week() -> None:
    mounted = {mount["mountPath"] for mount in container(overlay("prod"), "StatefulSet", "loki")["volumeMounts"]}
    assert {LOKI["common"]["path_prefix"], "/etc/loki"} <= mounted
    assert LOKI["limits_config"]["retention_period"] == "168h"
    assert LOKI["compactor"]["retention_enabled"] is True
    schema = LOKI["schema_config"]["configs"][-1]
    assert (schema["store"], schema["schema"], schema["index"]["period"]) == ("tsdb", "v13", "24h")


def test_what_agents_send_arrives_where_stores_listen(tmp_path: Path) -> None:
    objects = combined(tmp_path, [])
    urls = [*said_by_alloy("url"), *(word.partition("=")[2] for word in arguments(objects, "vlagent") if "://" in word)]
    for url in urls:
        name, _, rest = url.removeprefix("http://").partition(".monitoring:")
        (port,) = one(objects, "Service", name)["spec"]["ports"]
        assert rest.split("/")[0] == str(port["port"])
    assert len(urls) == 2


def test_the_agent_of_victoria_logs_makes_the_message_and_the_time_of_our_lines(tmp_path: Path) -> None:
    said = dict(
        word.removeprefix("-kubernetesCollector.").partition("=")[::2]
        for word in arguments(combined(tmp_path, []), "vlagent")
    )
    assert (said["msgField"].split(",")[0], said["timeField"].split(",")[0]) == ("event", "timestamp")
    assert said["streamFields"] == "kubernetes.container_name,level,component"


def arguments(objects: list[dict[str, Any]], name: str) -> list[str]:
    found: list[str] = container(objects, "DaemonSet", name)["args"]
    return found
