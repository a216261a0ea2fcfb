"""What gRPC raises becomes the error that says who has to act."""

import grpc
import pytest

from aoi_modules.client.grpc.failures import not_connected, rpc_error
from aoi_modules.errors import HungUp, RpcError, TooSlow, Unreachable

ADDRESS = "127.0.0.1:8500"
ROUND = "connections to all backends failing; last error: UNKNOWN: ipv4:127.0.0.1:8500: connection refused"
REFUSED = "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:8500: connection refused"


class Failure(grpc.RpcError):
    """As gRPC raises it."""

    def __init__(self, code: grpc.StatusCode, words: str | None) -> None:
        self._said = code, words

    def code(self) -> grpc.StatusCode:
        return self._said[0]

    def details(self) -> str | None:
        return self._said[1]


def error_of(code: grpc.StatusCode, words: str | None) -> RpcError:
    return rpc_error(Failure(code, words), ADDRESS, 2.5)


def test_the_error_knows_the_address() -> None:
    assert error_of(grpc.StatusCode.INTERNAL, "the graph broke").address == ADDRESS
    assert error_of(grpc.StatusCode.UNAVAILABLE, REFUSED).address == ADDRESS


@pytest.mark.parametrize(
    ("code", "words", "sent"),
    [
        (grpc.StatusCode.UNAVAILABLE, ROUND, False),
        (grpc.StatusCode.UNAVAILABLE, REFUSED, False),
        (grpc.StatusCode.UNAVAILABLE, "DNS resolution failed for no-such-host", False),
        (grpc.StatusCode.UNAVAILABLE, "Socket closed", True),
        (grpc.StatusCode.UNAVAILABLE, "the queue is full", True),
        (grpc.StatusCode.INTERNAL, REFUSED, True),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded", True),
    ],
)
def test_only_a_connection_that_was_never_made_is_safe_to_try_again(
    code: grpc.StatusCode, words: str, sent: bool
) -> None:
    assert not_connected(Failure(code, words)) is not sent


@pytest.mark.parametrize("words", [ROUND, REFUSED])
def test_nobody_there(words: str) -> None:
    error = error_of(grpc.StatusCode.UNAVAILABLE, words)
    assert isinstance(error, Unreachable)
    assert error.message == f"no model server answers at {ADDRESS} (UNKNOWN: ipv4:127.0.0.1:8500: connection refused)"
    assert "aoi serve starts one" in error.hint


def test_a_connection_that_is_not_trusted() -> None:
    words = "failed to connect to all addresses; last error: Ssl handshake failed: CERTIFICATE_VERIFY_FAILED"
    error = error_of(grpc.StatusCode.UNAVAILABLE, words)
    assert isinstance(error, Unreachable)
    assert error.message.startswith(f"no TLS with the model server at {ADDRESS}")


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL])
def test_a_connection_that_broke(code: grpc.StatusCode) -> None:
    error = error_of(code, "recvmsg:Connection reset by peer")
    assert isinstance(error, Unreachable)
    assert error.message == f"the model server at {ADDRESS} hung up (recvmsg:Connection reset by peer)"


def test_a_call_that_a_closing_server_gave_up() -> None:
    error = error_of(grpc.StatusCode.CANCELLED, "CANCELLED")
    assert isinstance(error, HungUp)
    assert error.message == f"the model server at {ADDRESS} hung up (CANCELLED)"
    assert error.code == "UNAVAILABLE", "another server may be asked"


def test_a_deadline_that_passed() -> None:
    error = error_of(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
    assert isinstance(error, TooSlow)
    assert error.message == f"the model server at {ADDRESS} did not answer within 2.5 s"


def test_every_other_refusal_keeps_code_and_words() -> None:
    error = error_of(grpc.StatusCode.INVALID_ARGUMENT, "Expects arg[0] to be float")
    assert type(error) is RpcError
    assert (error.code, error.message) == ("INVALID_ARGUMENT", "Expects arg[0] to be float")
    assert error_of(grpc.StatusCode.INTERNAL, None).message == "the server gave no reason"


def test_an_error_that_says_nothing_at_all() -> None:
    assert rpc_error(grpc.RpcError("odd"), ADDRESS, 1).code == "UNKNOWN"
