"""The gRPC relay passes calls on as bytes, keeps them with their deadlines, goes away and comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from aoi_modules.study.traffic.grpc_relay import GrpcRelay

METHOD = "/line.Station/Ask"


def upper(request: bytes, context: grpc.ServicerContext) -> bytes:
    if request == b"no":
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not this one")
    return request.upper()


@pytest.fixture
def target() -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(4))
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {"Ask": grpc.unary_unary_rpc_method_handler(upper)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("line.Station", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait(10)


def ask(address: str, content: bytes, timeout: float | None = 10.0, method: str = METHOD) -> bytes:
    with grpc.insecure_channel(address) as channel:
        call: Callable[..., bytes] = channel.unary_unary(method)
        return call(content, timeout=timeout)


def test_a_call_goes_through_and_is_kept_with_its_deadline(target: str) -> None:
    with GrpcRelay(target) as relay:
        assert ask(relay.address, b"yes") == b"YES"
    (call,) = relay.calls
    assert (call.method, call.body, call.code) == (METHOD, b"yes", "OK")
    assert call.seconds_left is not None
    assert 0 < call.seconds_left <= 10


def test_a_call_without_a_deadline_is_known_as_such(target: str) -> None:
    with GrpcRelay(target) as relay:
        ask(relay.address, b"yes", timeout=None)
    assert relay.calls[0].seconds_left is None


def test_a_refusal_keeps_code_and_words(target: str) -> None:
    with GrpcRelay(target) as relay, pytest.raises(grpc.RpcError) as refusal:
        ask(relay.address, b"no")
    assert (refusal.value.code(), refusal.value.details()) == (grpc.StatusCode.FAILED_PRECONDITION, "not this one")
    assert (relay.calls[0].code, relay.calls[0].details) == ("FAILED_PRECONDITION", "not this one")


def test_a_method_that_the_server_lacks_is_refused_by_the_server(target: str) -> None:
    with GrpcRelay(target) as relay, pytest.raises(grpc.RpcError) as refusal:
        ask(relay.address, b"yes", method="/line.Station/Fly")
    assert refusal.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert relay.calls[0].method == "/line.Station/Fly"


def test_it_goes_away_and_comes_back_at_the_same_address(target: str) -> None:
    with GrpcRelay(target) as relay:
        relay.go_away()
        with pytest.raises(grpc.RpcError) as refusal:
            ask(relay.address, b"yes")
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
        relay.come_back()
        assert ask(relay.address, b"yes") == b"YES"
    assert len(relay.calls) == 1
