"""Our messages against the official descriptors, field by field; and the types against our messages."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import tensorflow_serving.apis.get_model_metadata_pb2
import tensorflow_serving.apis.get_model_status_pb2
import tensorflow_serving.apis.inference_pb2
import tensorflow_serving.apis.model_management_pb2
import tensorflow_serving.apis.predict_pb2
import tensorflow_serving.apis.prediction_log_pb2
import tensorflow_serving.config.model_server_config_pb2
from google.protobuf import descriptor_pool

from aoi_modules.wire import messages

OFFICIAL = descriptor_pool.Default()
STUBS = Path(messages.__file__).with_suffix(".pyi")

# The server's own config files are public formats, but the official Python package leaves them out.
UNPUBLISHED = {
    f"tensorflow.serving.{name}" for name in ("PrometheusConfig", "MonitoringConfig", "BatchingParameters", "SSLConfig")
}


def official_name(name: str) -> str:
    return messages.OFFICIAL_NAMES.get(name, name)


def facts(field: Any) -> dict[str, object]:
    """What must be equal for two programs to understand each other."""
    return {
        "name": field.name,
        "number": field.number,
        "type": field.type,
        "repeated": field.is_repeated,
        "oneof": field.containing_oneof.name if field.containing_oneof else None,
        "message": type_name(field.message_type),
        "enum": type_name(field.enum_type),
        "map entry": field.message_type is not None and field.message_type.GetOptions().map_entry,
    }


def type_name(descriptor: Any) -> str | None:
    return None if descriptor is None else official_name(descriptor.full_name)


OFFICIAL_NAMES = [name for name in messages.SCHEMA if name not in UNPUBLISHED]


@pytest.mark.parametrize("name", OFFICIAL_NAMES)
def test_fields_are_the_official_ones(name: str) -> None:
    ours = messages.CLASSES[name].DESCRIPTOR
    official = OFFICIAL.FindMessageTypeByName(name)
    for field in ours.fields:
        assert facts(field) == facts(official.fields_by_number[field.number])
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            entry: Any = official.fields_by_number[field.number].message_type
            assert [facts(f) for f in field.message_type.fields] == [facts(f) for f in entry.fields]


LEFT_OUT = {
    "tensorflow.TensorProto": {"resource_handle_val", "variant_val", "float8_val"},
    "tensorflow.TensorInfo": {"coo_sparse", "composite_tensor"},
    "tensorflow.serving.PredictRequest": {
        "predict_streamed_options", "client_id", "request_options",
    },
    "tensorflow.serving.PredictionLog": {
        "log_metadata", "session_run_log", "predict_streamed_log",
    },
    "tensorflow.serving.FileSystemStoragePathSourceConfig": {
        "servables", "file_system_poll_wait_seconds", "fail_if_zero_versions_at_startup",
        "servable_versions_always_present",
    },
    "tensorflow.serving.ModelConfig": {"logging_config"},
    "tensorflow.serving.ModelServerConfig": {"custom_model_config"},
    "tensorflow.serving.ReloadConfigResponse": {"metric"},
}  # fmt: skip
"""Fields of the official messages that the line has no use for. A new one there must be looked at."""


@pytest.mark.parametrize("name", OFFICIAL_NAMES)
def test_no_official_field_is_missing_unnoticed(name: str) -> None:
    ours = {field.name for field in messages.CLASSES[name].DESCRIPTOR.fields}
    official = {field.name for field in OFFICIAL.FindMessageTypeByName(name).fields}
    assert official - ours == LEFT_OUT.get(name, set())


@pytest.mark.parametrize("name", messages.ENUMS)
def test_enum_numbers_are_the_official_ones(name: str) -> None:
    official = OFFICIAL.FindEnumTypeByName(official_name(name))
    numbers = {value.name: value.number for value in official.values}
    assert messages.ENUMS[name].items() <= numbers.items()


def test_data_types_are_all_that_numpy_may_meet() -> None:
    official = OFFICIAL.FindEnumTypeByName("tensorflow.DataType")
    left_out = {value.name for value in official.values} - {f"DT_{name}" for name in messages.DATA_TYPES}
    rare = re.compile(r"DT_(\w+_REF|U?INT[124]|FLOAT[48]_\w+)")
    assert [name for name in left_out if not rare.fullmatch(name)] == []


def stub_fields() -> dict[str, set[str]]:
    """Names that each class of the stub file declares, nested ones as `Outer.Inner`."""
    found: dict[str, set[str]] = {}

    def visit(node: ast.ClassDef, prefix: str) -> None:
        name = f"{prefix}{node.name}"
        found[name] = set()
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                found[name].add(item.target.id)
            elif isinstance(item, ast.FunctionDef) and item.name != "__init__":
                found[name].add(item.name)
            elif isinstance(item, ast.ClassDef):
                visit(item, f"{name}.")

    for item in ast.parse(STUBS.read_text()).body:
        if isinstance(item, ast.ClassDef):
            visit(item, "")
    return found


def test_types_name_every_field_of_every_public_class() -> None:
    stubs = stub_fields()
    public: dict[str, Any] = {n: c for n, c in vars(messages).items() if c in list(messages.CLASSES.values())}
    assert public.keys() == {name for name in stubs if "." not in name}
    for name, message in public.items():
        assert stubs[name] == set(message.DESCRIPTOR.fields_by_name), name


def test_a_message_of_ours_is_the_official_one_on_the_wire() -> None:
    request = messages.PredictRequest()
    request.model_spec.name = "tile"
    request.model_spec.version.value = 3
    request.inputs["image"].string_val.append(b"\x89PNG")
    request.inputs["image"].dtype = 7
    request.output_filter.append("scratch")
    official = tensorflow_serving.apis.predict_pb2.PredictRequest.FromString(request.SerializeToString())
    assert official.model_spec.version.value == 3
    assert official.inputs["image"].string_val == [b"\x89PNG"]
    assert messages.PredictRequest.FromString(official.SerializeToString()) == request
