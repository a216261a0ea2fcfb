"""FastAPI with Keras' `predict` for each picture, as most examples do it: POST / with the bytes."""

import keras
import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

from benchmarks.peers.network import Network, arguments


def main() -> None:
    given = arguments()
    decoder, model, app = Network(given.model), keras.saving.load_model(given.keras), FastAPI()

    def score_of(picture: bytes) -> float:
        (scores,) = model.predict(np.asarray(decoder.decode(picture))[np.newaxis], verbose=0).values()
        return float(scores[0, 0])

    @app.post("/")
    async def predict(request: Request) -> dict[str, float]:
        return {"score": await run_in_threadpool(score_of, await request.body())}

    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
