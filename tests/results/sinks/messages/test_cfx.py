"""The words of CFX: the structs, and the test's own list of fields, which must find what is wrong."""

import json
from typing import Any

import msgspec
import pytest

from aoi_modules.results.sinks.messages.about_inspection import inspection_message
from aoi_modules.results.sinks.messages.cfx import Envelope, UnitsInspected
from aoi_modules.verdict import Verdict
from tests.results.sinks.made import head, record
from tests.results.sinks.messages.schema import MESSAGE, faults


def sent() -> dict[str, Any]:
    message: dict[str, Any] = json.loads(inspection_message(record(Verdict.FAIL, head(Verdict.FAIL, 0.9))))
    return message


def test_types_are_named_first_as_cfxs_own_readers_want_it() -> None:
    body = sent()["MessageBody"]
    measurement = body["InspectedUnits"][0]["Inspections"][0]["DefectsFound"][0]["RelatedMeasurements"][0]
    assert next(iter(body)) == next(iter(measurement)) == "$type"


def test_every_struct_is_read_back_from_what_it_writes() -> None:
    names = {field.encode_name for field in msgspec.structs.fields(Envelope)}
    assert names == set(sent())
    body = {field.encode_name for field in msgspec.structs.fields(UnitsInspected)}
    assert body | {"$type"} == set(sent()["MessageBody"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda message: message.pop("UniqueID"), "has not exactly"),
        (lambda message: message.update(More=1), "has not exactly"),
        (lambda message: message.update(TimeStamp="2026-01-31T12:00:00"), "is no datetime"),
        (lambda message: message.update(UniqueID="0e0f6a522f435d0e9d3b5a6d5f6f1f11"), "is no UUID"),
        (lambda message: message["MessageBody"].update(InspectionMethod="X-ray"), "is none of"),
        (lambda message: message["MessageBody"].update(InspectedUnits=None), "is no list"),
        (lambda message: message["MessageBody"]["InspectedUnits"][0].update(OverallResult="REVIEW"), "is none of"),
    ],
)
def test_the_list_of_fields_finds_what_is_wrong(change: Any, fault: str) -> None:
    message = sent()
    assert faults(message, MESSAGE) == []
    change(message)
    (found,) = faults(message, MESSAGE)
    assert fault in found
