"""Exercises of lesson 9b, people judge and thresholds move."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import agrees, expect_share, number
from aoi_modules.course.fields import fields
from aoi_modules.gateway.doors.station.limits import Wanted
from aoi_modules.verdict import Limits, Verdict, judge_score

SHIFT = {"PASS": (900, 90, 3), "REVIEW": (60, 60, 24), "FAIL": (40, 20, 17)}
"""Verdict -> parts, judged ones among them, defective ones among those."""
PROBES = {0.2: Verdict.PASS, 0.25: Verdict.REVIEW, 0.4: Verdict.REVIEW, 0.41: Verdict.FAIL}


@exercise("9b.1")
def two_rates(answer: object) -> str:
    """Escape and overkill of a shift of which only a part was judged."""
    found = fields(answer, ("escape", "overkill"))
    bad = {verdict: defective * parts / judged for verdict, (parts, judged, defective) in SHIFT.items()}
    good = {verdict: parts - bad[verdict] for verdict, (parts, _, _) in SHIFT.items()}
    seen_bad = {verdict: defective for verdict, (_, _, defective) in SHIFT.items()}
    seen_good = {verdict: judged - defective for verdict, (_, judged, defective) in SHIFT.items()}
    escape, overkill = bad["PASS"] / sum(bad.values()), good["FAIL"] / sum(good.values())
    expect_share(
        "escape",
        found["escape"],
        right=escape,
        mistakes=[
            (
                seen_bad["PASS"] / sum(seen_bad.values()),
                "counted among the judged parts; one that passed stands for 10",
            ),
            (bad["PASS"] / 900, "the share of the parts that passed; divide by all defective parts"),
            (bad["PASS"] / 1000, "the share of all parts; divide by the defective ones"),
            (bad["PASS"] / (bad["PASS"] + bad["FAIL"]), "without the defective parts that went to REVIEW"),
        ],
        task="defective parts that passed / all defective parts, each weighted by what it stands for",
    )
    expect_share(
        "overkill",
        found["overkill"],
        right=overkill,
        mistakes=[
            (
                seen_good["FAIL"] / sum(seen_good.values()),
                "counted among the judged parts; one that failed stands for 2",
            ),
            (good["FAIL"] / 40, "the share of the parts that failed; divide by all good parts"),
            (good["FAIL"] / 1000, "the share of all parts; divide by the good ones"),
            (good["FAIL"] / (good["PASS"] + good["FAIL"]), "without the good parts that went to REVIEW"),
        ],
        task="good parts that failed / all good parts, each weighted by what it stands for",
    )
    return f"escape {escape:.1%}, overkill {overkill:.2%}: one escape in the audit stands for ten"


@exercise("9b.2")
def best_threshold(answer: object) -> str:
    """The threshold of a curve that throws away the least and keeps to a limit of escapes."""
    found = fields(answer, ("curve", "most", "threshold"))
    points, most = _points(found["curve"]), number("most", found["most"])
    threshold = number("threshold", found["threshold"])
    kept = [point for point in points if point[1] <= most]
    if not kept:
        raise Hint("curve, most: these belong to the task; leave them as they are")
    chosen = next((point for point in points if agrees(threshold, point[0], 6)), None)
    if chosen is None:
        raise Hint(f"found {threshold:g}, which is no threshold of the curve; take one of its {len(points)}")
    best = min(kept, key=lambda point: (point[2], point[1]))
    if chosen[1] > most:
        raise Hint(f"at {threshold:.3f} an estimated {chosen[1]:.1%} escape, more than {most:.0%}")
    if chosen[2] > best[2]:
        raise Hint(f"at {threshold:.3f} {chosen[2]:.1%} of the good parts fail; another threshold fails {best[2]:.1%}")
    if chosen[1] > best[1]:
        raise Hint(
            f"at {threshold:.3f} {chosen[1]:.1%} escape; another threshold fails as few, and {best[1]:.1%} escape"
        )
    return f"at {best[0]:.3f} an estimated {best[1]:.1%} escape and {best[2]:.1%} of the good parts fail"


def _points(curve: object) -> list[tuple[float, float, float]]:
    """Threshold, escape and overkill of each point of the desk's curve."""
    if not isinstance(curve, Sequence) or not curve:
        raise Hint(f"curve: found {kind(curve)}, expected the curve of the desk; leave it as it is")
    return [(one["threshold"], one["escape"]["value"], one["overkill"]["value"]) for one in curve]


@exercise("9b.3")
def limits_of_a_version(answer: object) -> str:
    """The body of a request that sets limits for a head of version 2."""
    found = fields(answer, ("components", "body"))
    body = found["body"]
    if not isinstance(body, Mapping):
        raise Hint(f"body: found {kind(body)}, expected a dict")
    try:
        wanted = msgspec.convert(dict(body), Wanted)
    except msgspec.ValidationError as error:
        raise Hint(f"body: the gateway would refuse it: {error}") from None
    expected = {"component": "tile", "model": "tile", "version": 2, "head": "defect"}
    for name, value in expected.items():
        if getattr(wanted, name) != value:
            raise Hint(f"{name}: found {getattr(wanted, name)!r}, expected {value!r}")
    _check_limits(wanted)
    if not (wanted.who or "").strip():
        raise Hint("who: found no name; the history has to say whom to ask")
    seen = _seen(found["components"])
    if wanted.seen != seen:
        raise Hint(f"seen: found {wanted.seen}, expected {seen}, the limits_number of the head; others are refused")
    return "a threshold with a band, for this version alone, with a name and a reason"


def _check_limits(wanted: Wanted) -> None:
    try:
        limits = Limits(wanted.threshold, wanted.review_band)
    except ValueError as error:
        raise Hint(f"body: {error}") from None
    for score, expected in PROBES.items():
        verdict = judge_score(score, limits)
        if verdict is not expected:
            raise Hint(f"a part with the score {score} would be {verdict}, expected {expected}")


def _seen(components: Any) -> int:
    try:
        return int(components[0]["heads"][0]["limits_number"])
    except (LookupError, TypeError, ValueError):
        raise Hint("components: these belong to the task; leave them as they are") from None
