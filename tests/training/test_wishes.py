"""Wishes are the choices of a plan, by the same names and types."""

import dataclasses
from typing import get_args, get_type_hints

from aoi_modules.training.plan import Plan
from aoi_modules.training.wishes import IMBALANCES, Imbalance, Wishes


def test_every_choice_of_a_plan_can_be_wished_or_left_open() -> None:
    chosen = get_type_hints(Plan)
    others = ("recipe", "profile", "seed", "box", "own_size")  # given by the caller, or found in the data
    choices = [field.name for field in dataclasses.fields(Plan) if field.name not in others]
    wishes = get_type_hints(Wishes)
    assert list(wishes) == choices
    assert all(wishes[name] == chosen[name] | None for name in choices)


def test_every_wish_is_documented() -> None:
    text = Wishes.__doc__ or ""
    assert all(f"        {name}: " in text for name in get_type_hints(Wishes))


def test_the_ways_about_rare_labels_are_listed_once() -> None:
    assert get_args(Imbalance) == IMBALANCES
