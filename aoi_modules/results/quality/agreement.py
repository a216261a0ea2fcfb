"""An attribute gauge study: whether judges, such as a station, repeat themselves and agree with what is true.

Parts whose state is known are shown to each judge several times, in random order. The figures are those of AIAG,
Measurement Systems Analysis, 4th ed. 2010, chapter III C (attribute measurement systems). That manual takes each call
as evidence of its own. The calls about one part are not: a station that misses a defect once mostly misses it each
time. So the intervals here count a part once, however often it was shown, and are wider.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import DataError
from aoi_modules.results.quality.intervals import Interval, exact_interval
from aoi_modules.results.quality.kappa import Calls, Kappa, cohen, fleiss
from aoi_modules.verdict import Verdict

RISK = 0.05
"""Chance that a true rate is above a bound."""
_PLACES = {verdict: place for place, verdict in enumerate(Verdict)}


class ShownPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the study."""

    part: str
    defective: bool
    """The reference: what is true of it."""
    calls: Mapping[str, tuple[Verdict, ...]]
    """By judge: what it said each time, in the order of the trials."""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of something were so, with a 95% interval."""

    count: int
    total: int
    value: float
    interval: Interval
    """Exact, with each part as one piece of evidence."""


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """How one judge did."""

    name: str
    repeatability: Share
    """Parts about which it said the same each time."""
    agreement: Share
    """Parts about which it was right each time. REVIEW is right about none."""
    misses: Share
    """Of the calls of defective parts, those that let one pass: PASS."""
    false_alarms: Share
    """Of the calls of good parts, those that failed one: FAIL."""
    kappa_within: Kappa
    """Fleiss' kappa among its own trials."""
    kappa_reference: Kappa
    """Cohen's kappa between its calls and the truth."""


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """What a study found."""

    parts: int
    defective: int
    trials: int
    judges: tuple[Judge, ...]
    kappa_between: Kappa | None
    """Fleiss' kappa among all calls of all judges; null for one judge."""


def study(shown: Sequence[ShownPart]) -> Study:
    """Computes the figures of an attribute gauge study.

    Args:
        shown: good and defective parts, each with as many calls, at least two, by the same judges.

    Raises:
        DataError: the parts make no study.
    """
    _check(shown)
    defective = np.array([part.defective for part in shown])  # (P,)
    calls = {name: _calls(shown, name) for name in shown[0].calls}  # (P, trials) each
    return Study(
        parts=len(shown),
        defective=int(defective.sum()),
        trials=len(next(iter(shown[0].calls.values()))),
        judges=tuple(_judge(name, made, defective) for name, made in calls.items()),
        kappa_between=fleiss(np.hstack(list(calls.values()))) if len(calls) > 1 else None,
    )


def bound_of_no_misses(parts: int) -> float:
    """Finds the miss rate that is not exceeded, at 95%, where none of so many defective parts was missed.

    That is 1 - 0.05^(1/n), the upper limit of Clopper and Pearson to one side; near 3 / n (J. A. Hanley,
    A. Lippman-Hand: If nothing goes wrong, is everything all right? JAMA 249 (1983) 1743-1745).

    Args:
        parts: different defective parts, at least one. To show one again proves nothing new.

    Raises:
        ValueError: there is no part.
    """
    if parts < 1:
        raise ValueError(f"parts: expected at least one defective part. Received: {parts}")
    return float(-np.expm1(np.log(RISK) / parts))


def _check(shown: Sequence[ShownPart]) -> None:
    """Makes sure that the parts make a study."""
    for problem in _problems(shown):
        raise DataError(problem, hint="show good and defective parts to the same judges, each part equally often")


def _problems(shown: Sequence[ShownPart]) -> Iterator[str]:
    states = {part.defective for part in shown}
    if states != {False, True}:
        had = "none" if not states else f"{len(shown)}, all {'defective' if states == {True} else 'good'}"
        yield f"study: expected good and defective parts. Received: {had}"
        return
    first = {name: len(calls) for name, calls in shown[0].calls.items()}
    if len(set(first.values())) != 1 or min(first.values()) < 2:
        yield f"part {shown[0].part!r}: expected at least two calls, by each judge as many. Received: {first}"
    names = set()
    for part in shown:
        if part.part in names:
            yield f"part {part.part!r}: expected once in the study. Received: twice"
        names.add(part.part)
        numbers = {name: len(calls) for name, calls in part.calls.items()}
        if numbers != first:
            yield f"part {part.part!r}: expected calls as of part {shown[0].part!r}, {first}. Received: {numbers}"


def _calls(shown: Sequence[ShownPart], name: str) -> Calls:
    """What a judge said, as places of verdicts, (parts, trials)."""
    return np.array([[_PLACES[call] for call in part.calls[name]] for part in shown])


def _judge(name: str, calls: Calls, defective: NDArray[np.bool_]) -> Judge:
    truth = np.where(defective, _PLACES[Verdict.FAIL], _PLACES[Verdict.PASS])[:, np.newaxis]  # (P, 1)
    return Judge(
        name=name,
        repeatability=_share((calls == calls[:, :1]).all(axis=1, keepdims=True)),
        agreement=_share((calls == truth).all(axis=1, keepdims=True)),
        misses=_share(calls[defective] == _PLACES[Verdict.PASS]),
        false_alarms=_share(calls[~defective] == _PLACES[Verdict.FAIL]),
        kappa_within=fleiss(calls),
        kappa_reference=cohen(calls, truth),
    )


def _share(so: NDArray[np.bool_]) -> Share:
    """A share of calls, bool (parts, calls of each part)."""
    return Share(
        count=int(so.sum()),
        total=so.size,
        value=float(so.mean()),
        interval=exact_interval(float(so.mean(axis=1).sum()), len(so)),
    )
