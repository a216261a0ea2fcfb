"""A plan: every number of a training, from a recipe, the size of a profile, and the caller's wishes.

Imports no TensorFlow, so that a command can refuse a plan before the long work begins.
"""

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Unpack

import msgspec

from aoi_modules.datasets.picture_sizes import PictureSize
from aoi_modules.errors import Argument, ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training.networks.catalogue import PATCHES, SMALL_CNN, TAPS, Pooling, by_name
from aoi_modules.training.profiles import Profile
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.wishes import IMBALANCES, Crop, Imbalance, ScheduleShape, Tiles, Wishes

ESCAPE_TARGET = 0.05
"""Share of the defective parts that may pass; each threshold is chosen for it on the validation pictures."""
OVERKILL_TARGET = 0.05
"""Share of the good parts that may fail, where a threshold is chosen on good parts alone."""
SIDE = 96
"""Pixels of the shorter side: a pretrained network gets no smaller pictures, even where the recipe has smaller ones."""
Box = tuple[int, int, int, int]
"""Top, left, height and width of a part of a picture, in pixels."""
_OF_LEARNING = (
    *("epochs", "fine_tune", "fine_tune_share", "fine_tune_rate", "batch_size", "learning_rate", "schedule"),
    *("cached", "augment", "imbalance", "patience", "mixed_precision", "mirrored"),
)
"""Choices that a model which keeps good parts in mind, and learns nothing in epochs, does not use."""
TILES_L2 = 0.025
"""How strongly the weights of a head on tiles are punished: there are many tiles to learn from."""


