"""Which rows go where: proportions, nesting, no leaks."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.sampling import folds, stratified
from aoi_modules.errors import DataError

STRATA = st.lists(st.sampled_from("abc"), min_size=1, max_size=60)


@given(STRATA, st.integers(1, 80), st.integers(0, 5))
def test_draws_so_many_different_rows(strata: list[str], count: int, seed: int) -> None:
    rows = stratified(strata, count, seed).tolist()
    assert len(rows) == len(set(rows)) == min(count, len(strata))
    assert set(rows) <= set(range(len(strata)))


@given(STRATA, st.integers(1, 60), st.integers(0, 5))
def test_every_stratum_keeps_its_share(strata: list[str], count: int, seed: int) -> None:
    rows = stratified(strata, count, seed)
    drawn = Counter(strata[row] for row in rows)
    for stratum, size in Counter(strata).items():
        assert abs(drawn[stratum] - size * len(rows) / len(strata)) <= 1.5


@given(STRATA, st.integers(1, 59), st.integers(0, 5))
def test_a_larger_draw_contains_the_smaller(strata: list[str], count: int, seed: int) -> None:
    if count + 1 < len(strata):
        assert set(stratified(strata, count, seed)) <= set(stratified(strata, count + 1, seed))


def test_all_rows_stay_in_order_and_seeds_differ() -> None:
    strata = ["a", "b"] * 20
    assert stratified(strata, None, 0).tolist() == list(range(40))
    assert stratified(strata, 10, 0).tolist() == stratified(strata, 10, 0).tolist()
    assert stratified(strata, 10, 0).tolist() != stratified(strata, 10, 1).tolist()


def test_no_picture_is_too_few() -> None:
    with pytest.raises(DataError, match="at least 1"):
        stratified(["a"] * 3, 0, 0)


@given(st.dictionaries(st.text(max_size=6), st.sampled_from("xyz"), max_size=60), st.integers(2, 7))
def test_folds_share_every_stratum(stratum_of: dict[str, str], count: int) -> None:
    dealt = folds(stratum_of, count)
    assert set(dealt) == set(stratum_of)
    for stratum in set(stratum_of.values()):
        sizes = Counter(dealt[group] for group in stratum_of if stratum_of[group] == stratum)
        assert max(sizes.values()) - min(sizes.get(fold, 0) for fold in range(count)) <= 1


@given(st.dictionaries(st.text(max_size=6), st.sampled_from("xyz"), min_size=1, max_size=30))
def test_folds_do_not_depend_on_the_order(stratum_of: dict[str, str]) -> None:
    assert folds(dict(reversed(stratum_of.items()))) == folds(stratum_of)


def test_one_fold_is_none() -> None:
    with pytest.raises(DataError, match="at least 2"):
        folds({"a": "x"}, 1)
