"""A label moves and names its report, and goes back to where it was, once."""

from pathlib import Path

import pytest

from aoi_modules.errors import NoSuchServable, PromotionError
from aoi_modules.modelstore.registry import catalogue
from aoi_modules.modelstore.registry.labelling import retire
from aoi_modules.modelstore.registry.opening import open_registry
from aoi_modules.modelstore.registry.pushing import push
from aoi_modules.object_store.interface import Objects
from aoi_modules.promotion.moving import promote, take_back
from tests.modelstore.registry.servables import write_version


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """A registry with three versions."""
    found = open_registry(str(tmp_path / "registry"))
    for version in (1, 2, 3):
        push(found, write_version(tmp_path, "tile", version), who="me")
    return found


def pointing(objects: Objects) -> dict[str, int]:
    return catalogue.labels(objects, [catalogue.model(objects, "tile")])["tile"]


def test_a_move_names_the_report(objects: Objects) -> None:
    move = promote(objects, "tile", "stable", 2, who="Ada", report="gate.html, sha256 0123")
    assert (move.version, move.who, move.reason) == (2, "Ada", "passed its gate: gate.html, sha256 0123")


def test_stable_goes_back_to_the_version_before_once(objects: Objects) -> None:
    for version in (1, 2, 3):
        promote(objects, "tile", "stable", version, who="Ada", report="gate.html")
    move = take_back(objects, "tile", "stable", who="Ada", reason="overkill")
    assert (move.version, move.reason) == (2, "taken back from version 3: overkill")
    with pytest.raises(PromotionError, match="was taken back to version 2 already"):
        take_back(objects, "tile", "stable", who="Ada", reason="again")
    assert pointing(objects) == {"stable": 2}


def test_a_canary_goes(objects: Objects) -> None:
    for version in (1, 2):
        promote(objects, "tile", "canary", version, who="Ada", report="gate.html")
    assert take_back(objects, "tile", "canary", who="Ada", reason="worse").version is None
    assert pointing(objects) == {}
    with pytest.raises(PromotionError, match="the label canary points to no version"):
        take_back(objects, "tile", "canary", who="Ada", reason="again")


def test_who_was_nowhere_else_stays(objects: Objects) -> None:
    promote(objects, "tile", "stable", 1, who="Ada", report="gate.html")
    with pytest.raises(PromotionError, match="never pointed to another version than 1"):
        take_back(objects, "tile", "stable", who="Ada", reason="worse")
    with pytest.raises(NoSuchServable):
        take_back(objects, "house", "stable", who="Ada", reason="worse")


def test_a_version_that_is_hidden_is_not_put_back(objects: Objects) -> None:
    for version in (1, 2):
        promote(objects, "tile", "stable", version, who="Ada", report="gate.html")
    retire(objects, "tile", 1, who="Ada")
    with pytest.raises(Exception, match="version 1 of tile is retired"):
        take_back(objects, "tile", "stable", who="Ada", reason="worse")
    assert pointing(objects) == {"stable": 2}
