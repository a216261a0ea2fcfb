"""Roles of people rise; machines stand beside them."""

from itertools import combinations

import pytest

from aoi_modules.results.people.role import PEOPLE, Role, kept_role


@pytest.mark.parametrize(("lower", "higher"), [*combinations(PEOPLE, 2)])
def test_each_role_of_people_allows_what_the_one_before_may(lower: str, higher: str) -> None:
    assert Role(higher).allows(Role(lower))
    assert not Role(lower).allows(Role(higher))


@pytest.mark.parametrize("role", Role)
def test_each_role_allows_itself(role: Role) -> None:
    assert role.allows(role)


@pytest.mark.parametrize("role", PEOPLE)
def test_a_machine_is_no_person_and_the_reverse(role: str) -> None:
    assert not Role.MACHINE.allows(Role(role))
    assert not Role(role).allows(Role.MACHINE)


def test_a_role_of_a_newer_release_only_looks() -> None:
    assert (kept_role("engineer"), kept_role("auditor"), kept_role("machine")) == (
        Role.ENGINEER,
        Role.VIEWER,
        Role.VIEWER,
    )
