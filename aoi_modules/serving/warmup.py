"""Warm-up: the requests that a version directory brings along, replayed before the version is served.

The first request of each kind makes TensorFlow optimize the graph, which takes seconds; no client should wait for it.
"""

from pathlib import Path

from aoi_modules.errors import ModelError, RpcError
from aoi_modules.serving.servable import Servable
from aoi_modules.wire import records, tensors
from aoi_modules.wire.messages import PredictionLog

FILE_NAME = "assets.extra/tf_serving_warmup_requests"
MAX_RECORDS = 1000


def warm_up(servable: Servable, path: Path, *, rounds: int) -> int:
    """Replays the warm-up file of a version directory, if it has one; returns the number of records.

    Raises:
        ModelError: a record is none, is not a Predict request, or there are too many.
        RpcError: the model refuses a record.
        WireError: the file is damaged.
    """
    file = path / FILE_NAME
    if not rounds or not file.is_file():
        return 0
    count = 0
    for record in records.read_records(file):
        count += 1
        if count > MAX_RECORDS:
            raise ModelError(f"Number of warmup records exceeds the maximum ({MAX_RECORDS}) at {file}")
        for _ in range(rounds):
            _replay(servable, record, file)
    return count


def _replay(servable: Servable, record: bytes, file: Path) -> None:
    try:
        entry = PredictionLog.FromString(record)
    except Exception as error:  # protobuf's DecodeError, whose type differs between its implementations
        raise ModelError(f"{file}: Failed to parse warmup record: {error}") from None
    if entry.WhichOneof("log_type") != "predict_log":
        raise ModelError(f"{file}: Unsupported log_type for warmup: only predict_log is replayed")
    request = entry.predict_log.request
    signature = servable.signature(request.model_spec.signature_name)
    if signature is None:
        raise RpcError("FAILED_PRECONDITION", f'Serving signature key "{request.model_spec.signature_name}" not found.')
    inputs = {name: tensors.to_array(tensor, name) for name, tensor in request.inputs.items()}
    servable.run(signature, inputs, list(request.output_filter))
