"""The codes by which the gateway refuses by gRPC."""

import grpc
import pytest

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
    RouteError,
    RpcError,
    SlowUpload,
    SpoolFull,
    StoreError,
    TooLarge,
    TooManyPixels,
    TooSlow,
    UnknownComponent,
    Unreachable,
    WireError,
)
from aoi_modules.gateway.doors.grpc_codes import MAX_TEXT, code_of, words_of


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownComponent("chair", ["tile"]), "NOT_FOUND"),
        (BadParameter("a", expected="b", found="c"), "INVALID_ARGUMENT"),
        (NoPicture(), "INVALID_ARGUMENT"),
        (NotAPicture("text"), "INVALID_ARGUMENT"),
        (TooManyPixels("many"), "INVALID_ARGUMENT"),
        (NotSignedIn("who"), "UNAUTHENTICATED"),
        (NotAllowed("no"), "PERMISSION_DENIED"),
        (TooLarge(1, "bytes", found="2"), "INVALID_ARGUMENT"),
        (Busy(2), "UNAVAILABLE"),
        (Crowded("many"), "RESOURCE_EXHAUSTED"),
        (KeyReused("1"), "ALREADY_EXISTS"),
        (SpoolFull("full"), "RESOURCE_EXHAUSTED"),
        (DatabaseAway("away"), "UNAVAILABLE"),
        (RouteError("crack"), "FAILED_PRECONDITION"),
        (StoreError("manifest"), "INTERNAL"),
        (WireError("tensor"), "INTERNAL"),
        (SlowUpload(3), "INTERNAL"),
        (Unreachable("gone"), "UNAVAILABLE"),
        (TooSlow("late"), "DEADLINE_EXCEEDED"),
        (RpcError("ABORTED", "again"), "ABORTED"),
    ],
)
def test_each_trouble_has_its_code(error: AoiError, code: str) -> None:
    assert code_of(error) == code
    assert grpc.StatusCode[code]


def test_long_sentences_are_cut() -> None:
    assert words_of(AoiError("short", hint="do this")) == "short"
    assert words_of(AoiError("x" * 5000)) == "x" * MAX_TEXT + "..."
