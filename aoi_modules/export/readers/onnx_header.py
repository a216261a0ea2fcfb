"""What an ONNX file says about its inputs and outputs, read without the package onnx."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from aoi_modules.errors import ModelError

# The few fields that are needed here: {message: {field: (number, type)}}; * repeats. What is not listed is skipped.
_MESSAGES = {
    "Model": {"graph": (7, "Graph")},
    "Graph": {"initializer": (5, "*Tensor"), "input": (11, "*ValueInfo"), "output": (12, "*ValueInfo")},
    "Tensor": {"name": (8, "string")},
    "ValueInfo": {"name": (1, "string"), "type": (2, "Type")},
    "Type": {"tensor_type": (1, "TensorType")},
    "TensorType": {"elem_type": (1, "int64"), "shape": (2, "Shape")},
    "Shape": {"dim": (1, "*Dimension")},
    "Dimension": {"dim_value": (1, "int64"), "dim_param": (2, "string")},
}
_PACKAGE = "aoi_onnx"


@dataclass(frozen=True)
class OnnxHeader:
    """Names and shapes of the inputs, and the names of the outputs, in the order of the file; None: an open size."""

    inputs: dict[str, tuple[int | None, ...]]
    outputs: tuple[str, ...]

    @property
    def in_order(self) -> list[str]:
        """Inputs whose axes are in our order: pictures with the channels last, and gray ones without that axis."""
        return [
            name
            for name, shape in self.inputs.items()
            if len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3) and shape[1] not in (1, 3))
        ]


def read_header(path: Path) -> OnnxHeader:
    """Reads the header of an ONNX file.

    Raises:
        ModelError: it is no ONNX model.
    """
    try:
        graph = _model_class().FromString(path.read_bytes()).graph
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    except DecodeError:
        raise ModelError(f"{path}: not readable as an ONNX model", hint="copy or write it again") from None
    weights = {tensor.name for tensor in graph.initializer}  # old files list them among the inputs too
    inputs = {value.name: tuple(_dimensions(value)) for value in graph.input if value.name not in weights}
    return OnnxHeader(inputs, tuple(value.name for value in graph.output))


def _dimensions(value: Any) -> Iterator[int | None]:
    for dimension in value.type.tensor_type.shape.dim:
        yield dimension.dim_value if dimension.dim_value > 0 else None


def _model_class() -> Any:
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="aoi_onnx_header.proto", package=_PACKAGE, syntax="proto2")
    for message, fields in _MESSAGES.items():
        entry = file.message_type.add(name=message)
        for name, (number, kind) in fields.items():
            label = kinds.LABEL_REPEATED if kind.startswith("*") else kinds.LABEL_OPTIONAL
            field = entry.field.add(name=name, number=number, label=label)
            kind = kind.removeprefix("*")
            if kind in _MESSAGES:
                field.type, field.type_name = kinds.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                field.type = kinds.TYPE_STRING if kind == "string" else kinds.TYPE_INT64
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Model"))
