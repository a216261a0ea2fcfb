"""The schema as protobuf descriptors, and the message classes that are built from them."""

import re

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, wrappers_pb2
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from aoi_modules.wire.schema import ENUMS, SCHEMA

PACKAGES = ("tensorflow", "tensorflow.serving")
"""In the order of their use: the second one's messages hold the first one's."""

_FIELD = re.compile(
    r"(?:(?P<repeated>repeated)\s|oneof\((?P<oneof>\w+)\)\s)?\s*"
    r"(?:map<(?P<key>\w+),\s*(?P<value>[\w.]+)>|(?P<type>[\w.]+))\s+(?P<name>\w+)\s*=\s*(?P<number>\d+)"
)
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    name: getattr(_Field, f"TYPE_{name.upper()}")
    for name in ("double", "float", "int64", "uint64", "int32", "uint32", "bool", "string", "bytes")
}


def _set_type(field: descriptor_pb2.FieldDescriptorProto, name: str, package: str) -> None:
    """Gives the field the type that the schema writes as `name`."""
    if name in _SCALARS:
        field.type = _SCALARS[name]
        return
    candidates = [name, f"{package}.{name}", f"tensorflow.{name}"]
    full = next(full for full in candidates if full in SCHEMA or full in ENUMS or full.startswith("google."))
    field.type = _Field.TYPE_ENUM if full in ENUMS else _Field.TYPE_MESSAGE
    field.type_name = f".{full}"


def _add_field(message: descriptor_pb2.DescriptorProto, text: str, full_name: str, package: str) -> None:
    """Adds the field that a piece of the schema describes, and the oneof or the map entry that belongs to it."""
    match = _FIELD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"schema of {full_name}: cannot read the field {text!r}")
    field = message.field.add(name=match["name"], number=int(match["number"]), label=_Field.LABEL_OPTIONAL)
    if match["repeated"]:
        field.label = _Field.LABEL_REPEATED
    if match["oneof"]:
        names = [oneof.name for oneof in message.oneof_decl]
        if match["oneof"] not in names:
            message.oneof_decl.add(name=match["oneof"])
            names.append(match["oneof"])
        field.oneof_index = names.index(match["oneof"])
    if match["key"]:
        entry = _add_entry(message, match, package)
        field.label, field.type = _Field.LABEL_REPEATED, _Field.TYPE_MESSAGE
        field.type_name = f".{full_name}.{entry.name}"
    else:
        _set_type(field, match["type"], package)


def _add_entry(
    message: descriptor_pb2.DescriptorProto, match: re.Match[str], package: str
) -> descriptor_pb2.DescriptorProto:
    """Adds the message of key and value that protobuf makes of a map field."""
    entry = message.nested_type.add(name="".join(word.capitalize() for word in match["name"].split("_")) + "Entry")
    entry.options.map_entry = True
    for number, name in enumerate(("key", "value"), start=1):
        part = entry.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
        _set_type(part, match[name], package)
    return entry


def _file(package: str) -> descriptor_pb2.FileDescriptorProto:
    """All messages and enums of a package as one file; nested ones inside their parents."""
    file = descriptor_pb2.FileDescriptorProto(name=f"aoi/{package}.proto", package=package, syntax="proto3")
    file.dependency.extend(["google/protobuf/any.proto", "google/protobuf/wrappers.proto"])
    if package != "tensorflow":
        file.dependency.append("aoi/tensorflow.proto")
    messages: dict[str, descriptor_pb2.DescriptorProto] = {}
    own = [name for name in SCHEMA if _package(name) == package]
    for name in sorted(own, key=lambda name: name.count(".")):
        parent, _, short = name.rpartition(".")
        messages[name] = (messages[parent].nested_type if parent in own else file.message_type).add(name=short)
    for name in own:
        for text in filter(str.strip, SCHEMA[name].split(";")):
            _add_field(messages[name], text, name, package)
    for name in ENUMS:
        if _package(name) == package:
            parent, _, short = name.rpartition(".")
            enum = (messages[parent].enum_type if parent in messages else file.enum_type).add(name=short)
            for key, number in ENUMS[name].items():
                enum.value.add(name=key, number=number)
    return file


def _package(full_name: str) -> str:
    return "tensorflow.serving" if full_name.startswith("tensorflow.serving.") else "tensorflow"


def message_names() -> dict[str, str]:
    """Returns the full name of each message that is not inside another, by its short name."""
    names = {full.removeprefix(f"{_package(full)}."): full for full in SCHEMA}
    return {short: full for short, full in names.items() if "." not in short}


def message_descriptors() -> dict[str, Descriptor]:
    """Returns the descriptor of each message that is not inside another, by its short name, in a new pool."""
    pool = descriptor_pool.DescriptorPool()
    for known in (any_pb2, wrappers_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    for package in PACKAGES:
        pool.Add(_file(package))
    return {short: pool.FindMessageTypeByName(full) for short, full in message_names().items()}


def message_classes() -> dict[str, type[Message]]:
    """Builds the class of each message that is not inside another, by its short name.

    Each call builds new classes. Messages of two calls do not mix, so programs take their classes from `messages`.
    """
    return {name: message_factory.GetMessageClass(found) for name, found in message_descriptors().items()}