@dataclass(frozen=True)
class Plan:
    """What is trained, and how: every choice made. The fields below `seed` are those of `Wishes`.

    Args:
        recipe: data, input, heads.
        profile: how much of the data.
        seed: of everything that is random.
        box: the pixels of the recipe's picture that the network looks at; None for all. `sizing.fitted` finds it.
        own_size: of the data's pictures; None where nobody looked. `sizing.fitted` finds it.
    """

    recipe: Recipe
    profile: Profile
    seed: int = 0
    backbone: str = SMALL_CNN
    pooling: Pooling = "mean+max"
    epochs: int = 0
    fine_tune: int = 0
    fine_tune_share: float = 0.35
    batch_size: int = 64
    learning_rate: float = 2e-3
    fine_tune_rate: float = 2e-5
    schedule: ScheduleShape = "plateau"
    cached: bool = True
    augment: bool = True
    imbalance: Imbalance = "none"
    patience: int = 0
    escape_target: float = ESCAPE_TARGET
    good_only: bool = False
    overkill_target: float = OVERKILL_TARGET
    mixed_precision: bool = False
    mirrored: bool = False
    picture_size: tuple[int, int] | None = None
    crop: Crop | None = None
    tiles: Tiles | None = None
    box: Box | None = None
    own_size: PictureSize | None = None

    @property
    def on_features(self) -> bool:
        """Whether heads learn on the features of a frozen backbone; else a network learns end to end, from scratch."""
        return self.recipe.learning == "on features"

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of tiles; one tile where the network looks at all it sees at once."""
        return self.tiles if isinstance(self.tiles, tuple) else (1, 1)

    @property
    def seen(self) -> PictureInput:
        """What the network under the heads takes: the picture, a part of it, or one tile."""
        picture = self.recipe.picture_input
        _, _, height, width = self.box or (0, 0, picture.height, picture.width)
        rows, columns = self.grid
        return PictureInput(height=height // rows, width=width // columns, channels=picture.channels)

    @property
    def random_changes(self) -> tuple[str, ...]:
        """The augmentation that training pictures go through, by names; cached features only have mirror images."""
        on_pictures = not self.good_only and (not self.on_features or not self.cached or self.fine_tune > 0)
        return self.recipe.augmentation if self.augment and on_pictures else ()

    def options(self) -> dict[str, str | int | float | bool]:
        """Gives every choice by its name, for the report; those that this way of learning does not use are left out."""
        names = [
            field.name for field in fields(self) if field.name not in ("recipe", "profile", "seed", "box", "own_size")
        ]
        only_pretrained = ("pooling", "cached", "fine_tune", "fine_tune_share", "fine_tune_rate")
        unused = () if self.on_features else only_pretrained
        unused = unused if self.recipe.judges and not self.good_only else (*unused, "escape_target")
        unused = (*unused, *(_OF_LEARNING if self.good_only else ("good_only", "overkill_target")))
        chosen = {name: getattr(self, name) for name in names if name not in unused}
        return {name: _plain(value) for name, value in chosen.items() if value is not None}

    def fingerprint(self, data_sha256: str) -> str:
        """Gives 64 hexadecimal digits, the same for two trainings that must end at the same model."""
        recipe = {
            "name": self.recipe.name,
            "picture": msgspec.to_builtins(self.recipe.picture_input),
            "heads": msgspec.to_builtins(self.recipe.heads),
        }
        content = {**self.options(), "recipe": recipe, "profile": asdict(self.profile), "seed": self.seed}
        return hashlib.sha256(msgspec.json.encode([content, data_sha256], order="deterministic")).hexdigest()


def plan(recipe: Recipe, profile: Profile, *, seed: int = 0, **wishes: Unpack[Wishes]) -> Plan:
    """Makes every choice: by the profile's size, over it the recipe's wishes, over them the caller's.

    Args:
        recipe: what to train.
        profile: the size of the work.
        seed: of everything that is random.
        wishes: see `Wishes`, for example `epochs=2`.

    Raises:
        ModelError: a wish cannot be had; says which.
    """
    recipe = with_backbone(recipe, wishes.get("backbone") or recipe.backbone)
    if size := wishes.get("picture_size"):
        recipe = replace(recipe, picture_input=_resized(recipe.picture_input, size))
    tiled, good_only = wishes.get("tiles") is not None, bool(wishes.get("good_only"))
    if good_only:
        recipe = replace(recipe, pooling="patches")
    elif tiled:
        recipe = for_tiles(recipe)
    on_features = recipe.learning == "on features"
    of_profile = Plan(
        recipe=recipe,
        profile=profile,
        seed=seed,
        backbone=recipe.backbone,
        pooling=recipe.pooling,
        epochs=profile.head_epochs if on_features else profile.epochs * recipe.pace,
        fine_tune=profile.fine_tune if on_features and not tiled and not good_only else 0,
        batch_size=profile.batch_size,
        learning_rate=3e-3,
        schedule="plateau" if on_features else "cosine",
        augment=profile.augment and not tiled,  # there are tiles enough, and each mirror image costs as much again
        imbalance="class-weights" if on_features and recipe.judges else "none",
    )
    if wishes.get("escape_target") is not None and not recipe.judges:
        wrong = Argument("escape_target")
        raise ModelError(
            f"{wrong}: {recipe.name} decides about no part, so no defective part passes it or fails",
            hint=f"leave {wrong} out",
            arguments=[wrong],
        )
    wished = replace(of_profile, **{**_said(recipe.wishes), **_said(wishes)})
    _check(wished)
    return wished


def _said(wishes: Wishes) -> dict[str, Any]:  # Any: `Wishes` has checked the types, and `replace` checks the names
    return {name: value for name, value in wishes.items() if value is not None}


def with_backbone(recipe: Recipe, name: str) -> Recipe:
    """Puts the recipe on another network; one with ImageNet weights gets pictures that it can see something in.

    Raises:
        ModelError: no such network.
    """
    backbone = by_name(name)
    if name == recipe.backbone:
        return recipe
    if not backbone.pretrained:
        return replace(recipe, backbone=name, learning="end to end", wishes={})
    side = max(backbone.smallest, SIDE if recipe.learning == "end to end" else 0)
    size = recipe.picture_input
    return replace(
        recipe,
        backbone=name,
        learning="on features",
        pooling="mean+max" if recipe.pooling == "taps" and backbone.application not in TAPS else recipe.pooling,
        picture_input=PictureInput(height=max(side, size.height), width=max(side, size.width), channels=3),
        wishes={},
    )


def for_tiles(recipe: Recipe) -> Recipe:
    """Lets the heads see small things: in a tile the features of several depths count, where they are known."""
    backbone = by_name(recipe.backbone)
    return replace(recipe, pooling="taps", l2=TILES_L2) if backbone.application in TAPS else recipe


def _resized(picture: PictureInput, size: tuple[int, int]) -> PictureInput:
    return PictureInput(height=size[0], width=size[1], channels=picture.channels)


def _plain(value: object) -> str | int | float | bool:
    """A choice as the report writes it: `3000 x 4000` for several numbers."""
    return " x ".join(f"{one:g}" for one in value) if isinstance(value, tuple) else value  # type: ignore[return-value]


def _check(wished: Plan) -> None:
    """Refuses what cannot work, before the long work begins."""
    smallest = by_name(wished.backbone).smallest
    rules = (
        (wished.epochs >= 1, "epochs", "at least 1"),
        (wished.fine_tune >= 0, "fine_tune", "0 or more epochs"),
        (wished.batch_size >= 1, "batch_size", "at least 1"),
        (wished.learning_rate > 0, "learning_rate", "more than 0"),
        (wished.fine_tune_rate > 0, "fine_tune_rate", "more than 0"),
        (0 < wished.fine_tune_share <= 1, "fine_tune_share", "a share in (0, 1]"),
        (wished.patience >= 0, "patience", "0 or more epochs"),
        (0 <= wished.escape_target < 1, "escape_target", "a share in [0, 1)"),
        (wished.imbalance in IMBALANCES, "imbalance", f"one of {', '.join(IMBALANCES)}"),
        (0 <= wished.overkill_target < 1, "overkill_target", "a share in [0, 1)"),
        (_reaches(wished.picture_size, smallest), "picture_size", f"at least {smallest} x {smallest} pixels"),
        (_is_part(wished.crop), "crop", "top, left, height and width of a part of the picture, as shares"),
        (_are_tiles(wished.tiles, smallest), "tiles", f"rows and columns, or a side of at least {smallest} pixels"),
    )
    for holds, name, expected in rules:
        if not holds:
            wrong = Argument(name)
            raise ModelError(f"{wrong}: expected {expected}. Received: {getattr(wished, name)!r}", arguments=[wrong])
    if wished.tiles is not None:
        _check_tiles(wished)
    if wished.good_only:
        _check_good_only(wished)
    if wished.fine_tune and not wished.on_features:
        wrong, more = Argument("fine_tune"), Argument("epochs")
        raise ModelError(
            f"{wrong}: {wished.recipe.name} trains its network from scratch, so there is nothing to fine-tune",
            hint=f"give more {more}, or a pretrained backbone",
            arguments=[wrong, more],
        )


def _reaches(size: tuple[int, int] | None, smallest: int) -> bool:
    return size is None or (len(size) == 2 and min(size) >= smallest)


def _is_part(crop: Crop | None) -> bool:
    if crop is None:
        return True
    top, left, height, width = crop
    return min(top, left) >= 0 and min(height, width) > 0 and top + height <= 1 + 1e-9 and left + width <= 1 + 1e-9


def _are_tiles(tiles: Tiles | None, smallest: int) -> bool:
    if tiles is None:
        return True
    return tiles >= smallest if isinstance(tiles, int) else len(tiles) == 2 and min(tiles) >= 1


def _check_tiles(wished: Plan) -> None:
    """Refuses tiles where nothing says what a picture's worst tile is, or where they cannot be learnt from."""
    tiles, recipe = Argument("tiles"), wished.recipe
    others = ", ".join(f"{head.name} ({head.kind})" for head in recipe.heads if head.kind != "defect")
    if others:
        raise ModelError(
            f"{tiles}: expected heads that tell good from defect, so that there is a worst tile. Received: {others}",
            hint="give the model larger pictures instead",
            arguments=[tiles],
        )
    if not wished.on_features:
        raise ModelError(
            f"{tiles}: {recipe.name} trains its network from scratch, and the network of tiles is a pretrained one",
            hint="name a pretrained backbone; aoi backbones lists them",
            arguments=[tiles],
        )
    for name, unfit in (("fine_tune", wished.fine_tune > 0), ("cached", not wished.cached)):
        if unfit:
            other = Argument(name, getattr(wished, name))
            raise ModelError(
                f"{tiles}: heads on tiles learn from features that are kept. Received: {other}",
                arguments=[tiles, other],
            )


def _check_good_only(wished: Plan) -> None:
    """Refuses what cannot be learnt from good pictures alone."""
    wrong, recipe, known = Argument("good_only", True), wished.recipe, by_name(wished.backbone).application in PATCHES
    if [head.kind for head in recipe.heads] != ["defect"]:
        heads = ", ".join(f"{head.name} ({head.kind})" for head in recipe.heads)
        raise ModelError(
            f"{wrong}: expected one head that tells good from defect. Received: {heads}",
            hint="of your own pictures, say which class is good",
            arguments=[wrong],
        )
    if not wished.on_features or not known:
        raise ModelError(
            f"{wrong}: expected a pretrained network of {', '.join(PATCHES)}. Received: {wished.backbone}",
            hint="take mobilenet-v2 or resnet50",
            arguments=[wrong],
        )
    if wished.fine_tune:
        other = Argument("fine_tune", wished.fine_tune)
        raise ModelError(f"{wrong}: nothing learns that could be tuned. Received: {other}", arguments=[wrong, other])
