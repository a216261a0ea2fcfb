"""Turns a recipe with several heads into recipes with one head each, as when several people train for one component.

Their models are trained and replaced apart. Pictures, backbone and input are the same, so the features of a frozen
backbone are computed once for all of them.
"""

from dataclasses import replace

from aoi_modules.datasets.table import Split, Table
from aoi_modules.training.recipes import Recipe


def single_heads(recipe: Recipe, split: Split) -> dict[str, Recipe]:
    """Makes one recipe for each head: head -> recipe.

    Args:
        recipe: with a target of the split for each head.
        split: what every one of them learns from, in this size whatever the profile says: tables of other rows would
            have other features.

    Raises:
        DataError: the split has no target for a head.
    """
    return {
        head.name: replace(recipe, heads=(head,), load=_Loaded(of_target(split, head.name))) for head in recipe.heads
    }


def of_target(split: Split, name: str) -> Split:
    """Gives the split with one target only; the rows stay.

    Raises:
        DataError: there is no such target; names those there are.
    """
    return replace(
        split,
        train=_narrowed(split.train, name),
        validation=_narrowed(split.validation, name),
        test=_narrowed(split.test, name),
        unseen=None if split.unseen is None else _narrowed(split.unseen, name),
    )


class _Loaded:
    """Stands for a loader: gives tables that are there already."""

    def __init__(self, split: Split) -> None:
        self.split = split

    def __call__(self, *, train: int | None, test: int | None, seed: int) -> Split:
        return self.split


def _narrowed(table: Table, name: str) -> Table:
    return replace(table, targets=(table.target(name),))
