"""The ways of learning: all layers from nothing; heads on a frozen backbone, from pictures or from its cached features;
and after that a second phase in which the backbone's upper part learns too."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aoi_modules.datasets.table import Split, Table
from aoi_modules.progress import say
from aoi_modules.tf import keras, tf
from aoi_modules.training.features.lookup import features
from aoi_modules.training.fitting.backup import History
from aoi_modules.training.fitting.examples import FeatureExamples, PictureExamples
from aoi_modules.training.fitting.fit import Log, Schedule, fit
from aoi_modules.training.fitting.imbalance import balanced, oversampled
from aoi_modules.training.networks.augmentation import augmented
from aoi_modules.training.networks.backbones import pretrained
from aoi_modules.training.networks.heads import Scale, end_to_end, head_model, join
from aoi_modules.training.networks.number_columns import NumberColumns
from aoi_modules.training.networks.small_cnn import small_cnn
from aoi_modules.training.networks.trunk import unfreeze
from aoi_modules.training.networks.weight_origin import RANDOM
from aoi_modules.training.plan import Plan

MIXED = "mixed_float16"
SCALE_SAMPLE = 1000
"""Training pictures whose features tell mean and spread when the features are not computed beforehand."""


@dataclass(frozen=True)
class Learned:
    """A trained model, and how it came to be.

    Args:
        model: input `image` float32 (N, H, W, C) in [0, 255], with numbers a dict of it and `features` float32 (N, F);
            output a dict, head -> float32 (N, K).
        history: of the training, both phases in a row.
        weights: where the backbone's weights came from.
    """

    model: keras.Model
    history: History
    weights: str


def learn(plan: Plan, split: Split, *, work: Path | None = None, log: Log = say) -> Learned:
    """Trains the plan's model. The same plan gives the same model on the same CPU, interrupted or not.

    Args:
        plan: what to do.
        split: the data.
        work: folder to go on from after a kill, see `fit`; None keeps nothing.
        log: told in lines how it goes.
    """
    keras.utils.set_random_seed(plan.seed)
    with computing(plan, log):
        learned = (on_backbone if plan.on_features else from_nothing)(plan, split, work, log)
    return replace(learned, model=as_served(learned.model))


def from_nothing(plan: Plan, split: Split, work: Path | None, log: Log) -> Learned:
    """Trains all layers of a small network."""
    train = prepared(split.train, plan)
    model = end_to_end(small_cnn(plan.recipe.picture), plan.recipe.heads, train)
    fitted = augmented(model, plan.recipe.augmentation, seed=plan.seed) if plan.augment else model
    history = on_pictures(plan, fitted, train, split, first_schedule(plan), work, log)
    return Learned(model, history, RANDOM)


def on_backbone(plan: Plan, split: Split, work: Path | None, log: Log) -> Learned:
    """Trains heads on a frozen backbone, then, if the plan says so, the backbone's upper part with them."""
    recipe = plan.recipe
    backbone, weights = pretrained(plan.backbone, recipe.picture, pooling=plan.pooling, log=log)
    train = prepared(split.train, plan)
    columns = NumberColumns.of(train, codes=recipe.codes) if train.features is not None else None
    phase = None if work is None else work / "head"
    if plan.cached:
        log(f"features of {len(train)} training and {len(split.validation)} validation pictures, weights {weights}")
        values = features(backbone, train, recipe.picture, mirrored=plan.augment, log=log)
        checked = features(backbone, split.validation, recipe.picture, log=log)
        scale = Scale.of(values[0], components=recipe.components)
        heads = head_model(recipe.heads, scale, train, l2=recipe.l2, columns=columns)
        history = fit(
            heads,
            recipe.heads,
            FeatureExamples(values, train, rows_of(train, plan)),
            FeatureExamples(checked, split.validation),
            first_schedule(plan),
            work=phase,
            log=log,
        )
        model = join(backbone, heads)
    else:
        sample = train.take(np.random.default_rng(plan.seed).permutation(len(train))[:SCALE_SAMPLE])
        looks = features(backbone, sample, recipe.picture, log=log)[0]
        scale = Scale.of(looks, components=recipe.components)
        model = join(backbone, head_model(recipe.heads, scale, train, l2=recipe.l2, columns=columns))
        fitted = augmented(model, recipe.augmentation, seed=plan.seed) if plan.augment else model
        history = on_pictures(plan, fitted, train, split, first_schedule(plan), phase, log)
    if plan.fine_tune:
        history = joined(history, fine_tune(plan, model, backbone, train, split, work, log))
    return Learned(model, history, weights)


