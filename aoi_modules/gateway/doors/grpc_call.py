"""One call by gRPC as the line sees it: who calls, for how long, and what of its metadata belongs to each picture."""

import time
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote

import grpc

from aoi_modules.errors import BadParameter, NotSignedIn, RpcError
from aoi_modules.gateway.doors.access.porter import Porter
from aoi_modules.gateway.doors.uploads import KEY_HEADER, MAX_NAME, ORIGIN, name_of, request_id_of
from aoi_modules.gateway.shots import Shot
from aoi_modules.logs import REQUEST_ID
from aoi_modules.results.record import Origin

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
LONGEST_SECONDS = 600.0
"""Of a call without a deadline; a route's is shorter."""


class Call:
    """What a call says beside its message.

    Args:
        context: of gRPC.

    Attributes:
        metadata: that came with it, by name.
        request_id: by which the log knows the call; the client's own, `x-request-id`, if it has one.
        trailing: metadata that goes behind the answer, or behind the error.
        left: whether the client has hung up, so that no further picture of its is asked about.
    """

    def __init__(self, context: Context) -> None:
        given = context.invocation_metadata() or ()
        self.metadata: dict[str, str | bytes] = {str(name): value for name, value in given}
        remaining = context.time_remaining()
        self._end = time.monotonic() + (LONGEST_SECONDS if remaining is None else remaining)
        self.request_id = request_id_of(str(self.metadata.get(REQUEST_ID, "")))
        self.trailing: list[tuple[str, str]] = [(REQUEST_ID, self.request_id)]
        self.left = False
        self._context = context

    def admit(self, porter: Porter) -> None:
        """Lets a machine in.

        Raises:
            NotSignedIn: it shows neither a certificate nor a key that is known.
            NotAllowed: it comes past the proxy.
        """
        porter.entrance.check(unquote(self._context.peer().partition(":")[2]).rpartition(":")[0].strip("[]"))
        if porter.open:
            return
        key = self.metadata.get("authorization")
        names = self._context.auth_context().get("x509_common_name", ())
        shown = next((name.decode(errors="replace") for name in names), None)
        if porter.machine(None if key is None else str(key), shown) is None:
            raise NotSignedIn("authorization: expected `Bearer KEY` as metadata. Received: none")

    def told(self, name: str) -> str:
        """Gives what stands under a name in the trailing metadata; empty if nothing does."""
        return dict(self.trailing).get(name, "")

    def unit_said(self) -> dict[str, str]:
        """Gives the unit as the log has it, before it is checked; nothing where the call is silent."""
        value = self._value("aoi-unit")
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        return {} if text is None else {"unit": text[:MAX_NAME]}

    def seconds_left(self) -> float:
        """Gives the seconds until the caller's deadline; over 0 even after it."""
        return max(self._end - time.monotonic(), 0.001)

    def origin(self) -> Origin:
        """Reads where the pictures come from: `aoi-unit` and the like, or `aoi-unit-bin` for names beyond ASCII.

        Raises:
            BadParameter: a name is empty, too long, or no text.
        """
        given = {name: self._text(f"aoi-{name}") for name in ORIGIN}
        return Origin(**{name: text for name, text in given.items() if text is not None})

    def key(self) -> str | None:
        """Reads `idempotency-key`; None if there is none.

        Raises:
            BadParameter: it is empty, too long, or no text.
        """
        return self._text(KEY_HEADER.lower())

    def _value(self, name: str) -> str | bytes | None:
        return self.metadata.get(name, self.metadata.get(f"{name}-bin"))

    def _text(self, name: str) -> str | None:
        value = self._value(name)
        if value is None:
            return None
        try:
            return name_of(name, value.decode() if isinstance(value, bytes) else value)
        except UnicodeDecodeError:
            raise BadParameter(name, expected="UTF-8", found=repr(value)[:40]) from None


@dataclass(frozen=True)
class CalledPicture:
    """One picture of a call; an `Arrival`.

    Args:
        call: that brings it.
        content: the picture, and what goes beside it.
        number: its place among the pictures of the call.
        alone: whether it is the only one, so that the call's key is its own.
    """

    call: Call
    content: Shot
    number: int = 0
    alone: bool = field(default=True, kw_only=True)

    @property
    def request_id(self) -> str:
        """By which the log knows the call."""
        return self.call.request_id

    def wanted_ms(self) -> int | None:
        """Reads how long the caller still waits.

        Raises:
            RpcError: it does not wait any more.
        """
        if self.call.left:
            raise RpcError("CANCELLED", "the client hung up")
        return max(1, int(self.call.seconds_left() * 1000))

    def origin(self) -> Origin:
        """Reads where the picture comes from; see `Call.origin`."""
        return self.call.origin()

    def key(self) -> str | None:
        """Reads its key: the call's, or of several pictures a part of it for each."""
        key = self.call.key()
        return key if key is None or self.alone else f"{key}/{self.number}"

    async def shot(self) -> Shot:
        """Gives the picture, which came with the call."""
        return self.content
