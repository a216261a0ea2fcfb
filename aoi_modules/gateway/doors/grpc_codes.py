"""What the gateway answers by gRPC when it cannot give a verdict: a canonical code, and our sentence."""

from aoi_modules.errors import (
    AoiError,
    BadParameter,
    Busy,
    Crowded,
    DatabaseAway,
    KeyReused,
    NoPicture,
    NotAllowed,
    NotAPicture,
    NotSignedIn,
    PictureStoreAway,
    RouteError,
    RpcError,
    SpoolFull,
    StationLocked,
    TooLarge,
    TooManyPixels,
    UnknownComponent,
)

MAX_TEXT = 1024
"""Of a sentence, in characters: longer ones do not fit into the trailing headers of a call."""
_CODES: dict[type[AoiError], str] = {
    UnknownComponent: "NOT_FOUND",
    BadParameter: "INVALID_ARGUMENT",
    NoPicture: "INVALID_ARGUMENT",
    NotAPicture: "INVALID_ARGUMENT",
    TooManyPixels: "INVALID_ARGUMENT",
    TooLarge: "INVALID_ARGUMENT",
    Busy: "UNAVAILABLE",
    Crowded: "RESOURCE_EXHAUSTED",
    KeyReused: "ALREADY_EXISTS",
    StationLocked: "FAILED_PRECONDITION",
    SpoolFull: "RESOURCE_EXHAUSTED",
    DatabaseAway: "UNAVAILABLE",
    PictureStoreAway: "UNAVAILABLE",
    NotSignedIn: "UNAUTHENTICATED",
    NotAllowed: "PERMISSION_DENIED",
    RouteError: "FAILED_PRECONDITION",
}


def code_of(error: AoiError) -> str:
    """Gives the canonical name of the status; a model server's refusal keeps its own."""
    return error.code if isinstance(error, RpcError) else _CODES.get(type(error), "INTERNAL")


def words_of(error: AoiError) -> str:
    """Gives the sentence as it fits into a call's end."""
    text = error.message
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "..."
