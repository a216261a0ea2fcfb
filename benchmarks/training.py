"""What the recipes reach on the data at hand, against what is asked of them. Minutes, not seconds.

    .venv/bin/python benchmarks/training.py
    .venv/bin/python benchmarks/training.py tile houses

Tiles and houses are cross-validated. Tiles twice: with all photographs of a tile in one fold, which is what a line
meets, and with photographs dealt out one by one, as published figures have it: then every tile is known beforehand.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from aoi_modules.datasets import houses, magnetic_tile
from aoi_modules.datasets.table import Split, Table
from aoi_modules.tf import keras
from aoi_modules.training import profiles, recipes
from aoi_modules.training.features.cache import Features
from aoi_modules.training.features.lookup import features
from aoi_modules.training.fitting.examples import FeatureExamples
from aoi_modules.training.fitting.fit import fit
from aoi_modules.training.fitting.learning import first_schedule, heads_for, learn, prepared
from aoi_modules.training.measuring import metrics
from aoi_modules.training.measuring.evaluation import counted, evaluate, scores
from aoi_modules.training.measuring.thresholds import overkill_at_escape
from aoi_modules.training.networks.backbones import pretrained
from aoi_modules.training.plan import Plan, plan
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.sizing import fitted
from aoi_modules.training.wishes import Wishes

FOLDS = {"tile": 4, "houses": 5}
ESCAPES = 0.02
VALIDATION_EVERY = 8
"""One row in so many of a training fold decides when training is done."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("which", nargs="*", choices=[*BENCHMARKS, []], help="default: all")
    arguments.add_argument("--profile", choices=list(profiles.PROFILES), default="cpu")
    given = arguments.parse_args()
    print(f"{'what':58} {'reached':>9} {'asked':>7}  seconds")
    for name in given.which or BENCHMARKS:
        BENCHMARKS[name](given.profile)


def say(what: str, reached: float, asked: str, began: float) -> None:
    print(f"{what:58} {reached:9.4f} {asked:>7}  {time.perf_counter() - began:7.0f}", flush=True)


def fashion(profile: str) -> None:
    began = time.perf_counter()
    figures = trained("fashion-mnist", profile)
    say("Fashion-MNIST, accuracy", figures["category"]["accuracy"], "0.90", began)


def colours(profile: str) -> None:
    began = time.perf_counter()
    figures = trained("fashion-mnist-colours", profile)
    say("Fashion-MNIST in colours, accuracy of the colour", figures["colour"]["accuracy"], "0.99", began)
    say("Fashion-MNIST in colours, accuracy of the category", figures["category"]["accuracy"], "0.88", began)


def trained(name: str, profile: str, **wishes: Unpack[Wishes]) -> dict[str, dict[str, float]]:
    """Head -> figures on the test pictures."""
    wanted = plan(recipes.by_name(name), profiles.by_name(profile), **wishes)
    split = wanted.recipe.split(wanted.profile, 0)
    real_or_not(split)
    wanted = fitted(wanted, split)
    learned = learn(wanted, split, log=quiet)
    results = evaluate(
        learned.model,
        wanted.recipe.heads,
        split,
        wanted.recipe.picture_input,
        overkill_target=wanted.overkill_target if wanted.good_only else None,
    )
    return {result.head.name: dict(result.head.metrics) for result in results}


def boards(profile: str) -> None:
    """Six heads on DeepPCB's official test list: boards that training knows, four that it does not, and all."""
    began = time.perf_counter()
    wanted = plan(recipes.by_name("deeppcb"), profiles.by_name(profile))
    split = wanted.recipe.split(wanted.profile, 0)
    real_or_not(split)
    model = learn(wanted, split, log=quiet).model
    tables = {"known boards": split.test} | ({"unseen boards": split.unseen} if split.unseen else {})
    answers = {name: scores(model, table, wanted.recipe.picture_input) for name, table in tables.items()}
    for place in [*tables, "official test list"]:
        parts = list(tables) if place == "official test list" else [place]
        found = {}
        for head in wanted.recipe.heads:
            targets = [tables[part].target(head.name) for part in parts]
            rows = [counted(target) for target in targets]
            values = np.concatenate([answers[part][head.name][row, 0] for part, row in zip(parts, rows, strict=True)])
            truth = np.concatenate([one.values[row] for one, row in zip(targets, rows, strict=True)]).astype(np.int64)
            found[head.name] = metrics.auroc(values, truth)
            say(f"  {place}, {head.name}: overkill at 2% escapes", overkill(values, truth), "", began)
        for name, value in found.items():
            say(f"  {place}, {name}: AUROC", value, "", began)
        asked = "0.99" if place == "official test list" else ""
        say(f"DeepPCB, mean AUROC of six heads, {place}", float(np.mean(list(found.values()))), asked, began)


