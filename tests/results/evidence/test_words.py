"""What a comparison says to people: every number, the rule, and what follows."""

import pytest

from aoi_modules.results.evidence.decision import Pairs
from aoi_modules.results.evidence.words import RULE, in_words
from aoi_modules.verdict import Verdict
from tests.results.evidence.comparisons import caught, found

PASS, REVIEW, FAIL = Verdict


def test_all_numbers_the_rule_and_what_follows() -> None:
    lines = in_words(found(caught(FAIL, FAIL, 300), caught(FAIL, PASS, 60), left_out=7, notes=("a note",))).splitlines()
    assert lines[:3] == [
        "tile: tile 3 is in service, tile 4 is the candidate",
        "both saw 360 pictures, of which 360 were judged, 83.3% with the same verdict",
        "left out: 7 pictures of units from which one of them learnt",
    ]
    assert lines[3].startswith(
        "escape: the candidate alone lets defects pass 60 times, the version in service alone 0 times, of 360"
    )
    assert lines[3].endswith("margin +5.00%: worse")
    assert lines[4].endswith("no worse than the margin")
    assert lines[5:7] == ["a note", RULE]
    assert "95%, however often this is asked" in lines[7]
    assert lines[8] == "so: keep tile 3"


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([caught(FAIL, FAIL, 10)], "more judged parts like these would decide"),
        ([caught(FAIL, FAIL, 600), caught(PASS, FAIL, 60)], "so: promote tile 4"),
        ([Pairs(incumbent=FAIL, candidate=PASS, chance=1.0, parts=3)], "first those about which the two differ"),
    ],
)
def test_what_follows(pairs: list[Pairs], words: str) -> None:
    assert words in in_words(found(*pairs)).splitlines()[-1]


def test_what_nobody_judged_is_said_to_be_unknown() -> None:
    said = in_words(found(Pairs(incumbent=FAIL, candidate=PASS, chance=1.0, parts=3)))
    assert "escape: unknown, since nobody judged any of 3 parts of a kind that tells the two apart" in said
