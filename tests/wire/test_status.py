from aoi_modules.wire.schema import CODES
from aoi_modules.wire.status import HTTP_STATUS, NUMBERS, invalid, not_found


def test_every_code_has_an_http_status() -> None:
    assert HTTP_STATUS.keys() == NUMBERS.keys() == set(CODES)


def test_each_status_is_the_one_of_tensorflow_serving() -> None:
    assert HTTP_STATUS == {
        "OK": 200, "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "OUT_OF_RANGE": 400, "UNAUTHENTICATED": 401,
        "PERMISSION_DENIED": 403, "NOT_FOUND": 404, "ALREADY_EXISTS": 409, "ABORTED": 409, "RESOURCE_EXHAUSTED": 429,
        "CANCELLED": 499, "INTERNAL": 500, "UNKNOWN": 500, "DATA_LOSS": 500, "UNIMPLEMENTED": 501,
        "UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504,
    }  # fmt: skip


def test_numbers_are_those_of_grpc() -> None:
    assert (NUMBERS["OK"], NUMBERS["NOT_FOUND"], NUMBERS["UNAUTHENTICATED"]) == (0, 5, 16)


def test_errors_carry_their_code() -> None:
    assert (invalid("a").code, not_found("b").code) == ("INVALID_ARGUMENT", "NOT_FOUND")
