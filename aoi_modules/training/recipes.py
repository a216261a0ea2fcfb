"""The recipes: data, input, heads, backbone and way of learning of everything that can be trained. Imports no Keras."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from aoi_modules.datasets import deeppcb, fashion_mnist, folder, houses, magnetic_tile
from aoi_modules.datasets.deeppcb import crops
from aoi_modules.datasets.fashion_mnist import colours
from aoi_modules.datasets.file_names import printable
from aoi_modules.datasets.sampling import by_kind, limited
from aoi_modules.datasets.sources.bucket import Brought
from aoi_modules.datasets.table import Split, Target
from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import Head, PictureInput
from aoi_modules.training.networks.catalogue import Pooling
from aoi_modules.training.profiles import Profile
from aoi_modules.training.wishes import Wishes


class Loader(Protocol):
    """Loads a data set: `load` of the packages in `datasets` is one."""

    def __call__(self, *, train: int | None, test: int | None, seed: int) -> Split:
        """Gives the tables, cut down to so many training and test pictures; None takes all. `seed` draws the cut."""


@dataclass(frozen=True)
class Recipe:
    """What can be trained, and how: everything but the size of the work.

    Args:
        name: of the recipe and of its data set.
        title: for people.
        load: gives the tables.
        picture_input: the model's input.
        heads: the model's outputs, without thresholds and metrics.
        backbone: a name of `backbones`.
        learning: `end to end` trains all layers, from scratch; `on features` trains heads on a frozen backbone.
        pooling: of the backbone's last map, when it is pretrained.
        augmentation: names of `augmentation.MAKERS`, for training on pictures.
        l2: how strongly large weights of a head on features are punished; 0 does not.
        components: directions of the features that a head is given; 0 for all features.
        codes: feature columns that are codes, not quantities.
        note: what a reader of the report must know about this recipe.
        pace: epochs of a training from scratch, as a multiple of the profile's.
        wishes: choices in which this recipe differs from the profile.
    """

    name: str
    title: str
    load: Loader
    picture_input: PictureInput
    heads: tuple[Head, ...]
    backbone: str
    learning: Literal["end to end", "on features"]
    pooling: Pooling = "mean+max"
    augmentation: tuple[str, ...] = ()
    l2: float = 0.2
    components: int = 0
    codes: tuple[str, ...] = ()
    note: str = ""
    pace: int = 1
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def judges(self) -> bool:
        """Whether a head of it decides about good and bad."""
        return any(head.judges for head in self.heads)

    def split(self, profile: Profile, seed: int) -> Split:
        """Loads the tables in the size of the profile."""
        return self.load(train=profile.train, test=profile.test, seed=seed)


def head_of(target: Target) -> Head:
    """Gives the head that answers a target: a value where it has no labels, a defect beside one good label, or classes.

    A class head judges where some of its labels are good.
    """
    if not target.labels:
        return Head(name=target.name, kind="value", labels=())
    if len(target.labels) == 2 and target.good:
        return Head(name=target.name, kind="defect", labels=target.labels)
    return Head(name=target.name, kind="class", labels=target.labels, good=target.good)


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name=fashion_mnist.NAME,
            title="Fashion-MNIST, ten classes, a small convolutional network",
            load=fashion_mnist.load,
            picture_input=PictureInput(height=28, width=28, channels=1),
            heads=(Head(name=fashion_mnist.TARGET, kind="class", labels=fashion_mnist.LABEL_NAMES),),
            backbone="small-cnn",
            learning="end to end",
            augmentation=("mirror-sideways",),
        ),
        Recipe(
            name=colours.NAME,
            title="Fashion-MNIST in three colours, one small network with two outputs",
            load=colours.load,
            picture_input=PictureInput(height=28, width=28, channels=3),
            heads=(
                Head(name=colours.CATEGORY, kind="class", labels=fashion_mnist.LABEL_NAMES),
                Head(name=colours.COLOUR, kind="class", labels=colours.COLOUR_NAMES),
            ),
            backbone="small-cnn",
            learning="end to end",
            augmentation=("mirror-sideways",),
        ),
        Recipe(
            name=deeppcb.NAME,
            title="DeepPCB, six defects of circuit boards, one small network with six heads",
            load=deeppcb.load,
            picture_input=PictureInput(height=64, width=64, channels=1),
            heads=tuple(Head(name=name, kind="defect", labels=("good", name)) for name in crops.DEFECTS),
            backbone="small-cnn",
            learning="end to end",
            augmentation=("mirror",),
            note="crops of 64 x 64 pixels around each defect; pairs of tested board and template are never parted",
            pace=2,
            wishes={"batch_size": 64},
        ),
        Recipe(
            name=houses.NAME,
            title="House prices from four photographs and four numbers",
            load=houses.load,
            picture_input=PictureInput(height=128, width=128, channels=3),
            heads=(Head(name=houses.TARGET, kind="value", labels=()),),
            backbone="mobilenet-0.25",
            learning="on features",
            pooling="quadrants",
            l2=0.012,
            components=16,
            codes=("zipcode",),
            note="the picture is a montage of bathroom, bedroom, frontal and kitchen",
            wishes={
                "epochs": 400,
                "batch_size": 512,
                "learning_rate": 0.05,
                "schedule": "cosine",
                "augment": False,  # a mirrored montage has its rooms in other places
            },
        ),
        Recipe(
            name=magnetic_tile.NAME,
            title="Magnetic tiles, good or defect, a head on a pretrained MobileNetV2",
            load=magnetic_tile.load,
            picture_input=PictureInput(height=224, width=224, channels=3),
            heads=(Head(name=magnetic_tile.TARGET, kind="defect", labels=magnetic_tile.LABEL_NAMES),),
            backbone="mobilenet-v2",
            learning="on features",
            # Most defects are a few pixels wide: the early maps still have them, and a large input keeps them apart.
            pooling="taps",
            l2=0.025,
            augmentation=("mirror", "brightness"),
            note="all photographs of one tile are in the same table, so the figures are those of unseen tiles",
        ),
    )
}


FOLDER = "folder"
"""Name of the recipe for pictures of one's own."""


