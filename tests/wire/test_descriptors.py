import pytest

from aoi_modules.wire.descriptors import PACKAGES, message_classes, message_descriptors, message_names
from aoi_modules.wire.schema import SCHEMA


def test_each_message_that_is_not_inside_another_has_a_name_of_its_own() -> None:
    outer = [full for full in SCHEMA if full.rpartition(".")[0] in PACKAGES]
    assert sorted(message_names().values()) == sorted(outer)
    assert message_names()["PredictRequest"] == "tensorflow.serving.PredictRequest"
    assert message_classes().keys() == message_names().keys()


def test_fields_that_exclude_each_other_share_one_oneof() -> None:
    spec = message_descriptors()["ModelSpec"]
    assert [oneof.name for oneof in spec.oneofs] == ["version_choice"]
    assert [field.name for field in spec.oneofs[0].fields] == ["version", "version_label"]


def test_a_map_has_an_entry_of_key_and_value() -> None:
    config = message_descriptors()["ModelConfig"]
    entry = config.nested_types_by_name["VersionLabelsEntry"]
    assert entry.GetOptions().map_entry
    assert [(field.name, field.number) for field in entry.fields] == [("key", 1), ("value", 2)]
    assert config.fields_by_name["version_labels"].message_type is entry


def test_each_package_names_the_files_that_it_needs() -> None:
    google = ["google/protobuf/any.proto", "google/protobuf/wrappers.proto"]
    found = message_descriptors()
    assert [file.name for file in found["TensorProto"].file.dependencies] == google
    assert [file.name for file in found["ModelSpec"].file.dependencies] == [*google, "aoi/tensorflow.proto"]


def test_each_call_builds_classes_of_its_own() -> None:
    assert message_classes()["ModelSpec"] is not message_classes()["ModelSpec"]


def test_a_field_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMA, "tensorflow.BytesList", "repeated bytes value")
    with pytest.raises(ValueError, match=r"schema of tensorflow.BytesList: cannot read the field 'repeated bytes"):
        message_classes()
