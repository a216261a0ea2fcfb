"""The threshold desk by HTTP: what a threshold would do is shown, and then it does that."""

from typing import Any

import pytest

from tests.gateway.doors.station.conftest import Station

WHAT = {"component": "tile", "model": "tile", "version": 1, "head": "defect"}


def judge_all(station: Station, defective: set[str]) -> None:
    while (part := station.next("Ada"))["inspection"] is not None:
        bad = part["inspection"] in defective
        opinion: dict[str, Any] = {"verdict": "defect", "defect": "crack"} if bad else {"verdict": "good"}
        assert station.judge(part["inspection"], **opinion).status_code == 200


def test_what_a_threshold_would_do_is_shown_before_it_is_set(station: Station) -> None:
    sent = {score: station.inspect(score)["id"] for score in (0.1, 0.2, 0.3, 0.35, 0.6, 0.7, 0.9)}
    judge_all(station, {sent[0.35], sent[0.7], sent[0.9]})
    found = station.get("/v1/limits/desk", **WHAT, threshold=0.32).json()
    assert (found["judged"], found["since"]) == (7, None)
    assert (found["in_force"]["threshold"], found["in_force"]["review_band"]) == (0.5, [0.4, 0.5])
    assert found["in_force"]["escape"]["value"] == pytest.approx(1 / 3)
    assert found["in_force"]["overkill"]["value"] == pytest.approx(1 / 4)
    assert (found["wanted"]["escape"]["value"], found["wanted"]["overkill"]["value"]) == (0.0, pytest.approx(1 / 4))
    assert found["changes"][-1] == {"before": "PASS", "after": "FAIL", "parts": 1}
    assert [point["threshold"] for point in found["curve"]] == pytest.approx(sorted(sent))
    setting = {**WHAT, "threshold": 0.32, "who": "Ada", "why": "an escape at 0.35", "seen": 0}
    assert station.post("/v1/limits", **setting).status_code == 200
    assert station.inspect(0.35)["verdict"] == "FAIL"


def test_a_station_without_judgements_says_what_it_does_not_know(station: Station) -> None:
    station.inspect(0.1)
    found = station.get("/v1/limits/desk", **WHAT, threshold=0.3, band_from=0.05, band_to=0.3).json()
    assert (found["judged"], found["curve"]) == (0, [])
    assert (found["wanted"]["escape"]["value"], found["wanted"]["escape"]["unknown"] != "") == (None, True)
    assert found["changes"] == [{"before": "PASS", "after": "REVIEW", "parts": 1}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"head": None}, "head: expected a parameter of this name"),
        ({"version": "first"}, "version: expected another value"),
        ({"threshold": 1.5}, "threshold: expected another value"),
        ({"threshold": "nan"}, "threshold: expected another value"),
        ({"threshold": 0.5, "band_from": 0.4}, "band_from, band_to: expected both of them, or none"),
        ({"threshold": 0.5, "band_from": 0.4, "band_to": 0.3}, "band_from, band_to: expected two rising scores"),
        ({"colour": "red"}, "colour: expected a filter of: component, model, version, head"),
    ],
)
def test_what_makes_no_sense_is_told(station: Station, changes: dict[str, Any], words: str) -> None:
    answer = station.get("/v1/limits/desk", **{**WHAT, **changes})
    assert (answer.status_code, words in answer.json()["detail"]) == (400, True), answer.text
