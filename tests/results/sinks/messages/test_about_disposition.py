"""What becomes of a unit as a message: ids, who, and a topic like those of all others."""

import json
from datetime import UTC, datetime

from aoi_modules.results.record import Origin, new_id
from aoi_modules.results.review.disposition import UnitDisposition
from aoi_modules.results.sinks.messages.about_disposition import disposition_message
from aoi_modules.results.sinks.messages.guids import guid, transaction
from aoi_modules.results.sinks.topic import topic_of

FOUND = UnitDisposition(
    id=new_id(),
    time=datetime(2026, 3, 2, 6, tzinfo=UTC),
    who="Ada",
    disposition="scrapped",
    judgement=new_id(),
    inspection=new_id(),
    component="tile",
    origin=Origin(unit="SN1", position="left", product="motor", lot="L7"),
)


def test_a_message_names_the_unit_the_inspection_and_the_judgement() -> None:
    message = json.loads(disposition_message(FOUND, "first"))
    body = message["MessageBody"]
    assert message["MessageName"] == "Aoi.UnitDispositioned"
    assert (message["UniqueID"], message["Source"], message["TimeStamp"]) == (
        guid(FOUND.id), "first", "2026-03-02T06:00:00Z",
    )  # fmt: skip
    assert body["TransactionId"] == transaction("SN1", "")
    assert body["Aoi"] == {
        "Kind": "disposition", "Id": FOUND.id, "Disposition": "scrapped", "Who": "Ada", "Judgement": FOUND.judgement,
        "Inspection": FOUND.inspection, "Component": "tile", "Unit": "SN1", "Position": "left", "Product": "motor",
        "Lot": "L7", "Station": None,
    }  # fmt: skip


def test_it_has_a_topic_of_its_own() -> None:
    template = "aoi/{gateway}/{kind}/{component}/{unit}/{verdict}"
    assert topic_of(template, disposition_message(FOUND, "first")) == "aoi/first/disposition/tile/SN1/-"