def from_folder(
    path: Path,
    *,
    skip_bad: bool = False,
    reading: folder.Reading | None = None,
    ask_column: folder.AskColumn | None = None,
    good: folder.GoodClasses | None = None,
    brought: Brought | None = None,
) -> Recipe:
    """Makes a recipe for a folder of pictures, or a CSV file that lists them. Arguments as `datasets.folder.load`.

    All files are read and checked once, here. `brought` says from which bucket they came, if from one.

    Raises:
        DataError: something in it cannot be used; lists what and where. Or nobody knows which class is good.
    """
    split = folder.load(path, skip_bad=skip_bad, reading=reading, ask_column=ask_column, good=good)
    if brought is not None:
        origin = msgspec.structs.replace(split.origin, address=brought.address, objects=brought.objects)
        split = replace(split, origin=origin)
    target = split.train.main
    return Recipe(
        name=FOLDER,
        title=f"{printable(path.name)}: {', '.join(target.labels)}; a head on a pretrained MobileNetV2",
        load=lambda *, train, test, seed: _in_size(split, train=train, test=test, seed=seed),
        picture_input=PictureInput(height=224, width=224, channels=3),
        heads=(head_of(target),),
        backbone="mobilenet-v2",
        learning="on features",
        augmentation=("mirror-sideways", "brightness"),
        note=f"pictures from {printable(path) if brought is None else brought.address}",
        # A few numbers are found among thousands of features in more steps than a few pictures make in 30 epochs.
        wishes={} if split.train.features is None else {"epochs": 100},
    )


def _in_size(split: Split, *, train: int | None, test: int | None, seed: int) -> Split:
    """Cuts one's own pictures to the size of a profile, of every class at least one, and says so."""
    cut = limited(split, by_kind, train=train, test=test, seed=seed)
    left = [
        f"{len(whole) - len(kept)} of {len(whole)} {name} pictures: more than the profile takes"
        for name, whole, kept in (("training", split.train, cut.train), ("test", split.test, cut.test))
        if len(kept) < len(whole)
    ]
    return replace(cut, left_out=(*cut.left_out, *left))


def by_name(name: str) -> Recipe:
    """Gives the recipe of that name.

    Raises:
        ModelError: there is none; names those there are.
    """
    if name not in RECIPES:
        raise ModelError(f"recipe: expected one of {', '.join(RECIPES)}. Received: {name!r}")
    return RECIPES[name]
