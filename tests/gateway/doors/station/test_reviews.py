"""People judge: a part is one person's alone, an audit is judged blind, and a word can be taken back."""

import io

from PIL import Image

from tests.gateway.doors.station.conftest import Station


def test_a_doubtful_part_is_judged_with_its_picture_before_one(station: Station) -> None:
    sent = station.inspect(0.45, unit="SN1")
    assert station.get("/v1/reviews").json()["waiting"] == [{"component": "tile", "reason": "doubtful", "parts": 1}]
    part = station.next("Ada")
    assert (part["inspection"], part["component"]) == (sent["id"], "tile")
    assert part["blind"] or part["record"]["inspection"]["verdict"] == "REVIEW"
    picture = station.get(part["picture"])
    assert Image.open(io.BytesIO(picture.content)).format == "PNG"
    said = station.judge(part["inspection"], verdict="defect", defect="crack", note="left edge", disposition="rework")
    assert said.status_code == 200
    assert (said.json()["who"], said.json()["given"], said.json()["disposition"]) == ("Ada", "doubtful", "rework")
    assert station.get("/v1/reviews").json() == {"waiting": []}
    assert station.get(f"/v1/inspections/{sent['id']}/judgements").json() == {"judgements": [said.json()]}


def test_an_audit_is_judged_blind(station: Station) -> None:
    sent = station.inspect(0.1)
    part = station.next("Ada")
    assert (part["inspection"], part["blind"], part["record"], part["reason"]) == (sent["id"], True, None, None)
    assert station.get(part["picture"]).status_code == 200, "a part that passed is kept for it"


def test_nobody_judges_what_another_one_has_open(station: Station) -> None:
    sent = station.inspect(0.45)
    station.next("Ada")
    assert station.next("Grace")["inspection"] is None
    refused = station.judge(sent["id"], "Grace", verdict="good")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:aoi:problem:taken")


def test_a_word_is_taken_back_once_and_said_anew(station: Station) -> None:
    sent = station.inspect(0.9)
    station.next("Ada")
    wrong = station.judge(sent["id"], verdict="good").json()
    undone = station.post(f"/v1/judgements/{wrong['id']}/undo", who="Ada")
    assert (undone.status_code, undone.json()["undoes"]) == (200, wrong["id"])
    assert station.post(f"/v1/judgements/{wrong['id']}/undo", who="Ada").status_code == 409
    right = station.judge(sent["id"], verdict="defect", defect="crack").json()
    assert right["given"] == "failed", "it is still the queue's sample"
    history = station.get(f"/v1/inspections/{sent['id']}/judgements").json()["judgements"]
    assert [one["verdict"] for one in history] == ["good", None, "defect"]
