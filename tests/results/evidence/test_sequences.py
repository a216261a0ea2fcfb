"""Confidence sequences: they hold the share, at all looks together, and narrow with evidence."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.evidence.sequences import share_sequence

counts = st.integers(0, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
risks = st.floats(0.001, 0.5)


@given(counts, risks)
def test_the_share_that_was_found_is_between_the_limits(found: tuple[int, int], risk: float) -> None:
    hits, total = found
    low, high = share_sequence(hits, total, risk)
    assert 0.0 <= low <= high <= 1.0
    assert total == 0 or low <= hits / total <= high
    if total:
        assert (low == 0.0, high == 1.0) == (hits == 0, hits == total)


@given(counts, risks)
def test_the_other_share_has_the_mirrored_limits(found: tuple[int, int], risk: float) -> None:
    hits, total = found
    low, high = share_sequence(hits, total, risk)
    assert share_sequence(total - hits, total, risk) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(counts, risks, st.integers(2, 20))
def test_more_evidence_of_the_same_kind_is_narrower(found: tuple[int, int], risk: float, times: int) -> None:
    hits, total = found
    low, high = share_sequence(hits, total, risk)
    more_low, more_high = share_sequence(hits * times, total * times, risk)
    assert more_high - more_low <= high - low + 1e-9


def test_limits_of_nothing_found_are_near_what_is_known() -> None:
    """(n + 1) (1 - p)^n = risk."""
    high = share_sequence(0, 300, 0.05)[1]
    assert 301 * (1 - high) ** 300 == pytest.approx(0.05)


@pytest.mark.parametrize("found", [(-1, 2, 0.1), (3, 2, 0.1), (1, 2, 0.0), (1, 2, 1.0)])
def test_numbers_that_cannot_be_are_refused(found: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="expected 0 <= hits <= total"):
        share_sequence(*found)


@pytest.mark.parametrize("share", [0.03, 0.5])
def test_who_looks_again_and_again_is_wrong_no_more_often_than_the_risk(share: float) -> None:
    """Of 400 lines that are looked at 12 times; an interval for one look would fail at one in four."""
    luck, wrong = random.Random(4), 0
    for _ in range(400):
        hits = total = 0
        for looks in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233):
            while total < looks:
                hits += luck.random() < share
                total += 1
            low, high = share_sequence(hits, total, 0.1)
            if not low <= share <= high:
                wrong += 1
                break
    assert wrong <= 400 * 0.1
