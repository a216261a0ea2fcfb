"""The least that a gateway can be: an ASGI application that hands each picture on and answers with the scores.

It looks at nothing: no sizes, no decoding, no manifest, no limits, no log. It writes the scores of each request to a
file and does not wait for the disk. `benchmarks/gateway.py` measures against it.

    python -m benchmarks.pass_through --upstream HOST:PORT --model NAME --port PORT --journal FILE
"""

import argparse
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
import uvicorn

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.async_client import AsyncGrpcClient

Message = MutableMapping[str, Any]


class PassThrough:
    """The application; the connection is made with the first request."""

    def __init__(self, endpoint: Endpoint, journal: int) -> None:
        self._endpoint = endpoint
        self._journal = journal
        self._client: AsyncGrpcClient | None = None

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answers one request; see the ASGI specification."""
        self._client = self._client or AsyncGrpcClient(self._endpoint)
        content, more = b"", True
        while more:
            message = await receive()
            content += message.get("body", b"")
            more = message.get("more_body", False)
        scores = (await self._client.predict_pictures([content])).scores
        body = orjson.dumps({name: float(values[0, 0]) for name, values in scores.items()})
        os.write(self._journal, body + b"\n")
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--upstream", "--model", "--journal"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--port", type=int, required=True)
    chosen = arguments.parse_args()
    journal = os.open(chosen.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    app = PassThrough(Endpoint(chosen.upstream, chosen.model), journal)
    uvicorn.run(app, port=chosen.port, http="httptools", lifespan="off", access_log=False, log_level="error")


if __name__ == "__main__":
    main()
