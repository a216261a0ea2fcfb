"""Draws the plots of a training, each under the name of its file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from aoi_modules import plots
from aoi_modules.datasets.table import Split
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.plots import Plot
from aoi_modules.training.measuring import curves, metrics
from aoi_modules.training.measuring.evaluation import Evaluation
from aoi_modules.training.measuring.mistakes import mistakes
from aoi_modules.training.reporting import result_plots, samples
from aoi_modules.training.reporting.augmentation_gallery import augmentation_gallery

GALLERY = 3
"""Pictures that show what augmentation does."""


def write_plots(
    folder: Path,
    split: Split,
    history: Mapping[str, Sequence[float]],
    results: Sequence[Evaluation],
    profile: str,
    augmentation: Sequence[str] = (),
) -> dict[str, Path]:
    """Writes the plots of a training as PNG files, and gives name -> file in the order in which people read them.

    A model with several heads has the plots of each, with the head's name in the file's.

    Args:
        folder: is made.
        split: the data.
        history: measure -> its value after each epoch.
        results: of every head.
        profile: of the training.
        augmentation: names of the random changes that training pictures went through; none has no gallery.
    """
    folder.mkdir()
    found: dict[str, Plot] = {}
    for result in results:
        own = plots_of(result, split, profile)
        found |= {f"{name}-{result.head.name}" if len(results) > 1 else name: plot for name, plot in own.items()}
    found |= of_all_heads(results, split, profile)
    if augmentation:
        shown = [split.train.picture(row) for row in samples.choose(split.train, GALLERY)[:GALLERY]]
        found["augmentation"] = augmentation_gallery(shown, augmentation, split.origin)
    if history:  # what keeps good parts in mind has no epochs
        found["history"] = plots.history(history, split.origin, profile=profile)
    return {name: _saved(plot, folder / f"{name}.png") for name, plot in found.items()}


def plots_of(result: Evaluation, split: Split, profile: str) -> Mapping[str, Plot]:
    """Draws the plots of one head, by what it answers; name -> plot."""
    own = split.test.take(result.rows)
    names = {one.picture for one in mistakes([result], split.test)}
    wrong = [place for place, name in enumerate(own.ids) if name in names]
    shown = samples.choose(own, first=wrong)
    return {
        "predictions": plots.predictions(
            own.take(shown),
            result.scores[shown],
            result.head,
            split.origin,
            profile=profile,
            count=len(shown),
            wrong=[place for place, row in enumerate(shown) if row in wrong],
        ),
        **_of_classes(result, split.origin, profile),
        **_of_defects(result, split.origin, profile),
    }


def _of_classes(result: Evaluation, origin: DataOrigin, profile: str) -> dict[str, Plot]:
    """The plots of a class head; none of another."""
    if result.confusion is None:
        return {}
    honest = curves.calibration(*metrics.confidence(result.scores, result.labels.astype(np.int64)))
    return {
        "confusion": plots.confusion(result.confusion, result.head.labels, origin, profile=profile),
        "calibration": result_plots.calibration(
            honest, origin, profile=profile, claim="probability of the answer", event="right"
        ),
    }


def _of_defects(result: Evaluation, origin: DataOrigin, profile: str) -> dict[str, Plot]:
    """The plots of a head that judges; none of another."""
    choice, escape, overkill = result.choice, result.escape, result.overkill
    if choice is None or escape is None or overkill is None:
        return {}
    values, labels = result.judged
    found = {
        "scores": plots.scores(
            values, labels, choice.threshold, origin, profile=profile, escape=escape, overkill=overkill
        )
    }
    if escape.total and overkill.total:
        curve = curves.overkill_over_escape(values, labels)
        aimed = choice if choice.of == "escape" else None
        found["overkill_over_escape"] = result_plots.overkill_over_escape(
            curve,
            origin,
            profile=profile,
            choice=aimed,
            measured=(escape, overkill),
        )
    if result.confusion is None:
        found["calibration"] = result_plots.calibration(curves.calibration(values, labels), origin, profile=profile)
    return found


def of_all_heads(results: Sequence[Evaluation], split: Split, profile: str) -> Mapping[str, Plot]:
    """Draws the curves that compare heads that judge with each other; name -> plot, none without such heads."""
    both = [one for one in results if one.escape and one.overkill and one.escape.total and one.overkill.total]
    if not both:
        return {}
    rows = {one.head.name: one.judged for one in both}
    return {
        "roc": result_plots.roc(
            {name: curves.roc(*values) for name, values in rows.items()}, split.origin, profile=profile
        ),
        "precision_recall": result_plots.precision_recall(
            {name: curves.precision_recall(*values) for name, values in rows.items()}, split.origin, profile=profile
        ),
    }


def _saved(plot: Plot, path: Path) -> Path:
    plot.savefig(path, dpi=90)
    return path
