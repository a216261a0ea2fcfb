"""TensorFlow Serving's REST requests: addresses and bodies."""

import json
from urllib.parse import quote

import numpy as np
import orjson

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.inputs import Inputs, carried
from aoi_modules.client.rest.answers import as_base64
from aoi_modules.errors import WireError
from aoi_modules.wire.tensors import Array


def model_url(endpoint: Endpoint) -> str:
    """Builds the address of a model, or of the version or label that is asked."""
    path = f"{endpoint.address}/v1/models/{quote(endpoint.model, safe='')}"
    if endpoint.version is not None:
        return f"{path}/versions/{endpoint.version}"
    return path if endpoint.label is None else f"{path}/labels/{quote(endpoint.label, safe='')}"


def predict_body(inputs: Inputs, signature: str) -> bytes:
    """Writes the body of a prediction in columnar form: numbers as lists, bytes as base64.

    Args:
        inputs: by name; arrays of any shape, of numbers, bool or bytes, or lists of bytes.
        signature: that is asked.

    Raises:
        WireError: an input is no array, or has a dtype that JSON has no form for.
    """
    inputs = carried(inputs)
    for name, value in inputs.items():
        if not isinstance(value, list) and value.dtype.kind not in "biufSO":
            raise WireError(f"input {name}: JSON has no form for {value.dtype}; ask by gRPC")
    body = {"signature_name": signature, "inputs": {name: _as_json(value) for name, value in inputs.items()}}
    if any(_has_no_json(value) for value in inputs.values()):
        return json.dumps(body, default=np.ndarray.tolist).encode()  # with NaN and Infinity, which the server reads
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)


def _has_no_json(value: Array | list[bytes]) -> bool:
    return not isinstance(value, list) and value.dtype.kind == "f" and not np.isfinite(value).all()


def _as_json(value: Array | list[bytes]) -> object:
    if isinstance(value, list) or value.dtype.kind in "SO":
        return as_base64(value)
    return value.tolist() if not value.flags.c_contiguous or value.ndim == 0 else value
