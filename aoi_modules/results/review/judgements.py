"""Judgements in the database. None is overwritten: who thinks again adds one, and who undoes one says so."""

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.results.database.connection import INSERT, Database
from aoi_modules.results.database.holds import release
from aoi_modules.results.database.rows import from_row
from aoi_modules.results.database.tables import holds, inspections, judged, judgements, reviews
from aoi_modules.results.database.tallies import counted
from aoi_modules.results.people.audit import note
from aoi_modules.results.record import Record, ReviewReason, is_id, new_id, now
from aoi_modules.results.review import queue
from aoi_modules.results.review.disposition import Compose, follow
from aoi_modules.results.review.judgement import SAMPLED, Given, Judgement, Opinion, in_force

HOLD = "judged"
"""Why the pictures of judged inspections stay."""


async def judge(
    database: Database, inspection: str, opinion: Opinion, who: str, compose: Compose = lambda found: ()
) -> Judgement:
    """Keeps what a person says about a part. The same said again by the same person changes nothing.

    Args:
        database: of the results.
        inspection: id of the part's inspection; one by a shadow, or of a picture that was sent again, stands for that
            which was answered first.
        opinion: what is said.
        who: says it.
        compose: writes who is told what becomes of the unit.

    Raises:
        NoSuchResult: there is no such inspection, or it is of a check of the station.
        Taken: it is somebody else's turn to judge it.
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        record = await _part(connection, inspection)
        before = in_force(await _history(connection, record.id))
        if before is not None and (before.who, before.opinion) == (who, opinion):
            return before
        given, shown = await _from_queue(connection, record, who)
        if before is not None:  # a correction adds nothing to what was looked at
            given, shown = (before.given if before.who == who else "asked"), before.shown
        judgement = Judgement(
            id=new_id(),
            inspection=record.id,
            time=now(),
            who=who,
            given=given,
            shown=shown,
            **msgspec.structs.asdict(opinion),
        )
        await _add(connection, record, judgement)
        await follow(connection, record, judgement, compose)
        said = opinion.verdict if opinion.defect is None else f"{opinion.verdict}: {opinion.defect}"
        await note(connection, who, "judge", _about(record.id), " - ".join(filter(None, (said, opinion.note))))
        return judgement


async def undo(database: Database, judgement_id: str, who: str, compose: Compose = lambda found: ()) -> Judgement:
    """Takes a judgement back. What was said before it is in force again; if nothing was, the part waits again.

    Then whoever took it back has it before them, so that they can say what is right.

    Raises:
        NoSuchResult: there is no such judgement.
        Taken: it was taken back already, or a later one is in force.
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        inspection = await _inspection_of(connection, judgement_id)
        record = await _locked(connection, inspection)
        history = await _history(connection, inspection)
        last = in_force(history)
        if last is None or last.id != judgement_id:
            raise Taken(
                f"the judgement {judgement_id} is not in force",
                hint="it was taken back, or somebody judged the part after it",
            )
        undoing = Judgement(
            id=new_id(),
            inspection=inspection,
            time=now(),
            who=who,
            verdict=None,
            given=last.given,
            shown=last.shown,
            undoes=last.id,
        )
        await connection.execute(insert(judgements).values(msgspec.structs.asdict(undoing)))
        earlier = in_force([*history, undoing])
        await note(connection, who, "undo judgement", _about(inspection))
        await connection.execute(delete(judged).where(judged.c.inspection == inspection))
        if earlier is not None:
            await _add_in_force(connection, record, earlier)
        else:
            await _put_back(connection, record, last, who)
        await follow(connection, record, undoing, compose)
        return undoing


async def history_of(database: Database, inspection: str) -> list[Judgement]:
    """All that was said about an inspection, oldest first.

    Raises:
        DatabaseAway: the database does not answer.
    """
    if not is_id(inspection):
        return []
    async with database.reading() as connection:
        return await _history(connection, inspection)


