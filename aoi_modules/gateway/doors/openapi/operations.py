"""What each route takes, what it answers and why it may refuse: the table behind the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from aoi_modules.errors import (
    AoiError,
    BadParameter,
    Busy,
    Crowded,
    DatabaseAway,
    KeyReused,
    MissingExtra,
    NoPicture,
    NoSuchResult,
    NotAllowed,
    NotAPicture,
    NotSignedIn,
    PictureStoreAway,
    ResultsError,
    RpcError,
    SlowUpload,
    SpoolFull,
    StationLocked,
    Taken,
    TooLarge,
    TooManyPixels,
    TooManyTries,
    UnknownComponent,
)
from aoi_modules.gateway.doors.access.rights import RIGHTS
from aoi_modules.gateway.doors.forms import MULTIPART
from aoi_modules.gateway.doors.openapi import page
from aoi_modules.gateway.doors.openapi import parameters as takes
from aoi_modules.gateway.doors.openapi.parameters import Parameter
from aoi_modules.gateway.doors.probes import Alive, Ready
from aoi_modules.gateway.doors.problems import DRAINING, NOT_READY, Refusal
from aoi_modules.gateway.doors.results_http import MEDIA_TYPES, Unit
from aoi_modules.gateway.doors.shot_form import FEATURES, IMAGE, PICTURES, RAW, FeaturesJson
from aoi_modules.gateway.doors.station.audit import Log
from aoi_modules.gateway.doors.station.checks import Checks, Unlock
from aoi_modules.gateway.doors.station.components import Components
from aoi_modules.gateway.doors.station.desk import Desk
from aoi_modules.gateway.doors.station.limits import Back, Settings, Wanted
from aoi_modules.gateway.doors.station.reviews import Ask, Judgements, Part, Queue, Say, Undo
from aoi_modules.judging.inspection import Inspection
from aoi_modules.judging.unit import UnitInspection
from aoi_modules.results.closing import Closing
from aoi_modules.results.database.reading import Page
from aoi_modules.results.limits.setting import Setting
from aoi_modules.results.quality.report import Quality
from aoi_modules.results.record import Record
from aoi_modules.results.review.judgement import Judgement
from aoi_modules.results.station.check import Check
from aoi_modules.results.station.recording import Ran
from aoi_modules.results.station.standing import Station
from aoi_modules.results.station.state import Unlocking

INSPECT, RESULTS, STATION, PEOPLE = "Inspect", "Results", "The station", "People"
LINE, INTERFACE = "The line", "This interface"
"""Under which the page lists the operations."""
Content = Mapping[str, Mapping[str, Any]]
"""Media types, and what each of them holds."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path.

    Args:
        tag: under which the page lists it.
        answers: a struct as JSON, or media types of what is no struct.
        takes: parameters and headers.
        body: of the request: a struct as JSON, or media types; None for none.
        refusals: errors that come in place of an answer.
        other_refusals: answers of that kind which stand for no error.
        names_request: whether the answer carries `X-Request-Id`.
        refuses_by_page: whether a refusal may come as a page, for the person at the browser.
    """

    tag: str
    answers: type[msgspec.Struct] | Sequence[str]
    takes: Sequence[Parameter] = ()
    body: type[msgspec.Struct] | Content | None = None
    refusals: Sequence[type[AoiError]] = ()
    other_refusals: Sequence[Refusal] = ()
    names_request: bool = False
    refuses_by_page: bool = False


def operations() -> dict[str, Operation]:
    """All of them, by method and path; where not anybody may come, with the refusals of the guard."""
    return {
        name: operation if RIGHTS[name].least is None else _guarded(operation)
        for name, operation in _operations().items()
    }


def _guarded(operation: Operation) -> Operation:
    return replace(operation, refusals=(*operation.refusals, NotSignedIn, NotAllowed))


def _operations() -> dict[str, Operation]:
    read = (NoSuchResult, DatabaseAway, ResultsError)
    upload = (
        BadParameter,
        NoPicture,
        TooLarge,
        SlowUpload,
        Crowded,
        StationLocked,
        SpoolFull,
        DatabaseAway,
        ResultsError,
    )
    picture = (*upload, NotAPicture, TooManyPixels, UnknownComponent, KeyReused, Busy, RpcError)
    sent_json = (BadParameter, TooLarge, SlowUpload)
    sent = (takes.REQUEST_ID, takes.KEY, takes.TIMEOUT)
    return {
        "POST /v1/inspect/{component}": Operation(
            tag=INSPECT,
            answers=Inspection,
            takes=[
                takes.COMPONENT,
                *sent,
                *takes.purpose(),
                *takes.origin("unit", "position", "product", "lot", "station"),
                *takes.features(),
                *takes.frame(),
            ],
            body=_one_picture(),
            refusals=picture,
            names_request=True,
        ),
        "POST /v1/units/{unit}/inspect": Operation(
            tag=INSPECT,
            answers=UnitInspection,
            takes=[takes.UNIT, *sent, *takes.origin("product", "lot", "station")],
            body=_pictures_of_unit(),
            refusals=upload,
            names_request=True,
        ),
        "POST /v1/units/{unit}/close": Operation(
            tag=INSPECT,
            answers=Closing,
            takes=[takes.UNIT, *takes.origin("product")],
            refusals=(BadParameter, SpoolFull, *read),
        ),
        "GET /v1/units/{unit}": Operation(
            tag=RESULTS, answers=Unit, takes=[takes.UNIT], refusals=(BadParameter, *read)
        ),
        "GET /v1/inspections": Operation(
            tag=RESULTS, answers=Page, takes=takes.filters(), refusals=(BadParameter, *read)
        ),
        "GET /v1/inspections/{id}/picture": Operation(
            tag=RESULTS,
            answers=sorted(set(MEDIA_TYPES.values())),
            takes=[takes.INSPECTION],
            refusals=(*read, PictureStoreAway),
        ),
        "GET /v1/inspections/{id}": Operation(tag=RESULTS, answers=Record, takes=[takes.INSPECTION], refusals=read),
        "GET /v1/reviews": Operation(tag=STATION, answers=Queue, refusals=read),
        "POST /v1/reviews/next": Operation(tag=STATION, answers=Part, body=Ask, refusals=(*sent_json, *read)),
        "POST /v1/inspections/{id}/judgements": Operation(
            tag=STATION,
            answers=Judgement,
            takes=[takes.INSPECTION],
            body=Say,
            refusals=(*sent_json, Taken, *read),
        ),
        "GET /v1/inspections/{id}/judgements": Operation(
            tag=STATION, answers=Judgements, takes=[takes.INSPECTION], refusals=read
        ),
        "GET /v1/inspections/{id}/map": Operation(
            tag=STATION,
            answers=["image/png"],
            takes=[takes.INSPECTION, takes.HEAD],
            refusals=(UnknownComponent, Busy, Crowded, RpcError, *read, PictureStoreAway),
        ),
        "GET /v1/components/{component}/golden": Operation(
            tag=STATION,
            answers=sorted(set(MEDIA_TYPES.values())),
            takes=[takes.COMPONENT, takes.POSITION],
            refusals=(*read, PictureStoreAway),
        ),
        "POST /v1/judgements/{id}/undo": Operation(
            tag=STATION,
            answers=Judgement,
            takes=[takes.JUDGEMENT],
            body=Undo,
            refusals=(*sent_json, Taken, *read),
        ),
        "GET /v1/quality": Operation(tag=STATION, answers=Quality, takes=takes.scope(), refusals=(BadParameter, *read)),
        "GET /v1/limits": Operation(
            tag=STATION, answers=Settings, takes=[takes.OF_COMPONENT], refusals=(BadParameter, *read)
        ),
        "GET /v1/limits/desk": Operation(tag=STATION, answers=Desk, takes=takes.desk(), refusals=(BadParameter, *read)),
        "POST /v1/limits": Operation(
            tag=STATION,
            answers=Setting,
            body=Wanted,
            refusals=(*sent_json, UnknownComponent, Busy, RpcError, Taken, *read),
        ),
        "POST /v1/limits/{number}/undo": Operation(
            tag=STATION, answers=Setting, takes=[takes.SETTING], body=Back, refusals=(*sent_json, Taken, *read)
        ),
        "GET /v1/station": Operation(tag=STATION, answers=Station, refusals=(NoSuchResult, ResultsError)),
        "GET /v1/station/checks": Operation(
            tag=STATION, answers=Checks, takes=takes.checks(), refusals=(BadParameter, *read)
        ),
        "POST /v1/station/checks": Operation(tag=STATION, answers=Check, body=Ran, refusals=(*sent_json, *read)),
        "POST /v1/station/unlock": Operation(
            tag=STATION, answers=Unlocking, body=Unlock, refusals=(*sent_json, Taken, *read)
        ),
        "GET /v1/components": Operation(tag=LINE, answers=Components),
        "GET /healthz": Operation(tag=LINE, answers=Alive),
        "GET /openz": Operation(tag=LINE, answers=Alive, other_refusals=(DRAINING, NOT_READY)),
        "GET /readyz": Operation(tag=LINE, answers=Ready, other_refusals=(DRAINING, NOT_READY)),
        "GET /metrics": Operation(tag=LINE, answers=["text/plain"]),
        "GET /login": Operation(tag=PEOPLE, answers=["text/html"], takes=[takes.NEXT], refusals=(MissingExtra,)),
        "POST /login": Operation(
            tag=PEOPLE,
            answers=["text/html"],
            body=_login(),
            refusals=(*sent_json, NotSignedIn, NotAllowed, TooManyTries, DatabaseAway, MissingExtra),
            refuses_by_page=True,
        ),
        "POST /logout": Operation(tag=PEOPLE, answers=["text/html"], refusals=(*sent_json, NotAllowed, DatabaseAway)),
        "GET /v1/audit": Operation(tag=PEOPLE, answers=Log, takes=takes.audit(), refusals=(BadParameter, *read)),
        "GET /openapi.json": Operation(tag=INTERFACE, answers=["application/json"]),
        "GET /docs": Operation(tag=INTERFACE, answers=["text/html"], refusals=(MissingExtra,)),
        "GET /docs/{file}": Operation(
            tag=INTERFACE,
            answers=sorted(set(page.MEDIA_TYPES.values())),
            takes=[takes.PAGE_FILE],
            refusals=(NoSuchResult, MissingExtra),
        ),
    }


def _one_picture() -> Content:
    field = {
        "type": "object",
        "properties": {IMAGE: {"contentMediaType": "image/*"}, FEATURES: msgspec.json.schema(FeaturesJson)},
        "required": [IMAGE],
        "additionalProperties": False,
    }
    encoding = {IMAGE: {"contentType": ", ".join((*PICTURES, RAW))}, FEATURES: {"contentType": "application/json"}}
    files = {kind: {"schema": {"contentMediaType": kind}} for kind in (*PICTURES, RAW)}
    return {**files, MULTIPART: {"schema": field, "encoding": encoding}}


def _login() -> Content:
    names = ("name", "password", "next")
    fields = {name: {"type": "string"} for name in names}
    form = {"type": "object", "properties": fields, "required": ["name", "password"], "additionalProperties": False}
    return {"application/x-www-form-urlencoded": {"schema": form}}


def _pictures_of_unit() -> Content:
    """A file for each picture, by its position, or by its component where no product is named."""
    form = {"type": "object", "additionalProperties": {"contentMediaType": "image/*"}, "minProperties": 1}
    return {MULTIPART: {"schema": form}}
