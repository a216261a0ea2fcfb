"""Recording a check: from the inspections of its golden pictures, as this line has kept them, to its verdict."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from aoi_modules.errors import BadParameter
from aoi_modules.results.database import reading
from aoi_modules.results.database.connection import Database
from aoi_modules.results.record import Record, now
from aoi_modules.results.station import ledger
from aoi_modules.results.station.check import Check, GoldenCall, evaluate
from aoi_modules.results.station.plan import CheckPlan

FRESH = timedelta(hours=1)
"""Older inspections make no check: they say nothing of the station as it is now."""


class Ran(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check that was run: whose golden pictures were inspected, and what is true of them."""

    component: str
    golden: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of the golden set."""
    who: str | None = None
    """Who ran it; left out, whoever is signed in."""
    parts: Annotated[tuple[GoldenCall, ...], Meta(min_length=1)]


async def record(database: Database, ran: Ran, plan: CheckPlan, *, who: str, gateway: str) -> Check:
    """Judges a check by what was recorded of its pictures, and keeps it.

    Args:
        database: of the results.
        ran: the check.
        plan: of its component.
        who: ran it.
        gateway: that records it.

    Raises:
        BadParameter: the inspections make no check.
        DatabaseAway: the database does not answer.
    """
    records = await reading.by_ids(database, [call.inspection for call in ran.parts])
    last = await ledger.last_checks(database, 1, ran.component)
    _refuse_none(ran, records, last)
    model = records[ran.parts[0].inspection].inspection.model
    earlier = await ledger.last_checks(database, plan.compared, ran.component, model, only_passed=True)
    check = evaluate(ran.parts, records, earlier, plan, time=now(), who=who, gateway=gateway, golden=ran.golden)
    return await ledger.add_check(database, check)


def _refuse_none(ran: Ran, records: Mapping[str, Record], last: Sequence[Check]) -> None:
    """Refuses what is no check of now, of good and of defective parts, by one version of the model."""
    since = max([now() - FRESH, *(check.time for check in last)])
    for call in ran.parts:
        record = records.get(call.inspection)
        if record is None or (record.role, record.inspection.component) != ("check", ran.component):
            _refuse("inspection", f"that of a golden picture of {ran.component}", call.inspection)
        elif record.time <= since:
            _refuse("inspection", f"one that is newer than the last check and than {FRESH}", call.inspection)
    for what, found in (("part", [call.part for call in ran.parts]), ("inspection", list(records))):
        if len(set(found)) < len(ran.parts):
            _refuse(what, "each once", f"{len(ran.parts)} parts, {len(set(found))} of them different")
    if len({call.defective for call in ran.parts}) < 2:
        _refuse("parts", "good and defective ones", f"{len(ran.parts)} of one kind")
    models = {(one.inspection.model.name, one.inspection.model.version) for one in records.values()}
    if len(models) > 1:
        versions = ", ".join(f"{name} {version}" for name, version in sorted(models, key=str))
        _refuse("parts", "all asked of the same version of a model; run the check again", versions)


def _refuse(name: str, expected: str, found: str) -> None:
    raise BadParameter(name, expected=expected, found=found[:80])
