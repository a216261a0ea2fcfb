"""A client of a model server by REST."""

import time
from collections.abc import Mapping
from http.client import BadStatusLine, RemoteDisconnected
from typing import Any
from urllib.parse import quote

import orjson
import requests
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError

from aoi_modules.client import rest_answers
from aoi_modules.client.base import (
    PICTURES_SIGNATURE,
    RETRY_PAUSES,
    Inputs,
    PredictClient,
    Prediction,
    Signature,
    VersionStatus,
)
from aoi_modules.errors import RpcError, TooSlow, Unreachable, WireError
from aoi_modules.wire.tensors import Array

_CHUNK = 1 << 16


class HttpClient(PredictClient):
    """Asks one model by REST; pictures travel as base64. Not safe to share between threads.

    Args:
        url: of the server, `http://HOST:PORT`.
        model: name of the model on its server.
        version: which version to ask; None asks the newest.
        timeout: seconds that a call may take, retries included.
    """

    def __init__(self, url: str, model: str, *, version: int | None = None, timeout: float = 10.0) -> None:
        super().__init__(model, version=version, timeout=timeout)
        self._url = url.rstrip("/")
        path = f"{self._url}/v1/models/{quote(model, safe='')}"
        self._model_url = path if version is None else f"{path}/versions/{version}"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy meant for the web breaks calls inside the plant

    @property
    def address(self) -> str:
        return self._url

    def predict(self, inputs: Inputs, signature: str = PICTURES_SIGNATURE) -> Prediction:
        body = {"signature_name": signature, "inputs": {name: _as_json(value) for name, value in inputs.items()}}
        answer = self._call("POST", f"{self._model_url}:predict", orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY))
        outputs = rest_answers.field(answer, "outputs")
        if rest_answers.is_nameless(outputs):
            outputs = {self._only_output(signature): outputs}
        return Prediction(rest_answers.scores(outputs), self.model, self.version)

    def status(self) -> list[VersionStatus]:
        return rest_answers.version_statuses(self._call("GET", self._model_url))

    def metadata(self) -> dict[str, Signature]:
        return rest_answers.signatures(self._call("GET", f"{self._model_url}/metadata"))

    def close(self) -> None:
        self._session.close()

    def _only_output(self, signature: str) -> str:
        """The name that REST leaves out when a signature has one output.

        Asked anew each time, because a new version may name it otherwise.
        """
        known = self.metadata()
        outputs = list(known[signature].outputs) if signature in known else []
        if len(outputs) != 1:
            raise WireError(f"{self._url}: one nameless output from signature {signature!r}, which has {outputs}")
        return outputs[0]

    def _call(self, method: str, url: str, body: bytes | None = None) -> Mapping[str, Any]:
        """Calls until the deadline; again only if the request was never sent."""
        end, pauses = time.monotonic() + self.timeout, iter(RETRY_PAUSES)
        while True:
            try:
                status, content = self._exchange(method, url, body, end)
                break
            except (requests.RequestException, TimeoutError) as error:
                pause = next(pauses, None)
                if pause is None or not isinstance(_cause(error), NewConnectionError) or time.monotonic() + pause > end:
                    raise self._failure(error) from None
                time.sleep(pause)
        if status != 200:
            raise RpcError(rest_answers.code_of(status), rest_answers.words(content, status))
        return rest_answers.parsed(content, self._url)

    def _exchange(self, method: str, url: str, body: bytes | None, end: float) -> tuple[int, bytes]:
        """Sends and receives by the deadline. `requests` bounds each read, not their sum, so the sum is watched."""
        headers = {"Content-Type": "application/json"}
        seconds = max(end - time.monotonic(), 0.001)
        with self._session.request(
            method, url, data=body, headers=headers, timeout=seconds, stream=True, allow_redirects=False
        ) as response:
            content = bytearray()
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if time.monotonic() > end:
                    raise TimeoutError
            return response.status_code, bytes(content)

    def _failure(self, error: Exception) -> RpcError:
        """Why there is no answer, as one of our errors."""
        if isinstance(error, requests.Timeout | TimeoutError) or isinstance(_cause(error), ReadTimeoutError):
            return TooSlow(
                f"the model server at {self._url} did not answer within {self.timeout:g} s",
                hint="allow more time, or look at the server's load",
            )
        if isinstance(error, ValueError):  # as `requests` classes its complaints about the address
            return Unreachable(
                f"url: expected http://HOST:PORT. Received: {self._url!r}", hint="for example http://127.0.0.1:8501"
            )
        return Unreachable(
            f"no model server answers at {self._url} ({_reason(_cause(error))})",
            hint="is it running, and is that its REST port? aoi serve --rest_api_port 8501 opens one",
        )


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


def _as_json(value: Array | list[bytes]) -> object:
    """Numbers as arrays, bytes as base64 objects."""
    if isinstance(value, list) or value.dtype.kind in "SO":
        return rest_answers.as_base64(value)
    return value.tolist() if not value.flags.c_contiguous or value.ndim == 0 else value
