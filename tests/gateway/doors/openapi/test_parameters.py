"""Parameters in OpenAPI's words are those that the readers take."""

import msgspec
import pytest

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.openapi import parameters
from aoi_modules.gateway.doors.uploads import ORIGIN
from aoi_modules.results.database.reading import Filter, filter_of

SENSIBLE = {"string": "text", "integer": "3", "date-time": "2026-11-30T07:00:00Z"}


def test_every_filter_is_a_parameter_and_the_reverse() -> None:
    names = [parameter["name"] for parameter in parameters.filters()]
    assert names == [*Filter.__struct_fields__, "limit", "cursor"]


@pytest.mark.parametrize("name", Filter.__struct_fields__)
def test_a_filter_takes_what_its_schema_says(name: str) -> None:
    schema = next(parameter["schema"] for parameter in parameters.filters() if parameter["name"] == name)
    kind = schema.get("format", schema.get("type"))
    text = SENSIBLE[kind] if kind else {"verdict": "FAIL", "role": "canary"}[name]
    assert getattr(filter_of({name: text}), name) is not None
    if kind != "string":
        with pytest.raises(BadParameter, match=f"{name}: expected another value"):
            filter_of({name: "null"})


def test_filters_share_the_schemas_of_answers() -> None:
    verdict = next(parameter for parameter in parameters.filters() if parameter["name"] == "verdict")
    assert verdict["schema"] == {"$ref": "#/components/schemas/Verdict"}


def test_an_origin_comes_by_parameter_or_header() -> None:
    found = parameters.origin(*ORIGIN)
    assert [(one["in"], one["name"]) for one in found[:2]] == [("query", "unit"), ("header", "X-Aoi-Unit")]
    assert {one["name"] for one in found if one["in"] == "query"} == set(ORIGIN)


def test_bounds_are_numbers_of_the_readers() -> None:
    sides = {parameter["name"]: parameter["schema"] for parameter in parameters.frame()}
    assert (sides["width"]["maximum"], sides["channels"]["enum"]) == (65535, [1, 3])
    assert (parameters.NAME["minLength"], parameters.NAME["maxLength"]) == (1, 200)
    limit = next(parameter for parameter in parameters.filters() if parameter["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}


def test_all_of_it_can_be_sent() -> None:
    assert msgspec.json.encode([*parameters.filters(), *parameters.frame(), *parameters.features()])
