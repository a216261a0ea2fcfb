"""Labels move one after the other, and hidden versions stay hidden."""

import threading

import pytest

from aoi_modules.errors import LabelMoved, NoSuchServable, RegistryError
from aoi_modules.modelstore.registry import addresses, catalogue
from aoi_modules.modelstore.registry.labelling import history, label, retire
from aoi_modules.object_store.interface import Objects
from aoi_modules.object_store.parallel import side_by_side
from tests.modelstore.registry.test_catalogue import claim


def test_each_move_is_kept_with_who_when_and_why(objects: Objects) -> None:
    claim(objects, "tile", 1, 2)
    first = label(objects, "tile", "stable", 1, who="Müller", reason="the first one")
    assert label(objects, "tile", "stable", 1, who="Meier") == first  # it points there already
    second = label(objects, "tile", "stable", 2, who="Meier")
    third = label(objects, "tile", "stable", None, who="Müller")
    assert [move.number for move in (first, second, third)] == [1, 2, 3]
    assert history(objects, "tile", "stable")[0] == [third, second, first]
    assert catalogue.labels(objects, catalogue.models(objects)) == {"tile": {}}
    assert label(objects, "tile", "stable", 1, who="Meier").number == 4
    assert first.time.utcoffset() is not None


def test_of_two_that_move_it_at_once_one_is_told(objects: Objects) -> None:
    claim(objects, "tile", *range(1, 9))
    gate = threading.Barrier(8)

    def act(version: int) -> int | None:
        gate.wait(30)
        try:
            return label(objects, "tile", "stable", version, who=f"number {version}").version
        except LabelMoved:
            return None

    moved = [version for version in side_by_side(act, range(1, 9)) if version is not None]
    moves = history(objects, "tile", "stable")[0]
    assert [move.number for move in moves] == list(range(len(moves), 0, -1))
    assert sorted(move.version or 0 for move in moves) == sorted(moved)
    assert len(moved) < 8


def test_no_label_points_to_what_is_not_there_or_hidden(objects: Objects) -> None:
    claim(objects, "tile", 1, 2)
    retire(objects, "tile", 2, who="me")
    with pytest.raises(RegistryError, match="version 2 of tile is retired, so no label may point to it"):
        label(objects, "tile", "stable", 2, who="me")
    with pytest.raises(NoSuchServable, match="no version 3 of tile"):
        label(objects, "tile", "stable", 3, who="me")
    with pytest.raises(NoSuchServable, match="no model 'house'"):
        label(objects, "house", "stable", 1, who="me")
    with pytest.raises(RegistryError, match="label: expected letters"):
        label(objects, "tile", "a/b", 1, who="me")
    assert catalogue.models(objects)[0].labels == {}


def test_a_move_that_cannot_be_read_is_followed_by_the_next(objects: Objects) -> None:
    claim(objects, "tile", 1)
    objects.put(addresses.move_key("tile", "stable", 1), b"no move")
    found, (problem,) = history(objects, "tile", "stable")
    assert found == []
    assert "labels/tile/stable/1.json: expected a move" in problem.message
    assert label(objects, "tile", "stable", 1, who="me").number == 2


def test_a_label_does_not_stay_on_what_is_hidden_in_the_same_moment(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(objects, "tile", 1, 2)
    label(objects, "tile", "stable", 1, who="me")
    create = type(objects).create

    def after_a_retirement(self: Objects, key: str, content: bytes) -> bool:
        if key == addresses.move_key("tile", "stable", 2):
            monkeypatch.setattr(type(objects), "create", create)
            retire(objects, "tile", 2, who="somebody else")
        return create(self, key, content)

    monkeypatch.setattr(type(objects), "create", after_a_retirement)
    with pytest.raises(RegistryError, match="version 2 of tile is retired, so no label may point to it"):
        label(objects, "tile", "stable", 2, who="me")
    assert catalogue.labels(objects, catalogue.models(objects)) == {"tile": {"stable": 1}}
    assert [move.version for move in history(objects, "tile", "stable")[0]] == [1, 2, 1]


def test_what_a_label_points_to_is_not_hidden(objects: Objects) -> None:
    claim(objects, "tile", 1, 2)
    label(objects, "tile", "stable", 1, who="me")
    with pytest.raises(RegistryError, match="version 1 of tile has the label stable") as caught:
        retire(objects, "tile", 1, who="me")
    assert caught.value.hint == "aoi registry label tile stable ANOTHER_VERSION"
    label(objects, "tile", "stable", 2, who="me")
    retired = retire(objects, "tile", 1, who="Müller", reason="overkill")
    assert retire(objects, "tile", 1, who="Meier") == retired  # once is enough
    assert catalogue.retirement(objects, "tile", 1) == retired
    assert catalogue.retirement(objects, "tile", 2) is None
    assert catalogue.version(objects, "tile", 1).version == 1  # who has it may ask
    with pytest.raises(NoSuchServable, match="no version 7"):
        retire(objects, "tile", 7, who="me")
