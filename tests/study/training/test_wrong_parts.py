"""Sneakers with wrong parts among them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aoi_modules.datasets import fashion_mnist
from aoi_modules.datasets.sources.finding import Found
from aoi_modules.datasets.table import Table, Target
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.study.training import wrong_parts
from aoi_modules.study.training.wrong_parts import GOOD, WRONG, mixed

STAND_IN = Found("fashion-mnist", None, "stand-in", DataOrigin(name="fashion-mnist", sha256="", stand_in=True))


def garments(count: int) -> Table:
    labels = np.arange(count, dtype=np.int64) % 10
    pictures = np.zeros((count, 2, 2, 1), np.uint8) + labels[:, np.newaxis, np.newaxis, np.newaxis].astype(np.uint8)
    target = Target("category", labels, fashion_mnist.LABEL_NAMES)
    return Table(pictures, (target,), tuple(map(str, range(count))))


@given(st.integers(20, 300), st.floats(0.01, 0.5), st.none() | st.integers(2, 50), st.integers(0, 3))
def test_the_wrong_parts_have_their_share_and_every_sneaker_is_good(
    rows: int, share: float, count: int | None, seed: int
) -> None:
    table = mixed(garments(rows), share, count, seed)
    wrong = int(table.labels.sum())
    assert wrong == max(1, round(len(table) * share)) or count is None
    assert 1 <= wrong < len(table)
    assert set(table.kinds) <= {GOOD, *WRONG}
    assert [kind == GOOD for kind in table.kinds] == [label == 0 for label in table.labels]
    assert len(set(table.ids)) == len(table)
    if count is not None:
        assert len(table) <= count


def test_every_kind_of_wrong_part_has_nearly_its_share() -> None:
    kinds = mixed(garments(1000), 0.1).kinds
    counts = [kinds.count(name) for name in WRONG]
    assert max(counts) - min(counts) <= 1


def test_pictures_and_labels_stay_together() -> None:
    table = mixed(garments(200), 0.2)
    for row, kind in enumerate(table.kinds):
        assert table.picture(row)[0, 0, 0] == fashion_mnist.LABEL_NAMES.index(kind)


def test_the_seed_chooses() -> None:
    first, again, other = (mixed(garments(400), 0.1, 20, seed).ids for seed in (0, 0, 1))
    assert first == again != other


def test_too_few_parts_are_refused() -> None:
    with pytest.raises(DataError, match="at least 2 parts"):
        mixed(garments(100), 0.1, 1)


def test_the_drawn_stand_in_does_too() -> None:
    split = wrong_parts.load(train=100, found=STAND_IN)
    assert split.train.counts() == {"good": 97, "wrong part": 3}
    assert split.origin.stand_in
    assert split.test.labels.mean() == pytest.approx(wrong_parts.TEST_SHARE, abs=0.01)
    assert not set(split.train.ids) & set(split.validation.ids)
