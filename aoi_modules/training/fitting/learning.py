"""The two ways of learning: end to end, or heads on the features of a frozen backbone.

Heads learn from features that are kept on the disk, or from the pictures themselves. After that the backbone's upper
part may learn too.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets.batches import broken_pictures_named
from aoi_modules.datasets.table import Indices, Split, Table
from aoi_modules.progress import Say, say
from aoi_modules.tf import keras, tf
from aoi_modules.training.features.lookup import features
from aoi_modules.training.fitting.backup import History
from aoi_modules.training.fitting.examples import FeatureExamples, PictureExamples
from aoi_modules.training.fitting.fit import Schedule, fit
from aoi_modules.training.fitting.imbalance import balanced, oversampled
from aoi_modules.training.fitting.one_class import learn_good
from aoi_modules.training.fitting.tiles import TiledPictures, heads_on_tiles
from aoi_modules.training.networks.augmentation import augmented
from aoi_modules.training.networks.backbones import pretrained
from aoi_modules.training.networks.heads import Scale, end_to_end, head_model, join
from aoi_modules.training.networks.number_columns import NumberColumns
from aoi_modules.training.networks.small_cnn import small_cnn
from aoi_modules.training.networks.tiling import Grid, looking_at, tiled_features, tiled_model
from aoi_modules.training.networks.trunk import unfreeze
from aoi_modules.training.networks.weight_origin import RANDOM
from aoi_modules.training.plan import Plan

MIXED = "mixed_float16"
SCALE_SAMPLE = 1000
"""How many training pictures tell the features' mean and spread where not all features are computed beforehand."""


@dataclass(frozen=True)
class Learned:
    """A trained model, and how it was trained.

    Args:
        model: input `image` float32 (N, H, W, C) in [0, 255], with numbers a dict of it and `features` float32 (N, F);
            output a dict, head -> float32 (N, K).
        history: of the training, both phases in a row.
        weights: where the backbone's weights came from.
    """

    model: keras.Model
    history: History
    weights: str


def learn(plan: Plan, split: Split, *, work: Path | None = None, log: Say = say) -> Learned:
    """Trains the plan's model. The same plan gives the same model on the same CPU, interrupted or not.

    Args:
        plan: what to do.
        split: the data.
        work: folder to go on from after a kill, see `fit`; None keeps nothing.
        log: told in lines how it goes.
    """
    keras.utils.set_random_seed(plan.seed)
    with computing(plan, log):
        learned = (train_on_features if plan.on_features else train_end_to_end)(plan, split, work, log)
    return replace(learned, model=as_served(learned.model))


def train_end_to_end(plan: Plan, split: Split, work: Path | None, log: Say) -> Learned:
    """Trains all layers of a small network, from scratch. Arguments as `learn`."""
    train = prepared(split.train, plan)
    model = end_to_end(_in_its_box(small_cnn(plan.seen), plan), plan.recipe.heads, train)
    fitted = augmented(model, plan.recipe.augmentation, seed=plan.seed) if plan.augment else model
    history = on_pictures(plan, fitted, train, split, first_schedule(plan), work, log)
    return Learned(model, history, RANDOM)


def train_on_features(plan: Plan, split: Split, work: Path | None, log: Say) -> Learned:
    """Trains heads on a frozen backbone, then, if the plan says so, the backbone's upper part with them.

    Arguments as `learn`.
    """
    if plan.good_only:
        model, weights = learn_good(plan, split, log)
        return Learned(model, {}, weights)
    backbone, weights = pretrained(plan.backbone, plan.seen, pooling=plan.pooling, log=log)
    if isinstance(plan.tiles, tuple):
        log(f"features of {plan.tiles[0]} x {plan.tiles[1]} tiles of each picture, weights {weights}")
        return Learned(*on_tiles(plan, backbone, plan.tiles, split, work, log), weights)
    backbone = _in_its_box(backbone, plan)
    train = prepared(split.train, plan)
    if plan.cached:
        log(f"features of {len(train)} training and {len(split.validation)} validation pictures, weights {weights}")
    first_phase = heads_on_cached_features if plan.cached else heads_on_pictures
    model, history = first_phase(plan, backbone, train, split, None if work is None else work / "head", log)
    if plan.fine_tune:
        history = joined(history, fine_tune(plan, model, backbone, train, split, work, log))
    return Learned(model, history, weights)


def heads_on_cached_features(
    plan: Plan, backbone: keras.Model, train: Table, split: Split, work: Path | None, log: Say
) -> tuple[keras.Model, History]:
    """Fits heads to features that are computed once, and joins them to the backbone: the model and its history.

    Args:
        plan: what to do.
        backbone: frozen, from float32 (N, H, W, C) to (N, F).
        train: rows to learn from, see `prepared`.
        split: its validation rows decide.
        work: folder of this phase, see `fit`.
        log: told in lines how it goes.
    """
    recipe = plan.recipe
    learnt = features(backbone, train, recipe.picture_input, mirrored=plan.augment, log=log)
    checked = features(backbone, split.validation, recipe.picture_input, log=log)
    heads = heads_for(plan, learnt[0], train)
    history = fit(
        heads,
        recipe.heads,
        FeatureExamples(learnt, train, rows_of(train, plan)),
        FeatureExamples(checked, split.validation),
        first_schedule(plan),
        work=work,
        log=log,
    )
    return join(backbone, heads), history


