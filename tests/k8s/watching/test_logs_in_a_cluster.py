"""VictoriaLogs and its agent in a cluster: from an inspection's id to all that pods of the line wrote about it."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import urllib3

from aoi_modules.errors import LogStoreError
from aoi_modules.log_store.trail import Trail, follow
from aoi_modules.log_store.victoria import LogStore
from tests.gateway.conftest import picture_bytes
from tests.in_process import aoi
from tests.k8s.applied import SECONDS, done, door, forwarded, machine_key, ready_pods, run, until
from tests.k8s.changed import applied, write_changed
from tests.k8s.report import not_tried, tell

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]
ROOMS = ("victoria-logs", "vlagent")
SERVICES = {"gateway", "model-server", "model-sync"}
INSPECTIONS = 10
WHOLE = ({"inspected", "answered"}, {"inspected", "slow"})
"""What gateway and model server say about the call itself."""
SOON = 5.0
"""Seconds from the answer to an inspection to all lines about it."""


@pytest.fixture(scope="module")
def store(mine: Path) -> Iterator[LogStore]:
    """The store of what pods write, through its Service."""
    not_tried("Loki, Alloy and Promtail: their images are not to be had everywhere")
    logged = write_changed(mine, "logged", bases=ROOMS)
    with applied(mine, logged):
        done("wait", f"{logged}/", "--within", SECONDS)
        with forwarded("monitoring", "victoria-logs", 9428) as port, LogStore(f"http://127.0.0.1:{port}") as opened:
            yield opened


@pytest.fixture(scope="module")
def camera(store: LogStore) -> Iterator[tuple[urllib3.HTTPSConnectionPool, dict[str, str]]]:
    """The gateway's door, and what opens it; its lines arrive in the store."""
    head = {"Authorization": f"Bearer {machine_key('logged-camera')}"}
    with door() as pool:
        complete(store, inspected(pool, head)["id"])
        yield pool, head


def inspected(pool: urllib3.HTTPSConnectionPool, head: dict[str, str]) -> dict[str, Any]:
    """The answer to a picture."""
    answer = pool.request("POST", "/v1/inspect/tile", body=picture_bytes(), headers=head)
    assert answer.status == 200, answer.data
    found: dict[str, Any] = answer.json()
    return found


def complete(store: LogStore, about: str) -> tuple[Trail, float]:
    """What is found about an inspection once all services speak of it, and how long that took, in seconds."""
    found: list[Trail] = []

    def all_speak() -> bool:
        try:
            found.append(follow(store, about))
        except LogStoreError:
            return False
        return {one.service for one in found[-1].lines} == SERVICES and calls(found[-1]) in WHOLE

    took = until(all_speak, f"lines of {SERVICES} about {about}", pause=0.1)
    return found[-1], took


def calls(trail: Trail) -> set[str]:
    """What is said about the call, not about the version that answered."""
    return {one.event for one in trail.lines if one.fields.get("request_id")}


def written(app: str, container: str, word: str) -> list[datetime]:
    """When pods wrote the lines that have a word in them, as kubectl reads them."""
    names = [one["metadata"]["name"] for one in ready_pods("aoi", app)]
    texts = [run("-n", "aoi", "logs", name, "-c", container) for name in names]
    return [moment(json.loads(line)["timestamp"]) for text in texts for line in text.splitlines() if word in line]


def moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def test_two_questions_find_what_all_services_said_within_seconds(
    store: LogStore, camera: tuple[urllib3.HTTPSConnectionPool, dict[str, str]]
) -> None:
    seconds = []
    for _ in range(INSPECTIONS):
        about = inspected(*camera)["id"]
        trail, took = complete(store, about)
        assert len(trail.queries) <= 2
        seconds.append(took)
        time.sleep(0.3)
    tell(
        f"from an inspection's id to the lines of gateway, model server and sync by {len(trail.queries)} questions: "
        f"half of {INSPECTIONS} complete within {median(seconds):.1f} s, all within {max(seconds):.1f} s"
    )
    assert min(seconds) < SOON


def test_no_line_about_an_inspection_is_missing(
    store: LogStore, camera: tuple[urllib3.HTTPSConnectionPool, dict[str, str]]
) -> None:
    answer = inspected(*camera)
    trail, _ = complete(store, answer["id"])
    (own,) = {one.fields["request_id"] for one in trail.lines if one.fields.get("request_id")}
    there = [*written("gateway", "gateway", own), *written("model-serving", "server", own)]
    assert sorted(there) == sorted(moment(one.time) for one in trail.lines if one.fields.get("request_id"))
    version = f'"version":{answer["model"]["version"]}'
    brought = [one for part in ("first-sync", "sync") for one in written("model-serving", part, version)]
    assert brought, "each pod of a model server has a sync that brought the version"
    assert set(brought) <= {moment(one.time) for one in trail.lines if one.service == "model-sync"}


def test_the_command_shows_them(store: LogStore, camera: tuple[urllib3.HTTPSConnectionPool, dict[str, str]]) -> None:
    about = inspected(*camera)["id"]
    complete(store, about)
    said = aoi("logs", about, "--store", store.url)
    assert said.returncode == 0, said.stderr
    assert all(f"  {service} " in said.stdout for service in SERVICES)
    assert f"inspection={about}" in said.stdout


def test_only_lines_of_the_line_are_kept(store: LogStore) -> None:
    assert store.ask("kubernetes.pod_namespace:=aoi", 1)
    assert store.ask('kubernetes.pod_namespace:!in("aoi", "aoi-data")', 1) == []
