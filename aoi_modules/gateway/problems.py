"""What the gateway answers when it cannot give a verdict: problem details after RFC 9457, never a stack trace."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import orjson
from starlette.responses import Response

from aoi_modules.errors import AoiError, RpcError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
"""When to ask again while a model server is away: by then the gateway has tried to reach it anew."""

# A model server's refusals that another try may cure -> status. All others are a 502: gateway and model disagree.
_RPC_STATUS = {
    "UNAVAILABLE": HTTPStatus.SERVICE_UNAVAILABLE,
    "RESOURCE_EXHAUSTED": HTTPStatus.SERVICE_UNAVAILABLE,
    "CANCELLED": HTTPStatus.SERVICE_UNAVAILABLE,
    "ABORTED": HTTPStatus.SERVICE_UNAVAILABLE,
    "DEADLINE_EXCEEDED": HTTPStatus.GATEWAY_TIMEOUT,
}


class Problem(Exception):
    """A request that gets no verdict.

    Args:
        status: of the answer.
        kind: last part of the problem's type, words joined by hyphens.
        detail: what was expected and what came.
        hint: what to do next.
        extra: further members of the answer.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        hint: str = "",
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.hint = hint
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def response(self) -> Response:
        body = {
            "type": f"urn:aoi:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **({"hint": self.hint} if self.hint else {}),
            **self.extra,
        }
        return Response(orjson.dumps(body), self.status, self.headers, MEDIA_TYPE)


def unknown_component(name: str, known: Sequence[str]) -> Problem:
    return Problem(
        404,
        "unknown-component",
        f"no component {name!r} is inspected here",
        hint=f"known components: {', '.join(known)}",
        extra={"components": list(known)},
    )


def no_picture() -> Problem:
    return Problem(
        400,
        "no-picture",
        "expected the bytes of a picture as the request's body; it is empty",
        hint="curl --data-binary @picture.png URL",
    )


def not_a_picture(error: AoiError) -> Problem:
    return Problem(415, "not-a-picture", error.message, hint=error.hint, headers={"Accept": "image/png, image/jpeg"})


def too_large(limit: int, unit: str, received: str) -> Problem:
    # The rest of the body is not read, so the connection cannot be used again.
    return Problem(
        413,
        "too-large",
        f"expected a picture of at most {limit} {unit}. Received: {received}",
        hint="send a smaller picture, or raise the limit in the gateway's routes",
        headers={"Connection": "close"},
    )


def slow_upload(milliseconds: int) -> Problem:
    return Problem(
        408,
        "slow-upload",
        f"the picture did not arrive within {milliseconds} ms",
        headers={"Connection": "close"},
    )


def bad_parameter(name: str, expected: str, received: str) -> Problem:
    return Problem(400, "bad-parameter", f"{name}: expected {expected}. Received: {received!r}")


def busy(limit: int) -> Problem:
    return Problem(
        503,
        "busy",
        f"{limit} inspections are at the model server already",
        hint=f"ask again in {RETRY_SECONDS} s",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def of_error(error: AoiError) -> Problem:
    """The problem that a failure at the model server is for the one who sent the picture."""
    status = _RPC_STATUS.get(error.code, HTTPStatus.BAD_GATEWAY) if isinstance(error, RpcError) else 502
    kind = {503: "model-server-away", 504: "model-server-slow"}.get(status, "model-disagrees")
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
    extra = {"code": error.code} if isinstance(error, RpcError) else {}
    return Problem(status, kind, error.message, hint=error.hint, headers=headers, extra=extra)
