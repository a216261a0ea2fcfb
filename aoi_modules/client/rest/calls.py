"""HTTP calls by a deadline, over connections that are kept; what goes wrong becomes one of our errors."""

import time
from collections.abc import Mapping
from http.client import BadStatusLine, RemoteDisconnected
from typing import Any

import requests
from urllib3.exceptions import DecodeError, HTTPError, NewConnectionError, ProtocolError, ReadTimeoutError, SSLError
from urllib3.util import Timeout

from aoi_modules.client.rest.sessions import Sessions
from aoi_modules.client.retries import Attempts
from aoi_modules.client.tls import TLS_ARGUMENTS, TLS_HINT, Tls
from aoi_modules.errors import AoiError, HungUp, TooSlow, Unreachable, WireError

_CHUNK = 1 << 16
REST_HINT = "is it running, and is that its REST port? aoi serve --rest_api_port 8501 opens one"
LOG_HINT = "look at its log; then ask again"


class HttpCalls:
    """Calls one server; safe to share between threads.

    Args:
        url: of the server, `http://HOST:PORT`.
        tls: what to trust at an `https://` address.
        server: what answers there, for messages.
        hint: what to do when nobody answers.
    """

    def __init__(
        self, url: str, tls: Tls | None = None, *, server: str = "model server", hint: str = REST_HINT
    ) -> None:
        self.url = url
        self._server, self._hint = server, hint
        self._sessions = Sessions(tls)

    def call(
        self,
        method: str,
        url: str,
        attempts: Attempts,
        body: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Sends a request and gives the status and body of the answer, whatever it says.

        Args:
            method: of HTTP.
            url: whole address.
            attempts: its deadline, and how often it may be made again.
            body: to be sent, if any.
            content_type: of the body.
            headers: further ones.

        Raises:
            Unreachable, TooSlow: there is none.
            WireError: its body says that it is compressed, and is not.
        """
        while True:
            try:
                with self._sessions.lend() as session:
                    return _exchange(
                        session, method, url, body, {**(headers or {}), "Content-Type": content_type}, attempts
                    )
            except (requests.RequestException, HTTPError, TimeoutError) as error:
                pause = attempts.pause() if isinstance(_cause(error), NewConnectionError) else None
                if pause is None:
                    raise self._no_answer(error, attempts.timeout) from None
                time.sleep(pause)

    def close(self) -> None:
        """Ends all connections, those under way when their calls end."""
        self._sessions.close()

    def _no_answer(self, error: Exception, seconds: float) -> AoiError:
        """Why there is no answer, as one of our errors."""
        cause = _cause(error)
        if isinstance(error, requests.Timeout | TimeoutError) or isinstance(cause, ReadTimeoutError):
            return TooSlow(
                f"the {self._server} at {self.url} did not answer within {seconds:g} s",
                hint="allow more time, or look at the server's load",
            )
        if isinstance(error, ValueError):  # as `requests` classes its complaints about the address
            return Unreachable(
                f"url: expected http://HOST:PORT. Received: {self.url!r}", hint="for example http://127.0.0.1:8501"
            )
        if isinstance(cause, SSLError):
            return Unreachable(
                f"no TLS with the {self._server} at {self.url}: {_tls_reason(cause)}",
                hint=TLS_HINT,
                arguments=TLS_ARGUMENTS,
            )
        if isinstance(cause, NewConnectionError):
            return self._nobody(str(cause).rpartition(": ")[2])
        if isinstance(cause, DecodeError):
            return WireError(
                f"{self.url}: expected a body that its headers say how to unpack. Received: one that is broken"
            )
        inner = cause.args[-1] if isinstance(cause, ProtocolError) else cause
        if isinstance(inner, BadStatusLine) and not isinstance(inner, RemoteDisconnected):
            return self._nobody("it does not speak HTTP")
        return HungUp(f"the {self._server} at {self.url} hung up ({inner})", hint=LOG_HINT)

    def _nobody(self, reason: str) -> Unreachable:
        return Unreachable(f"no {self._server} answers at {self.url} ({reason})", hint=self._hint)


def _exchange(
    session: requests.Session, method: str, url: str, body: bytes | None, headers: Mapping[str, str], attempts: Attempts
) -> tuple[int, bytes]:
    """Sends and receives by the deadline.

    A socket bounds each read, not their sum, so every read gets what is left of the time. Only the head of an answer
    is read in one go, by the standard library: a server that sends it byte by byte can be later than the deadline.
    """
    with session.request(
        method,
        url,
        data=body,
        headers=headers,
        timeout=Timeout(total=attempts.seconds_left()),  # type: ignore[arg-type]  # requests takes it, its stubs do not
        stream=True,
        allow_redirects=False,
    ) as response:
        content = bytearray()
        while piece := _piece(response.raw, attempts):
            content += piece
        return response.status_code, bytes(content)


def _piece(answer: Any, attempts: Attempts) -> bytes:
    """What comes next of an answer's body, as soon as it is there; nothing at its end."""
    if attempts.late():
        raise TimeoutError
    if answer.connection is not None and answer.connection.sock is not None:
        answer.connection.sock.settimeout(attempts.seconds_left())
    piece: bytes = answer.read1(_CHUNK, decode_content=True)
    return piece


def _cause(error: Exception) -> object:
    """What urllib3 said, out of the wrappings of `requests`."""
    inner = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    return getattr(inner, "reason", inner)


def _tls_reason(error: SSLError) -> str:
    """What OpenSSL found, without the place in its source."""
    inner = error.args[0]
    return getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or str(inner)
