"""A record as a row of the database, and back. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from aoi_modules.judging.inspection import HeadResult, Inspection, ModelVersion
from aoi_modules.results.record import Origin, Picture, Record
from aoi_modules.verdict import Verdict

Row = dict[str, Any]


def to_row(record: Record) -> Row:
    """The values of the columns of `inspections`, by name."""
    inspection, origin, picture = record.inspection, record.origin, record.picture
    return {
        "id": record.id,
        "time": record.time,
        "gateway": record.gateway,
        "role": record.role,
        "component": inspection.component,
        "unit": origin.unit,
        "position": origin.position,
        "product": origin.product,
        "lot": origin.lot,
        "station": origin.station,
        "model": inspection.model.name,
        "version": inspection.model.version,
        "verdict": inspection.verdict.value,
        "reason": inspection.reason,
        "heads": msgspec.to_builtins(inspection.heads),
        "stages": dict(record.stages),
        "picture_sha256": picture.sha256,
        "picture_size": picture.size,
        "picture_width": picture.width,
        "picture_height": picture.height,
        "picture_kind": picture.kind,
        "picture_kept": picture.kept,
        "picture_gone": picture.gone,
        "request_id": inspection.request_id,
        "elapsed_ms": inspection.elapsed_ms,
        "key": record.key,
        "repeats": record.repeats,
        "shadows": record.shadows,
        "review": record.review,
        "chance": record.chance,
        "schema": record.schema,
    }


def from_row(row: Mapping[str, Any]) -> Record:
    """The record that was stored as this row."""
    inspection = Inspection(
        id=row["id"],
        component=row["component"],
        verdict=Verdict(row["verdict"]),
        model=ModelVersion(name=row["model"], version=row["version"]),
        heads=msgspec.convert(tuple(row["heads"]), tuple[HeadResult, ...]),
        reason=row["reason"],
        canary=row["role"] == "canary",
        check=row["role"] == "check",
        request_id=row["request_id"],
        elapsed_ms=row["elapsed_ms"],
    )
    picture = Picture(
        sha256=row["picture_sha256"],
        size=row["picture_size"],
        width=row["picture_width"],
        height=row["picture_height"],
        kind=row["picture_kind"],
        kept=row["picture_kept"],
        gone=row["picture_gone"],
    )
    origin = Origin(
        unit=row["unit"], position=row["position"], product=row["product"], lot=row["lot"], station=row["station"]
    )
    return Record(
        id=row["id"],
        time=row["time"],
        gateway=row["gateway"],
        picture=picture,
        inspection=inspection,
        origin=origin,
        role=row["role"],
        key=row["key"],
        repeats=row["repeats"],
        shadows=row["shadows"],
        stages=row["stages"],
        review=row["review"],
        chance=row["chance"],
        schema=row["schema"],
    )
