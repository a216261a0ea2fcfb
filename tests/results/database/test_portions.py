"""Many values, some at a time."""

from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.database.portions import AT_ONCE, portions


@given(st.lists(st.integers(0, 700).map(str)))
def test_each_value_comes_once_in_order_and_no_portion_is_too_large(values: list[str]) -> None:
    found = list(portions(values))
    assert [one for some in found for one in some] == sorted(set(values))
    assert all(0 < len(some) <= AT_ONCE for some in found)
