"""Strata, and the numbers that they refuse."""

import math
from typing import Any

import msgspec
import pytest

from aoi_modules.results.quality.strata import Stratum
from aoi_modules.verdict import Verdict


def stratum(**changes: Any) -> Stratum:
    """Ten parts that passed, of which a tenth is audited."""
    return Stratum(**{"verdict": Verdict.PASS, "chance": 0.1, "population": 10, **changes})


def test_the_sample_speaks_for_all_but_those_that_somebody_asked_about() -> None:
    made = stratum(population=1000, sampled_good=18, sampled_defective=2, asked_good=1, asked_defective=4)
    assert (made.sampled, made.asked, made.rest, made.unseen) == (20, 5, 995, False)


@pytest.mark.parametrize(
    ("judged", "unseen"),
    [
        ({}, True),
        ({"asked_defective": 3}, True),
        ({"asked_defective": 10}, False),
        ({"sampled_good": 1}, False),
        ({"population": 0}, False),
    ],
)
def test_of_which_strata_nothing_is_known(judged: dict[str, int], unseen: bool) -> None:
    assert stratum(**judged).unseen is unseen


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"chance": -0.1}, "chance"),
        ({"chance": 1.1}, "chance"),
        ({"chance": math.nan}, "chance"),
        ({"chance": 0.0, "sampled_good": 1}, "chance: expected more than 0"),
        ({"population": -1}, "population"),
        ({"sampled_good": -1}, "sampled_good"),
        ({"sampled_defective": -1}, "sampled_defective"),
        ({"asked_good": -1}, "asked_good"),
        ({"asked_defective": -1}, "asked_defective"),
        ({"sampled_good": 6, "asked_good": 5}, "expected at least the 11 parts that were judged. Received: 10"),
    ],
)
def test_impossible_numbers_are_refused(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        stratum(**wrong)


def test_a_stratum_that_is_read_is_checked_too() -> None:
    with pytest.raises(msgspec.ValidationError, match="chance"):
        msgspec.json.decode(b'{"verdict": "PASS", "chance": 2, "population": 1}', type=Stratum)
