"""Checks and unlockings in the database. None is changed or goes."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aoi_modules.judging.inspection import ModelVersion
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.tables import checks, unlockings
from aoi_modules.results.people.audit import note
from aoi_modules.results.station.check import Check, CheckedPart
from aoi_modules.results.station.state import Events, LastCheck, Unlocking

_PARTS = tuple[CheckedPart, ...]


async def add_check(database: Database, check: Check) -> Check:
    """Keeps a check, and gives it with its number.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        number = await _insert(connection, checks, _row(check))
        found = "passed" if check.passed else f"failed: {check.why}"
        await note(connection, check.who, "check station", f"{check.component}, check {number}", found)
    return msgspec.structs.replace(check, number=number)


async def add_unlocking(database: Database, unlocking: Unlocking) -> Unlocking:
    """Keeps an unlocking, and gives it with its number.

    Raises:
        DatabaseAway: the database does not answer.
    """
    async with database.transaction() as connection:
        values = msgspec.structs.asdict(unlocking)
        del values["number"]
        number = await _insert(connection, unlockings, values)
        await note(connection, unlocking.who, "unlock station", unlocking.component, unlocking.why)
    return msgspec.structs.replace(unlocking, number=number)


async def last_numbers(database: Database) -> tuple[int, int]:
    """The numbers of the newest check and the newest unlocking; 0 where there is none.

    Raises:
        DatabaseAway: the database does not answer.
    """
    newest = [select(func.max(table.c.number)).scalar_subquery() for table in (checks, unlockings)]
    async with database.reading() as connection:
        check, unlocking = (await connection.execute(select(*newest))).one()
    return check or 0, unlocking or 0


async def events(database: Database) -> dict[str, Events]:
    """What happened last to each component to which anything did.

    Raises:
        DatabaseAway: the database does not answer.
    """
    columns = [checks.c[name] for name in ("component", *LastCheck.__struct_fields__)]
    async with database.reading() as connection:
        checked = (await connection.execute(select(*columns).where(_newest(checks)))).mappings().all()
        unlocked = (await connection.execute(select(unlockings).where(_newest(unlockings)))).mappings().all()
    last = {row["component"]: LastCheck(**{name: row[name] for name in LastCheck.__struct_fields__}) for row in checked}
    eased = {row["component"]: Unlocking(**row) for row in unlocked}
    return {name: Events(check=last.get(name), unlocking=eased.get(name)) for name in sorted({*last, *eased})}


async def last_checks(
    database: Database,
    count: int,
    component: str | None = None,
    model: ModelVersion | None = None,
    *,
    only_passed: bool = False,
) -> list[Check]:
    """Reads checks, the newest first.

    Args:
        database: of the results.
        count: at most so many.
        component: of this one; None for all.
        model: by this version; None for all.
        only_passed: leaves out those that failed.

    Raises:
        DatabaseAway: the database does not answer.
    """
    c = checks.c
    question = select(checks).order_by(c.number.desc()).limit(count)
    if component is not None:
        question = question.where(c.component == component)
    if model is not None:
        question = question.where(c.model == model.name, c.version == (model.version or 0))
    if only_passed:
        question = question.where(c.passed)
    async with database.reading() as connection:
        return [_check(dict(row)) for row in (await connection.execute(question)).mappings()]


async def unlockings_of(database: Database, count: int, component: str | None = None) -> Sequence[Unlocking]:
    """Reads unlockings, the newest first; of one component or of all.

    Raises:
        DatabaseAway: the database does not answer.
    """
    question = select(unlockings).order_by(unlockings.c.number.desc()).limit(count)
    if component is not None:
        question = question.where(unlockings.c.component == component)
    async with database.reading() as connection:
        return [Unlocking(**row) for row in (await connection.execute(question)).mappings()]


def _newest(table: Table) -> Any:
    """The condition that a row is the newest of its component."""
    return table.c.number.in_(select(func.max(table.c.number)).group_by(table.c.component))


async def _insert(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> int:
    number = (await connection.execute(insert(table).values(values))).inserted_primary_key
    return int(number[0]) if number else 0


def _row(check: Check) -> dict[str, Any]:
    row = msgspec.structs.asdict(check)
    del row["number"]
    model = row.pop("model")
    return {**row, "model": model.name, "version": model.version or 0, "parts": msgspec.to_builtins(check.parts)}


def _check(row: Mapping[str, Any]) -> Check:
    values = dict(row)
    model = ModelVersion(name=values.pop("model"), version=values.pop("version") or None)
    return Check(**{**values, "parts": msgspec.convert(values["parts"], _PARTS)}, model=model)
