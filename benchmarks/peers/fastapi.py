"""FastAPI, one picture a call: POST / with the bytes. As most examples do it, but for TensorFlow's own function."""

import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from benchmarks.peers.network import Network, arguments


def main() -> None:
    given = arguments()
    network, app = Network(given.model), FastAPI()

    @app.post("/")
    async def predict(request: Request) -> dict[str, float]:
        (score,) = await run_in_threadpool(network, [await request.body()])
        return {"score": score}

    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
