"""Limits that people set: the next part is judged by them, the answer says so, and one step leads back."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from tests.client.model_server import scores_of
from tests.gateway.conftest import picture_bytes
from tests.gateway.doors.station.conftest import Station


def apply(station: Station, threshold: float, seen: int = 0, **changes: Any) -> requests.Response:
    body = {"component": "tile", "model": "tile", "version": 1, "head": "defect", "who": "Ada", "why": "overkill"}
    return station.post("/v1/limits", threshold=threshold, seen=seen, **{**body, **changes})


def head(inspection: dict[str, Any]) -> tuple[float, str, int | None]:
    found = inspection["heads"][0]
    return found["threshold"], found["limits_from"], found["limits_number"]


def test_limits_hold_from_the_next_part_on_until_they_are_taken_back(station: Station) -> None:
    assert head(station.inspect(0.7)) == (0.5, "manifest", None)
    setting = apply(station, 0.8, review_band=[0.6, 0.8]).json()
    after = station.inspect(0.7)
    assert (after["verdict"], head(after)) == ("REVIEW", (0.8, "station", setting["number"]))
    told = station.get("/v1/components").json()["components"][0]["heads"][0]
    assert (told["threshold"], told["limits_from"], told["limits_number"]) == (0.8, "station", setting["number"])
    back = station.post(f"/v1/limits/{setting['number']}/undo", who="Grace", why="escapes")
    assert back.status_code == 200
    assert head(station.inspect(0.7)) == (0.5, "manifest", None)
    settings = station.get("/v1/limits", component="tile").json()["settings"]
    assert [(one["who"], one["why"], one["takes_back"]) for one in settings] == [
        ("Grace", "escapes", setting["number"]),
        ("Ada", "overkill", None),
    ]


def test_who_saw_others_changes_nothing(station: Station) -> None:
    assert apply(station, 0.8).status_code == 200
    refused = apply(station, 0.7)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:aoi:problem:taken")
    assert station.inspect(0.75)["verdict"] == "PASS"


def test_good_labels_of_the_route_stay_where_a_threshold_alone_is_set(station: Station, tmp_path: Path) -> None:
    routes = (tmp_path / "routes.yaml").read_text()
    held = "audit: 1.0, heads: {surface: {good: [smooth], threshold: 0.9}}"
    (tmp_path / "routes.yaml").write_text(routes.replace("audit: 1.0", held))
    while station.get("/v1/components").json()["components"][0]["heads"][1]["good"] != ["smooth"]:
        time.sleep(0.1)
    setting = apply(station, 0.2, head="surface")
    assert (setting.status_code, setting.json()["limits"]["good"]) == (200, ["smooth"])
    surface = station.inspect(0.1)["heads"][1]
    assert (surface["threshold"], surface["limits_from"], surface["verdict"]) == (0.2, "station", "FAIL")


def test_a_version_that_the_server_has_not_gets_no_limits(station: Station) -> None:
    answer = apply(station, 0.8, version=7)
    assert answer.status_code in (502, 503), answer.text
    assert station.get("/v1/limits").json() == {"settings": []}


def test_limits_are_set_under_load_and_every_answer_names_those_that_judged_it(station: Station) -> None:
    station.server.outputs = scores_of(0.7)
    picture = picture_bytes()

    def send(_: int) -> requests.Response:
        return requests.post(f"{station.url}/v1/inspect/tile", data=picture, timeout=20)

    with ThreadPoolExecutor(16) as clients:
        sent = [clients.submit(send, number) for number in range(160)]
        sent[0].result()
        setting = apply(station, 0.8).json()
        sent += [clients.submit(send, number) for number in range(160)]
        answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} == {200}
    judged = {(answer.json()["verdict"], *head(answer.json())) for answer in answers}
    assert judged == {("FAIL", 0.5, "manifest", None), ("PASS", 0.8, "station", setting["number"])}
