"""A client of the gateway: one picture in, the verdict of its part out."""

import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import msgspec

from aoi_modules.client.rest import answers
from aoi_modules.client.rest.calls import HttpCalls
from aoi_modules.client.retries import RETRIES, Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RpcError, WireError


class Head(msgspec.Struct, frozen=True):
    """What one head says: `score`, and for a head of several classes `scores` by label. None is no finite number."""

    name: str
    score: float | None
    scores: dict[str, float | None] | None = None
    label: str | None = None
    verdict: str | None = None


class Model(msgspec.Struct, frozen=True):
    """Which model answered."""

    name: str
    version: int | None


class Inspected(msgspec.Struct, frozen=True):
    """The gateway's answer about one picture; `verdict` is PASS, REVIEW or FAIL."""

    component: str
    verdict: str
    model: Model
    heads: tuple[Head, ...]
    request_id: str = ""


class GatewayClient:
    """Asks the gateway about pictures of one component; a context manager, safe to share between threads.

    Args:
        url: of the gateway, `http://HOST:PORT`.
        component: name of the component there.
        timeout: seconds that a call may take, retries included.
        retries: how often a call is made again that found nobody to connect to.
        tls: what to trust at an `https://` address.
    """

    def __init__(
        self, url: str, component: str, *, timeout: float = 10.0, retries: int = RETRIES, tls: Tls | None = None
    ) -> None:
        self.timeout, self.retries = timeout, retries
        url = url.rstrip("/")
        self._inspect_url = f"{url}/v1/inspect/{quote(component, safe='')}"
        self._calls = HttpCalls(url, timeout, tls, server="gateway", hint="is it running? aoi gateway starts one")

    @property
    def address(self) -> str:
        return self._calls.url

    def inspect(self, picture: bytes) -> Inspected:
        """The verdict of the part in an encoded picture.

        Raises:
            Unreachable, TooSlow: no answer.
            RpcError: the gateway gave no verdict; its own words.
            WireError: what answers is no gateway.
        """
        attempts = Attempts(self.timeout, self.retries)
        status, content = self._calls.call("POST", self._inspect_url, attempts, picture, "application/octet-stream")
        if status != 200:
            raise RpcError(answers.code_of(status), _words(content, status))
        try:
            return msgspec.json.decode(content, type=Inspected)
        except msgspec.DecodeError as error:
            raise WireError(f"{self.address}: expected the verdict of a gateway: {error}") from None

    def close(self) -> None:
        self._calls.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _words(content: bytes, status: int) -> str:
    """The detail of a problem, or whatever came."""
    try:
        problem: Any = json.loads(content)
        return str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return answers.words(content, status)
