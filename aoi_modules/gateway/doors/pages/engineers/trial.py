"""What limits would do that nobody has applied yet, as the threshold desk shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.pages.charts.frame import Chart
from aoi_modules.gateway.doors.pages.charts.histogram import Scores, histogram
from aoi_modules.gateway.doors.pages.charts.thresholds import ends_of, thresholds
from aoi_modules.gateway.doors.pages.engineers import told
from aoi_modules.gateway.doors.pages.engineers.told import Told
from aoi_modules.results.database.reading import typed
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.quality.desk import Change, Effect, changes, curve, effect
from aoi_modules.results.quality.scores import Evidence, LastPart
from aoi_modules.results.record import Whole
from aoi_modules.verdict import Limits, Verdict

MOST_NAMED = 24
"""Changed parts that are named."""
_Score = Annotated[float, Meta(ge=0, le=1)]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which head the desk is about, and which limits are tried."""

    component: str | None = None
    model: str | None = None
    version: Whole | None = None
    head: str | None = None
    threshold: _Score | None = None
    doubtful: _Score | None = None
    """Scores from this one to the threshold go to an operator; None sends none there."""

    @property
    def place(self) -> Place | None:
        """What limits are for; None where that is not said whole."""
        if self.component is None or self.model is None or self.version is None or self.head is None:
            return None
        return Place(component=self.component, model=self.model, version=self.version, head=self.head)

    @property
    def limits(self) -> Limits | None:
        """Those that are tried; None for none.

        Raises:
            BadParameter: the doubtful scores begin above the threshold.
        """
        if self.threshold is None:
            return None
        if self.doubtful is not None and self.doubtful > self.threshold:
            expected = f"at most the threshold, {self.threshold:.4g}"
            raise BadParameter("doubtful", expected=expected, found=f"{self.doubtful:.4g}")
        return Limits(self.threshold, None if self.doubtful is None else (self.doubtful, self.threshold))


def wish_of(parameters: Mapping[str, str]) -> Wish:
    """Reads what the desk is asked for; a field that was left empty says nothing.

    Raises:
        BadParameter: a parameter is unknown, or makes no sense.
    """
    return typed({name: text for name, text in parameters.items() if text}, Wish)


@dataclass(frozen=True)
class Moved:
    """A part of the last ones that would have got another verdict."""

    id: str
    unit: str | None
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Trial:
    """What the desk shows.

    Args:
        in_force, tried: limits; None for none.
        now: escape and overkill rate by those in force.
        then: the same by those that are tried.
        doubtful: how far below each threshold of the curve scores are doubtful; None for no such scores.
        curve: of thresholds; None where nobody judged a part.
        scores: of the judged and of the last parts; None where there are none.
        changes: which verdicts would have changed.
        moved: parts of which; the newest, some of them.
        last: how many parts were judged once more.
        ends: the scores between which a threshold is tried.
    """

    in_force: Limits | None
    tried: Limits | None
    now: Sequence[Told]
    then: Sequence[Told]
    doubtful: float | None
    curve: Chart | None
    scores: Chart | None
    changes: Sequence[Change]
    moved: Sequence[Moved]
    last: int
    ends: tuple[float, float]

    @property
    def changed(self) -> int:
        """Parts that would have got another verdict."""
        return sum(change.parts for change in self.changes)


def trial(found: Evidence, in_force: Limits | None, tried: Limits | None) -> Trial:
    """Judges once more what was judged."""
    doubtful = _doubtful(tried or in_force)
    points = curve(found.judged, found.strata, doubtful)
    ends = ends_of(points, in_force, tried) if points else (0.0, 1.0)
    again = [] if tried is None else changes((one.part for one in found.last), tried)
    return Trial(
        in_force=in_force,
        tried=tried,
        now=[] if in_force is None else _rates(effect(found.judged, found.strata, in_force)),
        then=[] if tried is None else _rates(effect(found.judged, found.strata, tried)),
        doubtful=doubtful,
        curve=thresholds(points, in_force=in_force, tried=tried) if points else None,
        scores=_scores(found, ends, in_force, tried),
        changes=[change for change in again if change.before is not change.after],
        moved=[] if tried is None else _moved(found.last, tried)[:MOST_NAMED],
        last=len(found.last),
        ends=ends,
    )


def _doubtful(limits: Limits | None) -> float | None:
    """How wide a review band is, below its threshold: the curve tells of thresholds with such a band."""
    return None if limits is None or limits.review_band is None else limits.threshold - limits.review_band[0]


def _rates(by: Effect) -> list[Told]:
    return [told.escape(by.escape), told.overkill(by.overkill)]


def _moved(last: Sequence[LastPart], tried: Limits) -> list[Moved]:
    after = [(one, one.part.by(tried)) for one in last]
    return [Moved(one.id, one.unit, one.part.verdict, new) for one, new in after if new is not one.part.verdict]


def _scores(found: Evidence, ends: tuple[float, float], in_force: Limits | None, tried: Limits | None) -> Chart | None:
    kinds = [
        Scores("judged good", "fine", _known(one.part.score for one in found.judged if one.good)),
        Scores("judged defective", "defective", _known(one.part.score for one in found.judged if not one.good)),
        Scores("last parts of the line", "all", _known(one.part.score for one in found.last)),
    ]
    seen = [kind for kind in kinds if kind.values]
    return histogram(seen, ends, in_force=in_force, tried=tried) if seen else None


def _known(scores: Iterable[float | None]) -> list[float]:
    return [score for score in scores if score is not None]
