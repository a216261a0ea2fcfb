"""A recorded inspection as a message: IPC-CFX's public `UnitsInspected`, in JSON. Pure.

- The message's `UniqueID` is the id of the row, so that a receiver knows what came twice. All messages about one unit
  have the same `TransactionId`.
- PASS is `Passed`, FAIL is `Failed`. REVIEW is `Failed`, too, with a comment that begins with REVIEW; where no model
  judged it is `Error`, with the reason. `Aoi.Verdict` has our own word.
- `OverallResult` is about this one picture; the unit has a message of its own, see `about_unit`.
- The recipe is the model and its version. Where a sink knows how receivers find kept pictures, defects name them.
- What CFX has no words for is in the body's `Aoi`: limits and who set them, scores of classes, lot, station, role
  (canary, shadow, check), hash of the picture, what it repeats or shadows. See `details`.
"""

from datetime import datetime, timedelta

import msgspec

from aoi_modules.results.record import Record
from aoi_modules.results.sinks.messages import cfx
from aoi_modules.results.sinks.messages.details import inspection_details
from aoi_modules.results.sinks.messages.findings import RESULTS, REVIEW, defects, measurements
from aoi_modules.results.sinks.messages.guids import guid, transaction
from aoi_modules.verdict import Verdict

_MIME = {"png": "image/png", "jpg": "image/jpeg", "bmp": "image/bmp"}
_ROLES = {
    "line": None,
    "canary": "judged by the canary",
    "shadow": "judged by the shadow, which decides nothing",
    "check": "a golden picture in a check of the station, no part of the line",
}


def inspection_message(record: Record, picture_url: str | None = None) -> str:
    """Writes the message about one inspection.

    Args:
        record: as it is stored.
        picture_url: where receivers find kept pictures; `{id}` in it stands for the id of the row.
    """
    url = picture_url.replace("{id}", record.id) if picture_url and record.picture.kept else None
    model = record.inspection.model
    recipe, revision = model.name, None if model.version is None else str(model.version)
    unit = cfx.InspectedUnit(
        unit_identifier=record.origin.unit,
        overall_result=_result(record),
        active_recipe_name=recipe,
        active_recipe_revision=revision,
        inspections=[_inspection(record, url)],
    )
    body = cfx.UnitsInspected(
        transaction_id=transaction(record.origin.unit, record.id),
        inspector=cfx.Operator(operator_identifier=record.origin.station or record.gateway),
        recipe_name=recipe,
        recipe_revision=revision,
        inspected_units=[unit],
        aoi=inspection_details(record, url),
    )
    envelope = cfx.Envelope(time_stamp=record.time, unique_id=guid(record.id), source=record.gateway, message_body=body)
    return msgspec.json.encode(envelope).decode()


def _inspection(record: Record, url: str | None) -> cfx.Inspection:
    mime = _MIME.get(record.picture.kind, "application/octet-stream")
    return cfx.Inspection(
        unique_identifier=guid(record.id),
        inspection_name=record.inspection.component,
        inspection_start_time=record.time,
        inspection_end_time=_end(record),
        comments=_comments(record),
        result=_result(record),
        error=_error(record),
        defects_found=defects(record, [] if url is None else [cfx.Image(mime_type=mime, image_url=url)]),
        measurements=measurements(record),
    )


def _end(record: Record) -> datetime | None:
    elapsed = record.inspection.elapsed_ms
    try:
        return None if elapsed is None else record.time + timedelta(milliseconds=elapsed)
    except OverflowError:  # a number of a damaged record, which must not hold up the others
        return None


def _result(record: Record) -> cfx.Result:
    return RESULTS[record.inspection.verdict] if _error(record) is None else "Error"


def _error(record: Record) -> str | None:
    """Why no model judged the part; None where one did."""
    inspection = record.inspection
    if inspection.verdict is not Verdict.REVIEW:
        return None
    return inspection.reason or (None if inspection.is_judged else "no head of the model judges")


def _comments(record: Record) -> str | None:
    review = REVIEW if record.inspection.verdict is Verdict.REVIEW else None
    return "; ".join(filter(None, (review, _ROLES[record.role]))) or None
