"""An awaited client behind the calls of `PredictClient`, so that the same tests ask every client."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aoi_modules.client.base import PredictClient
from aoi_modules.client.grpc.async_client import AsyncGrpcClient
from aoi_modules.client.inputs import Inputs
from aoi_modules.client.replies import Prediction, Signature, VersionStatus
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest

Result = TypeVar("Result")


class Awaited(PredictClient):
    """Runs each call to its end in an event loop of its own."""

    def __init__(self, make: Callable[[], AsyncGrpcClient]) -> None:
        self._runner = asyncio.Runner()

        async def made() -> AsyncGrpcClient:
            return make()

        self.client = self.run(made())
        super().__init__(self.client.endpoint)

    def run(self, call: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(call)

    def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        return self.run(self.client.predict(inputs, signature))

    def predict_pictures(self, pictures: Any, features: Any = None) -> Prediction:
        return self.run(self.client.predict_pictures(pictures, features))

    def predict_pixels(self, pixels: Any, features: Any = None) -> Prediction:
        return self.run(self.client.predict_pixels(pixels, features))

    def status(self) -> list[VersionStatus]:
        return self.run(self.client.status())

    def metadata(self) -> dict[str, Signature]:
        return self.run(self.client.metadata())

    def manifest(self) -> Manifest:
        return self.run(self.client.manifest())

    def find_manifest(self) -> Manifest | None:
        return self.run(self.client.find_manifest())

    def close(self) -> None:
        self.run(self.client.close())
        self._runner.close()
