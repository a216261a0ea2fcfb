"""BentoML with adaptive batches: POST /predict with {"pictures": [BASE64]}."""

import base64
import os

import bentoml

from benchmarks.peers.network import BATCH, Network, arguments

MODEL = "PEER_MODEL"
"""Environment variable with the model's folder; BentoML imports this module in processes of its own."""


@bentoml.service(workers=1, traffic={"timeout": 60, "max_concurrency": 1000})
class Scores:
    """The service."""

    def __init__(self) -> None:
        self.network = Network(os.environ[MODEL])

    @bentoml.api(batchable=True, max_batch_size=BATCH, max_latency_ms=1000)
    def predict(self, pictures: list[str]) -> list[float]:
        return self.network([base64.b64decode(picture) for picture in pictures])


def main() -> None:
    given = arguments()
    os.environ[MODEL] = given.model
    os.execvp("bentoml", ["bentoml", "serve", "benchmarks.peers.bentoml:Scores", "--port", str(given.port)])


if __name__ == "__main__":
    main()
