"""The bodies of `:predict`: arrays from JSON in row form (`instances`) or columnar form (`inputs`), and back.

Row form has one entry for each example, columnar form one for each input. The answer has the form of the request.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from aoi_modules.errors import RpcError
from aoi_modules.wire import array_texts, json_arrays
from aoi_modules.wire.json_arrays import Shape, is_base64
from aoi_modules.wire.json_text import quote
from aoi_modules.wire.messages import TensorInfo
from aoi_modules.wire.status import invalid
from aoi_modules.wire.tensors import Array, Arrays

Infos = Mapping[str, TensorInfo]


class Form(StrEnum):
    """The form of a request; the value is the key of its answer."""

    ROW = "predictions"
    COLUMNAR = "outputs"


def signature_name(document: Mapping[str, Any]) -> str:
    """Returns the signature that a request names, "" where it names none.

    Raises:
        RpcError: INVALID_ARGUMENT, the name is no string.
    """
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {quote(document)} not formatted correctly. 'signature_name' key must be a string value."
        )
    return name


def request_arrays(document: Mapping[str, Any], infos: Infos) -> tuple[Form, Arrays]:
    """Reads the form and the inputs of a request.

    Args:
        document: the parsed body.
        infos: the inputs of the signature.

    Returns:
        The form, and each input as an array of the dtype that the signature states. In row form, the first axis
        counts the instances.

    Raises:
        RpcError: the body does not fit the signature, in TensorFlow Serving's words.
    """
    infos = dict(infos)  # a message's map refuses to look up names that are not UTF-8
    has_rows, has_columns = "instances" in document, "inputs" in document
    if has_rows and has_columns:
        raise invalid(
            f"JSON Value: {quote(document)} Not formatted correctly expecting only one of 'inputs' or 'instances' "
            "keys to exist "
        )
    if has_columns:
        return Form.COLUMNAR, _columnar_arrays(document["inputs"], infos)
    if not has_rows:
        raise invalid("Missing 'inputs' or 'instances' key")
    instances = document["instances"]
    if not isinstance(instances, list):
        raise invalid(f"JSON Value: {quote(document)} Expecting 'instances' to be an list/array")
    if not instances:
        raise invalid(f"JSON Value: {quote(document)} No values in 'instances' array")
    return Form.ROW, _row_arrays(instances, infos)


def _columnar_arrays(value: Any, infos: Infos) -> Arrays:
    if not isinstance(value, dict) or is_base64(value):
        return {_only_name(infos, "inputs is a plain value/list, but expecting an object"): _array(value, infos)}
    for name in infos:
        if name not in value:
            raise invalid(f"Missing named input: {name} in 'inputs' object.")
    return {name: json_arrays.to_array(value[name], info.dtype) for name, info in infos.items()}


def _array(value: Any, infos: Infos) -> Array:
    (info,) = infos.values()
    return json_arrays.to_array(value, info.dtype)


def _only_name(infos: Infos, text: str) -> str:
    """The name of the only input, which need not be written."""
    if len(infos) > 1:
        raise invalid(f"{text} as multiple input tensors required as per tensorinfo_map")
    if not infos:
        raise invalid(f"{text}, as the signature has no input")
    return next(iter(infos))


def _row_arrays(instances: list[Any], infos: Infos) -> Arrays:
    named = _is_named(instances[0])
    if not named:
        _only_name(infos, "instances is a plain list, but expecting list of objects")
    try:
        columns = _columns(instances, infos, named=named)
        return {name: json_arrays.to_array(column, infos[name].dtype) for name, column in columns.items()}
    except (RpcError, KeyError):
        _explain_rows(instances, infos, named=named)
        raise


def _is_named(instance: Any) -> bool:
    return isinstance(instance, dict) and not is_base64(instance)


def _columns(instances: list[Any], infos: Infos, *, named: bool) -> dict[str, list[Any]]:
    """One list an input. KeyError where an instance is not as the first one, or not as the signature wants it."""
    if any(_is_named(instance) != named for instance in instances):
        raise KeyError
    if not named:
        return {next(iter(infos)): instances}
    if any(instance.keys() != infos.keys() for instance in instances):
        raise KeyError
    return {name: [instance[name] for instance in instances] for name in infos}


def _explain_rows(instances: list[Any], infos: Infos, *, named: bool) -> None:
    """Finds the first instance that does not fit.

    Raises:
        RpcError: says which instance, and what is wrong with it.
    """
    shapes: dict[str, Shape] = {}
    for number, instance in enumerate(instances):
        if _is_named(instance) != named:
            kinds = "object but got list" if named else "value/list but got object"
            raise invalid(f"Expecting {kinds} at item {number} of input list")
        items = instance.items() if named else [(next(iter(infos)), instance)]
        for name, item in items:
            try:
                _check_item(item, name, infos, shapes)
            except RpcError as error:
                key = f" key: {name}" if named else ""
                raise RpcError(
                    error.code,
                    f"Failed to process element: {number}{key} of 'instances' list. "
                    f"Error: {error.code}: {error.message}",
                ) from None
        if named and instance.keys() != infos.keys():
            raise invalid(
                f"Failed to process element: {number} of 'instances' list. JSON object: {quote(instance)} "
                f"keys must be equal to: {','.join(sorted(infos))}"
            )


def _check_item(item: Any, name: str, infos: Infos, shapes: dict[str, Shape]) -> None:
    """Compares an item with the first one of its name, whose shape is noted."""
    if name not in infos:
        raise invalid(f"JSON object: does not have named input: {name}")
    array = json_arrays.to_array(item, infos[name].dtype)
    first = shapes.setdefault(name, array.shape)
    size = _size(first)
    if array.size != size:
        raise invalid(f"Expecting tensor size: {size} but got: {array.size}")
    if array.shape != first:
        raise invalid(f"Expecting shape {_shape_text(first)} but got: {_shape_text(array.shape)}")


def _size(shape: Shape) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


def _shape_text(shape: Shape) -> str:
    return "[" + ",".join(map(str, shape)) + "]"


def answer_body(outputs: Arrays, form: Form) -> bytes:
    """Writes the answer as JSON.

    Args:
        outputs: by name; in row form each has one row for each instance, `(N, ...)`.
        form: of the request.

    Raises:
        RpcError: INVALID_ARGUMENT an output has no JSON form, or has no rows though the request is in row form.
    """
    if not outputs:
        raise invalid("Cannot convert empty tensor map to JSON")
    text = _row_text(outputs) if form is Form.ROW else _columnar_text(outputs)
    return b"".join((f'{{\n    "{form}": '.encode(), text, b"\n}"))


def _columnar_text(outputs: Arrays) -> bytes:
    texts = {name: array_texts.text(array, name) for name, array in outputs.items()}
    return next(iter(texts.values())) if len(texts) == 1 else _object_text(texts)


def _row_text(outputs: Arrays) -> bytes:
    batch: int | None = None
    for name, array in outputs.items():
        if array.ndim == 0:
            raise invalid(f"Tensor name: {name} has no shape information ")
        if batch is not None and len(array) != batch:
            raise invalid(f"Tensor name: {name} has inconsistent batch size: {len(array)} expecting: {batch}")
        batch = len(array)
    if len(outputs) == 1:
        return _columnar_text(outputs)
    columns = {name: array_texts.rows(array, name) for name, array in outputs.items()}
    rows = [_object_text({name: column[i] for name, column in columns.items()}) for i in range(batch or 0)]
    return b"[" + b", ".join(rows) + b"]"


def _object_text(texts: Mapping[str, bytes]) -> bytes:
    members = [_key(name) + b": " + text for name, text in texts.items()]
    return b"{" + b", ".join(members) + b"}"


def _key(name: str) -> bytes:
    return json.dumps(name).encode("utf-8", "surrogateescape")
