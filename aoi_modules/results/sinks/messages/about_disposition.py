"""What becomes of a unit, as a message. Pure.

IPC-CFX's `UnitsInspected` has no word for what a person decides about a unit, so the message is one of ours, in the
same envelope: `MessageName` is `Aoi.UnitDispositioned`. Its `UniqueID` is the id of the judgement, or of what took one
back; its `TransactionId` is that of all messages about the unit. The body's `Aoi` says what became of the unit, and by
which judgement of which inspection. Of messages about one unit the last one holds; where its `Disposition` is null,
nothing is decided any more.
"""

import msgspec

from aoi_modules.results.review.disposition import UnitDisposition
from aoi_modules.results.review.judgement import Disposition
from aoi_modules.results.sinks.messages import cfx
from aoi_modules.results.sinks.messages.guids import guid, transaction

NAME, VERSION = "Aoi.UnitDispositioned", "1.0"


class DispositionDetails(cfx.Word, frozen=True, kw_only=True, tag_field="Kind", tag="disposition"):
    """What became of a unit; ids as the gateway writes them."""

    id: str
    disposition: Disposition | None
    who: str
    judgement: str | None
    inspection: str
    component: str
    unit: str | None
    position: str | None
    product: str | None
    lot: str | None
    station: str | None


class _Body(cfx.Word, frozen=True, kw_only=True):
    transaction_id: str
    aoi: DispositionDetails


def disposition_message(found: UnitDisposition, gateway: str) -> str:
    """Writes the message about what becomes of a unit.

    Args:
        found: as it is stored.
        gateway: that tells it.
    """
    origin = msgspec.structs.asdict(found.origin)
    details = DispositionDetails(
        id=found.id,
        disposition=found.disposition,
        who=found.who,
        judgement=found.judgement,
        inspection=found.inspection,
        component=found.component,
        **origin,
    )
    body = _Body(transaction_id=transaction(found.origin.unit, found.inspection), aoi=details)
    envelope = cfx.Envelope(
        message_name=NAME,
        version=VERSION,
        time_stamp=found.time,
        unique_id=guid(found.id),
        source=gateway,
        message_body=body,
    )
    return msgspec.json.encode(envelope).decode()
