"""How many defects a promise takes, against the exact interval of the escape rate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aoi_modules.errors import ModelError
from aoi_modules.study.training.defect_counts import defects_needed, rule_of_three
from aoi_modules.training.measuring.thresholds import exact_interval
from aoi_modules.verdict import Rate


def at_most(escaped: int, defective: int) -> float:
    """The rate that is kept with 95% confidence: the upper end of the two-sided interval of 90%."""
    return exact_interval(Rate(escaped, defective), confidence=0.9)[1]


def test_how_many_defects_a_promise_takes() -> None:
    assert defects_needed(0.02) == 149
    assert rule_of_three(0.02) == 150
    assert defects_needed(0.05) == 59
    assert rule_of_three(0.05) == 60
    assert defects_needed(0.02, escaped=1) == 236
    with pytest.raises(ModelError, match="nobody can promise none"):
        defects_needed(0.0)


@given(st.floats(0.005, 0.9), st.integers(0, 5))
@settings(deadline=None, max_examples=50)
def test_so_many_defects_are_enough_and_one_fewer_is_not(escape: float, escaped: int) -> None:
    needed = defects_needed(escape, escaped=escaped)
    assert at_most(escaped, needed) <= escape + 1e-9
    assert at_most(escaped, needed - 1) > escape - 1e-9
