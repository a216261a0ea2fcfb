"""LitServe with batches: POST /predict with {"picture": BASE64}."""

import base64

import litserve as ls

from benchmarks.peers.network import BATCH, WAIT_SECONDS, Network, arguments


class Api(ls.LitAPI):
    """LitServe pickles it for the process that computes."""

    def __init__(self, model: str) -> None:
        super().__init__(max_batch_size=BATCH, batch_timeout=WAIT_SECONDS)
        self.model = model

    def setup(self, device: str) -> None:
        self.network = Network(self.model)

    def decode_request(self, request: dict[str, str]) -> bytes:
        return base64.b64decode(request["picture"])

    def predict(self, pictures: list[bytes]) -> list[float]:
        return self.network(pictures)

    def encode_response(self, output: float) -> dict[str, float]:
        return {"score": output}


def main() -> None:
    given = arguments()
    server = ls.LitServer(Api(given.model), accelerator="cpu")
    server.run(port=given.port, generate_client_file=False, log_level="warning")


if __name__ == "__main__":
    main()
