"""A client of a model server by REST."""

from collections.abc import Mapping
from typing import Any

from aoi_modules.client.base import (
    Inputs,
    PredictClient,
    Prediction,
    Signature,
    VersionStatus,
)
from aoi_modules.client.rest import answers, requests
from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.client.rest.output_names import OutputNames
from aoi_modules.client.retries import RETRIES, Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RpcError, TooSlow
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE


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
        self._model_url = requests.model_url(self._url, model, version, label)
        self._calls = HttpCalls(self._url, timeout, tls)
        self._names = OutputNames(fixed=version is not None)

    @property
    def address(self) -> str:
        return self._url

    def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        attempts = self._attempts()
        body = requests.predict_body(inputs, signature)
        outputs = answers.field(self._call("POST", f"{self._model_url}:predict", attempts, body), "outputs")
        if answers.is_nameless(outputs):
            name = self._names.only_output(signature, lambda: answers.version_signatures(self._metadata(attempts)))
            outputs = {name: outputs}
        return Prediction(answers.scores(outputs), self.model, self.version)

    def status(self) -> list[VersionStatus]:
        statuses = answers.version_statuses(self._call("GET", self._model_url, self._attempts()))
        if self.label is None:
            self._names.notice(statuses)
        return statuses

    def metadata(self) -> dict[str, Signature]:
        version, signatures = answers.version_signatures(self._metadata(self._attempts()))
        self._names.learn(version, signatures)
        return signatures

    def close(self) -> None:
        self.closed = True
        self._calls.close()

    def too_slow(self) -> TooSlow:
        """The error of a call that came to its deadline."""
        return self._calls.too_slow()

    def _attempts(self) -> Attempts:
        return Attempts(self.timeout, self.retries)

    def _metadata(self, attempts: Attempts) -> Mapping[str, Any]:
        return self._call("GET", f"{self._model_url}/metadata", attempts)

    def _call(self, method: str, url: str, attempts: Attempts, body: bytes | None = None) -> Mapping[str, Any]:
        self._require_open()
        status, content = self._calls.call(method, url, attempts, body)
        if status != 200:
            raise RpcError(answers.code_of(status), answers.words(content, status))
        return answers.parsed(content, self._url)
