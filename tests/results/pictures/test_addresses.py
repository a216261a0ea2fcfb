"""Addresses follow from an id alone, sort by day, and never lead out of the store."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.errors import ResultsError
from aoi_modules.results.pictures.addresses import address, is_address
from aoi_modules.results.record import new_id

IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))


def test_an_address_says_day_digits_id_and_kind() -> None:
    record_id = new_id(datetime(2026, 11, 30, 23, 59, 59, 999_000, tzinfo=UTC))
    assert address(record_id, "png") == f"2026/11/30/{record_id[-2:]}/{record_id}.png"


@given(IDS, st.text(max_size=12))
def test_every_id_has_an_address_that_is_one(record_id: str, kind: str) -> None:
    found = address(record_id, kind)
    assert is_address(found)
    assert record_id in found
    assert found == address(record_id, kind)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
)
def test_addresses_sort_by_day(one: datetime, other: datetime) -> None:
    first, second = (new_id(moment.replace(tzinfo=UTC)) for moment in sorted([one, other]))
    assert address(first, "png")[:10] <= address(second, "png")[:10]


@pytest.mark.parametrize("record_id", ["", "../../../etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"])
def test_what_is_no_id_of_ours_has_none(record_id: str) -> None:
    with pytest.raises(ResultsError, match="32 hexadecimal digits"):
        address(record_id, "png")


@pytest.mark.parametrize("kind", ["", "../x", "PNG", "tar.gz", "p" * 11, "png\n"])
def test_what_is_no_kind_becomes_bin(kind: str) -> None:
    assert address("0" * 32, kind).endswith(".bin")


@pytest.mark.parametrize(
    "name",
    ["", "2026/11/30/ab/x.png", f"/2026/11/30/ab/{'0' * 32}.png", f"2026/11/30/ab/.{'0' * 32}.png",
     f"2026/11/30/ab/{'0' * 32}", f"2026/11/30/ab/{'0' * 32}.png\n", f"2026/11/30/ab/../{'0' * 32}.png"],
)  # fmt: skip
def test_other_names_are_no_addresses(name: str) -> None:
    assert not is_address(name)
