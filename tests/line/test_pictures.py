"""Pictures that no model learnt from, each with what is true about it."""

import random
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.datasets import deeppcb, magnetic_tile
from aoi_modules.datasets.table import Table, Target
from aoi_modules.line.pictures import CROPS, Deck, data_of, has_pictures, held_out
from aoi_modules.line.servables import Servable
from aoi_modules.modelstore.manifest import DataOrigin, Manifest, PictureInput, Source
from tests.line.test_routing import PLAIN

SIZE = PictureInput(height=8, width=8, channels=1)


def learnt_from(*names: str) -> Servable:
    sources = tuple(
        Source(heads=("defect",), picture=SIZE, data=DataOrigin(name=name, sha256="", stand_in=False)) for name in names
    )
    return Servable(Path("x/1"), msgspec.structs.replace(PLAIN, sources=sources))


def test_pictures_are_those_of_the_set_that_it_learnt_from() -> None:
    assert data_of(learnt_from("deeppcb", "deeppcb")) == "deeppcb"
    assert data_of(learnt_from("deeppcb", "magnetic-tile")) == ""
    assert data_of(learnt_from()) == ""
    assert has_pictures(learnt_from("magnetic-tile"))
    assert not has_pictures(learnt_from("fashion-mnist"))
    judges_nothing: Manifest = msgspec.structs.replace(learnt_from("deeppcb").manifest, heads=())
    assert not has_pictures(Servable(Path("x/1"), judges_nothing))


@pytest.mark.usefixtures("bare_machine")
def test_no_picture_was_learnt_from(capfd: pytest.CaptureFixture[str]) -> None:
    deck = held_out(learnt_from("magnetic-tile"))
    split = magnetic_tile.load(train=10**6)
    capfd.readouterr()
    assert deck.stand_in
    assert set(deck.table.ids) == set(split.test.ids)
    assert not set(deck.table.ids) & {*split.train.ids, *split.validation.ids}
    boards = held_out(learnt_from("deeppcb"))
    assert len(boards.table) <= CROPS
    assert {*boards.table.kinds} <= {*deeppcb.load(train=1, validation=1).test.kinds}
    assert capfd.readouterr().err.count("cut crops") <= 4, "beside a table nothing is told"


def test_a_deck_gives_as_many_defects_as_are_wanted() -> None:
    target = Target("defect", np.array([0, 1, 1, 0]), ("good", "defect"))
    table = Table((b"a", b"b", b"c", b"d"), (target,), tuple("wxyz"), ("Free", "Crack", "Break", "Free"))
    deck, chance = Deck(table, "tile", stand_in=False), random.Random(1)
    drawn = [deck.draw(chance, 0.25) for _ in range(400)]
    assert {(one.content, one.truth) for one in drawn} == {
        (b"a", "good"), (b"d", "good"), (b"b", "Crack"), (b"c", "Break"),
    }  # fmt: skip
    assert 70 < sum(bool(one.defect) for one in drawn) < 130
    assert {one.defect for one in (deck.draw(chance, 0.0) for _ in range(50))} == {""}


@pytest.mark.slow
def test_the_lamp_has_no_pictures(by_name: Mapping[str, Servable]) -> None:
    assert {name: has_pictures(one) for name, one in by_name.items()} == {"lamp": False, "tile": True}
