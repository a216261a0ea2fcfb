"""One training from data to folder: load, learn, evaluate, write."""

import platform
import time
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from aoi_modules.datasets.table import Split
from aoi_modules.errors import MissingExtra
from aoi_modules.machine import memory
from aoi_modules.modelstore import training_report
from aoi_modules.modelstore.training_report import TrainingReport
from aoi_modules.modelstore.version_dir import file_sha256
from aoi_modules.progress import Say, say
from aoi_modules.training import profiles, recipes
from aoi_modules.training.fitting.outputs import check_free, staged
from aoi_modules.training.fitting.unfinished import keep_logs, unfinished
from aoi_modules.training.measuring.mistakes import class_counts, class_results, mistakes
from aoi_modules.training.measuring.training_pictures import reference_of
from aoi_modules.training.plan import Plan, plan
from aoi_modules.training.recipes import Recipe
from aoi_modules.training.reporting import page, samples
from aoi_modules.training.reporting.wrong_pictures import thumbnails
from aoi_modules.training.sizing import fitted, size_note, smaller_work, with_maps, work_in_words
from aoi_modules.training.wishes import Wishes

if TYPE_CHECKING:  # both need TensorFlow
    from aoi_modules.training.fitting.learning import Learned
    from aoi_modules.training.measuring.evaluation import Evaluation

MODEL = "model.keras"
PAGE = page.FILE_NAME
PLOTS = "plots"


def train(
    recipe: str | Recipe,
    profile_name: str,
    out: Path,
    *,
    seed: int = 0,
    restart: bool = False,
    draw: bool = True,
    log: Say = say,
    **wishes: Unpack[Wishes],
) -> TrainingReport:
    """Trains a recipe and writes `model.keras`, `report.json`, `report.html`, `plots/` and `samples/` into `out`.

    A training that was killed goes on after its last whole epoch when it is started again with the same arguments. A
    model that has learnt is kept before it is measured: whatever fails then, the next start goes on from it.

    Args:
        recipe: one of `recipes.RECIPES` by name, or a recipe.
        profile_name: one of `profiles.PROFILES`.
        out: folder; an earlier training there is replaced once the new one is whole.
        seed: of everything that is random.
        restart: forget what a killed training left.
        draw: whether there are plots; of many small trainings they take longer than the training.
        log: told in lines how it goes.
        wishes: choices that the recipe and the profile would make otherwise, see `Wishes`; for example `epochs=2`.

    Raises:
        ModelError: unknown recipe or profile, a wish that cannot be had, or `out` cannot be used.
        DataError: the data cannot be used.
        MissingExtra: TensorFlow is not installed.
    """
    recipe = recipes.by_name(recipe) if isinstance(recipe, str) else recipe
    wanted = plan(recipe, profiles.by_name(profile_name), seed=seed, **wishes)
    check_free(out)
    _check_tensorflow()
    from aoi_modules.training.fitting import kept_model
    from aoi_modules.training.fitting.learning import learn
    from aoi_modules.training.measuring.evaluation import evaluate, summary

    start = time.perf_counter()
    with memory.enough_for(f"the pictures of {wanted.recipe.title}", "a smaller profile takes fewer of them"):
        split = wanted.recipe.split(wanted.profile, seed)
    wanted = fitted(wanted, split)
    chosen = wanted.recipe
    log(f"{chosen.title}: {_sizes(split)}{', stand-in data' if split.origin.stand_in else ''}")
    for note in split.notes:
        log(f"note: {note}")
    if warning := size_note(wanted):
        log(f"warning: {warning}")
    room = memory.enough_for(f"training on {work_in_words(wanted)}", *smaller_work(wanted))
    with room, unfinished(out, wanted.fingerprint(split.origin.sha256), restart=restart) as work:
        learned = kept_model.learned_once(work, lambda: learn(wanted, split, work=work, log=log), log=log)
        with kept_model.mentioned(work):
            measured = evaluate(
                learned.model,
                with_maps(wanted, {name: tensor.shape for name, tensor in learned.model.output.items()}),
                split,
                chosen.picture_input,
                escape_target=wanted.escape_target,
                overkill_target=wanted.overkill_target if wanted.good_only else None,
            )
            figures = ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in summary(measured).items())
            log(f"test: {figures}")
            seconds = time.perf_counter() - start
            return write_training(out, wanted, split, learned, measured, seconds=seconds, work=work, draw=draw)


