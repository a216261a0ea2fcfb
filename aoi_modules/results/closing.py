"""The verdict of a unit as it is kept. The first row of a unit closes it; a later one settles what was open then."""

from collections.abc import Collection, Sequence

import msgspec

from aoi_modules.judging.unit import PositionResult, UnitInspection, judge_unit
from aoi_modules.results.record import SCHEMA, Moment, Record, new_id, now
from aoi_modules.verdict import Verdict


class ClosedPosition(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one picture of a unit, by the id of its inspection."""

    position: str
    component: str
    verdict: Verdict
    inspection: str | None = None
    """Its id; None where no model could be asked about the picture."""
    reason: str = ""


class Closing(msgspec.Struct, frozen=True, kw_only=True, tag="closing", tag_field="entry"):
    """One verdict of a unit."""

    id: str
    unit: str
    time: Moment
    gateway: str
    verdict: Verdict
    positions: tuple[ClosedPosition, ...]
    product: str | None = None
    missing: tuple[str, ...] = ()
    """Required positions of which no picture came."""
    required: tuple[str, ...] = ()
    """Positions that the plan asked for, by which a later row judges, too."""
    reason: str = ""
    """What was open; empty where nothing was."""
    awaited: tuple[str, ...] = ()
    """Gateways that may hold further pictures of the unit."""
    settled: bool = True
    """Whether nothing is open, or a later row has settled it."""
    run: int = 1
    """Which time the unit came by: pictures that come after a closing are of the next run, as after a repair."""
    revision: int = 0
    """1 closes the unit, each later row has the next number; 0 until the database has given one."""
    schema: int = SCHEMA


def of_records(
    unit: str, records: Sequence[Record], *, product: str | None, required: Collection[str], gateway: str
) -> Closing:
    """Judges a unit by the records of its pictures, with nothing open."""
    judged = judge_unit(unit, [_result(record) for record in records], product=product, required=required)
    return of_inspection(judged, required=required, gateway=gateway)


def of_inspection(judged: UnitInspection, *, required: Collection[str], gateway: str) -> Closing:
    """Keeps a unit whose pictures came together."""
    moment = now()
    return Closing(
        id=new_id(moment),
        unit=judged.unit,
        time=moment,
        gateway=gateway,
        verdict=judged.verdict,
        positions=tuple(map(_closed, judged.positions)),
        product=judged.product,
        missing=judged.missing,
        required=tuple(sorted(required)),
    )


def left_open(closing: Closing, awaited: Sequence[str], reason: str) -> Closing:
    """The closing while somebody may hold further pictures: a unit that fails fails, any other is looked at."""
    verdict = Verdict.FAIL if closing.verdict is Verdict.FAIL else Verdict.REVIEW
    return msgspec.structs.replace(closing, verdict=verdict, awaited=tuple(awaited), reason=reason, settled=False)


def _result(record: Record) -> PositionResult:
    inspection = record.inspection
    position = record.origin.position or inspection.component
    return PositionResult(
        position=position, component=inspection.component, verdict=inspection.verdict, inspection=inspection
    )


def _closed(result: PositionResult) -> ClosedPosition:
    return ClosedPosition(
        position=result.position,
        component=result.component,
        verdict=result.verdict,
        inspection=result.inspection.id or None if result.inspection is not None else None,
        reason=result.reason,
    )
