"""Recipes and profiles by name."""

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.training import profiles, recipes


def test_names_are_those_of_the_entries() -> None:
    assert all(recipes.by_name(name).name == name for name in recipes.RECIPES)
    assert all(profiles.by_name(name).name == name for name in profiles.PROFILES)
    assert set(profiles.PROFILES) == {"ci", "cpu", "gpu"}


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(ModelError, match="fashion-mnist, fashion-mnist-colours"):
        recipes.by_name("castles")
    with pytest.raises(ModelError, match="ci, cpu, gpu"):
        profiles.by_name("tpu")
