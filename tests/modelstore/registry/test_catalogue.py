"""What a registry has, as it is listed and read."""

from datetime import UTC, datetime, timedelta

import pytest

from aoi_modules.errors import NoSuchServable, RegistryError
from aoi_modules.modelstore.registry import addresses, catalogue, labelling
from aoi_modules.modelstore.registry.records import Move, StoredFile, Version
from aoi_modules.object_store.interface import Objects

TIME = datetime(2026, 11, 30, 12, tzinfo=UTC)


def claim(objects: Objects, name: str, *numbers: int) -> None:
    """Versions as a push makes them visible, without files."""
    for number in numbers:
        files = {"a": StoredFile(sha256="0", size=1)}
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


def test_an_object_that_lies_under_a_wrong_name_is_refused(objects: Objects) -> None:
    claim(objects, "tile", 2)
    objects.put(addresses.version_key("tile", 3), objects.get(addresses.version_key("tile", 2)))
    with pytest.raises(RegistryError, match=r"expected version 3 of tile\. Received: another one's"):
        catalogue.version(objects, "tile", 3)
    move = Move(name="tile", label="stable", number=1, version=2, time=TIME, who="me")
    objects.put(addresses.move_key("tile", "stable", 7), move.to_json())
    with pytest.raises(RegistryError, match="expected that move"):
        catalogue.labels(objects, catalogue.models(objects))
