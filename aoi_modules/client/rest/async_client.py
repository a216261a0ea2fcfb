"""An awaited client of a model server by REST."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aoi_modules.client.async_base import AsyncPredictClient
from aoi_modules.client.base import Inputs, Prediction, Signature, VersionStatus
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.client.retries import RETRIES
from aoi_modules.client.tls import Tls
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE

Answer = TypeVar("Answer")
CONNECTIONS = 8
"""Calls under way at once, if the caller says nothing."""


class AsyncHttpClient(AsyncPredictClient):
    """Asks one model by REST. Calls run in threads, because `requests` knows no event loop; the loop never waits.

    Further calls wait for a free thread, and the wait counts as part of their time. A call that is cancelled, or too
    late, while it waits is never sent; one that is under way keeps its thread until its own deadline. For thousands
    of calls at once, gRPC needs no threads.

    Args:
        url: of the server, `http://HOST:PORT`.
        model: name of the model on its server.
        connections: calls under way at once, each with a thread and a connection.
        version, label, timeout, retries, tls: see `HttpClient`.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        connections: int = CONNECTIONS,
        version: int | None = None,
        label: str | None = None,
        timeout: float = 10.0,
        retries: int = RETRIES,
        tls: Tls | None = None,
    ) -> None:
        super().__init__(model, version=version, label=label, timeout=timeout, retries=retries)
        self._client = HttpClient(url, model, version=version, label=label, timeout=timeout, retries=retries, tls=tls)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="aoi-http")

    @property
    def address(self) -> str:
        return self._client.address

    async def predict(self, inputs: Inputs, signature: str = DEFAULT_SIGNATURE) -> Prediction:
        return await self._call(lambda: self._client.predict(inputs, signature))

    async def status(self) -> list[VersionStatus]:
        return await self._call(self._client.status)

    async def metadata(self) -> dict[str, Signature]:
        return await self._call(self._client.metadata)

    async def close(self) -> None:
        self.closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    async def _call(self, call: Callable[[], Answer]) -> Answer:
        self._require_open()
        try:
            async with asyncio.timeout(self.timeout):
                return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except TimeoutError:
            raise self._client.too_slow() from None