def write_training(
    out: Path,
    wanted: Plan,
    split: Split,
    learned: "Learned",
    results: "Sequence[Evaluation]",
    *,
    seconds: float,
    work: Path | None = None,
    draw: bool = True,
) -> TrainingReport:
    """Writes a training whole or not at all: model, report, page, plots, samples.

    Args:
        out: folder; an earlier training there is replaced.
        wanted: what was to be done.
        split: the data.
        learned: the model, and how it was trained.
        results: of every head.
        seconds: length of the training.
        work: folder of the training, whose model and logs are kept; None has none.
        draw: whether there are plots.

    Raises:
        ModelError: `out` cannot be used.
    """
    from aoi_modules.training.fitting import kept_model
    from aoi_modules.training.reporting import figures

    with staged(out) as folder:
        kept_model.place(work, learned.model, folder / MODEL)
        plots = {}
        if draw:
            plots = figures.write_plots(
                folder / PLOTS, split, learned.history, results, wanted.profile.name, wanted.random_changes
            )
        if work is not None:
            keep_logs(work, folder)
        report = _report(folder, wanted, split, learned, results, seconds)
        training_report.write(report, folder)
        page.write_page(folder, report, plots, thumbnails(split.test, report.mistakes or ()))
    return report


def _report(
    folder: Path,
    wanted: Plan,
    split: Split,
    learned: "Learned",
    results: "Sequence[Evaluation]",
    seconds: float,
) -> TrainingReport:
    """Gives the report of the model that lies in the folder, and puts its samples beside it."""
    from aoi_modules.training.measuring.evaluation import summary

    wrong = mistakes(results, split.test)
    pictures = {one.picture for one in wrong}
    rows = [row for row, name in enumerate(split.test.ids) if name in pictures]
    most = samples.enough(wanted.recipe.picture_input)
    return TrainingReport(
        recipe=wanted.recipe.name,
        profile=wanted.profile.name,
        seed=wanted.seed,
        heads=tuple(result.head for result in results),
        picture=wanted.recipe.picture_input,
        data=split.origin,
        backbone=wanted.backbone,
        weights=learned.weights,
        metrics={**summary(results), **_counts(split)},
        notes=_notes(split, wanted, learned.weights, results),
        samples=samples.write(split.test, samples.with_wrong(split.test, rows, most), folder),
        seconds=round(seconds, 2),
        model_sha256=file_sha256(folder / MODEL),
        tools=_tools(),
        options=wanted.options(),
        features=split.train.feature_names,
        left_out=split.left_out,
        counts=class_counts(split),
        classes=class_results(results, split.test),
        mistakes=wrong,
        reference=reference_of(split.train, wanted.recipe.heads),
        units=split.units,
    )


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


def _notes(split: Split, wanted: Plan, weights: str, results: "Sequence[Evaluation]") -> tuple[str, ...]:
    from aoi_modules.training.measuring.thresholds import percent, shortage

    recipe, notes = wanted.recipe, []
    if split.origin.stand_in:
        notes.append(f"stand-in data: {split.origin.name} was drawn, the figures say nothing about real pictures")
    if wanted.on_features and weights == "random":
        notes.append("the backbone has random weights: no ImageNet weights were found")
    if warning := size_note(wanted):
        notes.append(warning)
    if recipe.note:
        notes.append(recipe.note)
    if wanted.good_only:
        notes += _notes_of_good_only(split, wanted)
    elif recipe.judges:
        notes.append(f"thresholds were chosen on validation pictures for {percent(wanted.escape_target)} escapes")
    for result in results:
        if result.choice is not None and (sentence := shortage(result.choice)):
            notes.append(f"{result.head.name}: {sentence}")
    return (*notes, *split.notes)


def _notes_of_good_only(split: Split, wanted: Plan) -> list[str]:
    """What a model that never saw a defect can promise, and what it cannot."""
    (head,) = wanted.recipe.heads
    good = [int(np.sum(table.target(head.name).values == 0)) for table in (split.train, split.validation)]
    defective = int(np.sum(split.test.target(head.name).values > 0))
    measured = (
        f"the figures are those of the {defective} defective test pictures, other defects may be missed"
        if defective
        else "the test has no defective picture, so nothing is known about escapes"
    )
    return [
        f"learnt from {good[0]} good pictures alone; the threshold was chosen on {good[1]} good validation pictures "
        f"for {wanted.overkill_target:.0%} overkill",
        f"no defect was seen, so no escape rate is promised: {measured}",
    ]


def _tools() -> dict[str, str]:
    packages = ("aoi-academy", "keras", "numpy", "scikit-learn", "tensorflow")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
