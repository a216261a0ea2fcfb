"""`report.html`: the results of a training for people, in one file that needs no network."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aoi_modules.machine.template_file import filled_in
from aoi_modules.modelstore.manifest import Head
from aoi_modules.modelstore.training_report import TrainingReport, verdicts_in_words
from aoi_modules.training.recipes import FOLDER
from aoi_modules.training.reporting.wrong_pictures import groups

FILE_NAME = "report.html"
TEMPLATE = Path(__file__).with_name("page.html.j2")
UNSEEN = "unseen_"
PICTURES = "_pictures"
TABLES = ("train", "validation", "test")

# figure: what it says, and whether it is a share that reads best in percent
MEANINGS: dict[str, tuple[str, bool]] = {
    "accuracy": ("pictures whose label is right", True),
    "auroc": ("probability that a defective part scores over a good one; 0.5 knows nothing", False),
    "average_precision": ("area under the precision-recall curve", False),
    "calibration_error": ("how far probabilities are from what happened, on average", False),
    "escape_rate": ("defective parts that pass", True),
    "lowest_recall": ("recall of the weakest label", True),
    "mean_absolute_error": ("how far off on average, in the unit of the value", False),
    "mean_auroc": ("mean over the heads", False),
    "mean_unseen_auroc": ("mean over the heads, on things of which training saw nothing", False),
    "mean_f1": ("harmonic mean of precision and recall, mean over the labels", True),
    "mean_precision": ("pictures given a label that have it, mean over the labels", True),
    "mean_recall": ("pictures of a label that were given it, mean over the labels", True),
    "median_percentage_error": ("half of the answers are nearer to the truth than this", True),
    "overkill_at_escape": ("overkill at the target escape rate, both on the test pictures", True),
    "overkill_rate": ("good parts that fail", True),
    "threshold": ("a score over it fails the part", False),
}

# plot: how to read it. A plot of one of several heads is named `<plot>-<head>`.
READINGS = {
    "augmentation": "The same pictures as training saw them: each must still show what its label says.",
    "calibration": "Points on the dotted line are honest: of the parts that score 80%, 80% are so. Below it the model "
    "is too sure. Long bars mean few pictures.",
    "confusion": "Each row is a true label, each column what the model said: off the diagonal are the mistakes, and "
    "which labels it takes for each other.",
    "cost_curve": "Left of the cheapest point good parts are thrown away, right of it defects reach the customer. A "
    "flat valley means that the exact threshold hardly matters.",
    "history": "The losses of training and validation should fall together. Where the validation loss rises while "
    "the training loss still falls, the model only memorises its training pictures.",
    "overkill_over_escape": "Choose how many defects may escape, and read what that costs in good parts. The cross is "
    "what was measured; its arms are wide when defects are few.",
    "precision_recall": "How many of the failed parts are truly defective, as more defects are caught. The plot to "
    "look at when defects are rare.",
    "predictions": "Test pictures with the truth and, after the arrow, the answer. The wrong ones of every class come "
    "first, in red.",
    "roc": "How many defects are caught as more good parts are given up. The dotted line is a coin's.",
    "scores": "Good and defective parts should form two heaps with the threshold between them: defects left of the "
    "line escape, good parts right of it are overkill.",
}

WIDE = {"augmentation", "history", "predictions"}


@dataclass(frozen=True)
class Row:
    """One figure as text."""

    name: str
    meaning: str
    value: str
    interval: str


@dataclass(frozen=True)
class ClassRow:
    """One class: its pictures in each table, and what a head says about those of the test."""

    name: str
    counts: tuple[str, ...]
    right: str
    wrong: str


@dataclass(frozen=True)
class Picture:
    """One plot: PNG in base64, with what to see in it; a wide one has a line of the page to itself."""

    title: str
    reading: str
    png: str
    wide: bool


def write_page(
    folder: Path, report: TrainingReport, plots: Mapping[str, Path], thumbnails: Mapping[str, bytes] | None = None
) -> Path:
    """Writes `report.html` into the folder of a training, and returns its path.

    Args:
        folder: where `model.keras` lies.
        report: what was measured. Figures `x_low` and `x_high` of a head are shown as the 95% interval of `x`.
        plots: name -> PNG file, in the order of the page.
        thumbnails: test picture -> small PNG, of those about which the model was wrong.
    """
    path = folder / FILE_NAME
    path.write_text(page(report, plots, thumbnails), encoding="utf-8")
    return path


def page(report: TrainingReport, plots: Mapping[str, Path], thumbnails: Mapping[str, bytes] | None = None) -> str:
    """Writes the page as text. Arguments as `write_page`."""
    return filled_in(
        TEMPLATE,
        "the page about a training",
        "train",
        report=report,
        name=report.data.name if report.recipe == FOLDER else report.recipe,
        summary={head.name: said for head in report.heads if (said := verdicts_in_words(report, head.name))},
        groups=groups(report, thumbnails or {}),
        judges=any(head.labels for head in report.heads) and report.mistakes is not None,
        classes={head.name: found for head in report.heads if (found := class_rows(report, head))},
        pictures=_pictures(report),
        duration=_duration(report.seconds),
        heads=list(zip(report.heads, _explained_once([rows(head) for head in report.heads]), strict=True)),
        overall=_overall(report),
        options={_words(name): _option(value) for name, value in report.options.items()},
        plots=[_picture(name, file) for name, file in plots.items()],
    )


def rows(head: Head) -> list[Row]:
    """Lists a head's threshold and metrics, each with its interval if there is one."""
    figures = {**({} if head.threshold is None else {"threshold": head.threshold}), **head.metrics}
    ends = {f"{name}{end}" for name in figures for end in ("_low", "_high")}
    return [_row(name, value, figures) for name, value in figures.items() if name not in ends]


