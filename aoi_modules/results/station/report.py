"""The report page of a qualification, for an auditor: one file that loads nothing, and can be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.errors import DataError
from aoi_modules.machine.template_file import filled_in
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.results.quality.agreement import Share
from aoi_modules.results.quality.kappa import Kappa
from aoi_modules.results.station.qualifying import Qualification, QualifiedPart
from aoi_modules.verdict import Verdict

TEMPLATE = Path(__file__).with_name("report.html.j2")
POOR, GOOD = 0.40, 0.75
"""Kappas between which agreement is neither poor nor good to excellent, as AIAG's manual has it."""
_SCORE_DIGITS = 4


@dataclass(frozen=True)
class Figure:
    """One figure, with its interval, and what it means in a sentence."""

    name: str
    value: str
    interval: str
    meaning: str


def write_report(qualification: Qualification, path: Path) -> None:
    """Writes the page.

    Raises:
        DataError: the file cannot be written.
        MissingExtra: jinja2 is not installed.
    """
    text = page(qualification)
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from None


def page(qualification: Qualification) -> str:
    """Writes the page as text.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    judge = qualification.study.judges[0]
    return filled_in(
        TEMPLATE,
        "the report of a qualification",
        "station",
        found=qualification,
        study=qualification.study,
        good=qualification.study.parts - qualification.study.defective,
        clean=judge.agreement.count == judge.agreement.total and judge.repeatability.count == judge.repeatability.total,
        wrong=[part for part in qualification.parts if not _is_right(part)],
        figures=figures(qualification),
        bound=None if qualification.bound is None else _percent(qualification.bound),
        parts=[(part, _is_right(part), _told(part), _range(part)) for part in qualification.parts],
    )


def figures(qualification: Qualification) -> Sequence[Figure]:
    """The figures of the study, in words."""
    judge, trials = qualification.study.judges[0], qualification.study.trials
    return [
        _share("Repeatability", judge.repeatability, f"parts that got the same verdict in all {trials} trials"),
        _share("Agreement with the reference", judge.agreement, "parts that got their truth in every trial"),
        _share("Misses", judge.misses, "calls of defective parts that let one pass"),
        _share("False alarms", judge.false_alarms, "calls of good parts that failed one"),
        _kappa("Kappa among its own trials", judge.kappa_within),
        _kappa("Kappa with the reference", judge.kappa_reference),
    ]


def _share(name: str, share: Share, meaning: str) -> Figure:
    value, interval = f"{share.count} of {share.total}, {_percent(share.value)}", map(_percent, share.interval)
    return Figure(name, value, " to ".join(interval), meaning)


def _kappa(name: str, kappa: Kappa) -> Figure:
    if kappa.value is None or kappa.interval is None:
        return Figure(name, "not defined", "", "every call was the same, so chance alone agrees as well")
    word = "good to excellent" if kappa.value > GOOD else "poor" if kappa.value < POOR else "neither poor nor good"
    low, high = kappa.interval
    meaning = f"{word}: agreement beyond chance, 1 is perfect"
    return Figure(name, f"{kappa.value:.3f}", f"{low:.3f} to {high:.3f}", meaning)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _is_right(part: QualifiedPart) -> bool:
    return set(part.verdicts) == {Verdict.FAIL if part.defective else Verdict.PASS}


def _told(part: QualifiedPart) -> str:
    """How often which verdict: `PASS 9, REVIEW 1`."""
    return ", ".join(f"{one} {part.verdicts.count(one)}" for one in Verdict if one in part.verdicts)


def _range(part: QualifiedPart) -> str:
    """The scores of each head: `defect 0.1 to 0.12`."""
    told = []
    for head, low in part.lowest.items():
        high = part.highest[head]
        same = round(low, _SCORE_DIGITS) == round(high, _SCORE_DIGITS)
        told.append(f"{head} {low:.{_SCORE_DIGITS}f}" + ("" if same else f" to {high:.{_SCORE_DIGITS}f}"))
    return ", ".join(told)