async def _part(connection: AsyncConnection, inspection: str) -> Record:
    """The inspection that was answered about the part."""
    record = await _locked(connection, inspection)
    if record.role == "check":
        raise NoSuchResult(
            f"inspection {record.id} is of a check of the station, so it is about no part",
            hint="what is true of a golden part stands in the golden set",
        )
    answered = record.shadows or record.repeats
    return record if answered is None else await _locked(connection, answered)


async def _locked(connection: AsyncConnection, inspection: str) -> Record:
    """The inspection, which nobody else judges before this transaction ends."""
    row = None
    if is_id(inspection):
        question = select(inspections).where(inspections.c.id == inspection).with_for_update()
        row = (await connection.execute(question)).mappings().first()
    if row is None:
        raise NoSuchResult(f"no inspection {inspection[:40]}", hint="an id has 32 hexadecimal digits")
    return from_row(dict(row))


async def _inspection_of(connection: AsyncConnection, judgement_id: str) -> str:
    found = None
    if is_id(judgement_id):
        question = select(judgements.c.inspection).where(judgements.c.id == judgement_id)
        found = (await connection.execute(question.where(judgements.c.undoes.is_(None)))).scalar()
    if found is None:
        raise NoSuchResult(f"no judgement {judgement_id[:40]}", hint="an id has 32 hexadecimal digits")
    return str(found)


async def _history(connection: AsyncConnection, inspection: str) -> list[Judgement]:
    question = select(judgements).where(judgements.c.inspection == inspection).order_by(judgements.c.id)
    return [Judgement(**row) for row in (await connection.execute(question)).mappings()]


async def _from_queue(connection: AsyncConnection, record: Record, who: str) -> tuple[Given, str]:
    """Why the part is judged, and by which picture; it waits no more."""
    question = select(reviews).where(reviews.c.inspection == record.id).with_for_update()
    row = (await connection.execute(question)).first()
    if row is None:
        return "asked", record.id
    is_leased = row.leased_by is not None and row.leased_until >= now()
    if is_leased and row.leased_by != who:
        raise Taken(f"{row.leased_by} has the part before them, until {row.leased_until:%H:%M:%S} UTC")
    await queue.remove(connection, {record.id: row.shown})
    return (row.reason if is_leased else "asked"), row.shown


async def _add(connection: AsyncConnection, record: Record, judgement: Judgement) -> None:
    await connection.execute(insert(judgements).values(msgspec.structs.asdict(judgement)))
    await connection.execute(delete(judged).where(judged.c.inspection == record.id))
    await _add_in_force(connection, record, judgement)


def _about(inspection: str) -> str:
    return f"inspection {inspection}"


async def _add_in_force(connection: AsyncConnection, record: Record, judgement: Judgement) -> None:
    """Writes what figures are made of, and holds the picture."""
    row = {
        "inspection": record.id,
        "judgement": judgement.id,
        "good": judgement.verdict == "good",
        "defect": judgement.defect,
        "sampled": judgement.given in SAMPLED,
        **counted(record),
    }
    held = {"inspection": judgement.shown, "reason": HOLD, "who": judgement.who, "time": judgement.time}
    await connection.execute(insert(judged).values(row))
    await connection.execute(INSERT[connection.dialect.name](holds).values(held).on_conflict_do_nothing())


async def _put_back(connection: AsyncConnection, record: Record, judgement: Judgement, who: str) -> None:
    """Lets a part wait again that nobody has judged, if it ever had to."""
    await release(connection, HOLD, [judgement.shown])
    reason = _reason(record, judgement)
    if reason is not None:
        row = queue.waiting_row(record.id, judgement.shown, record.inspection.component, reason)
        await queue.add(connection, [{**row, "leased_by": who, "leased_until": now() + queue.LEASE}])


def _reason(record: Record, judgement: Judgement) -> ReviewReason | None:
    """Why a judged part had to be judged; one may be asked for while it waits."""
    if judgement.given != "asked":
        return judgement.given
    return "disagreement" if judgement.shown != record.id else record.review
