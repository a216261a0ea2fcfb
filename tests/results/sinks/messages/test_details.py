"""What CFX has no words for: nothing of a record is lost on the way out."""

import json
from typing import Any

import msgspec
from hypothesis import given

from aoi_modules.results.closing import Closing
from aoi_modules.results.record import Record
from aoi_modules.results.sinks.messages.details import inspection_details, unit_details
from tests.results.sinks.made import closings, records

ELSEWHERE = {"time", "gateway", "key", "stages", "schema", "canary", "check", "repeated"}
"""In the envelope, in role and repeats, or nobody's business outside."""


@given(records())
def test_all_that_is_known_of_an_inspection_is_told(record: Record) -> None:
    told = json.loads(msgspec.json.encode(inspection_details(record, "there")))
    plain = msgspec.to_builtins(record)
    del plain["picture"]["gone"]  # later than any message
    known = {**plain.pop("inspection"), **plain.pop("origin"), **plain, "picture_url": "there"}
    wanted = {pascal(name): pascals(value) for name, value in known.items() if name not in ELSEWHERE}
    assert told.pop("Kind") == wanted.pop("Entry") == "inspection"
    assert told == wanted


@given(closings())
def test_all_that_is_known_of_a_unit_is_told(closing: Closing) -> None:
    told = json.loads(msgspec.json.encode(unit_details(closing)))
    known = {name: value for name, value in msgspec.to_builtins(closing).items() if name not in {*ELSEWHERE, "entry"}}
    assert told == {"Kind": "unit", **{pascal(name): pascals(value) for name, value in known.items()}}


def pascal(name: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in name.split("_"))


def pascals(value: Any) -> Any:
    """Fields of ours in CFX's spelling; names of labels, which are keys, too, stay as they are."""
    if isinstance(value, dict):
        return {pascal(name): inner if name == "scores" else pascals(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [pascals(inner) for inner in value]
    return value
