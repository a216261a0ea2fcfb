"""Each alert is quiet, fires in its fault, and ends when it is mended, by `promtool test rules`."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import services
from tests.k8s.watching.rule_files import alerts, rule_files, runbook
from tests.services import path_of

pytestmark = services.need(services.PROMETHEUS)
QUIET, FAULTY, MENDED = 10, 30, 30
"""Minutes of each phase."""
Phases = Sequence[float | None]
"""A value while all is well, in the fault, and after the mend; None for no value."""


@dataclass(frozen=True)
class Case:
    """A fault as Prometheus sees it.

    Args:
        alert: that has to fire.
        labels: of the alert, without its name and severity.
        gauges: values by series.
        counters: what is counted in a minute, by series.
    """

    alert: str
    labels: Mapping[str, str]
    gauges: Mapping[str, Phases] = field(default_factory=dict)
    counters: Mapping[str, Phases] = field(default_factory=dict)


def requests_with(status: str) -> Mapping[str, Phases]:
    return {
        f'aoi_gateway_requests_total{{component="tile",status="{status}"}}': (0, 30, 0),
        'aoi_gateway_requests_total{component="tile",status="200"}': (60, 60, 60),
    }


def records(place: str) -> str:
    return f'{{job="gateway",instance="a",place="{place}"}}'


OF_A = {"job": "gateway", "instance": "a"}
NODE = 'device="sda1",fstype="ext4",mountpoint="/",instance="n"'
CASES = [
    Case("GatewayDown", OF_A, {'up{job="gateway",instance="a"}': (1, 0, 1)}),
    Case("GatewayDown", {"job": "gateway"}, {'up{job="gateway",instance="a"}': (1, None, 1)}),
    Case(
        "ModelServerDown", {"job": "model-server", "instance": "m"}, {'up{job="model-server",instance="m"}': (1, 0, 1)}
    ),
    Case(
        "ModelServerAway",
        {"instance": "a", "upstream": "one", "model": "tile"},
        {
            'aoi_gateway_model_away{instance="a",upstream="one",model="tile"}': (0, 1, 0),
            'aoi_gateway_model_away{instance="a",upstream="two",model="tile"}': (0, 0, 0),
        },
    ),
    Case(
        "ModelUnavailable",
        {"instance": "a", "model": "tile"},
        {
            'aoi_gateway_model_away{instance="a",upstream="one",model="tile"}': (0, 1, 0),
            'aoi_gateway_model_away{instance="a",upstream="two",model="tile"}': (1, 1, 0),
        },
    ),
    Case("AnswersTooLate", {"component": "tile"}, counters=requests_with("504")),
    Case("AnswersTooLate", {"component": "tile"}, counters=requests_with("DEADLINE_EXCEEDED")),
    Case(
        "LatencyNearDeadline",
        {"component": "tile"},
        {'aoi_gateway_deadline_seconds{component="tile"}': (1, 1, 1)},
        {
            'aoi_gateway_upstream_seconds_bucket{component="tile",le="0.5"}': (60, 30, 60),
            'aoi_gateway_upstream_seconds_bucket{component="tile",le="1.0"}': (60, 60, 60),
            'aoi_gateway_upstream_seconds_bucket{component="tile",le="+Inf"}': (60, 60, 60),
        },
    ),
    Case("QueueFull", {"component": "tile"}, counters=requests_with("429")),
    Case("PicturesRefused", {"component": "tile"}, counters=requests_with("415")),
    Case(
        "ReviewShareHigh",
        {"component": "tile"},
        counters={
            'aoi_gateway_verdicts_total{component="tile",verdict="REVIEW"}': (1, 30, 1),
            'aoi_gateway_verdicts_total{component="tile",verdict="PASS"}': (60, 30, 60),
        },
    ),
    Case(
        "PicturesDrift",
        {"component": "tile", "figure": "brightness"},
        {'aoi_gateway_picture_drift{component="tile",figure="brightness"}': (0.5, -4, -0.5)},
    ),
    Case(
        "CanaryFailing",
        {"component": "tile"},
        counters={'aoi_gateway_canary_failures_total{component="tile"}': (0, 6, 0)},
    ),
    Case("ComponentLocked", {"component": "tile"}, {'aoi_gateway_locked{component="tile"}': (0, 1, 0)}),
    Case("PostgreSQLDown", {"job": "postgresql"}, {'pg_up{job="postgresql"}': (1, 0, 1)}),
    Case("DatabaseAway", {**OF_A, "place": "database"}, {f"aoi_gateway_place_away{records('database')}": (0, 1, 0)}),
    Case(
        "PictureStoreAway", {**OF_A, "place": "pictures"}, {f"aoi_gateway_place_away{records('pictures')}": (0, 1, 0)}
    ),
    Case(
        "SpoolGrowing",
        {**OF_A, "place": "database"},
        counters={f"aoi_gateway_spool_behind_bytes{records('database')}": (0, 20e6, -20e6)},
    ),
    Case(
        "SpoolDiskNearlyFull",
        OF_A,
        {
            'aoi_gateway_spool_disk_bytes{job="gateway",instance="a",bytes="free"}': (8e9, 5e8, 8e9),
            'aoi_gateway_spool_disk_bytes{job="gateway",instance="a",bytes="size"}': (1e10, 1e10, 1e10),
        },
    ),
    Case(
        "RecordsRefused",
        {**OF_A, "place": "database"},
        {f"aoi_gateway_records_refused{records('database')}": (0, 2, 0)},
    ),
    Case(
        "OutboxNotSent",
        {**OF_A, "sink": "line"},
        {'aoi_gateway_outbox_letters{job="gateway",instance="a",sink="line"}': (0, 50, 0)},
        {'aoi_gateway_sent_letters{job="gateway",instance="a",sink="line"}': (60, 0, 60)},
    ),
    Case(
        "NodeDiskNearlyFull",
        {"device": "sda1", "fstype": "ext4", "mountpoint": "/", "instance": "n"},
        {
            f"node_filesystem_avail_bytes{{{NODE}}}": (5e9, 5e8, 5e9),
            f"node_filesystem_size_bytes{{{NODE}}}": (1e10, 1e10, 1e10),
        },
    ),
    Case(
        "NodeMemoryNearlyFull",
        {"instance": "n"},
        {
            'node_memory_MemAvailable_bytes{instance="n"}': (5e9, 1e8, 5e9),
            'node_memory_MemTotal_bytes{instance="n"}': (8e9, 8e9, 8e9),
        },
    ),
    Case("WatcherDown", {"job": "node", "instance": "n"}, {'up{job="node",instance="n"}': (1, 0, 1)}),
    Case(
        "PodRestarting",
        {"namespace": "aoi", "pod": "gateway-0", "container": "gateway"},
        counters={
            'kube_pod_container_status_restarts_total{namespace="aoi",pod="gateway-0",container="gateway"}': (0, 1, 0),
            'kube_pod_container_status_restarts_total{namespace="other",pod="x",container="x"}': (1, 1, 1),
        },
    ),
    Case(
        "JobFailed",
        {"namespace": "aoi-data", "job_name": "backup-1"},
        {
            'kube_job_failed{namespace="aoi-data",job_name="backup-1",condition="true"}': (None, 1, None),
            'kube_job_failed{namespace="aoi-data",job_name="backup-2",condition="false"}': (0, 1, 0),
            'kube_job_failed{namespace="other",job_name="x",condition="true"}': (0, 1, 0),
        },
    ),
    Case(
        "GpuMemoryNearlyFull",
        {"gpu": "0"},
        {'DCGM_FI_DEV_FB_USED{gpu="0"}': (4e4, 7.9e4, 4e4), 'DCGM_FI_DEV_FB_FREE{gpu="0"}': (4e4, 1e3, 4e4)},
    ),
]


def test_every_alert_has_a_case() -> None:
    assert {case.alert for case in CASES} == set(alerts())


def test_prometheus_reads_the_rules() -> None:
    done = promtool("check", "rules", *map(str, rule_files()))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_each_alert_is_quiet_fires_and_ends(case: Case, tmp_path: Path) -> None:
    done = judged(case, [strip(path, tmp_path) for path in rule_files()], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rule_that_never_fires_is_found(tmp_path: Path) -> None:
    """What holds the rules is not content with everything."""
    bare = [strip(path, tmp_path) for path in rule_files()]
    line = tmp_path / "line.rules.yaml"
    line.write_text(line.read_text().replace('up{job="gateway"} == 0', 'up{job="gateway"} == 2'))
    assert "exp:[" in judged(CASES[0], bare, tmp_path).stderr


def judged(case: Case, files: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Lets promtool try a case."""
    file = folder / "case.yaml"
    file.write_text(yaml.safe_dump({"rule_files": files, "evaluation_interval": "1m", "tests": [tried(case)]}))
    return promtool("test", "rules", str(file))


