"""Ids as CFX writes them."""

import uuid

from hypothesis import given

from aoi_modules.results.record import new_id
from aoi_modules.results.sinks.messages.guids import guid, transaction
from tests.results.records import IDS, TEXTS


@given(IDS)
def test_a_guid_is_the_rows_id_with_hyphens(row: str) -> None:
    assert guid(row).replace("-", "") == row
    assert str(uuid.UUID(guid(row))) == guid(row)


@given(TEXTS, TEXTS)
def test_messages_about_one_unit_have_the_same_transaction(one: str, other: str) -> None:
    assert transaction(one, new_id()) == transaction(one, new_id())
    assert (transaction(one, new_id()) == transaction(other, new_id())) is (one == other)


@given(IDS)
def test_without_a_unit_a_message_stands_for_itself(row: str) -> None:
    assert transaction(None, row) == guid(row)
