"""Warm-up: the requests that a version directory brings along, replayed before the version is served.

The first request of each kind makes TensorFlow optimize the graph, which takes seconds; no client should wait for it.
"""

from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import DecodeError

from aoi_modules.errors import RpcError, WireError
from aoi_modules.modelstore import layout
from aoi_modules.serving.answering import predict_messages
from aoi_modules.serving.answering.classify import CLASSIFY
from aoi_modules.serving.answering.multi_inference import inferences
from aoi_modules.serving.answering.predict import predict
from aoi_modules.serving.answering.regress import REGRESS
from aoi_modules.serving.answering.servable import Servable
from aoi_modules.wire import records
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.status import invalid

MAX_RECORDS = 1000


def warm_up(servable: Servable, path: Path, *, rounds: int) -> int:
    """Replays the warm-up file of a version directory, if it has one.

    Args:
        servable: just loaded, and not served yet.
        path: its version directory.
        rounds: how often each record is replayed; 0 leaves them all out.

    Returns:
        The number of records.

    Raises:
        RpcError: DATA_LOSS the file is damaged; or a record is none or no request, there are too many, or the model
            refuses one.
    """
    file = path / layout.WARMUP_FILE
    if not rounds or not file.is_file():
        return 0
    count = 0
    for record in _records(file):
        count += 1
        if count > MAX_RECORDS:
            raise invalid(f"Number of warmup records exceeds the maximum ({MAX_RECORDS}) at {file}")
        for _ in range(rounds):
            _replay(servable, record, file)
    return count


def _records(file: Path) -> Iterator[bytes]:
    try:
        yield from records.read_records(file)
    except WireError as error:
        raise RpcError("DATA_LOSS", f"{error.message}. Please verify your warmup data is in TFRecord format.") from None


def _replay(servable: Servable, record: bytes, file: Path) -> None:
    try:
        entry = PredictionLog.FromString(record)
    except DecodeError as error:
        raise invalid(f"Failed to parse warmup record: {error} from {file}") from None
    match entry.WhichOneof("log_type"):
        case "predict_log":
            predicted = entry.predict_log.request
            form = predict_messages.form(predicted)
            servable.answer(predict(servable, predicted.model_spec.signature_name, form))
        case "classify_log":
            request = entry.classify_log.request
            servable.answer(CLASSIFY.inference(servable, request.model_spec.signature_name, request.input))
        case "regress_log":
            asked = entry.regress_log.request
            servable.answer(REGRESS.inference(servable, asked.model_spec.signature_name, asked.input))
        case "multi_inference_log":
            for inference in inferences(servable, entry.multi_inference_log.request):
                servable.answer(inference)
        case _:
            raise RpcError(
                "UNIMPLEMENTED", f"{file}: Unsupported log_type for warmup: only requests to a model are replayed"
            )
