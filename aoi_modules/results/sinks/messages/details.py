"""What the line says of an inspection or a unit and CFX has no words for: the object `Aoi` of a message."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from aoi_modules.judging.inspection import HeadResult
from aoi_modules.judging.limits import LimitsFrom
from aoi_modules.results.closing import Closing
from aoi_modules.results.record import Record, ReviewReason, Role
from aoi_modules.verdict import Verdict


class _Details(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Fields are written as those of CFX are."""


class ModelDetails(_Details, frozen=True, kw_only=True):
    """Which model gave the scores; the version is null where the server does not tell it."""

    name: str
    version: int | None


class RegionDetails(_Details, frozen=True, kw_only=True):
    """A rectangle in shares of the picture's height and width."""

    top: float
    left: float
    height: float
    width: float


class HeadDetails(_Details, frozen=True, kw_only=True):
    """What a head says, and by which limits: see `judging/inspection.py:HeadResult`."""

    name: str
    kind: str
    label: str | None
    score: float | None
    scores: Mapping[str, float | None] | None
    threshold: float | None
    review_band: tuple[float, float] | None
    limits_from: LimitsFrom | None
    limits_number: int | None
    verdict: Verdict | None
    region: RegionDetails | None


class PictureDetails(_Details, frozen=True, kw_only=True):
    """What is known of the picture: see `record.py:Picture`."""

    sha256: str
    size: int
    width: int
    height: int
    kind: str
    kept: bool


class InspectionDetails(_Details, frozen=True, kw_only=True, tag_field="Kind", tag="inspection"):
    """Of one inspection."""

    id: str
    """Of the row, as the gateway writes it: the message's UniqueID without hyphens."""
    component: str
    verdict: Verdict
    reason: str
    role: Role
    unit: str | None
    position: str | None
    product: str | None
    lot: str | None
    station: str | None
    model: ModelDetails
    heads: Sequence[HeadDetails]
    picture: PictureDetails
    picture_url: str | None
    repeats: str | None
    shadows: str | None
    request_id: str
    elapsed_ms: float | None
    limits_seen: datetime | None
    """When the station's limits were last read, where the database did not answer."""
    review: ReviewReason | None
    """Why a person has to judge the part; null if nobody has to."""
    chance: float
    """With which probability it had to be judged."""


class PositionDetails(_Details, frozen=True, kw_only=True):
    """What became of one picture of a unit; the id of its inspection is null where no model could be asked."""

    position: str
    component: str
    verdict: Verdict
    inspection: str | None
    reason: str


class UnitDetails(_Details, frozen=True, kw_only=True, tag_field="Kind", tag="unit"):
    """Of a closed unit: see `closing.py:Closing`. Of messages of one unit and run, the highest revision counts."""

    id: str
    unit: str
    run: int
    revision: int
    product: str | None
    verdict: Verdict
    reason: str
    settled: bool
    awaited: Sequence[str]
    required: Sequence[str]
    missing: Sequence[str]
    positions: Sequence[PositionDetails]


def inspection_details(record: Record, picture_url: str | None) -> InspectionDetails:
    """Tells of an inspection."""
    inspection, origin = record.inspection, record.origin
    return InspectionDetails(
        id=record.id,
        component=inspection.component,
        verdict=inspection.verdict,
        reason=inspection.reason,
        role=record.role,
        unit=origin.unit,
        position=origin.position,
        product=origin.product,
        lot=origin.lot,
        station=origin.station,
        model=msgspec.convert(inspection.model, ModelDetails, from_attributes=True),
        heads=[_head_details(head) for head in inspection.heads],
        picture=msgspec.convert(record.picture, PictureDetails, from_attributes=True),
        picture_url=picture_url,
        repeats=record.repeats,
        shadows=record.shadows,
        request_id=inspection.request_id,
        elapsed_ms=inspection.elapsed_ms,
        limits_seen=inspection.limits_seen,
        review=record.review,
        chance=record.chance,
    )


def unit_details(closing: Closing) -> UnitDetails:
    """Tells of a closed unit."""
    return msgspec.convert(closing, UnitDetails, from_attributes=True)


def _head_details(head: HeadResult) -> HeadDetails:
    return msgspec.convert(head, HeadDetails, from_attributes=True)
