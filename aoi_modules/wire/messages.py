"""TensorFlow Serving's public messages, without TensorFlow.

The official Python package of these messages pulls in all of TensorFlow, which a gateway or a client has no use for.
The classes are built from `schema` when the first of them is asked for. They live in a descriptor pool of their own, so
a process that also imports TensorFlow or the official package meets no duplicate names.

Types for editors and mypy stand in `messages.pyi`, which `message_types` writes from the same schema.
"""

from google.protobuf.message import Message

from aoi_modules.wire.descriptors import message_classes, message_names


def __getattr__(name: str) -> type[Message]:
    """Builds the classes at the first use of one; from then on they are plain names of this module."""
    if name not in message_names():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Two threads may come first at once. Both build, but both take the classes that were kept first.
    classes: dict[str, type[Message]] = globals().setdefault("_classes", message_classes())
    globals().update(classes)
    return classes[name]
