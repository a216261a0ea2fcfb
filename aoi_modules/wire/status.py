"""Canonical status codes: their numbers, and the HTTP status that TensorFlow Serving answers for each."""

from aoi_modules.errors import RpcError
from aoi_modules.wire.schema import CODES

_HTTP = {
    200: "OK",
    400: "INVALID_ARGUMENT FAILED_PRECONDITION OUT_OF_RANGE",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL UNKNOWN DATA_LOSS",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
HTTP_STATUS = {code: status for status, codes in _HTTP.items() for code in codes.split()}
NUMBERS = {code: number for number, code in enumerate(CODES)}


def invalid(message: str) -> RpcError:
    """The answer to a request that no repetition makes right."""
    return RpcError("INVALID_ARGUMENT", message)


def not_found(message: str) -> RpcError:
    """The answer to a request for a model or version that is not served."""
    return RpcError("NOT_FOUND", message)
