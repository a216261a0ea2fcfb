"""A client of the gateway: one picture in, the verdict of its part out; or all pictures of a unit, and its verdict."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
import numpy as np
from numpy.typing import NDArray
from urllib3.filepost import encode_multipart_formdata

from aoi_modules.client.base import CalledClient
from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.rest import answers
from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.client.retries import Attempts
from aoi_modules.errors import HungUp, RpcError, WireError
from aoi_modules.judging.inspection import Inspection
from aoi_modules.judging.unit import UnitInspection

_CODES = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    423: "FAILED_PRECONDITION",
}
"""Refusals of a gateway that no model server gives."""
Features = Mapping[str, float] | Sequence[float] | NDArray[Any]
"""Numbers beside a picture: by name, or in the order of the manifest of the model."""
Verdict = TypeVar("Verdict", Inspection, UnitInspection)


class GatewayClient(CalledClient):
    """Asks the gateway about pictures of one component.

    Args:
        endpoint: the gateway's address, and as `model` the name of a component there. The gateway's routes say which
            version answers, so it may name none.

    Raises:
        ValueError: the endpoint names a version or a label.

    Example:
        >>> with GatewayClient(Endpoint("http://127.0.0.1:8080", "tile")) as client:  # doctest: +SKIP
        ...     client.inspect(picture).verdict
    """

    def __init__(self, endpoint: Endpoint) -> None:
        if endpoint.version is not None or endpoint.label is not None:
            raise ValueError(
                f"endpoint: expected no version and no label, which the routes choose. Received: {endpoint}"
            )
        super().__init__(endpoint)
        self._inspect_url = f"{endpoint.address}/v1/inspect/{quote(endpoint.model, safe='')}"
        self._calls = HttpCalls(
            endpoint.address, endpoint.tls, server="gateway", hint="is it running? aoi gateway starts one"
        )

    def inspect(
        self, picture: bytes, *, features: Features | None = None, key: str | None = None, **origin: str | None
    ) -> Inspection:
        """Asks for the verdict of the part in an encoded picture.

        Args:
            picture: PNG, JPEG or BMP.
            features: for a model that takes numbers beside the picture: by name, or in the order of its manifest.
            key: sent again with the same picture, it gets the recorded answer; a unit and its position do, too. With
                one of them, a picture whose connection broke is sent once more by itself.
            origin: where the picture comes from: `unit`, `position`, `product`, `lot`, `station`. The pictures of a
                unit are all judged by the same model.

        Raises:
            Unreachable, TooSlow: no answer.
            RpcError: the gateway gave no verdict; its own words.
            WireError: what answers is no gateway.
        """
        return self._inspected(picture, "application/octet-stream", features, key, origin)

    def inspect_frame(
        self,
        pixels: NDArray[np.uint8],
        *,
        features: Features | None = None,
        key: str | None = None,
        **origin: str | None,
    ) -> Inspection:
        """Asks for the verdict of the part in a raw frame, as a camera gives it.

        Args:
            pixels: uint8 (h, w, channels) in [0, 255], 1 channel or 3; (h, w) for 1.
            features: see `inspect`.
            key: see `inspect`.
            origin: see `inspect`.

        Raises:
            ValueError: the pixels have another dtype or shape.
            Unreachable, TooSlow, RpcError, WireError: as `inspect`.
        """
        frame = np.asarray(pixels)[..., np.newaxis] if np.ndim(pixels) == 2 else np.asarray(pixels)
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] not in (1, 3):
            found = f"{frame.dtype} {frame.shape}"
            raise ValueError(f"pixels: expected uint8 (h, w, channels), 1 or 3 channels. Received: {found}")
        height, width, channels = frame.shape
        kind = f"image/x-raw; width={width}; height={height}; channels={channels}"
        return self._inspected(frame.tobytes(), kind, features, key, origin)

    def inspect_unit(
        self, unit: str, pictures: Iterable[tuple[str, bytes]], *, product: str | None = None
    ) -> UnitInspection:
        """Asks for the verdict of a unit; the component of the endpoint does not count here.

        Args:
            unit: its name, such as a serial number.
            pictures: position and encoded picture of each; without a product, component and picture.
            product: whose plan in the gateway's routes says which positions the unit has to show.

        Raises:
            Unreachable, TooSlow, RpcError, WireError: as `inspect`.
        """
        body, content_type = encode_multipart_formdata([(name, (name, picture)) for name, picture in pictures])
        url = _with(f"{self.endpoint.address}/v1/units/{quote(unit, safe='')}/inspect", {"product": product})
        return self._verdict(url, body, content_type, UnitInspection, {}, self.endpoint.attempts())

    def _inspected(
        self,
        content: bytes,
        content_type: str,
        features: Features | None,
        key: str | None,
        origin: Mapping[str, str | None],
    ) -> Inspection:
        """The verdict about a picture: sent bare, or in a form with its features."""
        headers = {} if key is None else {"Idempotency-Key": key}
        named = key is not None or (origin.get("unit") is not None and origin.get("position") is not None)
        if features is not None:
            numbers: object = dict(features) if isinstance(features, Mapping) else [float(n) for n in features]
            text = json.dumps(numbers, default=float)
            content, content_type = encode_multipart_formdata(
                [("image", ("image", content, content_type)), ("features", text)]
            )
        url, attempts = _with(self._inspect_url, origin), self.endpoint.attempts()
        try:
            return self._verdict(url, content, content_type, Inspection, headers, attempts)
        except HungUp:
            if not named:
                raise
        return self._verdict(url, content, content_type, Inspection, headers, attempts)

    def _verdict(
        self,
        url: str,
        body: bytes,
        content_type: str,
        kind: type[Verdict],
        headers: Mapping[str, str],
        attempts: Attempts,
    ) -> Verdict:
        """The answer to a body, as the kind of verdict that its address gives."""
        self.require_open()
        headers = {**headers, **self.endpoint.authorization()}
        status, content = self._calls.call("POST", url, attempts, body, content_type, headers)
        if status != 200:
            raise refusal(content, status)
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as error:
            raise WireError(f"{self.endpoint.address}: expected the verdict of a gateway: {error}") from None

    def close(self) -> None:
        """Ends the connections; calls under way are still answered."""
        self.closed = True
        self._calls.close()


def _with(url: str, parameters: Mapping[str, str | None]) -> str:
    """The address with those parameters that have a value."""
    query = urlencode({name: text for name, text in parameters.items() if text is not None}, quote_via=quote)
    return f"{url}?{query}" if query else url


def refusal(content: bytes, status: int) -> RpcError:
    """A gateway's refusal as an error: the detail of its problem and the way out that it names, or whatever came."""
    try:
        problem: Any = json.loads(content)
        words, hint = str(problem["detail"]), str(problem.get("hint", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        words, hint = answers.words(content, status), ""
    return RpcError(_CODES.get(status) or answers.code_of(status), words, hint=hint)