def on_tiles(
    plan: Plan, backbone: keras.Model, grid: Grid, split: Split, work: Path | None, log: Say
) -> tuple[keras.Model, History]:
    """Fits heads to the features of tiles, and makes the model that looks tile by tile: it and its history.

    Args:
        plan: what to do.
        backbone: frozen, from a tile float32 (N, h, w, C) to (N, F).
        grid: of tiles.
        split: the data.
        work: folder to go on from after a kill, see `fit`.
        log: told in lines how it goes.
    """
    recipe, tiles = plan.recipe, grid[0] * grid[1]
    network = tiled_features(backbone, recipe.picture_input, grid, plan.box)

    def tiled(table: Table, mirrored: bool) -> TiledPictures:
        found = features(network, table, recipe.picture_input, mirrored=mirrored, log=log)
        every = table.take(np.tile(np.arange(len(table)), len(found)))  # each view as a picture of its own
        return TiledPictures(found.reshape(len(every), tiles, -1), every, plan.seed)

    heads, history = heads_on_tiles(
        recipe.heads,
        tiled(split.train, plan.augment),
        tiled(split.validation, False),
        first_schedule(plan),
        l2=recipe.l2,
        weighted=plan.imbalance == "class-weights",
        work=None if work is None else work / "head",
        log=log,
    )
    return tiled_model(backbone, heads, recipe.picture_input, grid, plan.box), history


def heads_on_pictures(
    plan: Plan, backbone: keras.Model, train: Table, split: Split, work: Path | None, log: Say
) -> tuple[keras.Model, History]:
    """Fits heads that are joined to the frozen backbone, which sees every picture in every epoch: model and history.

    Arguments as `heads_on_cached_features`.
    """
    recipe = plan.recipe
    sample = train.take(np.random.default_rng(plan.seed).permutation(len(train))[:SCALE_SAMPLE])
    sampled = features(backbone, sample, recipe.picture_input, log=log)[0]
    model = join(backbone, heads_for(plan, sampled, train))
    fitted = augmented(model, recipe.augmentation, seed=plan.seed) if plan.augment else model
    return model, on_pictures(plan, fitted, train, split, first_schedule(plan), work, log)


def heads_for(plan: Plan, sampled: NDArray[np.floating], train: Table) -> keras.Model:
    """Builds the plan's heads.

    Args:
        plan: what to do.
        sampled: float (N, F), features of training pictures, which tell mean and spread.
        train: rows to learn from, which tell how numbers beside the pictures are read.
    """
    recipe = plan.recipe
    scale = Scale.of(sampled, components=recipe.components)
    columns = NumberColumns.of(train, codes=recipe.codes) if train.features is not None else None
    return head_model(recipe.heads, scale, train, l2=recipe.l2, columns=columns)


def fine_tune(
    plan: Plan, model: keras.Model, backbone: keras.Model, train: Table, split: Split, work: Path | None, log: Say
) -> History:
    """Lets the backbone's upper layers learn too, in small steps: the second phase. Batch norm keeps its statistics.

    Args:
        plan: what to do.
        model: after the first phase; it is changed.
        backbone: in the model.
        train: rows to learn from, see `prepared`.
        split: its validation rows decide.
        work: folder of the training, see `fit`.
        log: told in lines how it goes.
    """
    opened = unfreeze(backbone, plan.fine_tune_share)
    log(f"fine-tuning {opened} layers of the backbone, learning rate {plan.fine_tune_rate:g}")
    fitted = augmented(model, plan.recipe.augmentation, seed=plan.seed + 1) if plan.augment else model
    schedule = replace(first_schedule(plan), epochs=plan.fine_tune, learning_rate=plan.fine_tune_rate, shape="cosine")
    phase = None if work is None else work / "fine-tune"
    return on_pictures(plan, fitted, train, split, schedule, phase, log)


def _in_its_box(network: keras.Model, plan: Plan) -> keras.Model:
    return network if plan.box is None else looking_at(network, plan.recipe.picture_input, plan.box)


def prepared(train: Table, plan: Plan) -> Table:
    """Gives the training rows their weights: rare labels count more if the plan says so."""
    return balanced(train) if plan.imbalance == "class-weights" else train


def rows_of(train: Table, plan: Plan) -> Indices | None:
    """Chooses the rows of an epoch, int64 (M,): rare labels several times if the plan says so; None takes all once."""
    return oversampled(train.labels, seed=plan.seed) if plan.imbalance == "oversampling" else None


def on_pictures(
    plan: Plan, model: keras.Model, train: Table, split: Split, schedule: Schedule, work: Path | None, log: Say
) -> History:
    """Fits a model to the pictures themselves; arguments as `fine_tune`, with the schedule and the phase's folder."""
    examples = PictureExamples(train, plan.recipe.picture_input, rows_of(train, plan))
    checked = PictureExamples(split.validation, plan.recipe.picture_input)
    with broken_pictures_named(train, split.validation):
        return fit(model, plan.recipe.heads, examples, checked, schedule, work=work, log=log)


def first_schedule(plan: Plan) -> Schedule:
    """Gives the schedule of the first phase, or of the only one."""
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
    """Puts two phases in a row; a measure that one of them lacks is left out."""
    return {name: [*values, *second[name]] for name, values in first.items() if name in second}


@contextmanager
def computing(plan: Plan, log: Say) -> Iterator[None]:
    """Computes in float16 and on several GPUs while the block runs, as the plan wants it.

    Without a GPU both work too, but slower; `log` is told so.
    """
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
    """Gives the model without optimizer and loss, which only training needs; in float32 if it learnt in float16."""
    text = model.to_json()
    if MIXED not in text:
        return keras.Model(model.input, model.output, name=model.name)
    served = keras.models.model_from_json(text.replace(MIXED, "float32"))
    served.set_weights(model.get_weights())
    return served
