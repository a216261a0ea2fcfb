"""Plans: recipe, profile and wishes."""

from dataclasses import replace
from typing import Any

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.modelstore.manifest import PictureInput
from aoi_modules.training import profiles, recipes
from aoi_modules.training.plan import plan

CNN, TILE = recipes.by_name("fashion-mnist"), recipes.by_name("magnetic-tile")
CPU = profiles.by_name("cpu")


def test_a_network_trained_from_nothing_takes_the_profiles_epochs() -> None:
    assert plan(CNN, CPU).epochs == CPU.epochs
    assert plan(TILE, CPU).epochs == CPU.head_epochs or "epochs" in TILE.wishes


def test_wishes_win_and_none_wishes_nothing() -> None:
    found = plan(TILE, CPU, seed=3, epochs=2, backbone=None, cached=False)
    assert (found.epochs, found.backbone, found.cached, found.seed) == (2, TILE.backbone, False, 3)


def test_a_recipe_of_its_own_mind_differs_from_the_profile() -> None:
    assert plan(replace(CNN, wishes={"patience": 7}), CPU).patience == 7
    assert plan(replace(CNN, wishes={"patience": 7}), CPU, patience=1).patience == 1


@pytest.mark.parametrize(
    ("wish", "text"),
    [
        ({"epochs": 0}, "`epochs`: expected at least 1. Received: 0"),
        ({"learning_rate": -1.0}, "`learning_rate`: expected more than 0"),
        ({"escape_target": 1.0}, "`escape_target`: expected a share"),
        ({"imbalance": "prayer"}, "class-weights, focal-loss, oversampling"),
        ({"fine_tune_share": 0.0}, "fine_tune_share"),
        ({"picture_size": (224, 16)}, "`picture_size`: expected at least 32 x 32 pixels"),
        ({"crop": (0.5, 0.0, 0.6, 1.0)}, "`crop`: expected top, left, height and width of a part"),
        ({"crop": (0.0, 0.0, 0.0, 1.0)}, "`crop`: expected top, left, height and width of a part"),
        ({"tiles": 16}, "`tiles`: expected rows and columns, or a side of at least 32 pixels"),
        ({"tiles": (0, 3)}, "`tiles`: expected rows and columns"),
        ({"tiles": 224, "fine_tune": 3}, "`tiles`: heads on tiles learn from features that are kept"),
        ({"tiles": 224, "cached": False}, "Received: `cached=False`"),
        ({"tiles": 224, "backbone": "small-cnn"}, "trains its network from scratch"),
    ],
)
def test_what_cannot_work_is_refused(wish: dict[str, Any], text: str) -> None:
    with pytest.raises(ModelError, match=text):
        plan(TILE, CPU, **wish)


def test_nothing_can_be_fine_tuned_that_was_not_trained_before() -> None:
    with pytest.raises(ModelError, match="nothing to fine-tune"):
        plan(CNN, CPU, fine_tune=2)


def test_another_network_changes_what_the_recipe_is_made_of() -> None:
    pretrained = plan(CNN, CPU, backbone="mobilenet-v2")
    assert pretrained.on_features
    assert pretrained.recipe.picture_input == PictureInput(height=96, width=96, channels=3)
    assert plan(TILE, CPU, backbone="mobilenet-v3-small").pooling == "mean+max"
    assert plan(TILE, CPU, backbone="mobilenet-0.25").pooling == TILE.pooling
    assert not plan(TILE, CPU, backbone="small-cnn").on_features
    with pytest.raises(ModelError, match="did you mean vgg19"):
        plan(TILE, CPU, backbone="vgg61")


def test_the_fingerprint_changes_with_whatever_changes_the_model() -> None:
    prints = {
        plan(TILE, CPU).fingerprint("a"),
        plan(TILE, CPU).fingerprint("b"),
        plan(TILE, CPU, seed=1).fingerprint("a"),
        plan(TILE, CPU, epochs=1).fingerprint("a"),
        plan(TILE, profiles.by_name("ci")).fingerprint("a"),
        plan(replace(TILE, name="other"), CPU).fingerprint("a"),
    }
    assert len(prints) == 6
    assert plan(TILE, CPU).fingerprint("a") == plan(TILE, CPU).fingerprint("a")


def test_options_name_only_what_was_used() -> None:
    assert "cached" in plan(TILE, CPU).options()
    assert "cached" not in plan(CNN, CPU).options()


def test_tiles_need_heads_that_tell_good_from_defect() -> None:
    classes = replace(TILE, heads=CNN.heads)
    with pytest.raises(ModelError, match=r"`tiles`: expected heads .* Received: category \(class\)"):
        plan(classes, CPU, tiles=224)


def test_tiles_see_small_things_and_are_neither_mirrored_nor_tuned() -> None:
    found = plan(replace(TILE, pooling="mean+max"), profiles.by_name("gpu"), tiles=(2, 3))
    assert (found.pooling, found.augment, found.fine_tune) == ("taps", False, 0)
    assert plan(TILE, CPU, tiles=(2, 3), backbone="resnet50").pooling == "taps"
    assert plan(TILE, CPU, tiles=(2, 3), augment=True).augment


def test_a_picture_size_is_the_models_input() -> None:
    assert plan(TILE, CPU, picture_size=(96, 320)).recipe.picture_input == PictureInput(
        height=96, width=320, channels=3
    )
    assert plan(TILE, CPU).options().get("picture_size") is None
    assert plan(TILE, CPU, picture_size=(96, 320)).options()["picture_size"] == "96 x 320"


def test_an_escape_target_where_nothing_is_judged_is_refused() -> None:
    with pytest.raises(ModelError, match="`escape_target`: fashion-mnist decides about no part"):
        plan(CNN, CPU, escape_target=0.02)
    assert "escape_target" not in plan(CNN, CPU).options()
    assert plan(TILE, CPU, escape_target=0.02).options()["escape_target"]
