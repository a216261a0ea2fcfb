"""The message about one inspection."""

import json
from typing import Any

import pytest
from hypothesis import given

from aoi_modules.results.record import Record
from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from aoi_modules.results.sinks.messages.guids import guid
from aoi_modules.verdict import Verdict
from tests.results.sinks.made import head, record, records
from tests.results.sinks.messages.schema import MESSAGE, faults


def sent(some: Record, picture_url: str | None = None) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(inspection_message(some, picture_url))
    return message


def inspection(message: dict[str, Any]) -> dict[str, Any]:
    (unit,) = message["MessageBody"]["InspectedUnits"]
    (found,) = unit["Inspections"]
    assert found["Result"] == unit["OverallResult"]
    seen: dict[str, Any] = found
    return seen


@given(records())
def test_any_record_becomes_a_message_of_the_public_shape(some: Record) -> None:
    message = sent(some, "https://aoi/{id}")
    assert faults(message, MESSAGE) == []
    assert message["UniqueID"] == guid(some.id)
    assert message["MessageBody"]["Aoi"]["Id"] == some.id


@given(records())
def test_only_what_passed_is_passed(some: Record) -> None:
    passed = inspection(sent(some))["Result"] == "Passed"
    assert passed is (some.inspection.verdict is Verdict.PASS)


@pytest.mark.parametrize(
    ("verdict", "reason", "result", "comments", "error"),
    [
        (Verdict.PASS, "", "Passed", None, None),
        (Verdict.FAIL, "", "Failed", None, None),
        (Verdict.REVIEW, "", "Failed", "REVIEW: a person has to look", None),
        (Verdict.REVIEW, "no server answered", "Error", "REVIEW: a person has to look", "no server answered"),
    ],
)
def test_verdicts_in_the_words_of_cfx(
    verdict: Verdict, reason: str, result: str, comments: str | None, error: str | None
) -> None:
    found = inspection(sent(record(verdict, reason=reason)))
    assert (found["Result"], found["Comments"], found["Error"]) == (result, comments, error)


def test_a_model_that_judges_nothing_is_an_error() -> None:
    found = inspection(sent(record(Verdict.REVIEW, head(None, 0.9))))
    assert (found["Result"], found["Error"]) == ("Error", "no head of the model judges")


def test_who_where_and_when() -> None:
    some = record(unit="A7", position="left", station="line 2")
    message = sent(some)
    body = message["MessageBody"]
    assert (message["Source"], message["TimeStamp"]) == ("north", "2026-01-31T12:00:00.123000Z")
    assert body["Inspector"]["OperatorIdentifier"] == "line 2"
    assert (body["RecipeName"], body["RecipeRevision"]) == ("tile", "3")
    assert body["InspectedUnits"][0]["UnitIdentifier"] == "A7"
    found = inspection(message)
    assert (found["InspectionName"], found["UniqueIdentifier"]) == ("tile", guid(some.id))
    assert found["InspectionStartTime"] == "2026-01-31T12:00:00.123000Z"
    assert found["InspectionEndTime"] == "2026-01-31T12:00:00.124500Z"


def test_without_a_station_the_gateway_is_the_inspector() -> None:
    assert sent(record())["MessageBody"]["Inspector"]["OperatorIdentifier"] == "north"


@pytest.mark.parametrize(("role", "word"), [("canary", "judged by the canary"), ("shadow", "decides nothing")])
def test_who_is_not_the_lines_own_model_is_said(role: Any, word: str) -> None:
    assert word in inspection(sent(record(role=role)))["Comments"]


@pytest.mark.parametrize("kept", [True, False])
def test_defects_name_the_picture_if_there_is_one_to_be_found(kept: bool) -> None:
    some = record(Verdict.FAIL, head(Verdict.FAIL, 0.9), kept=kept)
    message = sent(some, "https://aoi/v1/inspections/{id}/picture")
    (defect,) = inspection(message)["DefectsFound"]
    url = f"https://aoi/v1/inspections/{some.id}/picture"
    image = {"MimeType": "image/png", "TransferMode": "OutOfBand", "ImageData": None, "ImageURL": url}
    assert defect["DefectImages"] == ([image] if kept else [])
    assert message["MessageBody"]["Aoi"]["PictureUrl"] == (url if kept else None)
    assert inspection(sent(some))["DefectsFound"][0]["DefectImages"] == []
