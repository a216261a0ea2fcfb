"""The parameters and headers of requests, in OpenAPI's words; their names and bounds are those of the readers."""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from aoi_modules import logs
from aoi_modules.gateway.doors import shot_form, uploads
from aoi_modules.gateway.doors.results_http import FEW
from aoi_modules.gateway.doors.station.checks import FEW as FEW_CHECKS
from aoi_modules.gateway.doors.station.checks import MOST as MOST_CHECKS
from aoi_modules.gateway.doors.station.desk import NEEDED, Question
from aoi_modules.gateway.doors.station.golden import CHECKING, PURPOSE
from aoi_modules.gateway.doors.station.quality import USUAL
from aoi_modules.results.database.reading import MOST, Filter
from aoi_modules.results.people.audit import Wish
from aoi_modules.results.quality.counting import WAYS, Scope
from aoi_modules.results.record import ID

Schema = dict[str, Any]
Parameter = dict[str, Any]

SCHEMAS = "#/components/schemas/{name}"
"""Where the document has a struct's schema."""
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": uploads.MAX_NAME}
_ID: Schema = {"type": "string", "pattern": f"^{ID.pattern}$"}
_ABOUT_ORIGIN = {
    "unit": "Serial number of what is inspected",
    "position": "The place on the unit of which the picture is",
    "product": "Whose plan says which positions a unit has to show",
    "lot": "The lot of the unit",
    "station": "Where the picture was taken",
}


def in_path(name: str, schema: Schema, description: str) -> Parameter:
    """A part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def in_query(name: str, schema: Schema, description: str) -> Parameter:
    """A parameter behind the question mark."""
    return {"name": name, "in": "query", "schema": schema, "description": description}


def in_header(name: str, schema: Schema, description: str) -> Parameter:
    """A header of the request."""
    return {"name": name, "in": "header", "schema": schema, "description": description}


COMPONENT = in_path("component", {"type": "string"}, "One that GET /v1/components lists.")
UNIT = in_path("unit", NAME, "Its serial number, in printable characters; a slash in it is written as %2F.")
INSPECTION = in_path("id", _ID, "The `id` of an inspection.")
JUDGEMENT = in_path("id", _ID, "The `id` of a judgement.")
SETTING = in_path("number", {"type": "integer", "minimum": 1}, "The `number` of a setting of limits.")
OF_COMPONENT = in_query("component", {"type": "string"}, "Only of this one.")
HEAD = in_query("head", {"type": "string"}, "Whose map; without it, the head with one that is most against the part.")
POSITION = in_query("position", {"type": "string"}, "On the unit; without it, any.")
NEXT = in_query("next", {"type": "string"}, "The page after signing in, of this site; without it, the first one.")
PAGE_FILE = in_path("file", {"type": "string"}, "One that the page names.")
REQUEST_ID = in_header(
    logs.REQUEST_ID.title(),
    {"type": "string"},
    f"By which logs and answers name the request; taken if it fits `{logs.ID.pattern}`, else made up.",
)
KEY = in_header(
    uploads.KEY_HEADER, NAME, "The same for all repeats of one request: a repeat gets the recorded answer of the first."
)
TIMEOUT = in_query(
    "timeout_ms",
    {"type": "integer", "minimum": 1, "maximum": uploads.MOST_MILLISECONDS},
    "How long the inspection may take; the route may say less.",
)


def origin(*names: str) -> Sequence[Parameter]:
    """Where a picture comes from: each by a parameter, or by a header where there is no such parameter."""
    return [
        parameter
        for name in names
        for parameter in (
            in_query(name, NAME, f"{_ABOUT_ORIGIN[name]}; printable characters."),
            in_header(f"{uploads.ORIGIN_HEADERS}{name.title()}", NAME, f"As the parameter `{name}`, which wins."),
        )
    ]


def purpose() -> Sequence[Parameter]:
    """What a picture is for, if it is no part of the line."""
    word: Schema = {"type": "string", "enum": [CHECKING]}
    about = (
        "A golden picture of a check of the station: it is inspected though the component is locked, is marked, and "
        "counts in no figure; it has no unit and no key."
    )
    header = f"{uploads.ORIGIN_HEADERS}{PURPOSE.title()}"
    return [
        in_query(PURPOSE, word, about),
        in_header(header, word, f"As the parameter `{PURPOSE}`, which wins."),
    ]


def checks() -> Sequence[Parameter]:
    """Which checks of the station."""
    limit: Schema = {"type": "integer", "minimum": 1, "maximum": MOST_CHECKS, "default": FEW_CHECKS}
    return [OF_COMPONENT, in_query("limit", limit, "So many checks, and so many unlockings.")]


def features() -> Sequence[Parameter]:
    """Numbers beside a picture, as JSON."""
    text: Schema = {"type": "string"}
    about = (
        'Numbers beside the picture, as JSON: `{"rooms": 3, "area": 60}` by name, or `[3, 60]` in the order of the '
        "model's manifest. A form's field wins."
    )
    return [
        in_query(shot_form.FEATURES, text, about),
        in_header(shot_form.FEATURES_HEADER, text, f"As the parameter `{shot_form.FEATURES}`, which wins."),
    ]


def frame() -> Sequence[Parameter]:
    """The size of a raw frame, where its media type does not say it."""
    sides: Schema = {"type": "integer", "minimum": 1, "maximum": shot_form.MOST_SIDE}
    schemas: dict[str, Schema] = {
        "width": sides,
        "height": sides,
        "channels": {"type": "integer", "enum": list(shot_form.CHANNELS)},
    }
    about = (
        f"Of a raw frame, where its media type does not say it: `{shot_form.RAW}; width=640; height=480; channels=1`."
    )
    return [in_query(name, schema, about) for name, schema in schemas.items()]


def filters() -> Sequence[Parameter]:
    """The fields of `Filter`, and which page is wanted."""
    limit: Schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": FEW}
    return [
        *_fields(Filter),
        in_query("limit", limit, "Inspections a page."),
        in_query("cursor", _ID, "Of the page, as the page before has it."),
    ]


def scope() -> Sequence[Parameter]:
    """The fields of `Scope`, and what figures are told apart by."""
    ways: Schema = {"type": "string", "enum": list(WAYS), "default": USUAL}
    return [*_fields(Scope), in_query("by", ways, "What tells the groups apart.")]


def audit() -> Sequence[Parameter]:
    """The fields of what is wanted of the audit log."""
    return _fields(Wish)


def desk() -> Sequence[Parameter]:
    """The fields of the desk's question; four of them have to be said."""
    return [{**field, "required": field["name"] in NEEDED} for field in _fields(Question)]


def _fields(kind: type[msgspec.Struct]) -> Sequence[Parameter]:
    """The fields of what is wanted; see `reading.typed`."""
    fields = msgspec.structs.fields(kind)
    schemas, _ = msgspec.json.schema_components([get_args(field.type)[0] for field in fields], ref_template=SCHEMAS)
    return [
        in_query(field.name, schema, schema.pop("description", "Equal to this."))
        for field, schema in zip(fields, map(dict, schemas), strict=True)
    ]
