"""Our fields against the official descriptors, one by one."""

import importlib
import re
from typing import Any

import pytest
from google.protobuf import descriptor_pool

from aoi_modules.wire import messages
from aoi_modules.wire.schema import DATA_TYPES, ENUMS, SCHEMA

for module in """apis.get_model_metadata_pb2 apis.get_model_status_pb2 apis.inference_pb2 apis.model_management_pb2
    apis.predict_pb2 apis.prediction_log_pb2 config.model_server_config_pb2""".split():
    importlib.import_module(f"tensorflow_serving.{module}")  # which puts its messages into the pool
OFFICIAL = descriptor_pool.Default()
OURS = messages.PredictRequest.DESCRIPTOR.file.pool
# Where the official type has another full name than ours. An enum and its name do not travel on the wire.
OTHER_NAMES = {"tensorflow.serving.Code": "tensorflow.error.Code"}

# The server's own config files are public formats, but the official Python package leaves them out.
UNPUBLISHED = {
    f"tensorflow.serving.{name}" for name in ("PrometheusConfig", "MonitoringConfig", "BatchingParameters", "SSLConfig")
}


def official_name(name: str) -> str:
    return OTHER_NAMES.get(name, name)


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


OFFICIAL_NAMES = [name for name in SCHEMA if name not in UNPUBLISHED]


@pytest.mark.parametrize("name", OFFICIAL_NAMES)
def test_fields_are_the_official_ones(name: str) -> None:
    ours = OURS.FindMessageTypeByName(name)
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
    ours = {field.name for field in OURS.FindMessageTypeByName(name).fields}
    official = {field.name for field in OFFICIAL.FindMessageTypeByName(name).fields}
    assert official - ours == LEFT_OUT.get(name, set())


@pytest.mark.parametrize("name", ENUMS)
def test_enum_numbers_are_the_official_ones(name: str) -> None:
    official = OFFICIAL.FindEnumTypeByName(official_name(name))
    numbers = {value.name: value.number for value in official.values}
    assert ENUMS[name].items() <= numbers.items()


def test_data_types_are_all_that_numpy_may_meet() -> None:
    official = OFFICIAL.FindEnumTypeByName("tensorflow.DataType")
    left_out = {value.name for value in official.values} - {f"DT_{name}" for name in DATA_TYPES}
    rare = re.compile(r"DT_(\w+_REF|U?INT[124]|FLOAT[48]_\w+)")
    assert [name for name in left_out if not rare.fullmatch(name)] == []