def tried(case: Case) -> dict[str, Any]:
    """A test as promtool reads it: the alert at a moment of each phase, and the last line of its runbook at the end."""
    rule = alerts()[case.alert]
    fired = [{"exp_labels": {**case.labels, **rule["labels"]}}]
    moments: list[tuple[str, list[Any]]] = [
        (f"{QUIET - 1}m", []), (f"{QUIET + FAULTY - 1}m", fired), (f"{QUIET + FAULTY + MENDED - 1}m", [])
    ]  # fmt: skip
    if "for" in rule:
        moments.append((f"{QUIET}m", []))  # a moment's trouble alerts nobody
    page = runbook(rule)
    mended = {"expr": page.query, "eval_time": moments[2][0], "exp_samples": [{"labels": "{}", "value": page.answer}]}
    return {
        "interval": "1m",
        "input_series": [
            *({"series": name, "values": levels(phases)} for name, phases in case.gauges.items()),
            *({"series": name, "values": counted(phases)} for name, phases in case.counters.items()),
        ],
        "alert_rule_test": [
            {"eval_time": moment, "alertname": case.alert, "exp_alerts": found} for moment, found in moments
        ],
        "promql_expr_test": [mended],
    }


def levels(phases: Phases) -> str:
    """Values of a gauge, one a minute."""
    lengths = zip(phases, (QUIET, FAULTY, MENDED), strict=True)
    return " ".join(f"_x{minutes}" if one is None else f"{one:.10g}+0x{minutes - 1}" for one, minutes in lengths)


def counted(phases: Phases) -> str:
    """Values of a counter, one a minute."""
    steps = [one or 0.0 for one, minutes in zip(phases, (QUIET, FAULTY, MENDED), strict=True) for _ in range(minutes)]
    sums = [sum(steps[: place + 1]) for place in range(len(steps))]
    return " ".join(f"{one:.12g}" for one in sums)


def strip(path: Path, folder: Path) -> str:
    """A copy of rules without annotations, whose words no case has to repeat."""
    content = yaml.safe_load(path.read_text())
    for group in content["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    copy = folder / path.name
    copy.write_text(yaml.safe_dump(content))
    return str(copy)


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([path_of("promtool"), *words], capture_output=True, text=True, check=False)
