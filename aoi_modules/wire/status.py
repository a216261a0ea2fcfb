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
"""The HTTP status of each code's name."""
NUMBERS = {code: number for number, code in enumerate(CODES)}
"""The number of each code's name."""


def invalid(message: str) -> RpcError:
    """Returns the error that answers a request which is wrong in itself, so that sending it again cannot help."""
    return RpcError("INVALID_ARGUMENT", message)


def not_found(message: str) -> RpcError:
    """Returns the error that answers a request for a model or a version that is not served."""
    return RpcError("NOT_FOUND", message)
