"""A client of a model server by gRPC."""

from aoi_modules.client.base import PredictClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.calls import Method, Request, Response
from aoi_modules.client.grpc.connection import Connection
from aoi_modules.client.inputs import Inputs
from aoi_modules.client.replies import Prediction, Signature, VersionStatus
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE


class GrpcClient(PredictClient):
    """Asks one model by gRPC, over one connection that is kept. Numbers travel as raw bytes, of any size.

    Example:
        >>> with GrpcClient(Endpoint("127.0.0.1:8500", "tile", version=3)) as client:  # doctest: +SKIP
        ...     client.predict_pictures([picture]).scores["defect"]
    """

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._connection = Connection(endpoint.address, endpoint.tls)

    def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        """Asks any signature; inputs are arrays of any shape, or lists of bytes."""
        request = calls.predict_request(self.endpoint, inputs, signature)
        return calls.prediction(self._call(calls.PREDICT, request))

    def status(self) -> list[VersionStatus]:
        """Asks which versions of the model the server knows; newest first."""
        return calls.version_statuses(self._call(calls.STATUS, calls.status_request(self.endpoint)))

    def metadata(self) -> dict[str, Signature]:
        """Asks for the model's signatures, by name."""
        return calls.signatures(self._call(calls.METADATA, calls.metadata_request(self.endpoint)))

    def close(self) -> None:
        """Ends the connection; calls under way are cancelled."""
        self.closed = True
        self._connection.close()

    def _call(self, method: Method[Request, Response], request: Request) -> Response:
        self.require_open()
        metadata = tuple(self.endpoint.authorization().items())
        return self._connection.call(method, request, self.endpoint.attempts(), metadata)
