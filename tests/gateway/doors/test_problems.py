"""Every error of ours has a status, a kind and the words that tell what to do."""

import json
from http import HTTPStatus

import pytest

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
    RouteError,
    RpcError,
    SlowUpload,
    SpoolFull,
    StoreError,
    TooLarge,
    TooSlow,
    UnknownComponent,
    Unreachable,
    WireError,
)
from aoi_modules.gateway.doors.problems import MEDIA_TYPE, Problem, of_error, of_fault, of_http, refusals_of


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (UnknownComponent("chair", ["tile"]), 404, "unknown-component"),
        (BadParameter("timeout_ms", expected="whole milliseconds over 0", found="soon"), 400, "bad-parameter"),
        (NoPicture(), 400, "no-picture"),
        (NotAPicture("no picture"), 415, "not-a-picture"),
        (TooLarge(100, "bytes", found="101 bytes"), 413, "too-large"),
        (SlowUpload(100), 408, "slow-upload"),
        (Busy(4), 503, "busy"),
        (Crowded("2 wait already"), 429, "crowded"),
        (KeyReused("17"), 422, "key-reused"),
        (SpoolFull("full"), 507, "disk-full"),
        (DatabaseAway("away"), 503, "database-away"),
        (PictureStoreAway("away"), 503, "picture-store-away"),
        (NoSuchResult("none"), 404, "no-such-result"),
        (ResultsError("refused"), 500, "results-unusable"),
        (MissingExtra("/docs", package="some", extra="station"), 501, "not-installed"),
        (NotSignedIn("who"), 401, "not-signed-in"),
        (NotAllowed("no"), 403, "not-allowed"),
        (Unreachable("away"), 503, "model-server-away"),
        (RpcError("RESOURCE_EXHAUSTED", "full"), 503, "model-server-away"),
        (RpcError("CANCELLED", "gone"), 503, "model-server-away"),
        (RpcError("ABORTED", "gone"), 503, "model-server-away"),
        (TooSlow("late"), 504, "model-server-slow"),
        (RpcError("INVALID_ARGUMENT", "no"), 502, "model-disagrees"),
        (RpcError("NOT_FOUND", "no"), 502, "model-disagrees"),
        (WireError("no"), 502, "model-disagrees"),
        (StoreError("no"), 502, "model-disagrees"),
        (RouteError("no"), 502, "model-disagrees"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_status_and_kind(error: AoiError, status: int, kind: str) -> None:
    problem = of_error(error)
    assert (problem.status, problem.kind) == (status, kind)
    assert (problem.detail, problem.hint) == (error.message, error.hint)


def test_what_clients_read_apart_from_the_words() -> None:
    assert of_error(UnknownComponent("chair", ["tile", "wheel"])).extra == {"components": ["tile", "wheel"]}
    assert of_error(RpcError("INTERNAL", "broken")).extra == {"code": "INTERNAL"}
    assert of_error(Crowded("")).headers == {"Retry-After": "1"}
    assert of_error(Busy(4)).headers == of_error(Unreachable("away")).headers == {"Retry-After": "1"}
    assert of_error(TooLarge(1, "bytes", found="2 bytes")).headers == {"Connection": "close"}
    assert of_error(SlowUpload(100)).headers == {"Connection": "close"}
    assert of_error(NotAPicture("no picture")).headers == {"Accept": "image/png, image/jpeg, image/bmp"}


def test_the_answer_is_problem_details() -> None:
    problem = Problem(status=404, kind="unknown-component", detail="none", hint="look", extra={"components": ["tile"]})
    response = problem.response()
    assert (response.status_code, response.media_type) == (404, MEDIA_TYPE)
    assert json.loads(bytes(response.body)) == {
        "type": "urn:aoi:problem:unknown-component",
        "title": HTTPStatus.NOT_FOUND.phrase,
        "status": 404,
        "detail": "none",
        "hint": "look",
        "components": ["tile"],
    }
    assert "hint" not in json.loads(bytes(Problem(status=500, kind="fault", detail="no").response().body))


def test_a_class_of_errors_tells_all_its_answers() -> None:
    assert [refusal.status for refusal in refusals_of(BadParameter)] == [400]
    assert {refusal.status for refusal in refusals_of(RpcError)} == {502, 503, 504}
    assert [refusal.kind for refusal in refusals_of(StoreError)] == ["model-disagrees"]


def test_what_the_router_refuses() -> None:
    unknown, wrong, other = of_http(404, {}), of_http(405, {"Allow": "POST"}), of_http(400, {})
    assert (unknown.status, unknown.kind) == (404, "unknown-path")
    assert "/v1/components" in unknown.hint
    assert (wrong.kind, wrong.hint, wrong.headers) == ("wrong-method", "allowed: POST", {"Allow": "POST"})
    assert (other.status, other.kind) == (400, "refused")


def test_a_fault_names_its_line_in_the_log() -> None:
    fault = of_fault("line-7.part-42")
    assert (fault.status, fault.kind) == (500, "fault")
    assert "request_id line-7.part-42" in fault.hint
