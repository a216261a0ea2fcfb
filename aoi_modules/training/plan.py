"""A plan: every number of a training, from a recipe, the size of a profile, and the caller's wishes.

Imports no TensorFlow, so that a command can refuse a plan before the long work begins.
"""

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Unpack

import msgspec

from aoi_modules.errors import Argument, ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training.networks.catalogue import SMALL_CNN, TAPS, Pooling, by_name
from aoi_modules.training.profiles import Profile
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.wishes import IMBALANCES, Imbalance, ScheduleShape, Wishes

ESCAPE_TARGET = 0.05
"""Share of the defective parts that may pass; each threshold is chosen for it on the validation pictures."""
SIDE = 96
"""Pixels of the shorter side: a pretrained network gets no smaller pictures, even where the recipe has smaller ones."""


@dataclass(frozen=True)
class Plan:
    """What is trained, and how: every choice made. The fields below `seed` are those of `Wishes`.

    Args:
        recipe: data, input, heads.
        profile: how much of the data.
        seed: of all that is drawn by lot.
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
    mixed_precision: bool = False
    mirrored: bool = False

    @property
    def on_features(self) -> bool:
        """Whether heads learn on the features of a frozen backbone; else a network learns end to end, from nothing."""
        return self.recipe.learning == "on features"

    @property
    def random_changes(self) -> tuple[str, ...]:
        """The augmentation that training pictures go through, by names; cached features only have mirror images."""
        on_pictures = not self.on_features or not self.cached or self.fine_tune > 0
        return self.recipe.augmentation if self.augment and on_pictures else ()

    def options(self) -> dict[str, str | int | float | bool]:
        """Gives every choice by its name, for the report; those that this way of learning does not use are left out."""
        names = [field.name for field in fields(self) if field.name not in ("recipe", "profile", "seed")]
        only_pretrained = ("pooling", "cached", "fine_tune", "fine_tune_share", "fine_tune_rate")
        unused = () if self.on_features else only_pretrained
        unused = unused if self.recipe.judges else (*unused, "escape_target")
        return {name: getattr(self, name) for name in names if name not in unused}

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
        seed: of all that is drawn by lot.
        wishes: see `Wishes`, for example `epochs=2`.

    Raises:
        ModelError: a wish cannot be had; says which.
    """
    recipe = with_backbone(recipe, wishes.get("backbone") or recipe.backbone)
    on_features = recipe.learning == "on features"
    of_profile = Plan(
        recipe=recipe,
        profile=profile,
        seed=seed,
        backbone=recipe.backbone,
        pooling=recipe.pooling,
        epochs=profile.head_epochs if on_features else profile.epochs * recipe.pace,
        fine_tune=profile.fine_tune if on_features else 0,
        batch_size=profile.batch_size,
        learning_rate=3e-3,
        schedule="plateau" if on_features else "cosine",
        augment=profile.augment,
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


def _check(wished: Plan) -> None:
    """Refuses what cannot work, before the long work begins."""
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
    )
    for holds, name, expected in rules:
        if not holds:
            wrong = Argument(name)
            raise ModelError(f"{wrong}: expected {expected}. Received: {getattr(wished, name)!r}", arguments=[wrong])
    if wished.fine_tune and not wished.on_features:
        wrong, more = Argument("fine_tune"), Argument("epochs")
        raise ModelError(
            f"{wrong}: {wished.recipe.name} trains its network from nothing, so there is nothing to fine-tune",
            hint=f"give more {more}, or a pretrained backbone",
            arguments=[wrong, more],
        )
