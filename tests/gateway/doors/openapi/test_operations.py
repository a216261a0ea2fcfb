"""The table of operations knows every way in which the gateway refuses."""

from collections.abc import Mapping

import pytest

from aoi_modules.errors import AoiError
from aoi_modules.gateway.doors.openapi.operations import operations
from aoi_modules.gateway.doors.problems import REFUSALS

INSPECT, UNIT = "POST /v1/inspect/{component}", "POST /v1/units/{unit}/inspect"


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: error.__name__)
def test_each_refusal_is_of_an_operation(error: type[AoiError]) -> None:
    assert any(error in operation.refusals for operation in operations().values())


def test_pictures_come_as_files_frames_and_forms() -> None:
    body = operations()[INSPECT].body
    assert isinstance(body, Mapping)
    assert list(body) == ["image/png", "image/jpeg", "image/bmp", "image/x-raw", "multipart/form-data"]
    form = body["multipart/form-data"]["schema"]
    assert (set(form["properties"]), form["required"]) == ({"image", "features"}, ["image"])


def test_a_unit_says_by_its_path_which_it_is() -> None:
    names = {(parameter["in"], parameter["name"]) for parameter in operations()[UNIT].takes}
    assert ("path", "unit") in names
    assert not {("query", "unit"), ("header", "X-Aoi-Unit"), ("query", "position")} & names
