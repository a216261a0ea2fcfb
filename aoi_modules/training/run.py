"""One training from data to folder: load, learn, evaluate, write."""

import platform
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from aoi_modules.datasets.progress import Say, say
from aoi_modules.datasets.table import Split
from aoi_modules.errors import MissingExtra
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.training import profiles, recipes, report, samples
from aoi_modules.training.outputs import check_free, staged
from aoi_modules.training.profiles import Profile
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.report import TrainingReport

if TYPE_CHECKING:  # both need TensorFlow
    from aoi_modules.training.evaluation import Evaluation
    from aoi_modules.training.fit import History
    from aoi_modules.training.learning import Learned

MODEL = "model.keras"
PLOTS = "plots"


def train(recipe_name: str, profile_name: str, out: Path, *, seed: int = 0, log: Say = say) -> TrainingReport:
    """Trains a recipe and writes `model.keras`, `report.json`, `plots/` and `samples/` into the folder `out`.

    Args:
        recipe_name: one of `recipes.RECIPES`.
        profile_name: one of `profiles.PROFILES`.
        out: folder; an earlier training there is replaced once the new one is whole.
        seed: of all that is drawn by lot.
        log: told in lines how it goes.

    Raises:
        ModelError: unknown recipe or profile, or `out` cannot be used.
        DataError: the data cannot be used.
        MissingExtra: TensorFlow is not installed.
    """
    recipe, profile = recipes.by_name(recipe_name), profiles.by_name(profile_name)
    check_free(out)
    _check_tensorflow()
    from aoi_modules.training.evaluation import evaluate
    from aoi_modules.training.learning import learn

    start = time.perf_counter()
    split = recipe.split(profile, seed)
    log(f"{recipe.title}: {_sizes(split)}{', stand-in data' if split.origin.stand_in else ''}")
    learned = learn(recipe, split, profile, seed=seed, log=log)
    result = evaluate(
        learned.model,
        recipe.head,
        split.validation,
        split.test,
        recipe.picture,
        escape_target=recipes.ESCAPE_TARGET,
    )
    log("test: " + ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in result.head.metrics.items()))
    seconds = time.perf_counter() - start
    return write_training(out, recipe, profile, split, learned, result, seed=seed, seconds=seconds)


def write_training(
    out: Path,
    recipe: Recipe,
    profile: Profile,
    split: Split,
    learned: "Learned",
    result: "Evaluation",
    *,
    seed: int,
    seconds: float,
) -> TrainingReport:
    """Writes a training whole or not at all: model, report, plots, samples.

    Raises:
        ModelError: `out` cannot be used.
    """
    with staged(out) as folder:
        learned.model.save(folder / MODEL)
        write_plots(folder / PLOTS, split, learned.history, result, profile.name)
        written = TrainingReport(
            recipe=recipe.name,
            profile=profile.name,
            seed=seed,
            heads=(result.head,),
            picture=recipe.picture,
            data=split.origin,
            backbone=recipe.backbone,
            weights=learned.weights,
            metrics={**result.head.metrics, **_counts(split)},
            notes=_notes(split.origin, recipe, learned.weights),
            samples=samples.write(split.test, samples.choose(split.test), folder),
            seconds=round(seconds, 2),
            model_sha256=file_sha256(folder / MODEL),
            tools=_tools(),
        )
        report.write(written, folder)
    return written


def write_plots(folder: Path, split: Split, history: "History", result: "Evaluation", profile: str) -> None:
    """Writes `history.png`, `predictions.png`, and `confusion.png` or `scores.png`."""
    from aoi_modules.training import plots

    rows = samples.choose(split.test)
    made = {
        "history": plots.history(history, split.origin, profile=profile),
        "predictions": plots.predictions(
            split.test.take(rows), result.scores[rows], result.head, split.origin, profile=profile
        ),
    }
    if result.confusion is not None:
        made["confusion"] = plots.confusion(result.confusion, result.head.labels, split.origin, profile=profile)
    if result.head.threshold is not None:
        made["scores"] = plots.scores(
            result.scores[:, 0],
            result.labels,
            result.head.threshold,
            split.origin,
            profile=profile,
            escape=result.escape,
            overkill=result.overkill,
        )
    folder.mkdir()
    for name, plot in made.items():
        plot.savefig(folder / f"{name}.png", dpi=90)


def _check_tensorflow() -> None:
    if find_spec("tensorflow") is None:
        raise MissingExtra("training", package="tensorflow", extra="train")


def _sizes(split: Split) -> str:
    return f"{len(split.train)} training, {len(split.validation)} validation, {len(split.test)} test pictures"


def _counts(split: Split) -> dict[str, float]:
    return {
        "train_pictures": float(len(split.train)),
        "validation_pictures": float(len(split.validation)),
        "test_pictures": float(len(split.test)),
    }


def _notes(origin: DataOrigin, recipe: Recipe, weights: str) -> tuple[str, ...]:
    notes = []
    if origin.stand_in:
        notes.append(f"stand-in data: {origin.name} was drawn, the figures say nothing about real pictures")
    if recipe.learning == "head on features" and weights == "random":
        notes.append("the backbone has random weights: no ImageNet weights were found")
    if recipe.note:
        notes.append(recipe.note)
    if recipe.head.kind == "defect":
        notes.append(f"the threshold was chosen on validation pictures for {recipes.ESCAPE_TARGET:.0%} escapes")
    return tuple(notes)


def _tools() -> dict[str, str]:
    packages = ("aoi-academy", "keras", "numpy", "tensorflow")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
