"""What gRPC raises as one of our errors."""

from collections.abc import Callable

import grpc

from aoi_modules.client.tls import TLS_ARGUMENTS, TLS_HINT
from aoi_modules.errors import HungUp, RpcError, TooSlow, Unreachable

# What gRPC itself says, without any server's word, when a connection cannot be made or breaks.
_NOT_CONNECTED = (
    "connections to all backends failing",  # where calls go round all addresses
    "failed to connect to all addresses",  # where the first address that answers gets them
    "empty address list",
    "errors resolving",
    "DNS resolution failed",
)
_UNTRUSTED = ("handshake failed", "CERTIFICATE", "Hostname Verification Check failed")
_BROKEN = ("Socket closed", "Connection reset", "Broken pipe", "Stream removed", "GOAWAY", "RST_STREAM", "recvmsg:")


def not_connected(error: grpc.RpcError) -> bool:
    """Tells whether a call failed before it was sent, so that sending it again cannot do anything twice.

    gRPC itself repeats what a closing server did not look at.
    """
    return _code(error) == "UNAVAILABLE" and _words(error).startswith(_NOT_CONNECTED)


def rpc_error(error: grpc.RpcError, address: str, seconds: float) -> RpcError:
    """Turns the failure of a call into one of our errors, to be raised.

    Args:
        error: what gRPC raised.
        address: of the server, for the message.
        seconds: how long the call was allowed to take.
    """
    found = _as_ours(error, address, seconds)
    found.address = address
    return found


def _as_ours(error: grpc.RpcError, address: str, seconds: float) -> RpcError:
    code, words = _code(error), _words(error)
    untrusted = any(sign in words for sign in _UNTRUSTED)
    # A caller that cancels its own call is told in another way: CANCELLED is the word of a server that closes.
    broken = code == "CANCELLED" or (
        code in ("UNAVAILABLE", "UNKNOWN", "INTERNAL") and any(sign in words for sign in _BROKEN)
    )
    if untrusted and not_connected(error):
        return Unreachable(
            f"no TLS with the model server at {address} ({_last(words)})", hint=TLS_HINT, arguments=TLS_ARGUMENTS
        )
    if not_connected(error):
        return Unreachable(
            f"no model server answers at {address} ({_last(words)})",
            hint="is it running, and on that port? aoi serve starts one",
        )
    if broken:
        return HungUp(f"the model server at {address} hung up ({words})", hint="look at its log; then ask again")
    if code == "DEADLINE_EXCEEDED":
        return TooSlow(
            f"the model server at {address} did not answer within {round(seconds, 2):g} s",
            hint="allow more time, or look at the server's load",
        )
    return RpcError(code, words)


def _code(error: grpc.RpcError) -> str:
    code: Callable[[], grpc.StatusCode] = getattr(error, "code", lambda: grpc.StatusCode.UNKNOWN)
    return code().name


def _words(error: grpc.RpcError) -> str:
    details: Callable[[], str | None] = getattr(error, "details", lambda: str(error))
    return details() or "the server gave no reason"


def _last(words: str) -> str:
    """What went wrong at the last of a server's addresses."""
    return words.rpartition("; last error: ")[2]
