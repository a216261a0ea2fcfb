"""Who sends a request, and under which name their changes are kept."""

import pytest
from starlette.requests import Request

from aoi_modules.errors import BadParameter, NotAllowed
from aoi_modules.gateway.doors.access.person import OPEN, Person, Role, person_of, who_of

ANN = Person("ann", Role.OPERATOR, signed_in=True, csrf="token")


def request_by(person: Person) -> Request:
    return Request({"type": "http", "headers": [], "state": {"person": person}})


def test_a_request_carries_its_person() -> None:
    assert person_of(request_by(ANN)) is ANN


@pytest.mark.parametrize("said", [None, "ann"])
def test_who_is_signed_in_need_not_say_their_name(said: str | None) -> None:
    assert who_of(request_by(ANN), said) == "ann"


@pytest.mark.parametrize("said", ["bob", "", "Ann", "ann "])
def test_nobody_signs_with_the_name_of_another_one(said: str) -> None:
    with pytest.raises(NotAllowed, match="'ann', who is signed in"):
        who_of(request_by(ANN), said)


def test_without_a_login_people_say_their_name() -> None:
    assert who_of(request_by(OPEN), " bob ") == "bob"


@pytest.mark.parametrize("said", [None, "", " ", "a\nb"])
def test_without_a_login_a_name_has_to_be_said(said: str | None) -> None:
    with pytest.raises(BadParameter, match="the name of a person"):
        who_of(request_by(OPEN), said)
