"""Scores out of the database: of the parts that people judged, and of the last ones of the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from aoi_modules.results.database.columns import NewestFirst
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import inspections, judged
from aoi_modules.results.database.tallies import SLOT, slot_of
from aoi_modules.results.limits.setting import Place
from aoi_modules.results.quality.counting import Kind, Scope, count
from aoi_modules.results.quality.desk import Judged, Scored
from aoi_modules.results.quality.report import merged
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.record import OF_PARTS
from aoi_modules.verdict import Limits, Verdict, judge_part

Said = Mapping[str, Any]
"""What a head said, as the database has it: the fields of `HeadResult`."""
MOST_JUDGED = 5000
"""Judged parts that the desk looks at: the newest."""
LAST = 1000
"""Parts of the line that it judges once more, to say which verdicts would have changed."""


@dataclass(frozen=True)
class LastPart:
    """One of the last parts of the line.

    Args:
        id: of its inspection.
        unit: that it belongs to, if one was named.
        part: as the model judged it.
    """

    id: str
    unit: str | None
    part: Scored


@dataclass(frozen=True)
class Evidence:
    """By what the threshold desk estimates.

    Args:
        judged: parts that people judged.
        since: when these are all that were judged; None if they are all there ever were.
        strata: all parts of that time.
        last: the last parts of the line, the newest first.
        limits: by which the newest of them was judged; None where there is none.
    """

    judged: Sequence[Judged]
    since: datetime | None
    strata: Mapping[Kind, Stratum]
    last: Sequence[LastPart]
    limits: Limits | None


async def evidence(database: Database, place: Place, calendar: Calendar) -> Evidence:
    """Reads by what the effect of limits is estimated.

    Raises:
        DatabaseAway: the database does not answer.
    """
    judged, since = await judged_scores(database, place)
    scope = Scope(component=place.component, model=place.model, version=place.version, since=since)
    strata = merged((await count(database, scope, "component", calendar)).values()).strata
    return Evidence(judged, since, strata, *await last_parts(database, place))


async def judged_scores(database: Database, place: Place) -> tuple[list[Judged], datetime | None]:
    """Reads the newest judged parts of a version, with the score of a head.

    Returns:
        The parts, and the moment since when they are all that were judged; None if these are all there ever were.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c, said = inspections.c, judged.c
    question = (
        select(said.slot, said.component, said.verdict, said.chance, said.good, said.sampled, c.heads)
        .join_from(judged, inspections, c.id == said.inspection)
        .where(said.component == place.component, said.model == place.model, said.version == place.version)
        .order_by(said.slot.desc())
        .limit(MOST_JUDGED)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(question)).all()
    since = slot_of(rows[-1].slot) + SLOT if len(rows) == MOST_JUDGED else None  # the oldest quarter may be cut
    parts = [
        Judged(
            part=scored(Verdict(row.verdict), row.heads, place.head),
            kind=(row.component, Verdict(row.verdict), row.chance),
            sampled=row.sampled,
            good=row.good,
        )
        for row in rows
        if since is None or row.slot >= since
    ]
    return parts, since


async def last_parts(database: Database, place: Place) -> tuple[list[LastPart], Limits | None]:
    """Reads the last parts that a version answered about, with the score of a head, and the limits of the newest.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c = inspections.c
    question = (
        select(c.id, c.unit, c.verdict, c.heads)
        .where(c.component == place.component, c.model == place.model, c.version == place.version)
        .where(c.role.in_(OF_PARTS), c.repeats.is_(None))
        .order_by(NewestFirst(c.id))
        .limit(LAST)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(question)).all()
    parts = [LastPart(row.id, row.unit, scored(Verdict(row.verdict), row.heads, place.head)) for row in rows]
    return parts, next((limits for row in rows if (limits := _limits(row.heads, place.head))), None)


def scored(verdict: Verdict, heads: Sequence[Said], name: str) -> Scored:
    """What is needed to judge a part by other limits for one of its heads.

    Args:
        verdict: of the part.
        heads: what its heads said, as `HeadResult` is written down.
        name: of the head.
    """
    score = next((head["score"] for head in heads if head["name"] == name), None)
    others = [Verdict(head["verdict"]) for head in heads if head["name"] != name and head["verdict"] is not None]
    return Scored(verdict, score, judge_part(others) if others else Verdict.PASS)


def _limits(heads: Sequence[Said], name: str) -> Limits | None:
    head = next((head for head in heads if head["name"] == name and head["threshold"] is not None), None)
    if head is None:
        return None
    band = head.get("review_band")
    return Limits(head["threshold"], None if band is None else (band[0], band[1]))
