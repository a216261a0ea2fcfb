"""HTTP calls by a deadline, over connections that are kept; what goes wrong becomes one of our errors."""

import time
from http.client import BadStatusLine, RemoteDisconnected

import requests
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError

from aoi_modules.client.retries import Attempts, Failure
from aoi_modules.client.sessions import Sessions
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RpcError, TooSlow, Unreachable

_CHUNK = 1 << 16
REST_HINT = "is it running, and is that its REST port? aoi serve --rest_api_port 8501 opens one"


class HttpCalls:
    """Calls one server; safe to share between threads.

    Args:
        url: of the server, `http://HOST:PORT`.
        timeout: seconds of a call, for messages.
        tls: what to trust at an `https://` address.
        server: what answers there, for messages.
        hint: what to do when nobody answers.
    """

    def __init__(
        self, url: str, timeout: float, tls: Tls | None, *, server: str = "model server", hint: str = REST_HINT
    ) -> None:
        self.url = url
        self._timeout = timeout
        self._server, self._hint = server, hint
        self._sessions = Sessions(tls)

    def call(
        self,
        method: str,
        url: str,
        attempts: Attempts,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> tuple[int, bytes]:
        """The status and body of the answer, whatever it says.

        Raises:
            Unreachable, TooSlow: there is none.
        """
        while True:
            proven = False
            try:
                with self._sessions.lend() as line:
                    proven = line.proven
                    return _exchange(line.session, method, url, body, content_type, attempts)
            except (requests.RequestException, TimeoutError) as error:
                pause = attempts.pause_after(_failure(error, proven=proven))
                if pause is None:
                    raise self._no_answer(error) from None
                time.sleep(pause)

    def close(self) -> None:
        """Ends the connections."""
        self._sessions.close()

    def too_slow(self) -> TooSlow:
        return TooSlow(
            f"the {self._server} at {self.url} did not answer within {self._timeout:g} s",
            hint="allow more time, or look at the server's load",
        )

    def _no_answer(self, error: Exception) -> RpcError:
        """Why there is no answer, as one of our errors."""
        if isinstance(error, requests.Timeout | TimeoutError) or isinstance(_cause(error), ReadTimeoutError):
            return self.too_slow()
        if isinstance(error, ValueError):  # as `requests` classes its complaints about the address
            return Unreachable(
                f"url: expected http://HOST:PORT. Received: {self.url!r}", hint="for example http://127.0.0.1:8501"
            )
        return Unreachable(f"no {self._server} answers at {self.url} ({_reason(_cause(error))})", hint=self._hint)


def _exchange(
    session: requests.Session, method: str, url: str, body: bytes | None, content_type: str, attempts: Attempts
) -> tuple[int, bytes]:
    """Sends and receives by the deadline. `requests` bounds each read, not their sum, so the sum is watched."""
    headers = {"Content-Type": content_type}
    with session.request(
        method, url, data=body, headers=headers, timeout=attempts.seconds_left(), stream=True, allow_redirects=False
    ) as response:
        content = bytearray()
        for chunk in response.iter_content(_CHUNK):
            content += chunk
            if attempts.late():
                raise TimeoutError
        return response.status_code, bytes(content)


def _failure(error: Exception, *, proven: bool) -> Failure:
    """How a call failed, as far as repeating it matters; `proven` if its connection had been used before."""
    cause = _cause(error)
    if isinstance(cause, NewConnectionError):
        return Failure.NOT_SENT
    inner = cause.args[-1] if isinstance(cause, ProtocolError) and cause.args else None
    unanswered = isinstance(error, requests.ConnectionError)  # what breaks inside an answer is another error
    if proven and unanswered and isinstance(inner, RemoteDisconnected | ConnectionResetError | BrokenPipeError):
        return Failure.LINE_CLOSED
    return Failure.FINAL


def _cause(error: Exception) -> object:
    """What urllib3 said, out of the wrappings of `requests`."""
    inner = error.args[0] if error.args else error
    return getattr(inner, "reason", inner)


def _reason(cause: object) -> str:
    """A few words; what came instead of HTTP, when something else listens there, is left out."""
    if not isinstance(cause, ProtocolError):
        return str(cause).rpartition(": ")[2]
    inner = cause.args[-1]
    foreign = isinstance(inner, BadStatusLine) and not isinstance(inner, RemoteDisconnected)
    return "it does not speak HTTP" if foreign else "it hung up"
