"""The message about a closed unit."""

import json
from typing import Any

import pytest
from hypothesis import given

from aoi_modules.results.closing import Closing
from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from aoi_modules.results.sinks.messages.about_unit import unit_message
from aoi_modules.results.sinks.messages.guids import guid
from aoi_modules.verdict import Verdict
from tests.results.sinks.made import closing, closings, record
from tests.results.sinks.messages.schema import MESSAGE, faults


def unit(message: dict[str, Any]) -> dict[str, Any]:
    (found,) = message["MessageBody"]["InspectedUnits"]
    seen: dict[str, Any] = found
    return seen


@given(closings())
def test_any_unit_becomes_a_message_of_the_public_shape(some: Closing) -> None:
    message = json.loads(unit_message(some))
    assert faults(message, MESSAGE) == []
    assert message["UniqueID"] == guid(some.id)
    assert (unit(message)["OverallResult"] == "Passed") is (some.verdict is Verdict.PASS)
    assert len(unit(message)["Inspections"]) == len(some.positions) + len(some.missing)


@pytest.mark.parametrize(
    ("some", "result"),
    [
        (closing(Verdict.PASS, (), Verdict.PASS), "Passed"),
        (closing(Verdict.FAIL, (), Verdict.PASS, Verdict.FAIL), "Failed"),
        (closing(Verdict.FAIL, ("right",), Verdict.FAIL), "Failed"),
        (closing(Verdict.REVIEW, (), Verdict.REVIEW), "Failed"),
        (closing(Verdict.REVIEW, ("right",), Verdict.REVIEW), "Failed"),
        (closing(Verdict.REVIEW, ("right",), Verdict.PASS), "Error"),
        (closing(Verdict.REVIEW, (), Verdict.PASS, None), "Error"),
        (closing(Verdict.REVIEW, (), Verdict.PASS, reason="further pictures may be at: south"), "Error"),
        (closing(Verdict.REVIEW), "Error"),
    ],
)
def test_the_verdict_in_the_words_of_cfx(some: Closing, result: str) -> None:
    assert unit(json.loads(unit_message(some)))["OverallResult"] == result


def test_each_picture_that_counted_and_each_that_is_missing() -> None:
    some = closing(Verdict.REVIEW, ("right",), Verdict.PASS, Verdict.REVIEW, None)
    found = unit(json.loads(unit_message(some)))["Inspections"]
    told = [(one["UniqueIdentifier"], one["InspectionName"], one["Result"], one["Error"]) for one in found]
    first, second, _ = some.positions
    assert told == [
        (guid(first.inspection or ""), "tile", "Passed", None),
        (guid(second.inspection or ""), "tile", "Failed", None),
        (f"{guid(some.id)}/place 2", "tile", "Error", "no server answered"),
        (f"{guid(some.id)}/right", "right", "Error", "no picture of this position"),
    ]
    assert [one["Comments"] for one in found] == [None, *3 * ["REVIEW: a person has to look"]]


def test_which_time_and_which_word_it_is() -> None:
    aoi = json.loads(unit_message(closing(Verdict.PASS, run=2, revision=3)))["MessageBody"]["Aoi"]
    assert (aoi["Run"], aoi["Revision"], aoi["Settled"]) == (2, 3, True)


def test_the_unit_and_its_inspections_are_one_transaction() -> None:
    about_unit = json.loads(unit_message(closing(Verdict.PASS)))
    about_picture = json.loads(inspection_message(record(unit="A7")))
    assert about_unit["MessageBody"]["TransactionId"] == about_picture["MessageBody"]["TransactionId"]
