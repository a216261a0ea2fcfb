"""Recipes by name, and from a folder of pictures."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from aoi_modules.datasets.sources.bucket import Brought
from aoi_modules.datasets.table import Target
from aoi_modules.errors import ModelError
from aoi_modules.training import recipes
from aoi_modules.training.profiles import Profile
from tests.datasets.small_parts import put_parts


def test_names_are_those_of_the_entries() -> None:
    assert all(recipes.by_name(name).name == name for name in recipes.RECIPES)


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(ModelError, match="fashion-mnist, fashion-mnist-colours"):
        recipes.by_name("castles")


def test_a_head_is_of_the_kind_that_its_target_asks() -> None:
    labels = np.zeros(2, np.int64)
    kinds = [
        recipes.head_of(Target("price", np.ones(2, np.float32))).kind,
        recipes.head_of(Target("kind", labels, ("a", "b", "c"))).kind,
        recipes.head_of(Target("defect", labels, ("good", "bad"), good=("good",))).kind,
    ]
    assert kinds == ["value", "class", "defect"]


def test_a_folder_becomes_a_recipe_in_the_size_of_a_profile(tmp_path: Path) -> None:
    recipe = recipes.from_folder(put_parts(tmp_path, {"good": 20, "scratch": 10}))
    assert recipe.judges
    assert (recipe.heads[0].name, recipe.heads[0].labels) == ("defect", ("good", "scratch"))
    whole = recipe.split(Profile("all", None, None, 1, 1, False, 8), seed=0)
    small = recipe.split(Profile("few", 6, 3, 1, 1, False, 8), seed=0)
    assert (len(whole.train), len(whole.validation), len(whole.test)) == (18, 6, 6)
    assert (len(small.train), len(small.validation), len(small.test)) == (6, 6, 3)
    assert small.train.counts() == {"good": 4, "scratch": 2}
    assert set(small.train.ids) <= set(whole.train.ids)
    assert whole.left_out == ()
    assert small.left_out == (
        "12 of 18 training pictures: more than the profile takes",
        "3 of 6 test pictures: more than the profile takes",
    )


def test_pictures_of_a_bucket_say_where_they_came_from(tmp_path: Path) -> None:
    folder = put_parts(tmp_path / "parts", {"good": 6, "bad": 6})
    brought = Brought(folder, "s3://pictures/parts", objects=12, asked=0)
    recipe = recipes.from_folder(folder, brought=brought)
    origin = recipe.load(train=None, test=None, seed=0).origin
    assert (origin.name, origin.address, origin.objects) == ("parts", "s3://pictures/parts", 12)
    assert recipe.note == "pictures from s3://pictures/parts"
    plain = recipes.from_folder(folder).load(train=None, test=None, seed=0).origin
    assert plain.sha256 == origin.sha256  # the same pictures are the same data
    assert b"address" not in msgspec.json.encode(plain)


def test_a_small_profile_drops_no_class(tmp_path: Path) -> None:
    recipe = recipes.from_folder(put_parts(tmp_path, {"good": 60, "scratch": 60, "void": 3}))
    small = recipe.split(Profile("few", 4, 3, 1, 1, False, 8), seed=0)
    assert set(small.train.kinds) == set(small.test.kinds) == {"good", "scratch", "void"}
