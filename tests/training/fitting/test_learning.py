"""The ways of learning, on small pictures and a network with random weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.errors import NotAPicture
from aoi_modules.tf import keras, tf
from aoi_modules.training import profiles, recipes
from aoi_modules.training.fitting.learning import Learned, learn
from aoi_modules.training.networks.trunk import trunk_of
from aoi_modules.training.plan import Plan, plan
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.wishes import IMBALANCES, Imbalance
from tests.training.small import DEFECT, PICTURE, SIDES, split

TINY = replace(profiles.by_name("ci"), epochs=2, head_epochs=4, batch_size=16)
SQUARES = replace(
    recipes.by_name("magnetic-tile"),
    load=lambda **limits: split(),
    picture_input=PICTURE,
    heads=(DEFECT,),
    backbone="mobilenet-0.25",
    pooling="mean+max",
)
FROM_NOTHING = replace(
    recipes.by_name("fashion-mnist"),
    load=lambda **limits: split(SIDES, train=16),  # float16 is slow without a GPU
    picture_input=PICTURE,
    heads=(SIDES,),
)
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("bare_machine")]


def learnt(wanted: Plan, log: list[str] | None = None) -> Learned:
    lines: list[str] = [] if log is None else log
    return learn(wanted, wanted.recipe.split(wanted.profile, 0), log=lines.append)


def test_a_picture_that_vanishes_between_check_and_use_is_named(tmp_path: Path) -> None:
    """Training reads it in every epoch; TensorFlow's own word would be a stack trace."""
    whole = split(SIDES, train=16)
    files = tuple(tmp_path / f"{row}.png" for row in range(16))
    for row, file in enumerate(files[:-1]):
        file.write_bytes(whole.train.encoded(row))
    gone = replace(whole, train=replace(whole.train, pictures=files))
    recipe = replace(FROM_NOTHING, load=lambda **limits: gone)
    with pytest.raises(NotAPicture, match=r"15.png: cannot be read: No such file or directory$"):
        learnt(plan(recipe, TINY, epochs=1))


def scores(found: Learned) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.asarray(found.model(np.asarray(split().test.pictures, np.float32))["defect"])


def test_cached_features_and_pictures_lead_to_the_same_head() -> None:
    cached, naive = (learnt(plan(SQUARES, TINY, cached=cached, augment=False, epochs=4)) for cached in (True, False))
    assert cached.history.keys() == naive.history.keys()
    assert cached.history["validation_loss"][-1] == pytest.approx(naive.history["validation_loss"][-1], rel=0.05)
    assert np.allclose(scores(cached), scores(naive), atol=0.05)


@pytest.fixture(scope="module")
def frozen() -> Learned:
    """The squares, learnt by a head on a backbone that stays as it is."""
    return learnt(plan(SQUARES, TINY, augment=False))


def test_fine_tuning_changes_the_upper_part_of_the_backbone_only(frozen: Learned) -> None:
    lines: list[str] = []
    tuned = learnt(plan(SQUARES, TINY, augment=True, fine_tune=1, fine_tune_rate=1e-3, fine_tune_share=0.3), lines)
    assert any("fine-tuning" in line for line in lines)
    assert len(tuned.history["loss"]) == len(frozen.history["loss"]) + 1
    before, after = (trunk_of(one.model).layers for one in (frozen, tuned))
    assert trunk_of(tuned.model).get_layer("conv1").get_weights()[0].shape[-1] == 8
    norms = [layer for layer in after if isinstance(layer, keras.layers.BatchNormalization)]
    assert not any(layer.trainable for layer in norms)
    assert any(layer.trainable and layer.trainable_weights for layer in after)
    assert not any(layer.trainable and layer.trainable_weights for layer in after[: len(before) // 2])


@pytest.mark.parametrize("imbalance", IMBALANCES)
def test_every_way_about_rare_labels_learns(imbalance: Imbalance, frozen: Learned) -> None:
    found = frozen if imbalance == "none" else learnt(plan(SQUARES, TINY, imbalance=imbalance, augment=False))
    assert np.isfinite(found.history["loss"]).all()


@pytest.mark.parametrize("recipe", [FROM_NOTHING, SQUARES])
def test_a_network_trained_in_float16_answers_and_is_served_in_float32(recipe: Recipe) -> None:
    lines: list[str] = []
    found = learnt(plan(recipe, TINY, mixed_precision=True, epochs=1), lines)
    assert any("no GPU was found" in line for line in lines) or tf.config.list_physical_devices("GPU")
    assert "float16" not in found.model.to_json()
    (answer,) = found.model(np.asarray(split().test.pictures, np.float32)).values()
    assert answer.dtype == tf.float32
    assert np.isfinite(answer).all()
    assert keras.mixed_precision.global_policy().name == "float32"


def test_a_mirrored_strategy_trains_the_same_kind_of_model() -> None:
    found = learnt(plan(FROM_NOTHING, TINY, mirrored=True, epochs=1))
    assert np.isfinite(found.history["loss"]).all()
    assert set(found.model.output) == {"side"}
