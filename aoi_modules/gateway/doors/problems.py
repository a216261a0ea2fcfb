"""What the gateway answers when it cannot give a verdict: problem details after RFC 9457, never a stack trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from starlette.responses import Response

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
from aoi_modules.gateway.doors.shot_form import PICTURES

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:aoi:problem:"
"""What the type of a problem begins with; its kind follows."""


class Refusal(NamedTuple):
    """How an answer without a verdict looks: status of HTTP, last part of the problem's type, and further headers."""

    status: int
    kind: str
    headers: Mapping[str, str] = {}


_CLOSED = {"Connection": "close"}  # the rest of the body is not read, so the connection cannot be used again
_AGAIN = {"Retry-After": str(Busy.retry_seconds)}  # by then the gateway has tried anew to reach a lost model server

REFUSALS: dict[type[AoiError], Refusal] = {
    UnknownComponent: Refusal(404, "unknown-component"),
    BadParameter: Refusal(400, "bad-parameter"),
    NoPicture: Refusal(400, "no-picture"),
    NotAPicture: Refusal(415, "not-a-picture", {"Accept": ", ".join(PICTURES)}),
    TooManyPixels: Refusal(413, "too-large"),
    TooLarge: Refusal(413, "too-large", _CLOSED),
    SlowUpload: Refusal(408, "slow-upload", _CLOSED),
    Busy: Refusal(503, "busy", _AGAIN),
    Crowded: Refusal(429, "crowded", _AGAIN),
    KeyReused: Refusal(422, "key-reused"),
    StationLocked: Refusal(423, "station-locked"),
    SpoolFull: Refusal(507, "disk-full"),
    DatabaseAway: Refusal(503, "database-away", _AGAIN),
    PictureStoreAway: Refusal(503, "picture-store-away", _AGAIN),
    NoSuchResult: Refusal(404, "no-such-result"),
    Taken: Refusal(409, "taken"),
    ResultsError: Refusal(500, "results-unusable"),
    MissingExtra: Refusal(501, "not-installed"),
    NotSignedIn: Refusal(401, "not-signed-in", {"WWW-Authenticate": 'Bearer realm="AOI gateway"'}),
    NotAllowed: Refusal(403, "not-allowed"),
    TooManyTries: Refusal(429, "too-many-tries", {"Retry-After": str(TooManyTries.retry_seconds)}),
}
"""What is wrong with a request, or in the way of an answer."""
_AWAY = Refusal(503, "model-server-away", _AGAIN)
_RPC_REFUSALS: dict[str, Refusal] = {
    "UNAVAILABLE": _AWAY,
    "RESOURCE_EXHAUSTED": _AWAY,
    "CANCELLED": _AWAY,
    "ABORTED": _AWAY,
    "DEADLINE_EXCEEDED": Refusal(504, "model-server-slow"),
}
"""A model server's refusals that another try may cure, by their code."""
_DISAGREES = Refusal(502, "model-disagrees")
"""All other refusals: gateway and model do not understand each other."""
DRAINING, NOT_READY = Refusal(503, "draining"), Refusal(503, "not-ready")
"""What a probe is told."""
FAULT = Refusal(500, "fault")
"""The gateway itself is broken."""


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details after RFC 9457: why there is no answer. What is empty is left out."""

    type: str
    """`urn:aoi:problem:KIND`; programs go by it."""
    title: str
    status: int
    detail: str
    """What was expected and what came."""
    hint: str = ""
    """What to do next."""
    components: Sequence[str] = ()
    """Those that have a route, where the request names another one."""
    code: str = ""
    """Of the model server's refusal, as gRPC spells it."""
    away: Mapping[str, str] = {}
    """Components whose model does not answer, and why."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a request gets no verdict.

    Args:
        status: of the answer.
        kind: last part of the problem's type, words joined by hyphens.
        detail: what was expected and what came.
        hint: what to do next.
        extra: further members of `ProblemDetails`.
        headers: further headers of the answer.
    """

    status: int
    kind: str
    detail: str
    hint: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Writes the problem as HTTP carries it."""
        body = ProblemDetails(
            type=f"{TYPE}{self.kind}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            hint=self.hint,
            **self.extra,
        )
        return Response(msgspec.json.encode(body), self.status, self.headers, MEDIA_TYPE)


def of_error(error: AoiError) -> Problem:
    """Translates one of our errors for whoever sent the picture."""
    status, kind, headers = _refusal(error)
    return Problem(
        status=status, kind=kind, detail=error.message, hint=error.hint, extra=_extra(error), headers=headers
    )


def refusals_of(error: type[AoiError]) -> Sequence[Refusal]:
    """Tells how errors of a class may be answered: those of a model server by their code."""
    if issubclass(error, RpcError):
        return (*_RPC_REFUSALS.values(), _DISAGREES)
    return (REFUSALS.get(error, _DISAGREES),)


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
    return Problem(status=FAULT.status, kind=FAULT.kind, detail="a fault of the gateway itself", hint=hint)


def _refusal(error: AoiError) -> Refusal:
    if isinstance(error, RpcError):
        return _RPC_REFUSALS.get(error.code, _DISAGREES)
    return REFUSALS.get(type(error), _DISAGREES)


def _extra(error: AoiError) -> dict[str, object]:
    if isinstance(error, RpcError):
        return {"code": error.code}
    return {"components": list(error.known)} if isinstance(error, UnknownComponent) else {}
