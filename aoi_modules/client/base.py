"""What every client of a model server can do, whatever the protocol: the same calls, the same answers."""

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aoi_modules.client.retries import RETRIES
from aoi_modules.errors import RpcError, StoreError, WireError
from aoi_modules.modelstore.layout import (
    DEFAULT_SIGNATURE,
    FEATURES,
    IMAGE,
    MANIFEST_OUTPUT,
    MANIFEST_SIGNATURE,
    PIXELS_SIGNATURE,
)
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.wire.tensors import Array

Inputs = Mapping[str, Array | list[bytes]]
"""Named inputs of a signature: numbers as arrays, pictures as a list of encoded bytes."""


@dataclass(frozen=True)
class Prediction:
    """One answer of a model.

    Args:
        scores: one array a head, float32 (N, K). Outputs that are no floats come as they are.
        model: name of the model that answered.
        version: its version. None by REST, whose answers do not tell, unless the client asked for a version.
    """

    scores: dict[str, Array]
    model: str
    version: int | None


@dataclass(frozen=True)
class VersionStatus:
    """One version of a model on its server.

    Args:
        version: integer.
        state: START, LOADING, AVAILABLE, UNLOADING or END.
        code: canonical status name; other than OK when the version could not be loaded.
        message: the server's own words about that.
    """

    version: int
    state: str
    code: str
    message: str


@dataclass(frozen=True)
class TensorSpec:
    """One input or output: dtype in TensorFlow's words (`float`, `string`), None for a size that is free."""

    dtype: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True)
class Signature:
    """What a model takes and gives, by name."""

    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]


class Asker(ABC):
    """What a client of one model knows before it asks: which model, how long, how often.

    Args:
        model: name of the model on its server.
        version: which version to ask; None asks the newest.
        label: asks the version that carries it on the server (`stable`), instead of one by its number.
        timeout: seconds that a call may take, retries included.
        retries: how often a call is made again that found nobody to connect to. A request that was sent never is.

    Attributes:
        closed: there is no connection any more; calls raise ValueError.
    """

    def __init__(
        self,
        model: str,
        *,
        version: int | None = None,
        label: str | None = None,
        timeout: float = 10.0,
        retries: int = RETRIES,
    ) -> None:
        if not 0 < timeout < math.inf:
            raise ValueError(f"timeout: expected seconds over 0, and an end. Received: {timeout}")
        if retries < 0:
            raise ValueError(f"retries: expected 0 or more. Received: {retries}")
        if version is not None and label is not None:
            raise ValueError(f"version, label: expected one of them. Received: {version}, {label!r}")
        self.model = model
        self.version = None if version is None else operator.index(version)  # text would differ by protocol
        self.label = label
        self.timeout = timeout
        self.retries = retries
        self.closed = False

    @property
    @abstractmethod
    def address(self) -> str:
        """Where the server is, for messages."""

    def _require_open(self) -> None:
        if self.closed:
            raise ValueError(f"client of model {self.model} at {self.address}: it was closed; make another one")


class PredictClient(Asker):
    """A client of one model; a context manager. Safe to share between threads.

    Every call raises Unreachable if no server answers, TooSlow after `timeout` seconds, and RpcError with the
    server's own words for every other refusal. `AsyncPredictClient` has the same methods to be awaited.
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
        """All versions that the server knows of the model, newest first."""

    @abstractmethod
    def metadata(self) -> dict[str, Signature]:
        """The signatures of the model."""

    @abstractmethod
    def close(self) -> None:
        """Ends the connection."""

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
        """The manifest that travels inside the servable: heads, labels, thresholds.

        Raises:
            StoreError: the model carries none, or one that cannot be read.
        """
        return required(self.find_manifest(), self)

    def find_manifest(self) -> Manifest | None:
        """The manifest, or None if the model carries none.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            answer = self.predict({}, MANIFEST_SIGNATURE)
        except RpcError as error:
            if is_no_manifest(error):
                return None
            raise
        return manifest_from(answer.scores, f"model {self.model} at {self.address}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def picture_inputs(pictures: Sequence[bytes], features: NDArray[Any] | None) -> Inputs:
    """The inputs of the signature that takes encoded pictures."""
    for picture in pictures:
        if not isinstance(picture, bytes):
            raise ValueError(f"pictures: expected a list of encoded pictures, bytes each. Received: {type(picture)}")
    return _with_features({IMAGE: list(pictures)}, features, len(pictures))


def pixel_inputs(pixels: NDArray[np.uint8], features: NDArray[Any] | None) -> Inputs:
    """The inputs of the signature that takes raw frames."""
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 4:
        found = f"{pixels.dtype} {pixels.shape}" if isinstance(pixels, np.ndarray) else type(pixels)
        raise ValueError(f"pixels: expected uint8 (N, H, W, C). Received: {found}")
    return _with_features({IMAGE: pixels}, features, len(pixels))


def _with_features(inputs: dict[str, Array | list[bytes]], features: NDArray[Any] | None, count: int) -> Inputs:
    if features is None:
        return inputs
    numbers = np.asarray(features, np.float32)
    if numbers.ndim != 2 or len(numbers) != count:
        raise ValueError(f"features: expected ({count}, F), one row a picture. Received: {numbers.shape}")
    return {**inputs, FEATURES: numbers}


def carried(inputs: Inputs) -> Inputs:
    """The inputs as messages carry them: arrays in this machine's order of bytes.

    Raises:
        WireError: one is neither an array nor a list; names it.
    """
    for name, value in inputs.items():
        if not isinstance(value, np.ndarray | list):
            raise WireError(f"input {name}: expected an array, or a list of bytes. Received: {type(value)}")
    return {
        name: value if isinstance(value, list) else value.astype(value.dtype.newbyteorder("="), copy=False)
        for name, value in inputs.items()
    }


def required(manifest: Manifest | None, asker: Asker) -> Manifest:
    """The manifest.

    Raises:
        StoreError: the model carries none.
    """
    if manifest is None:
        raise StoreError(
            f"model {asker.model} at {asker.address} carries no manifest (it has no signature {MANIFEST_SIGNATURE!r})",
            hint="aoi export writes servables with a manifest inside",
        )
    return manifest


def is_no_manifest(error: RpcError) -> bool:
    """Whether a server's refusal of the manifest's signature means that the model has no such signature."""
    refused = error.code in ("FAILED_PRECONDITION", "INVALID_ARGUMENT")
    return refused and f'"{MANIFEST_SIGNATURE}" not found' in error.message


def manifest_from(outputs: Mapping[str, Array], origin: str) -> Manifest:
    """Reads the answer of the manifest's signature: output `json`, a string, shape () or (1,).

    Raises:
        StoreError: it is not a manifest.
    """
    text = outputs.get(MANIFEST_OUTPUT)
    if text is None or text.size != 1 or not isinstance(text.item(), bytes | str):
        raise StoreError(f"{origin}: expected its manifest as one string, output {MANIFEST_OUTPUT!r}")
    return Manifest.from_json(text.item(), origin)


def as_scores(array: Array) -> Array:
    """Floats as float32, whatever width the model answered in; everything else as it is."""
    return array.astype(np.float32, copy=False) if array.dtype.kind == "f" else array
