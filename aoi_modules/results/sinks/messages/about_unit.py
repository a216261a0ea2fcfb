"""A closed unit as a message: IPC-CFX's public `UnitsInspected`, in JSON. Pure.

- The message's `UniqueID` is the id of the closing; its `TransactionId` is that of all messages about the unit.
- The verdict is the unit's `OverallResult`: PASS is `Passed`, FAIL is `Failed`. REVIEW is `Failed`, too, where a
  picture is doubtful, and `Error` where none is: one is missing, or was not inspected, or may still come. `Aoi.Verdict`
  has our own word, `Aoi.Reason` what is open.
- There is one inspection for each picture that counted, by whose `UniqueIdentifier` its own message is found, and one
  with `Error` for each position that must have a picture and has none. The recipe is the product.
- A unit may come by again (`Aoi.Run`), and a closing that was open is settled by a later one (`Aoi.Revision`): of
  messages of one unit and run, that of the highest revision counts.
"""

import msgspec

from aoi_modules.results.closing import ClosedPosition, Closing
from aoi_modules.results.sinks.messages import cfx
from aoi_modules.results.sinks.messages.details import unit_details
from aoi_modules.results.sinks.messages.findings import RESULTS, REVIEW
from aoi_modules.results.sinks.messages.guids import guid, transaction
from aoi_modules.verdict import Verdict


def unit_message(closing: Closing) -> str:
    """Writes the message about a unit that was closed."""
    seen = [_seen(closing, position) for position in closing.positions]
    unit = cfx.InspectedUnit(
        unit_identifier=closing.unit,
        overall_result=_result(closing),
        active_recipe_name=closing.product,
        active_recipe_revision=None,
        inspections=[*seen, *(_failure(closing, one, one, "no picture of this position") for one in closing.missing)],
    )
    body = cfx.UnitsInspected(
        transaction_id=transaction(closing.unit, closing.id),
        inspector=cfx.Operator(operator_identifier=closing.gateway),
        recipe_name=closing.product,
        recipe_revision=None,
        inspected_units=[unit],
        aoi=unit_details(closing),
    )
    envelope = cfx.Envelope(
        time_stamp=closing.time, unique_id=guid(closing.id), source=closing.gateway, message_body=body
    )
    return msgspec.json.encode(envelope).decode()


def _result(closing: Closing) -> cfx.Result:
    if closing.verdict is not Verdict.REVIEW:
        return RESULTS[closing.verdict]
    doubtful = any(one.inspection is not None and one.verdict is Verdict.REVIEW for one in closing.positions)
    return "Failed" if doubtful else "Error"


def _seen(closing: Closing, position: ClosedPosition) -> cfx.Inspection:
    if position.inspection is None:
        return _failure(closing, position.position, position.component, position.reason or "not inspected")
    return cfx.Inspection(
        unique_identifier=guid(position.inspection),
        inspection_name=position.component,
        inspection_start_time=None,
        inspection_end_time=None,
        comments=REVIEW if position.verdict is Verdict.REVIEW else None,
        result=RESULTS[position.verdict],
        error=None,
        defects_found=[],
        measurements=[],
    )


def _failure(closing: Closing, position: str, name: str, reason: str) -> cfx.Inspection:
    """What should have been inspected, and was not."""
    return cfx.Inspection(
        unique_identifier=f"{guid(closing.id)}/{position}",
        inspection_name=name,
        inspection_start_time=None,
        inspection_end_time=None,
        comments=REVIEW,
        result="Error",
        error=reason,
        defects_found=[],
        measurements=[],
    )
