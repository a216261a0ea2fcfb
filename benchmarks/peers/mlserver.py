"""MLServer with adaptive batching: POST /v2/models/tile/infer with one input `image` of BYTES in base64."""

import asyncio
import base64

from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.settings import ModelParameters
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput

from benchmarks.peers.network import BATCH, WAIT_SECONDS, Network, arguments


class Runtime(MLModel):
    """MLServer imports it by its name."""

    async def load(self) -> bool:
        self.network = Network(str(self.settings.parameters.uri))
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        scores = self.network([base64.b64decode(picture) for picture in payload.inputs[0].data])
        output = ResponseOutput(name="score", shape=[len(scores), 1], datatype="FP32", data=scores)
        return InferenceResponse(model_name=self.name, outputs=[output])


def main() -> None:
    given = arguments()
    settings = Settings(
        host="127.0.0.1", http_port=given.port, grpc_port=given.port + 1, metrics_port=given.port + 2,
        parallel_workers=0, debug=False,
    )  # fmt: skip
    model = ModelSettings(
        name="tile", implementation="benchmarks.peers.mlserver.Runtime", max_batch_size=BATCH,
        max_batch_time=WAIT_SECONDS, parameters=ModelParameters(uri=given.model),
    )  # fmt: skip
    asyncio.run(MLServer(settings).start([model]))


if __name__ == "__main__":
    main()
