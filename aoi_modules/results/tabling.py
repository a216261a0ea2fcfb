"""Inspections as a table for other programs: CSV or Parquet, a row for each head of each inspection."""

import csv
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from aoi_modules.errors import MissingExtra, ResultsError
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.reading import Filter
from aoi_modules.results.record import Record

COLUMNS: dict[str, type] = {
    "id": str, "time": datetime, "gateway": str, "role": str, "component": str, "unit": str, "position": str,
    "product": str, "lot": str, "station": str, "model": str, "version": int, "verdict": str, "reason": str,
    "head": str, "kind": str, "label": str, "score": float, "threshold": float, "band_from": float, "band_to": float,
    "head_verdict": str, "limits_from": str, "picture_sha256": str, "picture_kept": bool, "request_id": str,
    "elapsed_ms": float, "repeats": str, "shadows": str,
}  # fmt: skip
"""Columns and what they hold; every one but `id` and `time` may be empty."""
FORMATS = (".csv", ".parquet")
_PAGE = 1000


async def write_table(database: Database, wanted: Filter, path: Path) -> int:
    """Writes inspections to a file whose suffix says the format, newest first; gives their number.

    Args:
        database: of the results.
        wanted: which inspections.
        path: of a file that is not there yet, `.csv` or `.parquet`.

    Raises:
        ResultsError: the suffix is another one.
        MissingExtra: pyarrow is not installed, which writes Parquet; the images of servers leave it out.
        DatabaseAway: the database does not answer; what was written so far is no whole table.
        OSError: the file cannot be written.
    """
    if path.suffix not in FORMATS:
        raise ResultsError(f"{path}: expected a file that ends in .csv or .parquet")
    return await (_write_csv if path.suffix == ".csv" else _write_parquet)(database, wanted, path)


def rows_of(record: Record) -> Iterator[dict[str, Any]]:
    """The rows of one inspection; one without a head where no model answered."""
    inspection, picture = record.inspection, record.picture
    common = {
        "id": record.id,
        "time": record.time,
        "gateway": record.gateway,
        "role": record.role,
        "component": inspection.component,
        **{name: getattr(record.origin, name) for name in record.origin.__struct_fields__},
        "model": inspection.model.name,
        "version": inspection.model.version,
        "verdict": inspection.verdict.value,
        "reason": inspection.reason or None,
        "picture_sha256": picture.sha256,
        "picture_kept": picture.kept,
        "request_id": inspection.request_id or None,
        "elapsed_ms": inspection.elapsed_ms,
        "repeats": record.repeats,
        "shadows": record.shadows,
    }
    if not inspection.heads:
        yield common
    for head in inspection.heads:
        band = head.review_band or (None, None)
        yield {
            **common,
            "head": head.name,
            "kind": head.kind,
            "label": head.label,
            "score": head.score,
            "threshold": head.threshold,
            "band_from": band[0],
            "band_to": band[1],
            "head_verdict": head.verdict.value if head.verdict else None,
            "limits_from": head.limits_from,
        }


async def _pages(database: Database, wanted: Filter) -> AsyncIterator[Sequence[Record]]:
    cursor = None
    while True:
        page = await reading.page(database, wanted, _PAGE, cursor)
        yield page.records
        cursor = page.cursor
        if cursor is None:
            return


async def _write_csv(database: Database, wanted: Filter, path: Path) -> int:
    count = 0
    with path.open("x", newline="", encoding="utf-8") as file:
        writer = _csv_writer(file)
        async for records in _pages(database, wanted):
            writer.writerows(_as_text(row) for record in records for row in rows_of(record))
            count += len(records)
    return count


def _csv_writer(file: TextIO) -> "csv.DictWriter[str]":
    writer = csv.DictWriter(file, list(COLUMNS))
    writer.writeheader()
    return writer


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    """A row as CSV has it: the time in ISO 8601."""
    return {**row, "time": row["time"].isoformat()}


async def _write_parquet(database: Database, wanted: Filter, path: Path) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise MissingExtra("Parquet", package="pyarrow", extra="station") from None
    types = {
        str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_(),
        datetime: pyarrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    schema = pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    count = 0
    with path.open("xb") as file, parquet.ParquetWriter(file, schema) as writer:
        async for records in _pages(database, wanted):
            rows = [row for record in records for row in rows_of(record)]
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
            count += len(records)
    return count
