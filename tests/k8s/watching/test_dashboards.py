"""Dashboards are such as Grafana reads; their SQL runs on a real PostgreSQL by the role that may only read.

No Grafana is here, so what it shows was not seen. Their PromQL is asked in `test_live`; what nobody here makes is
computed with, by promtool.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from aoi_modules.verdict import Rate
from tests import services
from tests.cluster.overlays import K8S
from tests.k8s.watching.dashboards import GRAFANA, Question, dashboards, questions
from tests.postgresql import PostgreSQL
from tests.results.conftest import migrated
from tests.services import path_of

DASHBOARDS = {one["title"]: one for one in dashboards()}
WATCHERS = K8S / "base" / "watchers" / "watchers.sql"
FIELDS = {
    "uid", "title", "description", "tags", "timezone", "schemaVersion", "version", "editable", "refresh", "time",
    "templating", "annotations", "links", "panels",
}  # fmt: skip
UNITS = {"none", "short", "ops", "reqps", "s", "bytes", "percent", "percentunit", "celsius"}
"""Those of Grafana's that panels use."""
SAMPLES = [
    'DCGM_FI_DEV_GPU_UTIL{gpu="0"} 40', 'DCGM_FI_DEV_FB_USED{gpu="0"} 20', 'DCGM_FI_DEV_FB_FREE{gpu="0"} 60',
    'DCGM_FI_DEV_GPU_TEMP{gpu="0"} 61', 'kube_pod_status_phase{namespace="jupyter",phase="Pending"} 2',
    'kube_resourcequota{namespace="jupyter",type="used",resource="pods"} 5',
    'kube_resourcequota{namespace="jupyter",type="hard",resource="pods"} 20',
    'kube_pod_container_status_restarts_total{namespace="jupyter"} 3',
    'kube_node_status_condition{condition="Ready",status="true",node="a"} 1',
]  # fmt: skip
"""As the DCGM exporter and kube-state-metrics say it; from their pages."""
ANSWERS = {
    "Nodes: GPU in use": ('{gpu="0"}', 40), "Nodes: GPU memory": ('{gpu="0"}', 0.25),
    "Nodes: GPU temperature": ('{gpu="0"}', 61), "Course cluster: Trainees": ('{phase="Pending"}', 2),
    "Course cluster: Quota": ('{resource="pods"}', 0.25), "Course cluster: Restarts": ('{namespace="jupyter"}', 0),
    "Course cluster: Pods that wait": ('{namespace="jupyter"}', 2), "Course cluster: Nodes": ("{}", 1),
}  # fmt: skip


