"""A client of a model server by REST."""

from collections.abc import Mapping
from typing import Any

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.inputs import Inputs
from aoi_modules.client.replies import Prediction, Signature, VersionStatus
from aoi_modules.client.rest import answers, requests
from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.client.rest.output_names import OutputNames
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE


class HttpClient(PredictClient):
    """Asks one model by REST, over connections that are kept; pictures travel as base64.

    REST leaves out the name of a signature's only output. It is asked for once and remembered, see `OutputNames`.

    Example:
        >>> with HttpClient(Endpoint("http://127.0.0.1:8501", "tile", timeout=2)) as client:  # doctest: +SKIP
        ...     client.predict_pictures([picture]).scores["defect"]
    """

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._model_url = requests.model_url(endpoint)
        self._calls = HttpCalls(endpoint.address, endpoint.tls)
        self._names = OutputNames(fixed=endpoint.version is not None)

    def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        """Asks any signature; inputs are arrays of any shape, or lists of bytes. JSON carries numbers as text."""
        attempts = self.endpoint.attempts()
        body = requests.predict_body(inputs, signature)
        outputs = answers.field(self._call("POST", f"{self._model_url}:predict", attempts, body), "outputs")
        if answers.is_nameless(outputs):
            name = self._names.only_output(signature, lambda: answers.version_signatures(self._metadata(attempts)))
            outputs = {name: outputs}
        return Prediction(answers.scores(outputs), self.endpoint.model, self.endpoint.version)

    def status(self) -> list[VersionStatus]:
        """Asks which versions of the model the server knows; newest first."""
        statuses = answers.version_statuses(self._call("GET", self._model_url, self.endpoint.attempts()))
        if self.endpoint.label is None:
            self._names.notice(statuses)
        return statuses

    def metadata(self) -> dict[str, Signature]:
        """Asks for the model's signatures, by name."""
        version, signatures = answers.version_signatures(self._metadata(self.endpoint.attempts()))
        self._names.learn(version, signatures)
        return signatures

    def close(self) -> None:
        """Ends the connections; calls under way are still answered."""
        self.closed = True
        self._calls.close()

    def _metadata(self, attempts: Attempts) -> Mapping[str, Any]:
        return self._call("GET", f"{self._model_url}/metadata", attempts)

    def _call(self, method: str, url: str, attempts: Attempts, body: bytes | None = None) -> Mapping[str, Any]:
        self.require_open()
        status, content = self._calls.call(method, url, attempts, body)
        if status != 200:
            raise RpcError(answers.code_of(status), answers.words(content, status))
        return answers.parsed(content, self.endpoint.address)
