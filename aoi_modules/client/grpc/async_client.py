"""An awaited client of a model server by gRPC; the gateway asks with it."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.base import Client
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.calls import Metadata, Method, Request, Response
from aoi_modules.client.grpc.connection import AsyncConnection
from aoi_modules.client.inputs import Inputs, picture_inputs, pixel_inputs
from aoi_modules.client.replies import Prediction, Signature, VersionStatus, is_no_manifest, manifest_from, required
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, MANIFEST_SIGNATURE, PIXELS_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest


class AsyncGrpcClient(Client):
    """Asks one model by gRPC, awaited: the methods of `PredictClient`, with the same answers and errors.

    It is made inside the running event loop and belongs to it; an async context manager. Any number of calls may be
    under way.

    Args:
        endpoint: what it asks.
        connection: one that several clients share; closing the client leaves it open. None opens one of its own.
        attempts: deadline and retries that all calls of the client share. None gives each call its own.
        metadata: that goes beside each call, as its request's id.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        connection: AsyncConnection | None = None,
        attempts: Attempts | None = None,
        metadata: Metadata = (),
    ) -> None:
        super().__init__(endpoint)
        self._is_shared = connection is not None
        self._connection = connection or AsyncConnection(endpoint.address, endpoint.tls)
        self._attempts = attempts
        self._metadata = metadata

    async def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        """Asks any signature; inputs are arrays of any shape, or lists of bytes."""
        request = calls.predict_request(self.endpoint, inputs, signature)
        return calls.prediction(await self._call(calls.PREDICT, request))

    async def predict_pictures(self, pictures: Sequence[bytes], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about N encoded pictures, and features float32 (N, F) for models that need them."""
        return await self.predict(picture_inputs(pictures, features))

    async def predict_pixels(self, pixels: NDArray[np.uint8], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about raw frames, uint8 (N, H, W, C), and features float32 (N, F) for models that need them."""
        return await self.predict(pixel_inputs(pixels, features), PIXELS_SIGNATURE)

    async def status(self) -> list[VersionStatus]:
        """Asks which versions of the model the server knows; newest first."""
        return calls.version_statuses(await self._call(calls.STATUS, calls.status_request(self.endpoint)))

    async def metadata(self) -> dict[str, Signature]:
        """Asks for the model's signatures, by name."""
        return calls.signatures(await self._call(calls.METADATA, calls.metadata_request(self.endpoint)))

    async def manifest(self) -> Manifest:
        """Asks for the manifest that travels inside the servable.

        Raises:
            StoreError: the model carries none, or one that cannot be read.
        """
        return required(await self.find_manifest(), self.endpoint)

    async def find_manifest(self) -> Manifest | None:
        """Asks for the manifest; None if the model carries none.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            outputs = (await self.predict({}, MANIFEST_SIGNATURE)).scores
        except RpcError as error:
            if is_no_manifest(error):
                return None
            raise
        return manifest_from(outputs, str(self.endpoint))

    async def close(self) -> None:
        """Ends the connection, unless others share it."""
        self.closed = True
        if not self._is_shared:
            await self._connection.close()

    async def _call(self, method: Method[Request, Response], request: Request) -> Response:
        self.require_open()
        attempts = self._attempts or self.endpoint.attempts()
        return await self._connection.call(method, request, attempts, self._metadata)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