@pytest.mark.parametrize("title", DASHBOARDS)
def test_a_dashboard_is_whole(title: str) -> None:
    dashboard = DASHBOARDS[title]
    assert set(dashboard) == FIELDS
    assert dashboard["schemaVersion"] >= 39
    assert dashboard["editable"] is False
    known = {one["uid"]: one["type"] for one in sources()}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for panel in dashboard["panels"]:
        assert panel["type"] in ("timeseries", "table")
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert known[panel["datasource"]["uid"]] == panel["datasource"]["type"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    for one, other in combinations([panel["gridPos"] for panel in dashboard["panels"]], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert one["x"] + one["w"] <= 24


def by_schema(*paths: Path) -> "subprocess.CompletedProcess[str]":
    """What Grafana's own schema, in the words of its makers' library, says about files."""
    return subprocess.run([path_of("grafana-schema"), *map(str, paths)], capture_output=True, text=True, check=False)


@services.need(services.GRAFANA_SCHEMA)
def test_dashboards_are_valid_by_grafanas_own_schema() -> None:
    done = by_schema(*sorted((GRAFANA / "dashboards").glob("*.json")))
    assert (done.returncode, done.stdout) == (0, "")


@services.need(services.GRAFANA_SCHEMA)
@pytest.mark.parametrize(
    ("panel", "words"),
    [
        ({"titel": "Parts"}, "unexpected field 'titel'"),
        ({"gridPos": {"h": "8", "w": 12, "x": 0, "y": 0}}, "panels[0].gridPos.h: json: cannot unmarshal string"),
        ({"options": {}}, "panels[0].options.legend: required field is missing"),
    ],
)
def test_what_the_schema_does_not_know_is_named(panel: dict[str, Any], words: str, tmp_path: Path) -> None:
    dashboard = dashboards()[0]
    dashboard["panels"][0] |= panel
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(dashboard))
    done = by_schema(file)
    assert done.returncode == 1
    assert words in done.stdout


def test_each_dashboard_and_panel_has_a_name_of_its_own() -> None:
    assert len({one["uid"] for one in dashboards()}) == len(DASHBOARDS) == 5
    panels = [(title, panel["title"]) for title, one in DASHBOARDS.items() for panel in one["panels"]]
    assert len(set(panels)) == len(panels)


def test_runbooks_name_panels_that_are_there() -> None:
    for page in (K8S / "runbooks").glob("*.md"):
        text = re.sub(r"\s+", " ", page.read_text())
        named = re.findall(r"panels? \*([^*]+)\*(?: and \*([^*]+)\*)? of the dashboard \*([^*]+)\*", text)
        for one, other, dashboard in named:
            titles = {panel["title"] for panel in DASHBOARDS[dashboard]["panels"]}
            assert {one, other} - {""} <= titles, page


def test_every_file_of_a_dashboard_is_brought_to_grafana() -> None:
    made = yaml.safe_load((GRAFANA / "kustomization.yaml").read_text())["configMapGenerator"]
    files = {file for one in made for file in one["files"]}
    assert files == {str(path.relative_to(GRAFANA)) for path in GRAFANA.rglob("*.*")} - {"kustomization.yaml"} - OBJECTS


OBJECTS = {"deployment.yaml", "service.yaml", "serviceaccount.yaml"}
"""Files of the room that are no ConfigMaps."""


@services.need(services.PROMETHEUS)
def test_what_nobody_here_makes_is_computed_with(tmp_path: Path) -> None:
    unseen = [one for one in questions(in_sql=False) if not one.seen]
    assert {one.panel for one in unseen} == set(ANSWERS)
    series = [dict(zip(("series", "values"), line.rsplit(" ", 1), strict=True)) for line in SAMPLES]
    for one in series:
        one["values"] += "+0x90"
    asked = [
        {"expr": one.text, "eval_time": "80m", "exp_samples": [dict(zip(("labels", "value"), answer, strict=True))]}
        for one in unseen
        for answer in [ANSWERS[one.panel]]
    ]
    file = tmp_path / "panels.yaml"
    tests = [{"interval": "1m", "input_series": series, "promql_expr_test": asked}]
    file.write_text(yaml.safe_dump({"rule_files": [], "evaluation_interval": "1m", "tests": tests}))
    done = subprocess.run(
        [path_of("promtool"), "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def results(postgresql: PostgreSQL) -> Iterator[str]:
    """The name of a database with parts, judgements and a queue, and with the roles that only look."""
    name = urlsplit(migrated(postgresql.new_database())).path.removeprefix("/")
    common = "now() - interval '1 hour', 'tile', 'tile', 3, '', ''"
    columns = "slot, component, model, version, lot, station, verdict, chance"
    for verdict, good, number in (("PASS", True, 97), ("PASS", False, 3), ("FAIL", True, 4), ("FAIL", False, 16)):
        postgresql.run(
            f"INSERT INTO judged (inspection, judgement, good, sampled, {columns}) "
            f"SELECT md5('{verdict}{good}' || n)::uuid, md5('j' || n)::uuid, {good}, true, {common}, '{verdict}', 0.1 "
            f"FROM generate_series(1, {number}) n",
            name,
        )
        postgresql.run(
            f"INSERT INTO tallies (first, parts, {columns}) VALUES (true, {number}, {common}, '{verdict}', 0.1)",
            name,
        )
    postgresql.run(
        "INSERT INTO reviews (inspection, shown, component, reason, rank, draw, leased_by, leased_until) "
        "SELECT md5(n::text)::uuid, md5(n::text)::uuid, 'tile', 'doubt', 1, n, CASE WHEN n = 1 THEN 'ann' END, "
        "CASE WHEN n = 1 THEN now() + interval '1 minute' END FROM generate_series(1, 7) n",
        name,
    )
    for _ in range(2):  # as often as an owner likes
        by(postgresql.url(name), "--set=grafana=looks", "--set=exporter=measures", f"--file={WATCHERS}")
    yield name
    postgresql.run("DROP OWNED BY grafana, exporter", name)
    postgresql.run("DROP ROLE grafana, exporter")


SQL = {one.panel.partition(": ")[2]: one for one in questions(in_sql=True)}


@services.need(services.POSTGRESQL)
def test_panels_in_sql_say_what_is_there_to_a_role_that_may_only_read(postgresql: PostgreSQL, results: str) -> None:
    def rows(panel: str) -> list[list[str]]:
        text = by_grafana(postgresql, results, plain(SQL[panel]))
        return [line.split("|") for line in text.splitlines()]

    for panel, count, number in (
        ("Bad parts among those that passed", 3, 100), ("Good parts among those that failed", 4, 20),
    ):  # fmt: skip
        ((component, judged, share, lower, upper),) = rows(panel)
        assert (component, float(judged)) == ("tile", number)
        assert float(share) == pytest.approx(count / number)
        assert [float(lower), float(upper)] == pytest.approx(list(Rate(count, number).interval), abs=2e-3)
    assert rows("Review queue") == [["tile", "doubt", "7", "1"]]
    ((component, model, version, parts, failed, in_doubt),) = rows("Verdicts by version")
    assert (component, model, version, parts, in_doubt) == ("tile", "tile", "3", "120", "")
    assert float(failed) == pytest.approx(20 / 120)


@services.need(services.POSTGRESQL)
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM judged", "SELECT * FROM users", "SELECT * FROM machines", "SELECT picture_sha256 FROM inspections"],
)
def test_grafana_reads_nothing_else_and_writes_nothing(postgresql: PostgreSQL, results: str, statement: str) -> None:
    with pytest.raises(AssertionError, match=r"permission denied|read-only"):
        by_grafana(postgresql, results, statement)


def by_grafana(postgresql: PostgreSQL, database: str, statement: str) -> str:
    """What a statement gives the role of Grafana."""
    return by(f"postgresql://grafana:looks@127.0.0.1:{postgresql.port}/{database}", "--command", statement)


def by(address: str, *words: str) -> str:
    """What psql prints."""
    command = [path_of("psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", address, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def plain(question: Question) -> str:
    """The question without Grafana's macro for the time that is shown."""
    text = re.sub(r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN now() - interval '6 hours' AND now()", question.text)
    assert "$__" not in text
    return text


def sources() -> list[dict[str, Any]]:
    """What dashboards may ask."""
    found: list[dict[str, Any]] = yaml.safe_load((GRAFANA / "datasources.yaml").read_text())["datasources"]
    return found
