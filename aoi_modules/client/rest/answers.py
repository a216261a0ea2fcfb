"""TensorFlow Serving's REST answers as our types."""

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import orjson

from aoi_modules.client.replies import Signature, TensorSpec, VersionStatus, as_scores
from aoi_modules.errors import WireError
from aoi_modules.wire.status import HTTP_STATUS
from aoi_modules.wire.tensors import Array

# The canonical code behind each status; where several share one, the likeliest, which is the first.
_CODES = {status: code for code, status in reversed(HTTP_STATUS.items())}
_MAX_WORDS = 1024


def parsed(content: bytes, origin: str) -> Mapping[str, Any]:
    """Reads the JSON object of an answer.

    Raises:
        WireError: it is no JSON object.
    """
    try:
        answer = _loaded(content)
    except (ValueError, RecursionError) as error:
        raise WireError(f"{origin}: expected JSON. Received: {content[:60]!r} ({error})") from None
    if not isinstance(answer, dict):
        raise WireError(f"{origin}: expected a JSON object. Received: {content[:60]!r}")
    return answer


def _loaded(content: bytes) -> Any:
    """NaN and Infinity may stand bare in an answer, which only the standard library reads; orjson is faster."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return json.loads(content)


def field(answer: Mapping[str, Any], *path: str) -> Any:
    """Gives a field of an answer.

    Raises:
        WireError: the answer has no such field.
    """
    value: Any = answer
    for name in path:
        if not isinstance(value, dict) or name not in value:
            raise WireError(
                f"the model server's answer: expected a field {'.'.join(path)!r}. Received: {answer!r:.200}"
            )
        value = value[name]
    return value


def words(content: bytes, status: int) -> str:
    """Finds the server's own words in a refusal."""
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {status}: {content.decode(errors='replace')[:_MAX_WORDS]}"


def code_of(status: int) -> str:
    """Gives the canonical code of a refusal, by its HTTP status."""
    return _CODES.get(status, "UNKNOWN")


def is_nameless(outputs: object) -> bool:
    """Tells whether a signature has one output only: REST leaves its name out then."""
    return not isinstance(outputs, dict) or set(outputs) == {"b64"}


def scores(outputs: Mapping[str, object]) -> dict[str, Array]:
    """Reads named outputs as arrays of the shape in which they are nested, as a rule (N, K).

    Floats become float32, integers int64, text and base64 an object array of bytes.

    Raises:
        WireError: an output is not a rectangle of values of one kind.
    """
    return {name: _array(name, value) for name, value in outputs.items()}


def _array(name: str, value: object) -> Array:
    try:
        array = np.array(value)
    except ValueError:
        raise WireError(f"output {name}: expected rows of equal length. Received: {value!r:.200}") from None
    if array.dtype.kind in "biuf":
        return as_scores(array)
    raw = np.array(value, dtype=object)
    return np.array([*map(_as_bytes, raw.ravel()), None], dtype=object)[:-1].reshape(raw.shape)


def _as_bytes(value: object) -> bytes:
    if isinstance(value, dict) and set(value) == {"b64"} and isinstance(value["b64"], str):
        with suppress(ValueError):
            return base64.b64decode(value["b64"], validate=True)
    if isinstance(value, str):
        return value.encode()
    raise WireError(f"the model server's answer: expected numbers, text or base64. Received: {value!r:.200}")


def as_base64(value: Array | list[bytes]) -> object:
    """Writes bytes in the form in which REST takes them, nested as the array is: object or S, any shape."""
    return _with_base64(value if isinstance(value, list) else value.tolist())


def _with_base64(value: object) -> object:
    if isinstance(value, list):
        return [_with_base64(item) for item in value]
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def version_statuses(answer: Mapping[str, Any]) -> list[VersionStatus]:
    """Reads the answer of a status request, newest version first."""
    statuses = [
        VersionStatus(
            _version(field(entry, "version")),
            field(entry, "state"),
            field(entry, "status", "error_code"),
            field(entry, "status", "error_message"),
        )
        for entry in field(answer, "model_version_status")
    ]
    return sorted(statuses, key=lambda status: -status.version)


def signatures(answer: Mapping[str, Any]) -> dict[str, Signature]:
    """Reads the answer of a metadata request."""
    entries = field(answer, "metadata", "signature_def", "signature_def")
    return {
        name: Signature(
            {key: _tensor_spec(info) for key, info in entry.get("inputs", {}).items()},
            {key: _tensor_spec(info) for key, info in entry.get("outputs", {}).items()},
        )
        for name, entry in entries.items()
    }


def version_signatures(answer: Mapping[str, Any]) -> tuple[int | None, dict[str, Signature]]:
    """Reads the answer of a metadata request, with the version that it is about."""
    version = field(answer, "model_spec").get("version") if "model_spec" in answer else None
    return (None if version is None else _version(version)), signatures(answer)


def _version(value: object) -> int:
    """A version, which proto JSON writes as text."""
    try:
        return int(str(value))
    except ValueError:
        raise WireError(f"the model server's answer: expected a version. Received: {value!r:.200}") from None


def _tensor_spec(info: Mapping[str, Any]) -> TensorSpec:
    dtype = field(info, "dtype").removeprefix("DT_").lower()
    shape = field(info, "tensor_shape")
    if shape.get("unknown_rank"):
        return TensorSpec(dtype, None)
    sizes = (int(entry["size"]) for entry in shape.get("dim", []))
    return TensorSpec(dtype, tuple(size if size >= 0 else None for size in sizes))
