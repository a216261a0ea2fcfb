"""Warm-up requests: what a server runs before its first client. They travel in the version directory.

The file has TensorFlow Serving's own format: TFRecords of `PredictionLog`.
"""

from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import DecodeError

from aoi_modules.errors import WireError
from aoi_modules.modelstore import layout
from aoi_modules.modelstore.golden import Golden
from aoi_modules.wire.messages import PredictionLog
from aoi_modules.wire.records import read_records, write_records
from aoi_modules.wire.tensors import Array, to_array, to_tensor


def write(version_dir: Path, component: str, truth: Golden) -> None:
    """Writes two requests to a component: one with the first golden sample, one with all of them."""
    logs = []
    for count in (1, len(truth.pictures)):
        log = PredictionLog()
        log.predict_log.request.model_spec.name = component
        for name, values in truth.inputs.items():
            log.predict_log.request.inputs[name].CopyFrom(to_tensor(values[:count]))
        logs.append(log)
    file = version_dir / layout.WARMUP_FILE
    file.parent.mkdir(exist_ok=True)
    write_records(file, [log.SerializeToString() for log in logs])


def predictions(version_dir: Path) -> Iterator[tuple[str, dict[str, Array]]]:
    """Reads the signature and the inputs of each Predict request; none if there is no file.

    Raises:
        WireError: the file, a request or an array in it is damaged.
    """
    file = version_dir / layout.WARMUP_FILE
    if not file.is_file():
        return
    for number, record in enumerate(read_records(file)):
        try:
            log = PredictionLog.FromString(record)
        except DecodeError as error:
            raise WireError(f"{file}: request {number} is damaged: {error}") from None
        if log.WhichOneof("log_type") == "predict_log":
            request = log.predict_log.request
            inputs = {name: to_array(tensor, name) for name, tensor in request.inputs.items()}
            yield request.model_spec.signature_name or layout.DEFAULT_SIGNATURE, inputs
