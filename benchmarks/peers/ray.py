"""Ray Serve with batches: POST / with the bytes."""

import time

from ray import serve
from starlette.requests import Request

from benchmarks.peers.network import BATCH, WAIT_SECONDS, Network, arguments


@serve.deployment(max_ongoing_requests=4 * BATCH)
class Scores:
    """One replica."""

    def __init__(self, model: str) -> None:
        self.network = Network(model)

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=WAIT_SECONDS)
    async def scores(self, pictures: list[bytes]) -> list[float]:
        return self.network(pictures)

    async def __call__(self, request: Request) -> dict[str, float]:
        return {"score": await self.scores(await request.body())}


def main() -> None:
    given = arguments()
    serve.start(http_options={"host": "127.0.0.1", "port": given.port})
    serve.run(Scores.bind(given.model))  # type: ignore[attr-defined]  # the decorator makes a deployment of it
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
