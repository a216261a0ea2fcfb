"""Every route of the station answers, and says what is wrong with a request; its ways are tested beside it."""

import pytest
import requests

from tests.gateway.doors.station.conftest import Station

ID = "0" * 32
SAY = {"who": "Ada", "verdict": "good"}
PLACE = {"component": "tile", "model": "tile", "version": 1, "head": "defect"}
WANTED = {**PLACE, "threshold": 0.4, "who": "Ada", "why": "a test", "seen": 0}


def test_an_empty_station_has_nothing_to_do(station: Station) -> None:
    assert station.get("/v1/reviews").json() == {"waiting": []}
    assert station.next("Ada")["inspection"] is None
    assert station.get("/v1/limits").json() == {"settings": []}
    assert station.get("/v1/quality").json()["groups"] == []


def test_what_is_wrong_with_a_request_is_told(station: Station) -> None:
    wrong: list[tuple[requests.Response, int, str]] = [
        (station.judge(ID, verdict="good"), 404, "no inspection 0000"),
        (station.get("/v1/inspections/17/judgements"), 404, "no inspection 17"),
        (station.post(f"/v1/judgements/{ID}/undo", who="Ada"), 404, "no judgement 0000"),
        (station.post("/v1/reviews/next", who=""), 400, "who: expected the name of a person"),
        (station.post("/v1/reviews/next"), 400, "who: expected the name of a person"),
        (station.judge(ID, verdict="fine"), 400, "verdict"),
        (station.judge(ID, verdict="defect"), 400, "defect: expected its name"),
        (station.judge(ID, verdict="good", colour="red"), 400, "unknown field `colour`"),
        (station.get("/v1/quality", by="colour"), 400, "by: expected one of: component, lot"),
        (station.get("/v1/quality", verdict="PASS"), 400, "verdict: expected a filter of: component, lot"),
        (station.get("/v1/quality", since="yesterday"), 400, "since: expected another value"),
        (station.get("/v1/limits", head="defect"), 400, "head: expected component"),
        (station.post("/v1/limits", **{**WANTED, "threshold": 1.5}), 400, "threshold"),
        (station.post("/v1/limits", **{**WANTED, "head": "scratch"}), 400, "limits for a head 'scratch'"),
        (station.post("/v1/limits", **{**WANTED, "head": "surface"}), 400, "needs `good: [LABEL, ...]`"),
        (station.post("/v1/limits", **{**WANTED, "component": "chair"}), 404, "no component 'chair'"),
        (station.post("/v1/limits", **{**WANTED, "model": "chair"}), 400, "model: expected one that inspects tile"),
        (station.post("/v1/limits", **{**WANTED, "why": ""}), 400, "why"),
        (station.post("/v1/limits/x/undo", who="Ada", why="a test"), 400, "number: expected the number of a setting"),
        (station.post("/v1/limits/7/undo", who="Ada", why="a test"), 404, "no setting of limits has the number 7"),
    ]
    for answer, status, words in wrong:
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), words
        assert words in answer.json()["detail"], answer.text


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_page_of_somebody_else_cannot_judge(station: Station, content_type: str) -> None:
    """A browser sends such bodies for any page, without asking this server first."""
    headers = {"Content-Type": content_type}
    answer = requests.post(f"{station.url}/v1/reviews/next", b'{"who": "Ada"}', headers=headers, timeout=10)
    assert (answer.status_code, "Content-Type: expected application/json" in answer.text) == (400, True)


@pytest.mark.parametrize("path", ["/v1/limits", f"/v1/inspections/{ID}/judgements"])
def test_all_methods_of_a_path_are_told(station: Station, path: str) -> None:
    answer = requests.delete(f"{station.url}{path}", timeout=10)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("number", [2**63, 10**33, -(2**63) - 1])
def test_no_number_is_too_large_to_be_refused(station: Station, number: int) -> None:
    paths = requests.get(f"{station.url}/openapi.json", timeout=60).json()["paths"]
    asked = [
        (path, one["name"])
        for path, ways in paths.items()
        for one in ways.get("get", {}).get("parameters", ())
        if one["in"] == "query" and "{" not in path and "integer" in str(one["schema"])
    ]
    of_pages = [("/audit", "before"), ("/limits", "version"), ("/limits/what-if", "version"), ("/quality", "version")]
    about = {"component": "tile", "model": "tile", "head": "defect", "threshold": 0.6}
    for path, name in [*asked, *of_pages]:
        fitting = about if "limits" in path else {}
        answer = station.get(path, **fitting, **{name: number})
        assert answer.status_code < 500, f"{path} {name}: {answer.text}"
    assert ("/v1/audit", "before") in asked
    assert station.post("/v1/limits", **{**WANTED, "version": number}).status_code == 400
