"""The OpenAPI document: the app's routes, the table of their operations, and the schemas of what is answered."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from inspect import cleandoc
from typing import Any

import msgspec
from starlette.routing import BaseRoute, Route

from aoi_modules.gateway.doors.openapi.operations import Content, Operation, operations
from aoi_modules.gateway.doors.openapi.parameters import SCHEMAS, Schema
from aoi_modules.gateway.doors.problems import FAULT, MEDIA_TYPE, ProblemDetails, Refusal, refusals_of
from aoi_modules.gateway.doors.station.bodies import JSON

OPENAPI = "3.1.0"
_ABOUT = (
    "Pictures in, verdicts out. A refusal is a problem after RFC 9457; programs go by its `type`. Answers may have "
    "further fields in later releases."
)
_HEADERS: dict[str, Schema] = {
    "Retry-After": {"description": "Seconds until another try makes sense.", "schema": {"type": "integer"}},
    "X-Request-Id": {"description": "By which the log knows the request.", "schema": {"type": "string"}},
}


def document_of(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """Describes an app.

    Args:
        routes: of the app; each one has an operation in the table, or stands in no schema.
    """
    table, paths = operations(), dict[str, dict[str, Any]]()
    for route, method in _handled(routes):
        described = _operation(route, table[f"{method} {route.path_format}"])
        paths.setdefault(route.path_format, {})[method.lower()] = described
    return {
        "openapi": OPENAPI,
        "info": {"title": "AOI gateway", "version": version("aoi-academy"), "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": _schemas(table)},
    }


def _handled(routes: Sequence[BaseRoute]) -> Iterator[tuple[Route, str]]:
    """Routes and their methods; that GET has a HEAD beside it goes without saying. Pages for people are left out."""
    for route in routes:
        if isinstance(route, Route) and route.include_in_schema:
            yield from ((route, method) for method in sorted((route.methods or set()) - {"HEAD"}))


def _operation(route: Route, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": route.name,
        "tags": [operation.tag],
        "summary": _summary(route),
        "parameters": operation.takes,
        "responses": {"200": _answer(operation), **_refusals(operation)},
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    return described


def _summary(route: Route) -> str:
    """What the handler's docstring says behind method and path."""
    told = (route.endpoint.__doc__ or "").partition("\n")[0].partition(": ")[2]
    return told[:1].upper() + told[1:]


def _content(body: type[msgspec.Struct] | Content) -> Content:
    return {JSON: {"schema": _reference(body)}} if isinstance(body, type) else body


def _answer(operation: Operation) -> dict[str, Any]:
    if isinstance(operation.answers, Sequence):
        content: dict[str, Any] = {media_type: {} for media_type in operation.answers}
    else:
        content = {JSON: {"schema": _reference(operation.answers)}}
    return {"description": "The answer.", "content": content, **_headers(["X-Request-Id"] * operation.names_request)}


def _refusals(operation: Operation) -> dict[str, Any]:
    """Responses by status; one status may stand for several kinds of problem."""
    named = [refusal for error in operation.refusals for refusal in refusals_of(error)]
    by_status: dict[int, list[Refusal]] = {}
    for refusal in sorted([*named, *operation.other_refusals, FAULT], key=lambda refusal: refusal.status):
        by_status.setdefault(refusal.status, []).append(refusal)
    return {str(status): _problem(refusals, operation) for status, refusals in by_status.items()}


def _problem(refusals: Sequence[Refusal], operation: Operation) -> dict[str, Any]:
    headers = {name for refusal in refusals for name in refusal.headers if name in _HEADERS}
    pages: dict[str, Schema] = {"text/html": {}} if operation.refuses_by_page else {}
    return {
        "description": ", ".join(sorted({refusal.kind for refusal in refusals})),
        "content": {MEDIA_TYPE: {"schema": _reference(ProblemDetails)}, **pages},
        **_headers([*sorted(headers), *["X-Request-Id"] * operation.names_request]),
    }


def _headers(names: Sequence[str]) -> dict[str, Any]:
    return {"headers": {name: _HEADERS[name] for name in names}} if names else {}


def _reference(struct: type[msgspec.Struct]) -> Schema:
    return {"$ref": SCHEMAS.format(name=struct.__name__)}


def _schemas(table: Mapping[str, Operation]) -> dict[str, Schema]:
    answered = [operation.answers for operation in table.values() if isinstance(operation.answers, type)]
    asked = [operation.body for operation in table.values() if isinstance(operation.body, type)]
    _, structs = msgspec.json.schema_components(answered, ref_template=SCHEMAS)
    _, others = msgspec.json.schema_components([ProblemDetails, *asked], ref_template=SCHEMAS)
    schemas = {**{name: _whole(schema) for name, schema in structs.items()}, **others}
    return {name: {**schema, "description": cleandoc(schema["description"])} for name, schema in schemas.items()}


def _whole(schema: Schema) -> Schema:
    """The schema of a struct as it is answered: with every field, those with a default too, and perhaps with more."""
    if "properties" not in schema:
        return schema
    whole = {**schema, "required": list(schema["properties"])}
    whole.pop("additionalProperties", None)  # routes refuse unknown fields; readers of answers must not
    return whole
