"""Rows that must never part."""

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets.twins import joined

KEYS = st.lists(st.lists(st.integers(0, 12), max_size=3), max_size=20)


def test_rows_meet_through_others() -> None:
    assert joined([["a"], ["b"], ["c"], ["b", "c"], ["a"]]).tolist() == [0, 1, 1, 1, 0]
    assert joined([]).tolist() == []
    assert joined([[], []]).tolist() == [0, 1]


@given(KEYS)
def test_rows_with_a_common_key_are_together_and_others_are_not_forced(keys: list[list[int]]) -> None:
    group = joined(keys)
    for i, names in enumerate(keys):
        assert group[i] <= i
        assert group[group[i]] == group[i]
        for j in range(i):
            if set(names) & set(keys[j]):
                assert group[i] == group[j]
    for root in set(group.tolist()):  # a group is held together by keys: split it in two and a key is on both sides
        members = [i for i in range(len(keys)) if group[i] == root]
        for cut in range(1, len(members)):
            reached, grown = {members[cut]}, True
            while grown:
                known = {name for i in reached for name in keys[i]}
                more = {i for i in members if known & set(keys[i])} | reached
                grown, reached = more != reached, more
            assert reached == set(members)
