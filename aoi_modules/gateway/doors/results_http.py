"""Recorded results by HTTP: pages of inspections by filters, and what is known of a unit."""

from collections.abc import Mapping, Sequence

import msgspec

from aoi_modules.errors import NoSuchResult
from aoi_modules.gateway.doors.whole_numbers import whole_number
from aoi_modules.results.closing import Closing
from aoi_modules.results.database import reading, unit_rows
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import MOST, Page, filter_of
from aoi_modules.results.record import Record
from aoi_modules.results.review.disposition import UnitDisposition, dispositions_of

FEW = 100
"""Inspections a page, unless the request says otherwise."""
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "bmp": "image/bmp", "raw": "application/octet-stream"}
"""Of kept pictures, by their kind."""


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
    return await reading.page(database, filter_of(wanted), _limit(parameters.get("limit")), parameters.get("cursor"))


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a unit."""

    unit: str
    verdicts: Sequence[Closing]
    """The verdicts it got, oldest first; the last one is in force."""
    inspections: Sequence[Record]
    """Of its pictures, oldest first."""
    dispositions: Sequence[UnitDisposition]
    """What became of it, as people judged, oldest first; the last one holds."""


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
    found = await dispositions_of(database, unit)
    return Unit(unit=unit, verdicts=verdicts, inspections=inspections, dispositions=found)


def _limit(text: str | None) -> int:
    return FEW if text is None else whole_number("limit", text, MOST)
