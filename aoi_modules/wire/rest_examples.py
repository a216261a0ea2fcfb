"""The bodies of `:classify` and `:regress`: JSON examples as an Input message, results as JSON.

The error texts are TensorFlow Serving's, which speaks of "classify" in both.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from aoi_modules.wire import array_texts, json_arrays
from aoi_modules.wire.json_arrays import is_base64
from aoi_modules.wire.json_text import quote, type_name
from aoi_modules.wire.messages import ClassificationResult, Example, Feature, Input, RegressionResult
from aoi_modules.wire.status import invalid

MAX_INT64 = (1 << 63) - 1
MAX_UINT64 = (1 << 64) - 1
_KINDS = {"bytes_list": "bytes", "float_list": "float", "int64_list": "int64"}


def request_input(document: Mapping[str, Any]) -> Input:
    """Reads the examples of a request, and the context that they share where it has one.

    Args:
        document: the parsed body; key `examples` is a list of objects, key `context` one object.

    Raises:
        RpcError: INVALID_ARGUMENT, the body holds no examples, or a value that no feature can hold.
    """
    message = Input()
    if "context" in document:
        _fill(message.example_list_with_context.context, document["context"])
    if "examples" not in document:
        raise invalid(
            f"JSON Value: {quote(document)} When method is classify, key 'examples' is expected and was not found"
        )
    examples = document["examples"]
    if not isinstance(examples, list):
        raise invalid(f"JSON Value: {quote(document)} Expecting 'examples' value to be an list/array")
    if not examples:
        raise invalid(f"JSON Value: {quote(document)} 'examples' value is an empty array")
    kind = message.example_list_with_context if "context" in document else message.example_list
    for example in examples:
        _fill(kind.examples.add(), example)
    return message


def _fill(example: Example, value: Any) -> None:
    if not isinstance(value, dict):
        raise invalid(f"Example must be JSON object but got JSON {type_name(value)}")
    example.features.SetInParent()
    for name, content in value.items():
        name = name.encode("utf-8", "replace").decode()
        _fill_feature(example.features.feature[name], name, content if isinstance(content, list) else [content])


def _fill_feature(feature: Feature, name: str, items: list[Any]) -> None:
    """Puts values of one kind into a feature; an empty list leaves it without a kind, as in the original."""
    kind = ""
    values: list[Any] = []
    for item in items:
        item_kind, value = _kind_and_value(item, name)
        kind = kind or item_kind
        if item_kind != kind:
            raise invalid(f"Unexpected element type in feature: {name} expecting type: {_KINDS[kind]}")
        values.append(value)
    if kind == "float_list":
        with np.errstate(over="ignore"):
            values = np.array(values, np.float32).tolist()  # what is too great for float32 becomes infinite
    if kind:
        getattr(feature, kind).value.extend(values)


def _kind_and_value(item: Any, name: str) -> tuple[str, bytes | float | int]:
    """The list that a JSON value goes to, and the value as that list holds it."""
    if isinstance(item, bool):
        return "int64_list", int(item)
    if isinstance(item, int) and -MAX_INT64 - 1 <= item <= MAX_UINT64:
        if item > MAX_INT64:
            raise invalid(f"Feature: {name} has uint64 element. Only int64_t is supported.")
        return "int64_list", item
    if isinstance(item, int | float):
        return "float_list", float(item)
    if isinstance(item, str) or is_base64(item):
        return "bytes_list", json_arrays.to_bytes(item)
    raise invalid(f"Feature: {name} has element with unexpected JSON type: {type_name(item)}")


def classification_body(result: ClassificationResult) -> bytes:
    """Writes `{"results": [[[label, score], ...], ...]}`, one list for each example.

    Raises:
        RpcError: INVALID_ARGUMENT, there is no result.
    """
    if not result.classifications:
        raise invalid("Cannot convert empty ClassificationResults to JSON")
    lists = []
    for classifications in result.classifications:
        scores = _float_texts([item.score for item in classifications.classes])
        labels = [json.dumps(item.label, ensure_ascii=False).encode() for item in classifications.classes]
        pairs = [b"[" + label + b", " + score + b"]" for label, score in zip(labels, scores, strict=True)]
        lists.append(b"[" + b", ".join(pairs) + b"]")
    return _results(lists)


def regression_body(result: RegressionResult) -> bytes:
    """Writes `{"results": [value, ...]}`, one value for each example.

    Raises:
        RpcError: INVALID_ARGUMENT, there is no result.
    """
    if not result.regressions:
        raise invalid("Cannot convert empty RegressionResults to JSON")
    return _results(_float_texts([item.value for item in result.regressions]))


def _float_texts(values: list[float]) -> list[bytes]:
    return array_texts.rows(np.array(values, np.float32), "results")


def _results(texts: list[bytes]) -> bytes:
    return b'{\n    "results": [' + b", ".join(texts) + b"]\n}"
