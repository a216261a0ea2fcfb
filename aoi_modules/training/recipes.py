"""The exercises that can be trained: data, input, heads, backbone and way of learning of each. Imports no Keras."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aoi_modules.datasets import fashion_mnist, magnetic_tile
from aoi_modules.datasets.table import Split
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.training.profiles import Profile

ESCAPE_TARGET = 0.05
"""Share of the defective parts that may pass; each threshold is chosen for it on the validation pictures."""


@dataclass(frozen=True)
class Recipe:
    """What is trained, and how.

    Args:
        name: of the recipe and of its data set.
        title: for people.
        load: gives the tables; called with `train`, `test` and `seed`.
        picture: the model's input.
        head: the model's output, without threshold and metrics.
        backbone: a name of `backbones`.
        learning: all layers end to end, or a head on the features of a frozen backbone.
        note: what a reader of the report must know about this exercise.
    """

    name: str
    title: str
    load: Callable[..., Split]
    picture: PictureInput
    head: Head
    backbone: str
    learning: Literal["end to end", "head on features"]
    note: str = ""

    def split(self, profile: Profile, seed: int) -> Split:
        """The tables in the size of the profile."""
        return self.load(train=profile.train, test=profile.test, seed=seed)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name=fashion_mnist.NAME,
            title="Fashion-MNIST, ten classes, a small convolutional network",
            load=fashion_mnist.load,
            picture=PictureInput(height=28, width=28, channels=1),
            head=Head(name="category", kind="class", labels=fashion_mnist.LABEL_NAMES),
            backbone="small-cnn",
            learning="end to end",
        ),
        Recipe(
            name=magnetic_tile.NAME,
            title="Magnetic tiles, good or defect, a head on a pretrained MobileNet",
            load=magnetic_tile.load,
            picture=PictureInput(height=128, width=128, channels=3),
            head=Head(name="defect", kind="defect", labels=magnetic_tile.LABEL_NAMES),
            backbone="mobilenet-0.25",
            learning="head on features",
            note="all photographs of one tile are in the same table, so the figures are those of unseen tiles",
        ),
    )
}


def by_name(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        ModelError: there is none; names those there are.
    """
    if name not in RECIPES:
        raise ModelError(f"recipe: expected one of {', '.join(RECIPES)}. Received: {name!r}")
    return RECIPES[name]
