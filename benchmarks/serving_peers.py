"""Other servers of the same network, each run by the Python of an environment of its own: see benchmarks/serving.py.

    PYTHON benchmarks/serving_peers.py NAME --model KERAS_EXPORT --keras FILE --port PORT

All take a JPEG and answer one score. They are set up as their documentation advises for speed: batches where they
have them, TensorFlow's own function instead of `predict` but for the naive one. Nothing of this project is imported.
"""

import argparse
import base64
import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
SIDE, BATCH, WAIT_SECONDS = 96, 16, 0.005


class Model:
    """The plain Keras export, with TensorFlow's decoder before it."""

    def __init__(self, folder: str) -> None:
        import tensorflow as tf

        self._tf = tf
        self._loaded = tf.saved_model.load(folder)
        self._scores = self._loaded.signatures["serving_default"]
        (self._input,) = self._scores.structured_input_signature[1]
        self([_gray_jpeg()])

    def decode(self, picture: bytes) -> Any:
        pixels = self._tf.io.decode_jpeg(picture, channels=3)
        return self._tf.image.resize(pixels, (SIDE, SIDE))

    def __call__(self, pictures: list[bytes]) -> list[float]:
        batch = self._tf.stack([self.decode(picture) for picture in pictures])
        (scores,) = self._scores(**{self._input: batch}).values()
        answers: list[float] = scores.numpy()[:, 0].tolist()
        return answers


def _gray_jpeg() -> bytes:
    import tensorflow as tf

    encoded: bytes = tf.io.encode_jpeg(tf.fill((SIDE, SIDE, 3), tf.constant(127, tf.uint8))).numpy()
    return encoded


def fastapi(arguments: argparse.Namespace, *, naive: bool = False) -> None:
    """POST / with the bytes. Naive: Keras' `predict` for each request, as most examples do."""
    import uvicorn
    from fastapi import FastAPI, Request
    from starlette.concurrency import run_in_threadpool

    model = Model(arguments.model)
    if naive:
        import keras
        import numpy as np

        network = keras.saving.load_model(arguments.keras)

        def answer(picture: bytes) -> float:
            (scores,) = network.predict(np.asarray(model.decode(picture))[np.newaxis], verbose=0).values()
            return float(scores[0, 0])
    else:

        def answer(picture: bytes) -> float:
            return model([picture])[0]

    app = FastAPI()

    @app.post("/")
    async def predict(request: Request) -> dict[str, float]:
        return {"score": await run_in_threadpool(answer, await request.body())}

    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning")


def litserve(arguments: argparse.Namespace) -> None:
    """POST /predict with {"picture": BASE64}."""
    import litserve as ls

    class Api(ls.LitAPI):
        def setup(self, device: str) -> None:
            self.model = Model(arguments.model)

        def decode_request(self, request: dict[str, str]) -> bytes:
            return base64.b64decode(request["picture"])

        def predict(self, pictures: list[bytes]) -> list[float]:
            return self.model(pictures)

        def encode_response(self, output: float) -> dict[str, float]:
            return {"score": output}

    api = Api(max_batch_size=BATCH, batch_timeout=WAIT_SECONDS)
    ls.LitServer(api, accelerator="cpu").run(port=arguments.port, generate_client_file=False, log_level="warning")


def bentoml(arguments: argparse.Namespace) -> None:
    """POST /predict with {"pictures": [BASE64]}."""
    os.environ["PEER_MODEL"] = arguments.model
    service = f"{os.path.basename(__file__).removesuffix('.py')}:Scores"  # noqa: PTH119
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    os.execvp("bentoml", ["bentoml", "serve", service, "--working-dir", folder, "--port", str(arguments.port)])


def ray(arguments: argparse.Namespace) -> None:
    """POST / with the bytes."""
    import time

    from ray import serve
    from starlette.requests import Request

    @serve.deployment(max_ongoing_requests=4 * BATCH)
    class Scores:
        def __init__(self) -> None:
            self.model = Model(arguments.model)

        @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=WAIT_SECONDS)
        async def scores(self, pictures: list[bytes]) -> list[float]:
            return self.model(pictures)

        async def __call__(self, request: Request) -> dict[str, float]:
            return {"score": await self.scores(await request.body())}

    serve.start(http_options={"host": "127.0.0.1", "port": arguments.port})
    serve.run(Scores.bind())  # type: ignore[attr-defined]  # the decorator makes a deployment of it
    while True:
        time.sleep(1)


def mlserver(arguments: argparse.Namespace) -> None:
    """POST /v2/models/tile/infer with one input `image` of BYTES in base64."""
    import asyncio

    from mlserver import MLServer, ModelSettings, Settings
    from mlserver.settings import ModelParameters

    settings = Settings(
        host="127.0.0.1", http_port=arguments.port, grpc_port=arguments.port + 1, metrics_port=arguments.port + 2,
        parallel_workers=0, debug=False,
    )  # fmt: skip
    model = ModelSettings(
        name="tile", implementation=_mlserver_runtime(), max_batch_size=BATCH, max_batch_time=WAIT_SECONDS,
        parameters=ModelParameters(uri=arguments.model),
    )  # fmt: skip
    asyncio.run(MLServer(settings).start([model]))


def _mlserver_runtime() -> Any:
    from mlserver import MLModel
    from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput

    class Runtime(MLModel):
        async def load(self) -> bool:
            self.model = Model(str(self.settings.parameters.uri))
            return True

        async def predict(self, payload: InferenceRequest) -> InferenceResponse:
            pictures = [base64.b64decode(picture) for picture in payload.inputs[0].data]
            scores = self.model(pictures)
            output = ResponseOutput(name="score", shape=[len(scores), 1], datatype="FP32", data=scores)
            return InferenceResponse(model_name=self.name, outputs=[output])

    return Runtime


PEERS = {
    "fastapi-naive": lambda arguments: fastapi(arguments, naive=True),
    "fastapi": fastapi,
    "litserve": litserve,
    "bentoml": bentoml,
    "ray": ray,
    "mlserver": mlserver,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("--model", required=True, help="folder of the Keras export")
    parser.add_argument("--keras", required=True, help="the same model as a .keras file")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    PEERS[arguments.name](arguments)


if "PEER_MODEL" in os.environ:
    import bentoml as _bentoml

    @_bentoml.service(workers=1, traffic={"timeout": 60, "max_concurrency": 1000})
    class Scores:
        """BentoML imports this module and looks for the class."""

        def __init__(self) -> None:
            self.model = Model(os.environ["PEER_MODEL"])

        @_bentoml.api(batchable=True, max_batch_size=BATCH, max_latency_ms=1000)
        def predict(self, pictures: list[str]) -> list[float]:
            return self.model([base64.b64decode(picture) for picture in pictures])


if __name__ == "__main__":
    main()
