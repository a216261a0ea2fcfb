"""A client of a model server by REST."""

import time
from collections.abc import Mapping
from http.client import BadStatusLine, RemoteDisconnected
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError

from aoi_modules.client import rest_answers, rest_requests
from aoi_modules.client.base import (
    PICTURES_SIGNATURE,
    Inputs,
    PredictClient,
    Prediction,
    Signature,
    VersionStatus,
)
from aoi_modules.client.output_names import OutputNames
from aoi_modules.client.retries import RETRIES, Attempts, Failure
from aoi_modules.client.sessions import Sessions
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RpcError, TooSlow, Unreachable

_CHUNK = 1 << 16


class HttpClient(PredictClient):
    """Asks one model by REST, over connections that are kept; pictures travel as base64.

    REST leaves out the name of a signature's only output. It is asked for once and remembered, see `OutputNames`.

    Args:
        url: of the server, `http://HOST:PORT`, or `https://` where a proxy adds TLS.
        model: name of the model on its server.
        version: which version to ask; None asks the newest.
        label: asks the version that carries it on the server, instead of one by its number.
        timeout: seconds that a call may take, retries included.
        retries: how often a call is made again that found nobody to connect to.
        tls: what to trust at an `https://` address.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        version: int | None = None,
        label: str | None = None,
        timeout: float = 10.0,
        retries: int = RETRIES,
        tls: Tls | None = None,
    ) -> None:
        super().__init__(model, version=version, label=label, timeout=timeout, retries=retries)
        self._url = url.rstrip("/")
        self._model_url = rest_requests.model_url(self._url, model, version, label)
        self._sessions = Sessions(tls)
        self._names = OutputNames(fixed=version is not None)

    @property
    def address(self) -> str:
        return self._url

    def predict(self, inputs: Inputs, signature: str = PICTURES_SIGNATURE) -> Prediction:
        attempts = self._attempts()
        body = rest_requests.predict_body(inputs, signature)
        outputs = rest_answers.field(self._call("POST", f"{self._model_url}:predict", attempts, body), "outputs")
        if rest_answers.is_nameless(outputs):
            name = self._names.only_output(signature, lambda: rest_answers.version_signatures(self._metadata(attempts)))
            outputs = {name: outputs}
        return Prediction(rest_answers.scores(outputs), self.model, self.version)

    def status(self) -> list[VersionStatus]:
        statuses = rest_answers.version_statuses(self._call("GET", self._model_url, self._attempts()))
        if self.label is None:
            self._names.notice(statuses)
        return statuses

    def metadata(self) -> dict[str, Signature]:
        version, signatures = rest_answers.version_signatures(self._metadata(self._attempts()))
        self._names.learn(version, signatures)
        return signatures

    def close(self) -> None:
        self._sessions.close()

    def _attempts(self) -> Attempts:
        return Attempts(self.timeout, self.retries)

    def _metadata(self, attempts: Attempts) -> Mapping[str, Any]:
        return self._call("GET", f"{self._model_url}/metadata", attempts)

    def _call(self, method: str, url: str, attempts: Attempts, body: bytes | None = None) -> Mapping[str, Any]:
        while True:
            proven = False
            try:
                with self._sessions.lend() as line:
                    proven = line.proven
                    status, content = self._exchange(line.session, method, url, body, attempts)
                break
            except (requests.RequestException, TimeoutError) as error:
                pause = attempts.pause_after(_failure(error, proven=proven))
                if pause is None:
                    raise self._no_answer(error) from None
                time.sleep(pause)
        if status != 200:
            raise RpcError(rest_answers.code_of(status), rest_answers.words(content, status))
        return rest_answers.parsed(content, self._url)

    def _exchange(
        self, session: requests.Session, method: str, url: str, body: bytes | None, attempts: Attempts
    ) -> tuple[int, bytes]:
        """Sends and receives by the deadline. `requests` bounds each read, not their sum, so the sum is watched."""
        headers = {"Content-Type": "application/json"}
        with session.request(
            method, url, data=body, headers=headers, timeout=attempts.seconds_left(), stream=True, allow_redirects=False
        ) as response:
            content = bytearray()
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if attempts.late():
                    raise TimeoutError
            return response.status_code, bytes(content)

    def _no_answer(self, error: Exception) -> RpcError:
        """Why there is no answer, as one of our errors."""
        if isinstance(error, requests.Timeout | TimeoutError) or isinstance(_cause(error), ReadTimeoutError):
            return too_slow(self._url, self.timeout)
        if isinstance(error, ValueError):  # as `requests` classes its complaints about the address
            return Unreachable(
                f"url: expected http://HOST:PORT. Received: {self._url!r}", hint="for example http://127.0.0.1:8501"
            )
        return Unreachable(
            f"no model server answers at {self._url} ({_reason(_cause(error))})",
            hint="is it running, and is that its REST port? aoi serve --rest_api_port 8501 opens one",
        )


def too_slow(url: str, seconds: float) -> TooSlow:
    return TooSlow(
        f"the model server at {url} did not answer within {seconds:g} s",
        hint="allow more time, or look at the server's load",
    )


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
