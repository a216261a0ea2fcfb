"""Which rows go where: proportions, nesting, no leaks."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.sampling import by_folds, by_kind, by_label, folds, limited, stratified
from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin

STRATA = st.lists(st.sampled_from("abc"), min_size=1, max_size=60)


@given(STRATA, st.integers(3, 80), st.integers(0, 5))
def test_draws_so_many_different_rows(strata: list[str], count: int, seed: int) -> None:
    rows = stratified(strata, count, seed).tolist()
    assert len(rows) == len(set(rows)) == min(count, len(strata))
    assert set(rows) <= set(range(len(strata)))


@given(STRATA, st.integers(3, 60), st.integers(0, 5))
def test_every_stratum_keeps_its_share_and_never_loses_its_last_row(strata: list[str], count: int, seed: int) -> None:
    rows = stratified(strata, count, seed)
    drawn = Counter(strata[row] for row in rows)
    for stratum, size in Counter(strata).items():
        assert drawn[stratum] >= 1
        assert abs(drawn[stratum] - size * len(rows) / len(strata)) <= 2.5


@given(STRATA, st.integers(3, 59), st.integers(0, 5))
def test_a_larger_draw_contains_the_smaller(strata: list[str], count: int, seed: int) -> None:
    if count + 1 < len(strata):
        assert set(stratified(strata, count, seed)) <= set(stratified(strata, count + 1, seed))


def test_all_rows_stay_in_order_and_seeds_differ() -> None:
    strata = ["a", "b"] * 20
    assert stratified(strata, None, 0).tolist() == list(range(40))
    assert stratified(strata, 10, 0).tolist() == stratified(strata, 10, 0).tolist()
    assert stratified(strata, 10, 0).tolist() != stratified(strata, 10, 1).tolist()


def test_no_row_is_too_few() -> None:
    with pytest.raises(DataError, match=r"at least 1 picture\. Received: 0"):
        stratified(["a"] * 3, 0, 0)


def test_a_rare_stratum_is_drawn_however_few_are_wanted() -> None:
    drawn = stratified([*("a" * 98 + "bc")], 4, 0).tolist()
    assert {98, 99} <= set(drawn)
    assert len(stratified([*"aaaabc"], 2, 0)) == 2


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


ORIGIN = DataOrigin(name="set", sha256="0" * 64, stand_in=True)


def table(count: int, prefix: str = "a") -> Table:
    """Labels 0, 0, 1 in turn, and kinds x, y in turn."""
    labels = (np.arange(count) % 3 == 2).astype(np.int64)
    names = tuple(f"{prefix}{row}" for row in range(count))
    kinds = tuple("xy"[row % 2] for row in range(count))
    return Table(np.zeros((count, 2, 2, 1), np.uint8), (Target("t", labels, ("good", "bad")),), names, kinds)


def test_folds_become_the_tables_of_a_split() -> None:
    split = by_folds(table(10), np.arange(10, dtype=np.int64) % 5, ORIGIN)
    assert split.test.ids == ("a0", "a5")
    assert split.validation.ids == ("a1", "a6")
    assert split.train.ids == ("a2", "a3", "a4", "a7", "a8", "a9")
    assert split.origin == ORIGIN


def test_a_limited_split_keeps_the_shares_of_what_is_asked() -> None:
    whole = Split(table(60), table(30, "b"), table(30, "c"), ORIGIN, unseen=table(5, "d"), left_out=("one",))
    small = limited(whole, by_label, train=6, test=9, seed=1)
    assert small.train.counts() == {"good": 4, "bad": 2}
    assert small.test.counts() == {"good": 6, "bad": 3}
    assert small.validation.ids == whole.validation.ids
    assert (small.unseen, small.left_out, small.origin) == (whole.unseen, whole.left_out, whole.origin)
    assert Counter(limited(whole, by_kind, validation=10).validation.kinds) == {"x": 5, "y": 5}


def test_more_rows_than_there_are_and_none_at_all() -> None:
    whole = Split(table(6), table(3), table(3), ORIGIN)
    assert limited(whole, by_label, train=7).train.ids == whole.train.ids
    with pytest.raises(DataError, match=r"test: expected at least 2 pictures, one of each class\. Received: 0"):
        limited(whole, by_label, test=0)
