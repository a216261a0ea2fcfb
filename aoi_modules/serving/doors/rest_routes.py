"""The paths of TensorFlow Serving's REST API, with their quirks: the query string is part of the path, prefixes match
in any case, verbs do not. Pure.
"""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

from aoi_modules.serving.base_path import MAX_VERSION
from aoi_modules.wire.messages import ModelSpec
from aoi_modules.wire.status import invalid

Action = Literal["predict", "classify", "regress", "status", "metadata"]

_API = re.compile(r"/v1/.*", re.IGNORECASE | re.DOTALL)
_WHICH = r"(?:/versions/(?P<version>[0-9]+)|/labels/(?P<label>[^/:]+))?"
_POST = re.compile(rf"/v1/models/(?P<name>[^/:]+){_WHICH}:(?P<action>classify|regress|predict)", re.IGNORECASE)
_GET = re.compile(rf"/v1/models(?:/(?P<name>[^/:]+))?{_WHICH}(?:/(?P<action>metadata))?", re.IGNORECASE)
_VERBS: dict[str, Action] = {
    "predict": "predict",
    "classify": "classify",
    "regress": "regress",
    "metadata": "metadata",
    "": "status",
}


@dataclass(frozen=True)
class Endpoint:
    """What a request asks for, and of which model."""

    action: Action
    spec: ModelSpec = field(hash=False)


def is_api(path: str) -> bool:
    """Whether the path belongs to the API, right or wrong; other paths are the web server's to refuse."""
    return _API.fullmatch(path) is not None


def parse(method: str, path: str) -> Endpoint:
    """Reads method and path, the latter as it was sent, with its query string.

    Raises:
        RpcError: INVALID_ARGUMENT; there is no such request.
    """
    pattern = {"POST": _POST, "GET": _GET}.get(method)
    match = pattern.fullmatch(path) if pattern else None
    if match is None:
        raise invalid(f"Malformed request: {method} {path}")
    spec = ModelSpec(name=unquote(match["name"] or ""))
    if match["version"]:
        spec.version.value = _version(match["version"])
    if match["label"]:
        spec.version_label = unquote(match["label"])
    if not spec.name:
        raise invalid("Missing model name in request.")
    action = match["action"] or ""
    if action.lower() == "metadata" and action != "metadata":
        action = ""  # the original takes the path in any case, but then knows no other resource than the status
    if action not in _VERBS:
        raise invalid(f"Malformed request: {method} {path}")
    return Endpoint(_VERBS[action], spec)


def _version(digits: str) -> int:
    value = digits.lstrip("0") or "0"
    if len(value) > 19 or int(value) > MAX_VERSION:
        raise invalid(f"Failed to convert version: {digits} to numeric.")
    return int(value)
