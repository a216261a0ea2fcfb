"""What a registry has, as it is listed and read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from aoi_modules.errors import NoSuchServable, NotTrusted, RegistryError, StoreError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.registry import addresses, catalogue, labelling
from aoi_modules.modelstore.registry.records import Move, StoredFile, Version
from aoi_modules.modelstore.registry.signing import Signer, make_keys
from aoi_modules.object_store.interface import Objects

TIME = datetime(2026, 11, 30, 12, tzinfo=UTC)


def claim(objects: Objects, name: str, *numbers: int) -> None:
    """Versions as a push makes them visible, without files."""
    for number in numbers:
        files = {layout.SUMS_FILE: StoredFile(sha256="0" * 64, size=1)}
        record = Version(name=name, version=number, upload="ab", files=files, time=TIME, who="me")
        assert objects.create(addresses.version_key(name, number), record.to_json())


def test_an_empty_registry_has_nothing(objects: Objects) -> None:
    assert catalogue.models(objects) == []
    assert catalogue.numbers(objects, "tile") == []
    with pytest.raises(NoSuchServable, match="has no model 'tile'"):
        catalogue.model(objects, "tile")
    with pytest.raises(NoSuchServable, match="has no model 'tile'"):
        catalogue.resolve(objects, "tile")


def test_versions_are_in_the_order_of_numbers_and_each_model_has_its_own(objects: Objects) -> None:
    claim(objects, "tile", 2, 10, 9)
    claim(objects, "tile-2", 1)
    objects.put("versions/tile/notes.txt", b"mine")
    labelling.retire(objects, "tile", 9, who="me")
    labelling.label(objects, "tile", "stable", 2, who="me")
    labelling.label(objects, "tile", "stable", 10, who="me")
    tile, other = catalogue.models(objects)
    assert (tile.name, list(tile.versions), tile.retired, dict(tile.labels)) == (
        "tile",
        [2, 9, 10],
        frozenset({9}),
        {"stable": 2},
    )
    assert tile.offered == [2, 10]
    assert (other.name, other.offered) == ("tile-2", [1])
    assert abs(datetime.now(UTC) - tile.versions[2]) < timedelta(minutes=1)
    assert catalogue.model(objects, "tile") == tile
    assert catalogue.labels(objects, [tile, other]) == {"tile": {"stable": 10}, "tile-2": {}}


def test_a_version_is_meant_by_number_label_or_as_the_newest(objects: Objects) -> None:
    claim(objects, "tile", 2, 9, 10)
    labelling.label(objects, "tile", "stable", 2, who="me")
    labelling.retire(objects, "tile", 10, who="me")
    assert [catalogue.resolve(objects, "tile", wanted) for wanted in ("", "stable", "10")] == [9, 2, 10]
    with pytest.raises(NoSuchServable, match="has no version 3 of tile"):
        catalogue.resolve(objects, "tile", "3")
    with pytest.raises(NoSuchServable, match="tile has no label 'canary'; it has: stable"):
        catalogue.resolve(objects, "tile", "canary")
    labelling.label(objects, "tile", "stable", None, who="me")
    for number in (2, 9):
        labelling.retire(objects, "tile", number, who="me")
    with pytest.raises(NoSuchServable, match="all versions of tile are retired"):
        catalogue.resolve(objects, "tile")
    with pytest.raises(NoSuchServable, match="it has: none"):
        catalogue.resolve(objects, "tile", "stable")


def test_a_label_is_the_move_whose_signature_was_checked(objects: Objects, tmp_path: Path) -> None:
    make_keys(tmp_path / "key")
    signer = Signer.read(tmp_path / "key")
    claim(objects, "tile", 1, 2)
    labelling.label(objects, "tile", "stable", 1, who="me", signer=signer)
    key = addresses.move_key("tile", "stable", 1)
    signed = objects.get(key)
    forged = Move(name="tile", label="stable", number=1, version=2, time=TIME, who="somebody").to_json()

    class Changing:
        """A registry that gives another move each time that it is asked: the forged one first."""

        asked = 0

        def __getattr__(self, name: str) -> object:
            return getattr(objects, name)

        def chunks(self, wanted: str) -> Iterator[bytes]:
            if wanted != key:
                yield from objects.chunks(wanted)
                return
            Changing.asked += 1
            yield signed if Changing.asked % 2 == first else forged

    changing = cast(Objects, Changing())
    first = 0
    with pytest.raises(NotTrusted):
        catalogue.resolve(changing, "tile", "stable", signer.trust)
    Changing.asked, first = 0, 1
    assert catalogue.resolve(changing, "tile", "stable", signer.trust) == 1
    assert Changing.asked == 1


def test_an_unreadable_label_is_told_and_the_others_are_read(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_MOST", 1000)
    claim(objects, "tile", 1)
    labelling.label(objects, "tile", "stable", 1, who="me")
    objects.put(addresses.move_key("tile", "canary", 1), bytes(1001))
    found = catalogue.models(objects)
    pointing, (problem,) = catalogue.readable_labels(objects, found)
    assert pointing == {"tile": {"stable": 1}}
    assert "labels/tile/canary/1.json: expected 1000 bytes at most" in problem.message
    assert catalogue.resolve(objects, "tile", "stable") == 1
    with pytest.raises(RegistryError, match="canary/1"):
        catalogue.resolve(objects, "tile", "canary")
    with pytest.raises(RegistryError, match="canary/1"):
        labelling.retire(objects, "tile", 1, who="me")  # nobody knows whether it points there


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", "a\nb"])
def test_what_no_model_is_called_is_refused(objects: Objects, name: str) -> None:
    with pytest.raises((StoreError, NoSuchServable), match=r"name: expected letters|no model"):
        catalogue.model(objects, name)
    with pytest.raises(StoreError, match="name: expected letters"):
        catalogue.version(objects, name, 1)


def test_an_object_that_lies_under_a_wrong_name_is_refused(objects: Objects) -> None:
    claim(objects, "tile", 2)
    objects.put(addresses.version_key("tile", 3), objects.get(addresses.version_key("tile", 2)))
    with pytest.raises(RegistryError, match=r"expected version 3 of tile\. Received: another one's"):
        catalogue.version(objects, "tile", 3)
    move = Move(name="tile", label="stable", number=1, version=2, time=TIME, who="me")
    objects.put(addresses.move_key("tile", "stable", 7), move.to_json())
    with pytest.raises(RegistryError, match="expected that move"):
        catalogue.labels(objects, catalogue.models(objects))
