"""Recorded results by HTTP: pages of inspections by filters, one by its id, and what is known of a unit."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from aoi_modules.errors import BadParameter, NoSuchResult
from aoi_modules.results.closing import Closing
from aoi_modules.results.database import reading, unit_rows
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import MOST, Filter, Page
from aoi_modules.results.record import Record

FEW = 100
"""Inspections a page, unless the request says otherwise."""
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "bmp": "image/bmp", "raw": "application/octet-stream"}
"""Of kept pictures, by their kind."""
_ID = re.compile(r"[0-9a-f]{32}")


async def find_page(database: Database, parameters: Mapping[str, str]) -> Page:
    """Reads a page of inspections, newest first.

    Args:
        database: of the results.
        parameters: of the request: those of `Filter`, `limit` and `cursor`.

    Raises:
        BadParameter: one of them is unknown, or makes no sense.
        DatabaseAway: the database does not answer.
    """
    wanted = {name: text for name, text in parameters.items() if name not in ("limit", "cursor")}
    for name in wanted.keys() - set(Filter.__struct_fields__):
        known = ", ".join((*Filter.__struct_fields__, "limit", "cursor"))
        raise BadParameter(name[:40], expected=f"a parameter of: {known}", found=wanted[name][:40])
    cursor = parameters.get("cursor")
    if cursor is not None:
        _check_id("cursor", cursor)
    return await reading.page(database, _filter(wanted), _limit(parameters.get("limit")), cursor)


async def find_one(database: Database, record_id: str) -> Record:
    """Reads one inspection.

    Raises:
        NoSuchResult: there is none of that id.
        DatabaseAway: the database does not answer.
    """
    if not _ID.fullmatch(record_id):
        raise NoSuchResult(f"no inspection {record_id[:40]!r}", hint="an id has 32 hexadecimal digits")
    return await reading.by_id(database, record_id)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a unit."""

    unit: str
    verdicts: Sequence[Closing]
    """The verdicts it got, oldest first; the last one is in force."""
    inspections: Sequence[Record]
    """Of its pictures, oldest first."""


async def find_unit(database: Database, unit: str) -> Unit:
    """Reads a unit.

    Raises:
        NoSuchResult: nothing is known of it.
        DatabaseAway: the database does not answer.
    """
    verdicts = await unit_rows.history(database, unit)
    inspections = await unit_rows.pictures_of(database, unit)
    if not verdicts and not inspections:
        raise NoSuchResult(f"nothing is known of unit {unit[:40]!r}")
    return Unit(unit=unit, verdicts=verdicts, inspections=inspections)


def _filter(wanted: Mapping[str, str]) -> Filter:
    """Each parameter for itself, so that an error can name it."""
    typed: dict[str, object] = {}
    for name, text in wanted.items():
        try:
            typed[name] = getattr(msgspec.convert({name: text}, Filter, strict=False), name)
        except msgspec.ValidationError as error:
            expected = str(error).partition(" - at")[0][:1].lower() + str(error).partition(" - at")[0][1:]
            raise BadParameter(name, expected=f"another value ({expected})", found=text[:40]) from None
    return msgspec.structs.replace(Filter(), **typed)


def _limit(text: str | None) -> int:
    if text is None:
        return FEW
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST):
        raise BadParameter("limit", expected=f"1 to {MOST}", found=text[:40])
    return int(text)


def _check_id(name: str, text: str) -> None:
    if not _ID.fullmatch(text):
        raise BadParameter(name, expected="the cursor of a page before", found=text[:40])
