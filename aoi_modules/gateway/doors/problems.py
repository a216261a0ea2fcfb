"""What the gateway answers when it cannot give a verdict: problem details after RFC 9457, never a stack trace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson
from starlette.responses import Response

from aoi_modules.errors import (
    AoiError,
    BadParameter,
    Busy,
    Crowded,
    DatabaseAway,
    KeyReused,
    NoPicture,
    NoSuchResult,
    NotAPicture,
    PictureStoreAway,
    ResultsError,
    RpcError,
    SlowUpload,
    SpoolFull,
    TooLarge,
    TooManyPixels,
    UnknownComponent,
)

MEDIA_TYPE = "application/problem+json"
_CLOSED = {"Connection": "close"}  # the rest of the body is not read, so the connection cannot be used again
_AGAIN = {"Retry-After": str(Busy.retry_seconds)}  # by then the gateway has tried anew to reach a lost model server

# What is wrong with a request, or in the way of an answer -> status, kind and headers of its answer.
_REFUSALS: dict[type[AoiError], tuple[int, str, dict[str, str]]] = {
    UnknownComponent: (404, "unknown-component", {}),
    BadParameter: (400, "bad-parameter", {}),
    NoPicture: (400, "no-picture", {}),
    NotAPicture: (415, "not-a-picture", {"Accept": "image/png, image/jpeg, image/bmp"}),
    TooManyPixels: (413, "too-large", {}),
    TooLarge: (413, "too-large", _CLOSED),
    SlowUpload: (408, "slow-upload", _CLOSED),
    Busy: (503, "busy", _AGAIN),
    Crowded: (429, "crowded", _AGAIN),
    KeyReused: (422, "key-reused", {}),
    SpoolFull: (507, "disk-full", {}),
    DatabaseAway: (503, "database-away", _AGAIN),
    PictureStoreAway: (503, "picture-store-away", _AGAIN),
    NoSuchResult: (404, "no-such-result", {}),
    ResultsError: (500, "results-unusable", {}),
}
# A model server's refusals that another try may cure -> status, kind and headers.
_AWAY: tuple[int, str, dict[str, str]] = (503, "model-server-away", _AGAIN)
_RPC_REFUSALS: dict[str, tuple[int, str, dict[str, str]]] = {
    "UNAVAILABLE": _AWAY,
    "RESOURCE_EXHAUSTED": _AWAY,
    "CANCELLED": _AWAY,
    "ABORTED": _AWAY,
    "DEADLINE_EXCEEDED": (504, "model-server-slow", {}),
}
_DISAGREES: tuple[int, str, dict[str, str]] = (502, "model-disagrees", {})
"""All other refusals: gateway and model do not understand each other."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a request gets no verdict.

    Args:
        status: of the answer.
        kind: last part of the problem's type, words joined by hyphens.
        detail: what was expected and what came.
        hint: what to do next.
        extra: further members of the answer.
        headers: further headers of the answer.
    """

    status: int
    kind: str
    detail: str
    hint: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Writes the problem as HTTP carries it."""
        body = {
            "type": f"urn:aoi:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **({"hint": self.hint} if self.hint else {}),
            **self.extra,
        }
        return Response(orjson.dumps(body), self.status, self.headers, MEDIA_TYPE)


def of_error(error: AoiError) -> Problem:
    """Translates one of our errors for whoever sent the picture."""
    status, kind, headers = _refusal(error)
    return Problem(
        status=status, kind=kind, detail=error.message, hint=error.hint, extra=_extra(error), headers=headers
    )


def of_http(status: int, headers: Mapping[str, str]) -> Problem:
    """Says what is wrong with a path or a method that the gateway does not have.

    Args:
        status: of HTTP, as the router chose it.
        headers: of the answer; `Allow` names the methods that a path has.
    """
    kind = {404: "unknown-path", 405: "wrong-method"}.get(status, "refused")
    hint = {404: "POST /v1/inspect/COMPONENT or /v1/units/UNIT/inspect; GET /v1/components lists them"}.get(status, "")
    if status == 405:
        hint = f"allowed: {headers.get('Allow', 'GET, POST')}"
    return Problem(status=status, kind=kind, detail=HTTPStatus(status).description, hint=hint, headers=headers)


def of_fault(request_id: str) -> Problem:
    """Says that the gateway itself is broken, and where its log tells more."""
    hint = f"its log tells more: request_id {request_id}"
    return Problem(status=500, kind="fault", detail="a fault of the gateway itself", hint=hint)


def _refusal(error: AoiError) -> tuple[int, str, dict[str, str]]:
    if isinstance(error, RpcError):
        return _RPC_REFUSALS.get(error.code, _DISAGREES)
    return _REFUSALS.get(type(error), _DISAGREES)


def _extra(error: AoiError) -> dict[str, object]:
    if isinstance(error, RpcError):
        return {"code": error.code}
    return {"components": list(error.known)} if isinstance(error, UnknownComponent) else {}
