"""The judged parts of a component as evidence: how each was answered, what people said, and its picture."""

from dataclasses import dataclass

from sqlalchemy import select

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.rows import from_row
from aoi_modules.results.database.tables import inspections, judged, judgements
from aoi_modules.results.datasets.dealing import Deal, unit_of
from aoi_modules.results.quality.counting import Scope, count
from aoi_modules.results.quality.report import merged
from aoi_modules.results.quality.shifts import Calendar
from aoi_modules.results.quality.strata import Stratum
from aoi_modules.results.record import Record
from aoi_modules.verdict import Verdict


@dataclass(frozen=True)
class JudgedPicture:
    """A judged part.

    Args:
        shown: record of the picture that was judged.
        answered: the version that answered about the part.
        verdict: that it gave.
        chance: with which the part came to be judged.
        sampled: whether it was judged at random; else because somebody asked.
        good: what was said.
        group: of the part's unit, as `Deal.group_of` names it.
    """

    shown: Record
    answered: ModelVersion
    verdict: Verdict
    chance: float
    sampled: bool
    good: bool
    group: str


async def judged_pictures(database: Database, component: str, deal: Deal, most: int) -> list[JudgedPicture]:
    """The judged parts of a component whose pictures were kept, the newest first.

    Args:
        database: of the results.
        component: whose parts.
        deal: of the line, which names groups.
        most: so many at most.

    Raises:
        DatabaseAway: the database does not answer.
    """
    said = (judged.c.inspection, judged.c.good, judged.c.sampled)
    answer = [judged.c[name].label(f"answer_{name}") for name in ("model", "version", "verdict", "chance")]
    question = (
        select(inspections, *(column.label(f"said_{column.name}") for column in said), *answer)
        .join_from(judged, judgements, judgements.c.id == judged.c.judgement)
        .join(inspections, inspections.c.id == judgements.c.shown)
        .where(judged.c.component == component, inspections.c.picture_kept, inspections.c.picture_gone.is_(None))
        .order_by(judged.c.inspection.desc())
        .limit(most)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(question)).mappings().all()
    found = []
    for row in rows:
        shown = from_row(dict(row))
        found.append(
            JudgedPicture(
                shown=shown,
                answered=ModelVersion(name=row["answer_model"], version=row["answer_version"] or None),
                verdict=Verdict(row["answer_verdict"]),
                chance=float(row["answer_chance"]),
                sampled=bool(row["said_sampled"]),
                good=bool(row["said_good"]),
                group=deal.group_of(unit_of(shown.origin.unit, row["said_inspection"])),
            )
        )
    return found


async def strata_of(database: Database, component: str) -> dict[tuple[Verdict, float], Stratum]:
    """All parts of a component, judged or not, by verdict and by the chance to be judged.

    Raises:
        DatabaseAway: the database does not answer.
    """
    whole = merged((await count(database, Scope(component=component), "component", Calendar())).values())
    return {(verdict, chance): stratum for (_, verdict, chance), stratum in whole.strata.items()}
