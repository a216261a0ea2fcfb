from aoi_modules.wire.schema import CODES
from aoi_modules.wire.status import HTTP_STATUS, NUMBERS, invalid, not_found


def test_every_code_has_an_http_status() -> None:
    assert HTTP_STATUS.keys() == NUMBERS.keys() == set(CODES)


def test_only_ok_is_a_success() -> None:
    assert [code for code, status in HTTP_STATUS.items() if status < 400] == ["OK"]


def test_numbers_are_those_of_grpc() -> None:
    assert (NUMBERS["OK"], NUMBERS["NOT_FOUND"], NUMBERS["UNAUTHENTICATED"]) == (0, 5, 16)


def test_errors_carry_their_code() -> None:
    assert (invalid("a").code, not_found("b").code) == ("INVALID_ARGUMENT", "NOT_FOUND")
