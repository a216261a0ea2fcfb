"""One check of a component: what was said about each golden part, and whether that is good enough. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import Annotated

import msgspec
from msgspec import Meta

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.record import SCHEMA, Record
from aoi_modules.results.station.plan import CheckPlan
from aoi_modules.verdict import Verdict

_NAMED = 5
"""Parts that a sentence names at most."""


class GoldenCall(msgspec.Struct, frozen=True, kw_only=True):
    """A golden part, what is true of it, and the inspection of its picture."""

    part: Annotated[str, Meta(min_length=1, max_length=200)]
    defective: bool
    inspection: str
    """Id of the inspection."""
    scores: dict[str, float]
    """By head, the scores that were recorded for it; empty where none were."""


class CheckedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found about a golden part."""

    part: str
    defective: bool
    verdict: Verdict
    scores: Mapping[str, float]
    """By head, those that are finite numbers."""
    inspection: str
    drift: float | None = None
    """The largest difference of a score to its mean in the last checks; null where there is none to compare with."""
    recorded_drift: float | None = None
    """The largest difference of a score to the one that was recorded for the part; null where none was."""

    @property
    def is_wrong(self) -> bool:
        """Whether a defective part passed, or a good one failed."""
        return self.verdict is (Verdict.PASS if self.defective else Verdict.FAIL)

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody knows what it is."""
        return self.verdict is Verdict.REVIEW


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check, as it is kept."""

    number: int = 0
    """Rises with each check of the results; 0 before it is kept."""
    component: str
    time: datetime
    who: str
    gateway: str
    """Which one has recorded it."""
    model: ModelVersion
    golden: str
    """SHA-256 of the golden set: of its parts, their truth and their pictures."""
    passed: bool
    why: str
    """Why not; empty where it passed."""
    bound: float
    """Of the plan: the largest drift with which a check passes."""
    compared: int
    """Checks before it that it was compared with."""
    parts: tuple[CheckedPart, ...]
    schema: int = SCHEMA

    @property
    def drift(self) -> float | None:
        """The largest of its parts'; None where nothing could be compared."""
        found = [drift for part in self.parts for drift in (part.drift, part.recorded_drift) if drift is not None]
        return max(found, default=None)


def evaluate(
    calls: Sequence[GoldenCall],
    records: Mapping[str, Record],
    earlier: Sequence[Check],
    plan: CheckPlan,
    *,
    time: datetime,
    who: str,
    gateway: str,
    golden: str,
) -> Check:
    """Judges a check.

    Args:
        calls: one or more golden parts.
        records: their inspections, by id, all of one component and by one version of a model.
        earlier: checks that passed, by that version; see `CheckPlan.compared`.
        plan: of the component.
        time: of the check.
        who: ran it.
        gateway: records it.
        golden: hash of the golden set.
    """
    parts = tuple(_checked(call, records[call.inspection], earlier) for call in calls)
    troubles = list(_troubles(parts, plan))
    first = records[calls[0].inspection].inspection
    return Check(
        component=first.component,
        time=time,
        who=who,
        gateway=gateway,
        model=first.model,
        golden=golden,
        passed=not troubles,
        why="; ".join(troubles),
        bound=plan.drift,
        compared=len(earlier),
        parts=parts,
    )


def _checked(call: GoldenCall, record: Record, earlier: Sequence[Check]) -> CheckedPart:
    scores = {head.name: head.score for head in record.inspection.heads if head.score is not None}
    before = [part.scores for check in earlier for part in check.parts if part.part == call.part]
    heads = {head for one in before for head in one}
    means = {head: fmean(one[head] for one in before if head in one) for head in heads}
    return CheckedPart(
        part=call.part,
        defective=call.defective,
        verdict=record.inspection.verdict,
        scores=scores,
        inspection=call.inspection,
        drift=_largest(scores, means),
        recorded_drift=_largest(scores, call.scores),
    )


def _largest(scores: Mapping[str, float], others: Mapping[str, float]) -> float | None:
    """The largest difference among scores of the same heads; None where they share none."""
    return max((abs(scores[head] - others[head]) for head in scores.keys() & others.keys()), default=None)


def _troubles(parts: Sequence[CheckedPart], plan: CheckPlan) -> Iterator[str]:
    """Why a check does not pass, a clause each."""
    passed = [part for part in parts if part.is_wrong and part.defective]
    failed = [part for part in parts if part.is_wrong and not part.defective]
    doubtful = [part for part in parts if part.is_doubtful]
    if passed:
        yield f"{_counted(passed, 'defective part')} passed: {_names(passed)}"
    if failed:
        yield f"{_counted(failed, 'good part')} failed: {_names(failed)}"
    if len(doubtful) > plan.most_doubtful:
        yield f"{_counted(doubtful, 'part')} at REVIEW, where the plan allows {plan.most_doubtful}: {_names(doubtful)}"
    for name, against in (("drift", "the last checks"), ("recorded_drift", "the recorded scores")):
        drifted = [part for part in parts if (getattr(part, name) or 0.0) > plan.drift]
        if drifted:
            most = max(getattr(part, name) for part in drifted)
            yield (
                f"scores of {_counted(drifted, 'part')} drifted by up to {most:.3g} from {against}, "
                f"where the plan allows {plan.drift:g}: {_names(drifted)}"
            )


def _counted(parts: Sequence[CheckedPart], noun: str) -> str:
    return f"{len(parts)} {noun}{'' if len(parts) == 1 else 's'}"


def _names(parts: Sequence[CheckedPart]) -> str:
    more = ", ..." if len(parts) > _NAMED else ""
    return ", ".join(part.part for part in parts[:_NAMED]) + more
