"""What a model server replies, whatever the protocol: scores, versions, signatures, the manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.errors import RpcError, StoreError
from aoi_modules.modelstore.layout import MANIFEST_OUTPUT, MANIFEST_SIGNATURE
from aoi_modules.modelstore.manifest import Manifest
from aoi_modules.wire.tensors import Array


@dataclass(frozen=True)
class Prediction:
    """One answer of a model.

    Args:
        scores: one array a head, float32 (N, K). Outputs that are no floats come as they are.
        model: name of the model that answered.
        version: its version. None by REST, whose answers do not tell it, unless the client asked for a version.
        outputs: all that the model gave, in its own dtypes; by gRPC alone.
    """

    scores: dict[str, Array]
    model: str
    version: int | None
    outputs: Mapping[str, Array] = field(default_factory=dict, compare=False, repr=False)


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


def as_scores(array: Array) -> Array:
    """Gives floats of any width as float32; an array (N, K) of another dtype stays as it is."""
    return array.astype(np.float32, copy=False) if array.dtype.kind == "f" else array


def manifest_from(outputs: Mapping[str, Array], origin: str) -> Manifest:
    """Reads the answer of the manifest's signature: output `json`, a string, shape () or (1,).

    Raises:
        StoreError: it is not a manifest.
    """
    text = outputs.get(MANIFEST_OUTPUT)
    if text is None or text.size != 1 or not isinstance(text.item(), bytes | str):
        raise StoreError(f"{origin}: expected its manifest as one string, output {MANIFEST_OUTPUT!r}")
    return Manifest.from_json(text.item(), origin)


def is_no_manifest(error: RpcError) -> bool:
    """Tells whether a server refused the manifest's signature because the model has no such signature."""
    refused = error.code in ("FAILED_PRECONDITION", "INVALID_ARGUMENT")
    return refused and f'"{MANIFEST_SIGNATURE}" not found' in error.message


def required(manifest: Manifest | None, endpoint: Endpoint) -> Manifest:
    """Gives the manifest that was found.

    Raises:
        StoreError: the model carries none.
    """
    if manifest is None:
        raise StoreError(
            f"{endpoint} carries no manifest (it has no signature {MANIFEST_SIGNATURE!r})",
            hint="aoi export writes servables with a manifest inside",
        )
    return manifest
