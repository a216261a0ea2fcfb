"""Recipes with one head each: the right target, the same rows, the same features."""

from dataclasses import replace

import numpy as np
import pytest

from aoi_modules.datasets.table import Split, Table, Target
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.study.training.single_heads import of_target, single_heads
from aoi_modules.training import profiles, recipes
from aoi_modules.training.features import fingerprint
from aoi_modules.training.plan import plan, with_backbone

BOARDS = recipes.by_name("deeppcb")
ORIGIN = DataOrigin(name="deeppcb", sha256="1" * 64, stand_in=True)


def table(rows: int = 30) -> Table:
    random = np.random.default_rng(rows)
    weights = random.integers(0, 2, rows).astype(np.float32)
    return Table(
        pictures=random.integers(0, 256, (rows, 8, 8, 1), np.uint8),
        targets=tuple(
            Target(head.name, random.integers(0, 2, rows), ("good", head.name), weights) for head in BOARDS.heads
        ),
        ids=tuple(map(str, range(rows))),
    )


SPLIT = Split(table(30), table(20), table(10), ORIGIN, unseen=table(5))


def test_each_head_has_a_recipe_of_its_own() -> None:
    found = single_heads(BOARDS, SPLIT)
    assert list(found) == [head.name for head in BOARDS.heads]
    assert all([head.name for head in recipe.heads] == [name] for name, recipe in found.items())


def test_a_recipe_loads_only_the_target_of_its_head() -> None:
    loaded = single_heads(BOARDS, SPLIT)["spur"].split(profiles.by_name("ci"), seed=3)
    for part, whole in ((loaded.train, SPLIT.train), (loaded.validation, SPLIT.validation), (loaded.test, SPLIT.test)):
        assert [target.name for target in part.targets] == ["spur"]
        assert np.array_equal(part.labels, whole.target("spur").values)
        assert part.ids == whole.ids
        assert part.main.weights is not None
    assert loaded.unseen is not None
    assert loaded.origin == ORIGIN


def test_no_unseen_table_stays_none() -> None:
    assert of_target(replace(SPLIT, unseen=None), "open").unseen is None


def test_all_heads_share_the_features_of_a_frozen_backbone() -> None:
    splits = [recipe.load(train=5, test=5, seed=0) for recipe in single_heads(BOARDS, SPLIT).values()]
    assert len({fingerprint.of_pictures(split.train) for split in splits}) == 1


def test_two_heads_are_two_trainings() -> None:
    """A killed training of one head is never taken up by another."""
    found = single_heads(with_backbone(BOARDS, "mobilenet-0.25"), SPLIT)
    plans = [plan(recipe, profiles.by_name("ci")) for recipe in found.values()]
    assert len({one.fingerprint("data") for one in plans}) == len(found)


def test_a_missing_target_is_named() -> None:
    with pytest.raises(DataError, match="castle"):
        of_target(SPLIT, "castle")
