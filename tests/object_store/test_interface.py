"""What a store of objects does is the same in a folder and in a bucket."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.object_store.interface import CHUNK, NoSuchObject, Objects
from aoi_modules.object_store.parallel import side_by_side


@pytest.fixture
def objects(place: str) -> Iterator[Objects]:
    store = open_registry(place)
    yield store
    store.close()


def keys(objects: Objects, prefix: str = "") -> list[str]:
    return [entry.key for entry in objects.listed(prefix)]


def test_what_is_put_is_got_and_listed_and_deleted(objects: Objects) -> None:
    assert keys(objects) == []
    objects.put("a/one.json", b"1")
    objects.put("a/b/two.json", b"22")
    objects.put("a/one.json", b"111")
    assert objects.get("a/one.json") == b"111"
    listed = {entry.key: entry for entry in objects.listed("a/")}
    assert {key: entry.size for key, entry in listed.items()} == {"a/one.json": 3, "a/b/two.json": 2}
    now = objects.now()
    assert all(abs(now - entry.changed) < timedelta(minutes=1) for entry in listed.values())
    assert keys(objects, "a/b/") == ["a/b/two.json"]
    objects.delete(["a/one.json", "a/none.json"])
    objects.delete(["a/b/two.json"])
    assert keys(objects) == []


def test_what_is_not_there_is_said(objects: Objects) -> None:
    with pytest.raises(NoSuchObject):
        objects.get("none.json")
    with pytest.raises(NoSuchObject):
        list(objects.chunks("none.json"))


def test_a_file_is_sent_and_comes_in_pieces(objects: Objects, tmp_path: Path) -> None:
    content = bytes(range(256)) * (CHUNK // 128)
    (tmp_path / "large").write_bytes(content)
    objects.send("x/large", tmp_path / "large")
    pieces = list(objects.chunks("x/large"))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= CHUNK


def test_one_of_many_that_create_a_key_at_once_does_it(objects: Objects) -> None:
    for key in ("x/1.json", "x/2.json", "x/3.json"):
        contents = [str(number).encode() for number in range(8)]
        first = side_by_side(lambda content, key=key: objects.create(key, content), contents)  # type: ignore[misc]
        assert sum(first) == 1
        assert objects.get(key) == contents[first.index(True)]


def test_who_created_it_may_ask_again(objects: Objects) -> None:
    assert objects.create("x.json", b"mine")
    assert objects.create("x.json", b"mine")  # the answer to the first try was lost
    assert not objects.create("x.json", b"other")
    assert objects.get("x.json") == b"mine"


def test_time_is_told_in_utc(objects: Objects) -> None:
    assert abs(objects.now() - datetime.now(UTC)) < timedelta(minutes=1)
    objects.forget_half_written(objects.now())
    assert keys(objects) == []
