"""A plan: everything that a training does, down to each number. A recipe in the size of a profile, as the caller wants.

Imports no TensorFlow, so that a command can refuse a plan before the long work begins.
"""

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import msgspec

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training.networks.catalogue import SMALL_CNN, TAPS, Pooling, by_name
from aoi_modules.training.profiles import Profile
from aoi_modules.training.recipes import Recipe

Imbalance = Literal["none", "class-weights", "focal-loss", "oversampling"]
IMBALANCES: tuple[Imbalance, ...] = ("none", "class-weights", "focal-loss", "oversampling")
ESCAPE_TARGET = 0.05
"""Share of the defective parts that may pass; each threshold is chosen for it on the validation pictures."""
SIDE = 96
"""Pixels that a pretrained network sees at least of a picture meant for a small one."""


@dataclass(frozen=True)
class Plan:
    """What is trained, and how.

    Args:
        recipe: data, input, heads.
        profile: how much of the data.
        seed: of all that is drawn by lot.
        backbone: name of the network under the heads.
        pooling: how its maps become features.
        epochs: of the training, or of its first phase.
        fine_tune: epochs of a second phase that trains the backbone's upper part too; 0 for none.
        fine_tune_share: of the backbone's layers, counted from the top, that the second phase trains.
        batch_size: pictures a step.
        learning_rate: of the first phase, the highest that a step takes.
        fine_tune_rate: of the second phase.
        schedule: how the learning rate of the first phase changes, see `fit.Schedule`.
        cached: whether a frozen backbone's features are computed once and kept on the disk.
        augment: whether training pictures are changed at random, or, with cached features, mirrored.
        imbalance: what is done about rare labels.
        patience: epochs without a better validation loss after which training stops; 0 never stops early.
        escape_target: share of the defective parts that may pass at the threshold.
        mixed_precision: whether layers compute in float16 on a GPU; outputs stay float32.
        mirrored: whether all GPUs of the machine share the work.
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
    schedule: Literal["plateau", "cosine"] = "plateau"
    cached: bool = True
    augment: bool = True
    imbalance: Imbalance = "none"
    patience: int = 0
    escape_target: float = ESCAPE_TARGET
    mixed_precision: bool = False
    mirrored: bool = False

    @property
    def on_features(self) -> bool:
        """Heads on the features of a frozen backbone, not a network trained from nothing."""
        return self.recipe.learning == "head on features"

    @property
    def random_changes(self) -> tuple[str, ...]:
        """The names of the augmentation that training pictures go through; cached features only know mirror images."""
        on_pictures = not self.on_features or not self.cached or self.fine_tune > 0
        return self.recipe.augmentation if self.augment and on_pictures else ()

    def options(self) -> dict[str, str | int | float | bool]:
        """What was chosen, for the report: every field but recipe, profile and seed."""
        names = [field.name for field in fields(self) if field.name not in ("recipe", "profile", "seed")]
        only_pretrained = ("pooling", "cached", "fine_tune", "fine_tune_share", "fine_tune_rate")
        unused = () if self.on_features else only_pretrained
        return {name: getattr(self, name) for name in names if name not in unused}

    def fingerprint(self, data_sha256: str) -> str:
        """The same for two trainings that are to end at the same model: 64 hexadecimal digits."""
        recipe = {
            "name": self.recipe.name,
            "picture": msgspec.to_builtins(self.recipe.picture),
            "heads": msgspec.to_builtins(self.recipe.heads),
        }
        content = {**self.options(), "recipe": recipe, "profile": asdict(self.profile), "seed": self.seed}
        return hashlib.sha256(msgspec.json.encode([content, data_sha256], order="deterministic")).hexdigest()


def plan(recipe: Recipe, profile: Profile, *, seed: int = 0, **wishes: Any) -> Plan:
    """The recipe in the size of the profile, with the caller's wishes over both.

    Args:
        recipe: what to train.
        profile: the size of the work.
        seed: of all that is drawn by lot.
        wishes: fields of `Plan`; None leaves the recipe's own choice.

    Raises:
        ModelError: a wish cannot be had; says which.
    """
    recipe = on_backbone(recipe, wishes.get("backbone") or recipe.backbone)
    on_features = recipe.learning == "head on features"
    own = Plan(
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
    own = replace(own, **recipe.own_plan)
    wished = replace(own, **{name: value for name, value in wishes.items() if value is not None})
    _check(wished)
    return wished


def on_backbone(recipe: Recipe, name: str) -> Recipe:
    """The recipe on another network. One with ImageNet weights gets pictures that it can see something in.

    Raises:
        ModelError: no such network.
    """
    backbone = by_name(name)
    if name == recipe.backbone:
        return recipe
    if not backbone.pretrained:
        return replace(recipe, backbone=name, learning="end to end", own_plan={})
    side = max(backbone.smallest, SIDE if recipe.learning == "end to end" else 0)
    size = recipe.picture
    return replace(
        recipe,
        backbone=name,
        learning="head on features",
        pooling="mean+max" if recipe.pooling == "taps" and backbone.application not in TAPS else recipe.pooling,
        picture=PictureInput(height=max(side, size.height), width=max(side, size.width), channels=3),
        own_plan={},
    )


def _check(wished: Plan) -> None:
    """Refuses what cannot work, before any work is done."""
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
            raise ModelError(f"{name}: expected {expected}. Received: {getattr(wished, name)!r}")
    if wished.fine_tune and not wished.on_features:
        raise ModelError(
            f"fine_tune: {wished.recipe.name} trains its network from nothing, so there is nothing to fine-tune",
            hint="give more epochs, or a pretrained backbone",
        )