def tile(profile: str) -> None:
    recipe = recipes.by_name(magnetic_tile.NAME)
    whole = joined(magnetic_tile.load())
    for by in ("tile", "picture"):
        began = time.perf_counter()
        fold = magnetic_tile.folds(whole, FOLDS["tile"], by=by)
        values = out_of_fold(recipe, profile, whole, fold)[:, 0]
        asked = ("0.95", "< 0.40") if by == "picture" else ("", "")
        say(f"magnetic tile, AUROC, 4 folds by {by}", metrics.auroc(values, whole.labels), asked[0], began)
        say(f"magnetic tile, overkill at 2% escapes, by {by}", overkill(values, whole.labels), asked[1], began)


def good_only(profile: str) -> None:
    """The recipe's own test tiles, judged by what was learnt from good tiles alone, and from defects too."""
    for what, wishes in (("good and defective tiles", Wishes()), ("good tiles alone", Wishes(good_only=True))):
        began = time.perf_counter()
        figures = trained(magnetic_tile.NAME, profile, **wishes)[magnetic_tile.TARGET]
        say(f"magnetic tile, AUROC, {what}", figures["auroc"], "", began)
        say(f"  escape rate at its threshold, {what}", figures["escape_rate"], "", began)
        say(f"  overkill rate at its threshold, {what}", figures["overkill_rate"], "", began)


def house_prices(profile: str) -> None:
    """Median percentage error with and without the pictures, over five folds and three deals of seeds."""
    recipe = recipes.by_name(houses.NAME)
    whole, _ = houses.table()
    fold = houses.folds(whole, FOLDS["houses"])
    blank = replace(whole, pictures=np.zeros_like(whole.pictures))
    error: dict[str, list[float]] = {}
    for seed in range(3):
        for name, table in (("CSV alone", blank), ("pictures and CSV", whole)):
            began = time.perf_counter()
            answers = out_of_fold(recipe, profile, table, fold, seed=seed)[:, 0]
            wrong = metrics.median_absolute_percentage_error(answers, whole.main.values.astype(np.float32))
            error.setdefault(name, []).append(wrong)
            say(f"  houses, median percentage error, {name}, seed {seed}", wrong, "", began)
    alone, both = (float(np.mean(values)) for values in error.values())
    say("houses, median percentage error, CSV alone", alone, "", time.perf_counter())
    say("houses, median percentage error, pictures and CSV", both, f"<{alone:.4f}", time.perf_counter())


def out_of_fold(
    recipe: Recipe, profile: str, table: Table, fold: NDArray[np.int64], *, seed: int = 0
) -> NDArray[np.float32]:
    """Answers of the recipe's one head for every row, by a head that saw none of the row's fold: (N, K).

    The frozen backbone knows nothing of folds, so it sees each picture once for all of them.
    """
    wanted = plan(recipe, profiles.by_name(profile), seed=seed)
    backbone, _ = pretrained(wanted.backbone, recipe.picture_input, pooling=wanted.pooling, log=quiet)
    values = features(backbone, table, recipe.picture_input, mirrored=wanted.augment, log=quiet)
    answers: dict[int, NDArray[np.float32]] = {}
    for number in range(int(fold.max()) + 1):
        rest, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        validation, train = rest[::VALIDATION_EVERY], np.delete(rest, np.s_[::VALIDATION_EVERY])
        keras.utils.set_random_seed(seed)
        heads = fitted_heads(wanted, table, values, train, validation)
        inputs = [batch[0] for batch in FeatureExamples(values[:1, test], table.take(test)).once()]
        found = [np.asarray(heads(one, training=False)[recipe.heads[0].name]) for one in inputs]
        answers |= dict(zip(test.tolist(), np.concatenate(found), strict=True))
    return np.stack([answers[row] for row in range(len(table))])


def fitted_heads(
    wanted: Plan, table: Table, values: Features, train: NDArray[np.int64], validation: NDArray[np.int64]
) -> keras.Model:
    """The heads of a fold, as `learning.train_on_features` trains them."""
    recipe, rows = wanted.recipe, prepared(table.take(train), wanted)
    heads = heads_for(wanted, values[0, train], rows)
    examples = FeatureExamples(values[:, train], rows), FeatureExamples(values[:, validation], table.take(validation))
    fit(heads, recipe.heads, *examples, first_schedule(wanted), log=quiet)
    return heads


def joined(split: Split) -> Table:
    """All rows of a data set again."""
    parts = (split.train, split.validation, split.test)
    pictures = tuple(part.encoded(row) for part in parts for row in range(len(part)))
    target = replace(split.train.main, values=np.concatenate([part.labels for part in parts]))
    kinds = tuple(kind for part in parts for kind in part.kinds)
    return Table(pictures, (target,), tuple(name for part in parts for name in part.ids), kinds)


def overkill(values: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    return overkill_at_escape(values, labels, ESCAPES).value if labels.any() else math.nan


def real_or_not(split: Split) -> None:
    if split.origin.stand_in:
        print(f"{split.origin.name}: drawn stand-in data, the figures mean nothing", file=sys.stderr)


def quiet(line: str) -> None:
    if line.startswith("backbone"):
        print(line, file=sys.stderr)


BENCHMARKS: dict[str, Callable[[str], None]] = {
    "fashion": fashion,
    "colours": colours,
    "deeppcb": boards,
    "tile": tile,
    "good-only": good_only,
    "houses": house_prices,
}

if __name__ == "__main__":
    main()