def fine_tune(
    plan: Plan, model: keras.Model, backbone: keras.Model, train: Table, split: Split, work: Path | None, log: Log
) -> History:
    """The second phase: the backbone's upper layers learn too, in small steps; batch norm keeps its statistics."""
    opened = unfreeze(backbone, plan.fine_tune_share)
    log(f"fine-tuning {opened} layers of the backbone, learning rate {plan.fine_tune_rate:g}")
    fitted = augmented(model, plan.recipe.augmentation, seed=plan.seed + 1) if plan.augment else model
    schedule = replace(first_schedule(plan), epochs=plan.fine_tune, learning_rate=plan.fine_tune_rate, shape="cosine")
    phase = None if work is None else work / "fine-tune"
    return on_pictures(plan, fitted, train, split, schedule, phase, log)


def prepared(train: Table, plan: Plan) -> Table:
    """The training rows, with rare labels weighed up if the plan says so."""
    return balanced(train) if plan.imbalance == "class-weights" else train


def rows_of(train: Table, plan: Plan) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Which rows an epoch takes: rare labels several times if the plan says so."""
    return oversampled(train.labels, seed=plan.seed) if plan.imbalance == "oversampling" else None


def on_pictures(
    plan: Plan, model: keras.Model, train: Table, split: Split, schedule: Schedule, work: Path | None, log: Log
) -> History:
    """Fits a model to the pictures themselves."""
    examples = PictureExamples(train, plan.recipe.picture, rows_of(train, plan))
    checked = PictureExamples(split.validation, plan.recipe.picture)
    return fit(model, plan.recipe.heads, examples, checked, schedule, work=work, log=log)


def first_schedule(plan: Plan) -> Schedule:
    return Schedule(
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        shape=plan.schedule,
        patience=plan.patience,
        imbalance=plan.imbalance,
        seed=plan.seed,
    )


def joined(first: History, second: History) -> History:
    """Two phases in a row; a measure that one of them lacks is left out."""
    return {name: [*values, *second[name]] for name, values in first.items() if name in second}


@contextmanager
def computing(plan: Plan, log: Log) -> Iterator[None]:
    """Float16 and several GPUs, as the plan wants them. Without a GPU both work too, slower, and that is said."""
    gpus = tf.config.list_physical_devices("GPU")
    for wanted, name in ((plan.mixed_precision, "mixed precision"), (plan.mirrored, "a mirrored strategy")):
        if wanted and not gpus:
            log(f"{name} on a CPU: no GPU was found, so it only costs time")
    before = keras.mixed_precision.global_policy()
    if plan.mixed_precision:
        keras.mixed_precision.set_global_policy(MIXED)
    try:
        with tf.distribute.MirroredStrategy().scope() if plan.mirrored else nullcontext():
            yield
    finally:
        keras.mixed_precision.set_global_policy(before)


def as_served(model: keras.Model) -> keras.Model:
    """The model without what only training needs: no optimizer, no loss; and in float32 if it learnt in float16."""
    text = model.to_json()
    if MIXED not in text:
        return keras.Model(model.input, model.output, name=model.name)
    served = keras.models.model_from_json(text.replace(MIXED, "float32"))
    served.set_weights(model.get_weights())
    return served
