"""What every awaited client of a model server can do: the methods of `PredictClient`, with the same answers."""

from abc import abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.base import (
    Asker,
    Inputs,
    Prediction,
    Signature,
    VersionStatus,
    is_no_manifest,
    manifest_from,
    picture_inputs,
    pixel_inputs,
    required,
)
from aoi_modules.errors import RpcError
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, MANIFEST_SIGNATURE, PIXELS_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest


class AsyncPredictClient(Asker):
    """A client of one model whose calls are awaited; an async context manager.

    It belongs to the event loop in which it was made. Arguments, answers and errors are those of `PredictClient`.
    """

    @abstractmethod
    async def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        """Asks any signature of the model."""

    @abstractmethod
    async def status(self) -> list[VersionStatus]:
        """All versions that the server knows of the model, newest first."""

    @abstractmethod
    async def metadata(self) -> dict[str, Signature]:
        """The signatures of the model."""

    @abstractmethod
    async def close(self) -> None:
        """Ends the connection."""

    async def predict_pictures(self, pictures: Sequence[bytes], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about N encoded pictures, and features float32 (N, F) for models that need them."""
        return await self.predict(picture_inputs(pictures, features))

    async def predict_pixels(self, pixels: NDArray[np.uint8], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about raw frames, uint8 (N, H, W, C), and features float32 (N, F) for models that need them."""
        return await self.predict(pixel_inputs(pixels, features), PIXELS_SIGNATURE)

    async def manifest(self) -> Manifest:
        """The manifest that travels inside the servable.

        Raises:
            StoreError: the model carries none, or one that cannot be read.
        """
        return required(await self.find_manifest(), self)

    async def find_manifest(self) -> Manifest | None:
        """The manifest, or None if the model carries none.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            answer = await self.predict({}, MANIFEST_SIGNATURE)
        except RpcError as error:
            if is_no_manifest(error):
                return None
            raise
        return manifest_from(answer.scores, f"model {self.model} at {self.address}")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
