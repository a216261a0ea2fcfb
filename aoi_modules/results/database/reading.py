"""Looking for records: by filters, page by page, newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar, get_args

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.exc import StatementError

from aoi_modules.errors import BadParameter, NoSuchResult
from aoi_modules.results.database.columns import Likely, NewestFirst
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.portions import portions
from aoi_modules.results.database.rows import Row, from_row
from aoi_modules.results.database.tables import inspections
from aoi_modules.results.record import Record, Role, first_id, is_id
from aoi_modules.verdict import Verdict

Wanted = TypeVar("Wanted", bound=msgspec.Struct)
MOST = 1000
"""Records a page."""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which records; what is None lets all pass."""

    component: str | None = None
    verdict: Verdict | None = None
    unit: str | None = None
    position: str | None = None
    product: str | None = None
    lot: str | None = None
    station: str | None = None
    model: str | None = None
    version: Annotated[int, Meta(ge=1)] | None = None
    role: Role | None = None
    picture_sha256: str | None = None
    since: Annotated[datetime, Meta(tz=True, description="From this moment on, to the millisecond.")] | None = None
    until: Annotated[datetime, Meta(tz=True, description="Before this moment.")] | None = None


def filter_of(named: Mapping[str, str]) -> Filter:
    """Reads a filter from texts, by the names of its fields; see `typed`."""
    return typed(named, Filter)


def typed(named: Mapping[str, str], kind: type[Wanted]) -> Wanted:
    """Reads from texts what is wanted.

    Args:
        named: texts, by the names of the fields.
        kind: of what is wanted; each field may be None, and is where it is not named.

    Raises:
        BadParameter: a name is no field, or its text makes no sense.
    """
    kinds = {field.name: get_args(field.type)[0] for field in msgspec.structs.fields(kind)}  # of `... | None`
    found: dict[str, object] = {}
    for name, text in named.items():  # each for itself, so that an error can name it
        if name not in kinds:
            known = ", ".join(kinds)
            raise BadParameter(name[:40], expected=f"a filter of: {known}", found=text[:40])
        try:
            found[name] = msgspec.convert(text, kinds[name], strict=not _is_number(kinds[name]))
        except msgspec.ValidationError as error:
            reason = str(error).partition(" - at")[0]
            expected = f"another value ({reason[:1].lower()}{reason[1:]})"
            raise BadParameter(name, expected=expected, found=text[:40]) from None
    return msgspec.structs.replace(kind(), **found)


def _is_number(kind: Any) -> bool:
    """Whether a text has to be read as a number; a text of any other kind is what it is."""
    return (get_args(kind) or (kind,))[0] in (int, float)


class Span(NamedTuple):
    """Ids from one to another, both included."""

    oldest: str
    newest: str


EVERYWHERE = Span("0" * 32, "f" * 32)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some records, newest first."""

    records: Sequence[Record]
    cursor: str | None
    """Of the next page; None if this is the last one."""


async def page(database: Database, wanted: Filter, count: int, cursor: str | None = None) -> Page:
    """Reads a page.

    Args:
        database: of the records.
        wanted: which records.
        count: at most so many.
        cursor: of the page, as the page before has it; None for the first.

    Raises:
        BadParameter: the cursor is none.
        DatabaseAway: the database does not answer.
    """
    if cursor is not None and not is_id(cursor):
        raise BadParameter("cursor", expected="the cursor of a page that was read before", found=cursor[:40])
    span = await _span(database, wanted)
    rows = [] if span is None else await _rows(database, question_of(wanted, count, cursor, span))
    records = [from_row(row) for row in rows[:count]]
    return Page(records=records, cursor=records[-1].id if len(rows) > count else None)


def question_of(
    wanted: Filter, count: int, cursor: str | None = None, span: Span = EVERYWHERE
) -> Select[tuple[object, ...]]:
    """Writes the question for a page, and for one row more, which tells whether there is another page.

    Args:
        wanted: which records.
        count: at most so many.
        cursor: id of the last record before the page; None for the first page.
        span: outside of which there are none.
    """
    conditions = _conditions(wanted)
    ids = inspections.c.id
    newest_first = NewestFirst(ids) if conditions else ids.desc()  # as in the index that is to answer
    if wanted.since is not None:
        conditions.append(ids >= first_id(wanted.since))
    if wanted.until is not None:
        conditions.append(Likely(ids < first_id(wanted.until)))
    if cursor is not None:
        conditions.append(Likely(ids < cursor))
    if span != EVERYWHERE:
        conditions += [ids >= span.oldest, Likely(ids <= span.newest)]
    return select(inspections).where(*conditions).order_by(newest_first).limit(count + 1)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """What the columns have to be."""
    columns = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name in inspections.c}
    return [inspections.c[name] == value for name, value in columns.items() if value is not None]


async def _span(database: Database, wanted: Filter) -> Span | None:
    """Where each filter of several has rows; None where one has none, or all its rows are older than those of another.

    One index leads to the rows, by one filter. Without a span it would lead through all newer rows to an old lot, and
    through all older ones where a page finds no more.
    """
    conditions, ids = _conditions(wanted), inspections.c.id
    if len(conditions) < 2:
        return EVERYWHERE
    ends = [
        select(ids).where(condition).order_by(order).limit(1).scalar_subquery().label(f"{end}{number}")
        for number, condition in enumerate(conditions)
        for end, order in (("oldest", ids.asc().nulls_first()), ("newest", NewestFirst(ids)))
    ]
    (found,) = [list(row.values()) for row in await _rows(database, select(*ends))] or [[None]]
    if None in found:
        return None
    span = Span(max(found[::2]), min(found[1::2]))
    return span if span.oldest <= span.newest else None


async def by_id(database: Database, record_id: str) -> Record:
    """Reads one record.

    Raises:
        NoSuchResult: there is none of this id.
        DatabaseAway: the database does not answer.
    """
    found = None
    if is_id(record_id):
        found = await _first(database, select(inspections).where(inspections.c.id == record_id))
    if found is None:
        raise NoSuchResult(f"no inspection {record_id[:40]}", hint="an id has 32 hexadecimal digits")
    return found


async def by_ids(database: Database, record_ids: Sequence[str]) -> dict[str, Record]:
    """Reads records, by their ids; those of which there is none are left out.

    Raises:
        DatabaseAway: the database does not answer.
    """
    found: dict[str, Record] = {}
    for some in portions(record_id for record_id in record_ids if is_id(record_id)):
        rows = await _rows(database, select(inspections).where(inspections.c.id.in_(some)))
        found.update((row["id"], from_row(row)) for row in rows)
    return found


async def by_key(database: Database, key: str) -> Record | None:
    """Reads the record that had a key first; None if there is none.

    Raises:
        DatabaseAway: the database does not answer.
    """
    return await _first(database, select(inspections).where(inspections.c.key == key))


async def _first(database: Database, question: Select[tuple[object, ...]]) -> Record | None:
    rows = await _rows(database, question.limit(1))
    return from_row(rows[0]) if rows else None


async def _rows(database: Database, question: Select[Any]) -> list[Row]:
    """The rows that fit; none does where the database cannot even hold a value that is asked for."""
    try:
        async with database.reading() as connection:
            return [dict(row) for row in (await connection.execute(question)).mappings()]
    except (StatementError, OverflowError):
        return []
