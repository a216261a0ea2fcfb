"""Answers that are dicts: the right keys, in any order, and no others."""

import pytest

from aoi_modules.course.checks import Hint
from aoi_modules.course.fields import fields

NAMES = ("found", "expected", "noise")


def test_the_keys_may_come_in_any_order() -> None:
    answer = {"noise": 1, "found": 2, "expected": None}
    assert fields(answer, NAMES) == answer


@pytest.mark.parametrize("answer", [None, ..., [], {"found": 1}, {"found": 1, "expected": 2, "noise": 3, "more": 4}])
def test_other_keys_get_a_hint_that_lists_the_right_ones(answer: object) -> None:
    with pytest.raises(Hint, match="expected a dict with the keys found, expected and noise"):
        fields(answer, NAMES)