def class_rows(report: TrainingReport, head: Head) -> list[ClassRow]:
    """Lists the classes with their pictures in each table, and the head's right and wrong answers of the test."""
    found = []
    for one in report.classes:
        if one.head == head.name:
            counts = report.counts.get(one.name, {})
            found.append(
                ClassRow(
                    one.name,
                    tuple(str(counts.get(table, "")) for table in TABLES),
                    "" if one.recall is None else str(one.recall),
                    one.wrong_verdicts_in_words,
                )
            )
    return found


def _explained_once(tables: Sequence[list[Row]]) -> list[list[Row]]:
    """The tables of several heads, each meaning only where it is met first."""
    known: set[str] = set()
    shorter = []
    for table in tables:
        shorter.append([replace(row, meaning="") if row.name in known else row for row in table])
        known |= {row.name for row in table}
    return shorter


def _row(name: str, value: float, figures: Mapping[str, float]) -> Row:
    plain = name.removeprefix(UNSEEN)
    meaning, percent = MEANINGS.get(plain, ("", False))
    low, high = figures.get(f"{name}_low"), figures.get(f"{name}_high")
    interval = "" if low is None or high is None else f"{_number(low, percent)} to {_number(high, percent)}"
    if name != plain:
        meaning = "the same on things of which training saw nothing"
    return Row(_words(plain) + (", unseen" if name != plain else ""), meaning, _number(value, percent), interval)


def _overall(report: TrainingReport) -> list[Row]:
    """Key figures that belong to no single head, such as a mean over the heads."""
    own = {name for head in report.heads for name in head.metrics}
    own |= {f"{head.name}_{name}" for head in report.heads for name in head.metrics}
    rest = {name: value for name, value in report.metrics.items() if name not in own and not name.endswith(PICTURES)}
    return [_row(name, value, rest) for name, value in rest.items()]


def _pictures(report: TrainingReport) -> str:
    """How many pictures the training had: "80 to train, 20 to validate, 30 to test"."""
    counts = {name.removesuffix(PICTURES): n for name, n in report.metrics.items() if name.endswith(PICTURES)}
    return ", ".join(f"{count:,.0f} {_words(name)}" for name, count in counts.items())


def _picture(name: str, file: Path) -> Picture:
    kind, _, head = name.partition("-")
    words = _words(kind)
    title = words[:1].upper() + words[1:] + (f": {head}" if head else "")
    png = base64.b64encode(file.read_bytes()).decode("ascii")
    return Picture(title, READINGS.get(kind, ""), png, kind in WIDE)


def _number(value: float, percent: bool) -> str:
    if percent:
        return f"{value:.1%}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}" if abs(value) < 1 else f"{value:.4g}"


def _option(value: str | int | float | bool) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _words(name: str) -> str:
    return re.sub(r"\b(auroc|roc|f1)\b", lambda found: found.group().upper(), name.replace("_", " "))
