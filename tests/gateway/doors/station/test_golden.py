"""Golden pictures say so, are about no part, and come from those alone who may run a check."""

import pytest
from starlette.requests import Request

from aoi_modules.errors import AoiError, BadParameter, NotAllowed
from aoi_modules.gateway.doors.access.person import OPEN, Person, Role
from aoi_modules.gateway.doors.station.golden import is_golden, refuse_golden


def sent(query: str = "", role: Role | None = None, **headers: str) -> Request:
    person = OPEN if role is None else Person("ann", role, signed_in=True, csrf="")
    lines = [(name.replace("_", "-").lower().encode(), text.encode()) for name, text in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": lines, "state": {"person": person}})


def test_a_parameter_or_a_header_marks_a_golden_picture() -> None:
    assert not is_golden(sent("unit=SN1"))
    assert is_golden(sent("purpose=check"))
    assert is_golden(sent(X_Aoi_Purpose="check"))


@pytest.mark.parametrize("role", [Role.MACHINE, Role.ENGINEER, Role.ADMIN])
def test_machines_and_engineers_may_send_one(role: Role) -> None:
    assert is_golden(sent("purpose=check", role))


@pytest.mark.parametrize(
    ("request_", "kind", "words"),
    [
        (sent("purpose=play"), BadParameter, "purpose: expected check"),
        (sent("purpose=check&unit=SN1"), BadParameter, "unit: expected none for a golden picture"),
        (sent("purpose=check", Idempotency_Key="17"), BadParameter, "Idempotency-Key: expected none"),
        (sent("purpose=check", Role.OPERATOR), NotAllowed, "at least the role engineer"),
    ],
    ids=["another purpose", "a unit", "a key", "an operator"],
)
def test_what_is_no_golden_picture_is_refused(request_: Request, kind: type[AoiError], words: str) -> None:
    with pytest.raises(kind, match=words):
        is_golden(request_)


def test_a_unit_is_no_golden_part() -> None:
    refuse_golden(sent("product=motor"))
    with pytest.raises(BadParameter, match="golden pictures are sent alone"):
        refuse_golden(sent("purpose=check"))
