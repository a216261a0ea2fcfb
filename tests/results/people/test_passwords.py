"""Passwords are kept as hashes of argon2, and fit or do not."""

import pytest

from aoi_modules.errors import BadPassword
from aoi_modules.results.people.passwords import FEWEST, MOST, check_rule, fits, hashed

PASSWORD = "correct horse"


def test_a_password_fits_its_own_hash_alone() -> None:
    kept = hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert hashed(PASSWORD) != kept, "each has a salt of its own"
    assert fits(PASSWORD, kept)
    assert not fits(PASSWORD + " ", kept)


@pytest.mark.parametrize("kept", [None, "", "plain", "$argon2id$v=19$m=65536,t=3,p=4$AAAA"])
def test_nothing_fits_where_there_is_no_hash(kept: str | None) -> None:
    assert not fits("a password that nobody has", kept)


@pytest.mark.parametrize("password", ["", "a" * (FEWEST - 1), "a" * (MOST + 1)])
def test_the_rule_is_a_length(password: str) -> None:
    with pytest.raises(BadPassword, match=f"{FEWEST} to {MOST} letters") as caught:
        check_rule(password)
    assert password == "" or password not in str(caught.value)


@pytest.mark.parametrize("password", ["a" * FEWEST, "ä" * MOST, " " * FEWEST])
def test_whatever_has_the_length_is_taken(password: str) -> None:
    assert check_rule(password) == password
