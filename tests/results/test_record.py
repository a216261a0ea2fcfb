"""Records, their ids and their keys."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.record import Origin, Record, first_id, given_key, is_id, new_id, now, picture_key, time_of
from tests.results.records import TEXTS, record, records

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
PARTS = st.lists(TEXTS, min_size=4, max_size=4)


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_their_moment(one: datetime, other: datetime) -> None:
    early, late = sorted([one, other])
    if late - early >= timedelta(milliseconds=1):
        assert new_id(early) < new_id(late)
        assert new_id(early) < first_id(late) < new_id(late)


@given(MOMENTS)
def test_an_id_is_a_uuid_of_version_7(moment: datetime) -> None:
    import uuid

    made = new_id(moment)
    assert len(made) == 32
    parsed = uuid.UUID(hex=made)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == int(moment.timestamp() * 1000)


@given(MOMENTS)
def test_an_id_tells_its_moment_to_the_millisecond(moment: datetime) -> None:
    assert timedelta() <= moment - time_of(new_id(moment)) < timedelta(milliseconds=2)
    assert time_of(first_id(moment)) == time_of(new_id(moment))


def test_an_id_that_no_clock_gave_has_no_moment() -> None:
    with pytest.raises(OverflowError):
        time_of("f" * 32)


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 32 + "\n", "../" + "0" * 29])
def test_other_texts_are_no_ids(text: str) -> None:
    assert is_id(new_id())
    assert not is_id(text)


def test_ids_of_now_lie_between_the_moments_around_them() -> None:
    before = now()
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert first_id(before) <= min(made)
    assert max(made) < first_id(now() + timedelta(milliseconds=2))


def test_there_is_a_first_id_of_every_moment() -> None:
    assert first_id(datetime(1, 1, 1, tzinfo=UTC)) == "0" * 32
    assert len(first_id(datetime(9999, 12, 31, tzinfo=UTC))) == 32


@given(PARTS, PARTS)
def test_keys_of_other_parts_are_others(one: list[str], other: list[str]) -> None:
    """Unit, position and picture tell pictures apart even where they read alike behind each other."""
    keys = {_picture_key(*one), _picture_key(*other)}
    assert len(keys) == len({tuple(one), tuple(other)})


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 20))
def test_no_part_runs_into_the_next_one(component: str, unit: str, sha256: str, cut: int) -> None:
    text = unit + component
    moved = (text[:cut], text[cut:])
    keys = {_picture_key(unit, component, "", sha256), _picture_key(*moved, "", sha256)}
    assert len(keys) == len({(unit, component), moved})


@given(TEXTS, TEXTS)
def test_a_given_key_is_no_key_of_a_picture(component: str, text: str) -> None:
    of_pictures = {_picture_key(component, text, "", ""), _picture_key(component, "", "", text)}
    assert given_key(component, text) not in of_pictures
    assert given_key(component, text) == given_key(component, text)


def test_without_a_unit_nothing_tells_repeats() -> None:
    assert picture_key("tile", Origin(position="top"), "a" * 64) is None
    assert picture_key("tile", Origin(unit=""), "a" * 64) is not None


def _picture_key(component: str, unit: str, position: str, sha256: str) -> str | None:
    return picture_key(component, Origin(unit=unit, position=position), sha256)


@given(records())
def test_a_record_is_the_same_behind_the_spool(drawn: Record) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(drawn), type=Record) == drawn


def test_a_later_release_may_add_fields_and_an_earlier_one_may_lack_them() -> None:
    fields = msgspec.to_builtins(record())
    of_later = msgspec.msgpack.encode({**fields, "colour": "red", "origin": {**fields["origin"], "shift": 2}})
    assert msgspec.msgpack.decode(of_later, type=Record) == msgspec.convert(fields, Record)
    needed = ("entry", "id", "time", "gateway", "picture", "inspection")
    of_earlier = msgspec.msgpack.encode({name: fields[name] for name in needed})
    assert msgspec.msgpack.decode(of_earlier, type=Record).origin == Origin()


def test_an_entry_of_another_kind_is_no_record() -> None:
    with pytest.raises(msgspec.ValidationError, match="closing"):
        msgspec.msgpack.decode(msgspec.msgpack.encode({"entry": "closing"}), type=Record)
