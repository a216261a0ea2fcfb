"""Entries of the spool as bytes: what is whole is read, and what is not is noticed."""

import json
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.results.spool.entries import Damaged, Entry, encode, find_entry, read_entries
from aoi_modules.results.storing import Kept

CONTENTS = st.lists(st.tuples(st.binary(max_size=60), st.binary(max_size=60)), min_size=1, max_size=5)


def written(contents: list[tuple[bytes, bytes]]) -> list[bytes]:
    return [b"".join(encode(record, picture)) for record, picture in contents]


def read(content: bytes, *, pictures: bool = True, start: int = 0) -> list[Entry]:
    return list(read_entries(BytesIO(content), start, len(content), pictures=pictures))


def read_all(content: bytes) -> tuple[list[tuple[bytes, bytes]], list[int]]:
    """What is whole, and where something was not."""
    found: list[tuple[bytes, bytes]] = []
    damages: list[int] = []
    at: int | None = 0
    while at is not None:
        try:
            for entry in read_entries(BytesIO(content), at, len(content), pictures=True):
                found.append((entry.record, entry.picture))
            break
        except Damaged as damage:
            damages.append(damage.offset)
            at = find_entry(BytesIO(content), damage.offset + 1, len(content))
    return found, damages


@given(CONTENTS)
def test_what_is_written_is_read(contents: list[tuple[bytes, bytes]]) -> None:
    parts = written(contents)
    entries = read(b"".join(parts))
    assert [(entry.record, entry.picture) for entry in entries] == contents
    assert [entry.end for entry in entries] == [sum(map(len, parts[: place + 1])) for place in range(len(parts))]


@given(CONTENTS)
def test_pictures_can_be_passed_by(contents: list[tuple[bytes, bytes]]) -> None:
    entries = read(b"".join(written(contents)), pictures=False)
    assert [(entry.record, entry.picture) for entry in entries] == [(record, b"") for record, _ in contents]


@given(CONTENTS, st.data())
def test_reading_goes_on_from_any_entry_and_stops_where_it_should(
    contents: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    parts = written(contents)
    first = data.draw(st.integers(0, len(parts)))
    last = data.draw(st.integers(first, len(parts)))
    start, stop = (sum(map(len, parts[:place])) for place in (first, last))
    entries = read_entries(BytesIO(b"".join(parts)), start, stop, pictures=True)
    assert [(entry.record, entry.picture) for entry in entries] == contents[first:last]


@given(CONTENTS, st.data())
def test_a_cut_anywhere_is_noticed(contents: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    """A crash cuts the last entry off: those before it are read, and it is not."""
    parts = written(contents)
    content = b"".join(parts)
    cut = data.draw(st.integers(0, len(content)))
    whole = [place for place in range(len(parts)) if sum(map(len, parts[: place + 1])) <= cut]
    found, damages = read_all(content[:cut])
    assert found == contents[: len(whole)]
    borders = {sum(map(len, parts[:place])) for place in range(len(parts) + 1)}
    assert damages == ([] if cut in borders else [sum(map(len, parts[: len(whole)]))])


@given(CONTENTS, st.data())
def test_a_flipped_byte_is_noticed_and_entries_behind_it_are_read(
    contents: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    parts = written(contents)
    content = bytearray(b"".join(parts))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    hit = next(place for place in range(len(parts)) if at < sum(map(len, parts[: place + 1])))
    found, damages = read_all(bytes(content))
    assert found == contents[:hit] + contents[hit + 1 :]
    assert damages == [sum(map(len, parts[:hit]))]


@given(CONTENTS, st.binary(min_size=1, max_size=80))
def test_entries_behind_any_rubbish_are_read(contents: list[tuple[bytes, bytes]], rubbish: bytes) -> None:
    found, damages = read_all(rubbish + b"".join(written(contents)))
    assert found == contents
    assert damages == [0]


def test_what_only_looks_like_a_head_is_passed_over() -> None:
    entry = b"".join(encode(b"record"))
    content = b"AOI1" + b"AOI1 and twenty bytes more" + entry[:8] + entry
    assert find_entry(BytesIO(content), 0, len(content)) == len(content) - len(entry)
    assert find_entry(BytesIO(content), len(content) - len(entry) + 1, len(content)) is None


def test_a_head_that_promises_more_than_there_is_is_none() -> None:
    content = b"".join(encode(b"record", b"picture"))
    with pytest.raises(Damaged, match="no whole entry at byte 0"):
        list(read_entries(BytesIO(content), 0, len(content) - 1, pictures=False))


def test_a_spool_of_release_0_2_0_is_read_as_it_was_meant() -> None:
    """The files stay as they are: they are what a gateway of that release left on a disk."""
    path = Path(__file__).with_name("of_0_2_0.spool")
    with path.open("rb") as file:
        found = list(read_entries(file, 0, path.stat().st_size, pictures=True))
    kept = [msgspec.msgpack.decode(entry.record, type=Kept) for entry in found]
    meant = json.loads(path.with_suffix(".json").read_text())
    assert [entry.picture for entry in found] == [b"picture", b"", b"", b""]
    assert len(kept) == len(meant)
    for one, wanted in zip(kept, meant, strict=True):
        has_still(json.loads(msgspec.json.encode(one)), wanted)


def has_still(one: object, wanted: object) -> None:
    """A part may have got further fields since, and keeps those that it had."""
    if isinstance(one, dict) and isinstance(wanted, dict):
        for name, value in wanted.items():
            has_still(one[name], value)
    elif isinstance(one, list) and isinstance(wanted, list):
        assert len(one) == len(wanted)
        for part, other in zip(one, wanted, strict=True):
            has_still(part, other)
    else:
        assert one == wanted
