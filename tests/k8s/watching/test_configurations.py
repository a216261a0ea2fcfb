"""What Prometheus and Alertmanager are told, read by their own programs."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests import services
from tests.cluster.overlays import container, overlay
from tests.documents import ROOT
from tests.k8s.watching.dashboards import questions
from tests.k8s.watching.rule_files import ALERTMANAGER, PROMETHEUS, alerts, rules
from tests.services import path_of

CONFIGURATIONS = [PROMETHEUS / "prometheus.yaml", ROOT / "docker" / "prometheus.yaml"]


@services.need(services.PROMETHEUS)
@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.parent.name)
def test_prometheus_reads_it(path: Path, tmp_path: Path) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text("")
    text = path.read_text().replace("/etc/prometheus/rules/", "/etc/prometheus/")
    text = text.replace("/etc/prometheus/*.rules.yaml", f"{PROMETHEUS}/*.rules.yaml")
    copy = tmp_path / "prometheus.yaml"
    copy.write_text(text.replace("/etc/prometheus/gateway-ca/ca.crt", str(authority)))
    done = subprocess.run(
        [path_of("promtool"), "check", "config", str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(list(PROMETHEUS.glob('*.rules.yaml')))} rule files found" in done.stdout


@services.need(services.ALERTMANAGER)
def test_alertmanager_reads_it() -> None:
    command = [path_of("amtool"), "check-config", str(ALERTMANAGER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@services.need(services.ALERTMANAGER)
def test_what_is_critical_is_told_sooner() -> None:
    route = yaml.safe_load(ALERTMANAGER.read_text())["route"]
    (critical,) = route["routes"]
    assert critical["matchers"] == ['severity="critical"']
    assert (critical["group_wait"], route["group_wait"]) == ("5s", "30s")
    command = [path_of("amtool"), "config", "routes", "test", f"--config.file={ALERTMANAGER}", "severity=critical"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "people"


def test_what_holds_back_an_alert_is_an_alert() -> None:
    for rule in yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]:
        for side in ("source_matchers", "target_matchers"):
            (matcher,) = rule[side]
            names = matcher.partition('"')[2].removesuffix('"').split("|")
            assert set(names) <= set(alerts())


def test_both_ask_the_same_kinds_and_wait_equally_long() -> None:
    cluster, machine = (yaml.safe_load(path.read_text()) for path in CONFIGURATIONS)
    assert {**cluster["global"]} == machine["global"]
    kinds, here = ({job["job_name"] for job in one["scrape_configs"]} for one in (cluster, machine))
    assert kinds - here == {"kube-state", "gpu"}
    assert here <= kinds


def test_the_cluster_is_asked_for_what_somebody_wants_to_know_and_no_more() -> None:
    asked = [*(str(rule["expr"]) for rule in rules()), *(one.text for one in questions(in_sql=False))]
    wanted = {name for text in asked for name in re.findall(r"\bkube_\w+", text)}
    arguments = container(overlay("prod"), "Deployment", "kube-state-metrics")["args"]
    said = dict(word.removeprefix("--").split("=") for word in arguments)
    assert set(said["metric-allowlist"].split(",")) == wanted
    assert {name.split("_")[1] for name in wanted} == {kind.removesuffix("s") for kind in said["resources"].split(",")}
    assert set(said["namespaces"].split(",")) == {
        one["metadata"]["name"] for one in overlay("prod") if one["kind"] == "Namespace"
    }


def test_rules_name_jobs_that_are_asked() -> None:
    text = "".join(str(rule["expr"]) for rule in rules())
    jobs = {job["job_name"] for job in yaml.safe_load(CONFIGURATIONS[0].read_text())["scrape_configs"]}
    named = {name for part in text.split('job="')[1:] for name in part.partition('"')[0].split("|")}
    assert named <= jobs
