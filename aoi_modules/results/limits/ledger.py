"""Settings of limits in the database. None is changed: a new one is in force, and taking one back is a new one, too."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.errors import NoSuchResult, Taken
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import limits
from aoi_modules.results.limits.setting import Place, Setting
from aoi_modules.results.people.audit import note
from aoi_modules.results.record import now

_MOST = 1000


async def set_limits(database: Database, place: Place, wanted: HeadLimits, *, who: str, why: str, seen: int) -> Setting:
    """Sets the limits of a head.

    Args:
        database: of the results.
        place: what they are for.
        wanted: the limits, a threshold among them.
        who: sets them.
        why: the reason in their words.
        seen: number of the setting that they saw in force; 0 for none, and for one that a step back left to manifest
            and route.

    Raises:
        Taken: another one is in force by now.
        DatabaseAway: the database does not answer.
    """
    try:
        async with database.transaction() as connection:
            before = await _newest(connection, place)
            if seen not in _numbers(before):
                raise _changed(place)
            await note(connection, who, "set limits", _about(place), why)
            return await _insert(connection, place, wanted, who=who, why=why, before=before.number if before else 0)
    except IntegrityError:  # of two in the same moment, the other one was first
        raise _changed(place) from None


async def take_back(database: Database, number: int, *, who: str, why: str) -> Setting:
    """Puts back the limits that were in force before a setting.

    Raises:
        NoSuchResult: there is no such setting.
        Taken: it is not in force, or is what a step back put back.
        DatabaseAway: the database does not answer.
    """
    try:
        async with database.transaction() as connection:
            taken = await _by_number(connection, number)
            newest = await _newest(connection, taken.place)
            if newest is None or newest.number != number:
                raise _changed(taken.place)
            if taken.takes_back is not None:
                raise Taken(f"setting {number} is a step back itself", hint="set the limits that are wanted")
            earlier = await _by_number(connection, taken.before) if taken.before else None
            wanted = earlier.limits if earlier else None
            await note(connection, who, "take limits back", _about(taken.place), why)
            return await _insert(connection, taken.place, wanted, who=who, why=why, before=number, takes_back=number)
    except IntegrityError:
        raise _changed(taken.place) from None


async def in_force(database: Database) -> list[Setting]:
    """The newest setting of each head that has one.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c = limits.c
    newest = select(func.max(c.number)).group_by(c.component, c.model, c.version, c.head)
    return await _read(database, select(limits).where(c.number.in_(newest)).order_by(c.number))


async def last_number(database: Database) -> int:
    """The number of the newest setting; 0 if there is none.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.reading() as connection:
        return (await connection.execute(select(func.max(limits.c.number)))).scalar() or 0


async def history(database: Database, component: str | None = None) -> list[Setting]:
    """All settings, of one component or of all; the newest first, a thousand at most.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(limits) if component is None else select(limits).where(limits.c.component == component)
    return await _read(database, question.order_by(limits.c.number.desc()).limit(_MOST))


async def _read(database: Database, question: Select[tuple[object, ...]]) -> list[Setting]:
    async with database.reading() as connection:
        return [_setting(dict(row)) for row in (await connection.execute(question)).mappings()]


async def _newest(connection: AsyncConnection, place: Place) -> Setting | None:
    c = limits.c
    of_place = and_(
        c.component == place.component, c.model == place.model, c.version == place.version, c.head == place.head
    )
    question = select(limits).where(of_place).order_by(c.number.desc()).limit(1)
    row = (await connection.execute(question)).mappings().first()
    return None if row is None else _setting(dict(row))


async def _by_number(connection: AsyncConnection, number: int) -> Setting:
    row = (await connection.execute(select(limits).where(limits.c.number == number))).mappings().first()
    if row is None:
        raise NoSuchResult(f"no setting of limits has the number {number}")
    return _setting(dict(row))


async def _insert(
    connection: AsyncConnection,
    place: Place,
    wanted: HeadLimits | None,
    *,
    who: str,
    why: str,
    before: int,
    takes_back: int | None = None,
) -> Setting:
    band = (wanted.review_band if wanted else None) or (None, None)
    values = {
        "component": place.component,
        "model": place.model,
        "version": place.version,
        "head": place.head,
        "threshold": wanted.threshold if wanted else None,
        "band_from": band[0],
        "band_to": band[1],
        "good": list(wanted.good) if wanted else [],
        "time": now(),
        "who": who,
        "why": why,
        "before": before,
        "takes_back": takes_back,
    }
    number = (await connection.execute(insert(limits).values(values))).inserted_primary_key
    return _setting({"number": number[0] if number else 0, **values})


def _setting(row: Mapping[str, Any]) -> Setting:
    band = None if row["band_from"] is None else (row["band_from"], row["band_to"])
    is_set = row["threshold"] is not None
    return Setting(
        number=row["number"],
        place=Place(component=row["component"], model=row["model"], version=row["version"], head=row["head"]),
        limits=HeadLimits(threshold=row["threshold"], review_band=band, good=tuple(row["good"])) if is_set else None,
        time=row["time"],
        who=row["who"],
        why=row["why"],
        before=row["before"],
        takes_back=row["takes_back"],
    )


def _about(place: Place) -> str:
    return f"{place.component}, head {place.head}, model {place.model}, version {place.version}"


def _numbers(newest: Setting | None) -> set[int]:
    """By which numbers a setting may be known that is in force."""
    if newest is None:
        return {0}
    return {newest.number} if newest.limits is not None else {newest.number, 0}


def _changed(place: Place) -> Taken:
    return Taken(
        f"the limits of {place.component}, head {place.head}, version {place.version} were changed meanwhile",
        hint="look at those that are in force now",
    )
