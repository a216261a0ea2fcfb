"""The two ways of learning: all layers end to end, or a head on the features of a frozen backbone."""

from dataclasses import dataclass

from aoi_modules.datasets.progress import say
from aoi_modules.datasets.table import Split
from aoi_modules.tf import keras
from aoi_modules.training.backbones import RANDOM, pretrained_mobilenet, small_cnn
from aoi_modules.training.features import features
from aoi_modules.training.fit import History, Log, fit_features, fit_pictures
from aoi_modules.training.heads import feature_head, join, named, output_layer
from aoi_modules.training.profiles import Profile
from aoi_modules.training.recipes import Recipe


@dataclass(frozen=True)
class Learned:
    """A trained model, and how it came to be.

    Args:
        model: input `image` float32 (N, H, W, C) in [0, 255]; output a dict, head -> float32 (N, K).
        history: of the training.
        weights: where the backbone's weights came from.
    """

    model: keras.Model
    history: History
    weights: str


def learn(recipe: Recipe, split: Split, profile: Profile, *, seed: int = 0, log: Log = say) -> Learned:
    """Trains the recipe's model. The same seed gives the same model on the same CPU."""
    keras.utils.set_random_seed(seed)
    way = end_to_end if recipe.learning == "end to end" else head_on_features
    return way(recipe, split, profile, seed=seed, log=log)


def end_to_end(recipe: Recipe, split: Split, profile: Profile, *, seed: int = 0, log: Log = say) -> Learned:
    """Trains all layers of a small network."""
    backbone = small_cnn(recipe.picture)
    model = keras.Model(backbone.inputs[0], output_layer(recipe.head)(backbone.outputs[0]))
    history = fit_pictures(
        model,
        recipe.head,
        split,
        recipe.picture,
        epochs=profile.epochs,
        batch_size=profile.batch_size,
        seed=seed,
        log=log,
    )
    return Learned(named(model, recipe.head), history, RANDOM)


def head_on_features(recipe: Recipe, split: Split, profile: Profile, *, seed: int = 0, log: Log = say) -> Learned:
    """Computes the features of all pictures once, trains a head on them, and joins both to one model."""
    backbone, weights = pretrained_mobilenet(recipe.picture, log=log)
    log(f"features of {len(split.train)} training and {len(split.validation)} validation pictures, weights {weights}")
    train = features(backbone, split.train, recipe.picture, flips=profile.flips)
    validation = features(backbone, split.validation, recipe.picture)
    head_model = feature_head(recipe.head, train[0])
    history = fit_features(head_model, recipe.head, train, validation, epochs=profile.head_epochs, seed=seed, log=log)
    return Learned(join(backbone, head_model, recipe.head), history, weights)
