"""Ask a model server about one picture by gRPC. Copy this file; it needs `pip install grpcio protobuf numpy`.

    python grpc_predict.py 127.0.0.1:8500 tile part.png
    python grpc_predict.py 127.0.0.1:8500 house house.png 3 2 1800 91901

Numbers after the picture are the features of a model that wants some, in the order of its manifest. The package
tensorflow-serving-api has these messages too, and brings all of TensorFlow with them; here are those that matter.
"""

# ruff: noqa: T201  (an example prints)
import sys
from pathlib import Path
from typing import Any, NoReturn

import grpc
import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# message: its fields as (name, number, type); a map is a repeated entry of key and value, [] marks what is repeated
FIELDS = {
    "Dim": [("size", 1, "int64")],
    "TensorShapeProto": [("dim", 2, "[]Dim")],
    "TensorProto": [
        ("dtype", 1, "int32"), ("tensor_shape", 2, "TensorShapeProto"), ("tensor_content", 4, "bytes"),
        ("float_val", 5, "[]float"), ("string_val", 8, "[]bytes"),
    ],
    "Version": [("value", 1, "int64")],
    "ModelSpec": [("name", 1, "string"), ("version", 2, "Version"), ("signature_name", 3, "string")],
    "Entry": [("key", 1, "string"), ("value", 2, "TensorProto")],
    "PredictRequest": [("model_spec", 1, "ModelSpec"), ("inputs", 2, "[]Entry")],
    "PredictResponse": [("outputs", 1, "[]Entry"), ("model_spec", 2, "ModelSpec")],
}  # fmt: skip
DT_FLOAT, DT_UINT8, DT_STRING = 1, 4, 7
OPTIONS = [
    ("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1),  # not 4 MiB
    ("grpc.enable_http_proxy", 0),  # a proxy meant for the web breaks calls inside the plant
    ("grpc.lb_policy_name", "round_robin"),  # of several servers behind one name each gets calls, not the first alone
]  # fmt: skip
TIMEOUT = 10  # seconds for the whole call


def messages() -> dict[str, Any]:
    """The message classes."""
    file = descriptor_pb2.FileDescriptorProto(name="predict.proto", package="aoi.example", syntax="proto3")
    for message, fields in FIELDS.items():
        made = file.message_type.add(name=message)
        for name, number, kind in fields:
            field = made.field.add(name=name, number=number, label=3 if kind.startswith("[]") else 1)
            kind = kind.removeprefix("[]")
            code: Any = 11 if kind in FIELDS else getattr(field, f"TYPE_{kind.upper()}")
            field.type = code
            if kind in FIELDS:
                field.type_name = f".aoi.example.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {n: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"aoi.example.{n}")) for n in FIELDS}


MESSAGES = messages()


def tensor(values: "list[bytes] | np.ndarray[Any, Any]") -> Any:
    """Encoded pictures, uint8 pixels or float32 numbers as a message; numbers travel as their raw bytes."""
    made = MESSAGES["TensorProto"]()
    if isinstance(values, list):
        made.dtype, shape = DT_STRING, (len(values),)
        made.string_val.extend(values)
    else:
        made.dtype, shape = DT_UINT8 if values.dtype == np.uint8 else DT_FLOAT, values.shape
        made.tensor_content = values.tobytes() if values.dtype == np.uint8 else values.astype(np.float32).tobytes()
    for size in shape:
        made.tensor_shape.dim.add(size=size)
    return made


def predict(
    channel: grpc.Channel, model: str, inputs: dict[str, Any], signature: str = "serving_default"
) -> "dict[str, np.ndarray[Any, Any]]":
    """The scores by head, float32 (N, K). Inputs: `image`, and `features` for models that want some; raw frames,
    uint8 (N, H, W, C), go to the signature `pixels`."""
    request = MESSAGES["PredictRequest"]()
    request.model_spec.name, request.model_spec.signature_name = model, signature
    for name, values in inputs.items():
        request.inputs.add(key=name, value=tensor(values))
    call = channel.unary_unary(
        "/tensorflow.serving.PredictionService/Predict",
        request_serializer=MESSAGES["PredictRequest"].SerializeToString,
        response_deserializer=MESSAGES["PredictResponse"].FromString,
    )
    scores = {}
    for output in call(request, timeout=TIMEOUT).outputs:
        shape, content = [dim.size for dim in output.value.tensor_shape.dim], output.value.tensor_content
        flat = np.frombuffer(content, np.float32) if content else np.array(output.value.float_val, np.float32)
        scores[output.key] = flat.reshape(shape)
    return scores


def stop(reason: str | None, code: int) -> NoReturn:
    """Ends with a reason on stderr; code 1: no scores came, 2: the command is wrong."""
    print(reason, file=sys.stderr)
    sys.exit(code)


def main() -> None:
    if "--help" in sys.argv:
        print(__doc__)
        return
    if len(sys.argv) < 4:
        stop(__doc__, code=2)
    address, model, picture, *numbers = sys.argv[1:]
    try:
        inputs: dict[str, Any] = {"image": [Path(picture).read_bytes()]}
        if numbers:
            inputs["features"] = np.array([numbers], np.float32)
    except OSError as error:
        stop(f"picture {picture}: {error.strerror}", code=2)
    except ValueError as error:
        stop(f"features: {error}", code=2)
    with grpc.insecure_channel(address, options=OPTIONS) as channel:  # make one, and use it for all pictures
        try:
            print({head: scores.tolist() for head, scores in predict(channel, model, inputs).items()})
        except grpc.RpcError as error:
            stop(f"{error.code().name} from {address}: {error.details()}", code=1)


if __name__ == "__main__":
    main()
