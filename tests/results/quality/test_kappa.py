"""Kappa, against scikit-learn's, published examples, and judges whose kappa is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import cohen_kappa_score

from aoi_modules.results.quality.kappa import Calls, cohen, fleiss

TWO_JUDGES = hnp.arrays(np.int64, st.tuples(st.integers(2, 40), st.just(2)), elements=st.integers(0, 2))


@given(TWO_JUDGES)
def test_cohens_kappa_is_that_of_scikit_learn(calls: Calls) -> None:
    found = cohen(calls[:, :1], calls[:, 1:])
    if len(np.unique(calls)) == 1:
        assert (found.value, found.interval) == (None, None)
    else:
        assert found.value == pytest.approx(cohen_kappa_score(calls[:, 0], calls[:, 1]), abs=1e-9)


def test_cohens_kappa_of_a_table_by_hand() -> None:
    """50 grants, read by two: both yes 20, first alone 5, second alone 10, both no 15. (0.7 - 0.5) / (1 - 0.5)"""
    pairs = np.array([[1, 1]] * 20 + [[1, 0]] * 5 + [[0, 1]] * 10 + [[0, 0]] * 15)
    assert cohen(pairs[:, :1], pairs[:, 1:]).value == pytest.approx(0.4)


def test_fleiss_kappa_of_a_published_table() -> None:
    """Ten subjects, fourteen raters, five categories: kappa 0.210, as textbooks print it."""
    table = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    calls = np.array([np.repeat(np.arange(5), row) for row in table])
    assert fleiss(calls).value == pytest.approx(0.210, abs=5e-4)


@given(TWO_JUDGES)
def test_kappa_lies_in_its_interval(calls: Calls) -> None:
    for found in (cohen(calls[:, :1], calls[:, 1:]), fleiss(calls)):
        if found.value is not None and found.interval is not None:
            low, high = found.interval
            assert -1 <= low <= found.value + 1e-12
            assert found.value - 1e-12 <= high <= 1 + 1e-12


def test_full_agreement_about_few_parts_proves_little() -> None:
    few, many = (np.array([[0, 0], [1, 1]] * half) for half in (5, 100))
    for calls, low in ((few, 0.38), (many, 0.96)):
        found = fleiss(calls)
        assert found.value == 1
        assert found.interval == pytest.approx((low, 1), abs=0.01)


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_known_kappa_is_held_however_often_the_same_call_is_made(repeats: int) -> None:
    """Half of the parts are defective, four of five calls right: kappa is (0.8 - 0.5) / 0.5 = 0.6."""
    random, held = np.random.default_rng(4), 0
    for _ in range(1000):
        truth = random.integers(0, 2, size=(60, 1))
        calls = np.repeat(np.where(random.random((60, 1)) < 0.8, truth, 1 - truth), repeats, axis=1)
        interval = cohen(calls, truth).interval
        held += interval is not None and interval[0] <= 0.6 <= interval[1]
    assert held >= 940
