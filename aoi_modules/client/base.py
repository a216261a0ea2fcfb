"""What clients have in common: an endpoint, an end, and for those of a model server the same calls and answers."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.inputs import Inputs, picture_inputs, pixel_inputs
from aoi_modules.client.replies import Prediction, Signature, VersionStatus, is_no_manifest, manifest_from, required
from aoi_modules.closing import Closing
from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, MANIFEST_SIGNATURE, PIXELS_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest


class Client:
    """A client of one endpoint, called or awaited.

    Attributes:
        endpoint: what it asks.
        closed: there is no connection any more; calls raise ValueError.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.closed = False

    def require_open(self) -> None:
        """Makes sure that there is a connection.

        Raises:
            ValueError: the client was closed.
        """
        if self.closed:
            raise ValueError(f"client of {self.endpoint}: it was closed; make another one")


class CalledClient(Client, Closing):
    """A client whose calls return when they are answered; a context manager. Safe to share between threads."""

    @abstractmethod
    def close(self) -> None:
        """Ends the connection; no call can be made after it."""


class PredictClient(CalledClient):
    """A client of one model on a model server.

    Every call raises Unreachable if no server answers, TooSlow after `endpoint.timeout` seconds, and RpcError with the
    server's own words for every other refusal. `AsyncGrpcClient` has the same methods to be awaited.
    """

    @abstractmethod
    def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        """Asks any signature of the model.

        Args:
            inputs: by name; arrays of any dtype that TensorFlow has, floats among them, or lists of bytes.
            signature: which inputs and outputs.
        """

    @abstractmethod
    def status(self) -> list[VersionStatus]:
        """Asks which versions of the model the server knows; newest first."""

    @abstractmethod
    def metadata(self) -> dict[str, Signature]:
        """Asks for the model's signatures, by name."""

    def predict_pictures(self, pictures: Sequence[bytes], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about encoded pictures; the graph decodes and resizes them.

        Args:
            pictures: N encoded pictures, PNG, JPEG or BMP.
            features: float32 (N, F), for models that need more than the picture.
        """
        return self.predict(picture_inputs(pictures, features))

    def predict_pixels(self, pixels: NDArray[np.uint8], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about raw frames.

        Args:
            pixels: uint8 (N, H, W, C) in [0, 255].
            features: float32 (N, F), for models that need more than the picture.
        """
        return self.predict(pixel_inputs(pixels, features), PIXELS_SIGNATURE)

    def manifest(self) -> Manifest:
        """Asks for the manifest that travels inside the servable: heads, labels, thresholds.

        Raises:
            StoreError: the model carries none, or one that cannot be read.
        """
        return required(self.find_manifest(), self.endpoint)

    def find_manifest(self) -> Manifest | None:
        """Asks for the manifest; None if the model carries none.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            outputs = self.predict({}, MANIFEST_SIGNATURE).scores
        except RpcError as error:
            if is_no_manifest(error):
                return None
            raise
        return manifest_from(outputs, str(self.endpoint))
