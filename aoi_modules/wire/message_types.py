"""Writes `messages.pyi`, the types of the message classes, from the classes themselves.

`python -m aoi_modules.wire.message_types` writes the file, with `--check` it only says whether the file is up to date.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from aoi_modules.wire import messages
from aoi_modules.wire.descriptors import PACKAGES, message_descriptors

PATH = Path(messages.__file__).with_suffix(".pyi")
WIDTH = 120
_HEAD = '''"""Types of the classes of messages.py. Written by message_types.py; do not edit it by hand."""

from collections.abc import Iterable, Mapping

from google.protobuf.any_pb2 import Any
from google.protobuf.internal.containers import MessageMap, ScalarMap
from google.protobuf.internal.containers import RepeatedCompositeFieldContainer as RepeatedComposite
from google.protobuf.internal.containers import RepeatedScalarFieldContainer as RepeatedScalar
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import BoolValue, Int64Value, StringValue
'''

_SCALARS = {
    FieldDescriptor.CPPTYPE_BOOL: "bool",
    FieldDescriptor.CPPTYPE_DOUBLE: "float",
    FieldDescriptor.CPPTYPE_ENUM: "int",
    FieldDescriptor.CPPTYPE_FLOAT: "float",
    FieldDescriptor.CPPTYPE_INT32: "int",
    FieldDescriptor.CPPTYPE_INT64: "int",
    FieldDescriptor.CPPTYPE_UINT32: "int",
    FieldDescriptor.CPPTYPE_UINT64: "int",
}


def main(arguments: list[str]) -> str | None:
    """Writes or checks the file.

    Args:
        arguments: of the command; `--check` leaves the file as it is.

    Returns:
        What is wrong, None if nothing is.
    """
    wanted = text()
    if "--check" not in arguments:
        PATH.write_text(wanted)
    elif PATH.read_text() != wanted:
        return f"{PATH}: not what the schema says. Run: make format"
    return None


def text() -> str:
    """Returns what the file has to hold, in the form that `ruff format` leaves as it is."""
    classes = ("\n".join(_class(message)) for message in message_descriptors().values())
    return _HEAD + "".join(f"\n{lines}\n" for lines in classes)


def _class(message: Descriptor) -> Iterator[str]:
    """The lines of a class: the messages inside it, its fields, its constructor."""
    inner = [nested for nested in message.nested_types if not nested.GetOptions().map_entry]
    if not inner and not message.fields:
        yield f"class {message.name}(Message): ..."
        return
    yield f"class {message.name}(Message):"
    for number, nested in enumerate(inner):
        yield from [""] if number else []
        yield from (f"    {line}" if line else "" for line in _class(nested))
    yield from [""] if inner and message.fields else []
    for field in message.fields:
        yield from _attribute(field)
    if message.fields:
        yield from _constructor(message)


def _attribute(field: FieldDescriptor) -> Iterator[str]:
    """A scalar can be set; a message or a container is always there, and only its content can be changed."""
    if not field.is_repeated and field.message_type is None:
        yield f"    {field.name}: {_scalar(field)}"
        return
    yield "    @property"
    yield f"    def {field.name}(self) -> {_held(field)}: ..."


def _constructor(message: Descriptor) -> Iterator[str]:
    """The keywords in as few lines as fit, as ruff sets them."""
    keywords = ["*", *(f"{field.name}: {_taken(field)} | None = ..." for field in message.fields)]
    one_line = f"    def __init__(self, {', '.join(keywords)}) -> None: ..."
    if len(one_line) <= WIDTH:
        yield one_line
        return
    yield "    def __init__("
    inside = f"        self, {', '.join(keywords)}"
    yield from [inside] if len(inside) <= WIDTH else [f"        {keyword}," for keyword in ("self", *keywords)]
    yield "    ) -> None: ..."


def _held(field: FieldDescriptor) -> str:
    """The type of what an attribute gives."""
    entry = _map_entry(field)
    if entry is not None:
        key, value = entry.fields
        kind = "ScalarMap" if value.message_type is None else "MessageMap"
        return f"{kind}[{_one(key)}, {_one(value)}]"
    if field.is_repeated:
        return f"{'RepeatedScalar' if field.message_type is None else 'RepeatedComposite'}[{_one(field)}]"
    return _one(field)


def _taken(field: FieldDescriptor) -> str:
    """The type of what a constructor takes."""
    entry = _map_entry(field)
    if entry is not None:
        key, value = entry.fields
        return f"Mapping[{_one(key)}, {_one(value)}]"
    return f"Iterable[{_one(field)}]" if field.is_repeated else _one(field)


def _map_entry(field: FieldDescriptor) -> Descriptor | None:
    """The message of key and value, where the field is a map."""
    message = field.message_type
    return message if message is not None and message.GetOptions().map_entry else None


def _one(field: FieldDescriptor) -> str:
    """The type of one value of a field."""
    if field.message_type is None:
        return _scalar(field)
    name = field.message_type.full_name
    for package in ("google.protobuf", *reversed(PACKAGES)):
        name = name.removeprefix(f"{package}.")
    return name


def _scalar(field: FieldDescriptor) -> str:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return "bytes"
    return _SCALARS.get(field.cpp_type, "str")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
