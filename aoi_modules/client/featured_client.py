"""A client for models that need more than the picture: it sends numbers with every picture it is asked about."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.base import (
    PICTURES_SIGNATURE,
    Inputs,
    PredictClient,
    Prediction,
    Signature,
    VersionStatus,
)
from aoi_modules.client.feature_table import Row
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import Manifest


class FeaturedClient(PredictClient):
    """Asks by another client's connection, which it leaves open. For one thread: `row` changes between the calls.

    Args:
        client: that asks.
        manifest: of the model; says which features it takes, in which order.

    Attributes:
        row: float32 (1, F), what goes with the next picture.
    """

    def __init__(self, client: PredictClient, manifest: Manifest) -> None:
        super().__init__(
            client.model, version=client.version, label=client.label, timeout=client.timeout, retries=client.retries
        )
        self.row: Row = np.zeros((1, len(manifest.features)), np.float32)
        self._client = client
        self._features = manifest.features
        self._checked = {None, manifest.version}

    @property
    def address(self) -> str:
        return self._client.address

    def predict(self, inputs: Inputs, signature: str = PICTURES_SIGNATURE) -> Prediction:
        return self._client.predict(inputs, signature)

    def predict_pictures(self, pictures: Sequence[bytes], features: NDArray[Any] | None = None) -> Prediction:
        """Asks about one picture with `row`.

        Raises:
            DataError: a version answered that takes other features, or the same ones in another order. REST does not
                tell which version answered.
        """
        answer = self._client.predict_pictures(pictures, self.row if features is None else features)
        if answer.version not in self._checked:
            found = self.manifest().features
            if found != self._features:
                raise DataError(
                    f"version {answer.version} of model {self.model} answered, which takes other features: "
                    f"{', '.join(found) or 'none'}. Sent: {', '.join(self._features)}",
                    hint="ask again, or ask one --version",
                )
            self._checked.add(answer.version)
        return answer

    def status(self) -> list[VersionStatus]:
        return self._client.status()

    def metadata(self) -> dict[str, Signature]:
        return self._client.metadata()

    def close(self) -> None:
        """Does nothing: the connection is the other client's."""
