"""Exercises of lesson 8, asking a model server."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.fields import fields, number
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, FEATURES, IMAGE

CODES = {
    "version 99": "NOT_FOUND",
    "signature heatmap": "FAILED_PRECONDITION",
    "not a picture": "INVALID_ARGUMENT",
    "a deadline of 1 ms": "DEADLINE_EXCEEDED",
    "nobody at the port": "UNAVAILABLE",
}
"""Canonical code of each refused call, by gRPC."""
AGAIN = "nobody at the port"
"""The only one of them that may succeed when it is sent again, and surely did nothing the first time."""
WHY_NOT = {
    "version 99": "the server has no such version now and will have none in a second",
    "signature heatmap": "the model has no such signature, however often somebody asks",
    "not a picture": "the same bytes are no picture the next time either",
    "a deadline of 1 ms": "the request may be with the model already; whoever sends it again doubles the load of a "
    "server that is late as it is",
}
HOUSES = 2
"""So many the task of 8.1 has."""
INPUTS = (IMAGE, FEATURES)
TOLERANCE = 0.02
"""Measured requests/s this close to the best count as equal."""
NO_ARRAYS = "JSON does not know arrays of NumPy; .tolist() makes a list"


@exercise("8.1")
def request_body(answer: object) -> str:
    """The body of a REST prediction of two houses, each a picture and its features, in rows or in columns."""
    found = fields(answer, ("pictures", "features", "body"))
    body, pictures, features = found["body"], _given(found["pictures"]), _given(found["features"])
    if not isinstance(body, dict) or ("instances" in body) == ("inputs" in body):
        raise Hint(f'body: found {kind(body)}, expected a dict with the key "instances" (rows) or "inputs" (columns)')
    _refuse_other_keys(body)
    rows = _rows(body["instances"]) if "instances" in body else _columns(body["inputs"])
    if len(rows) != len(pictures):
        raise Hint(f"body: found {len(rows)} houses, expected {len(pictures)}")
    for place, (row, picture, numbers) in enumerate(zip(rows, pictures, features, strict=True)):
        _refuse_other_picture(place, row[IMAGE], picture, pictures)
        _refuse_other_numbers(place, row[FEATURES], numbers)
    json.dumps(body)
    return "pictures as text, a third larger than their bytes, and the numbers as they are"


def _given(value: object) -> Sequence[Any]:
    """The pictures or features of the task: one entry a house."""
    if not isinstance(value, list | tuple | np.ndarray) or len(value) != HOUSES:
        raise Hint(f"pictures, features: these belong to the {HOUSES} houses of the task; leave them as they were")
    return list(value)


def _refuse_other_keys(body: Mapping[str, object]) -> None:
    others = [name for name in body if name not in ("instances", "inputs", "signature_name")]
    if others:
        raise Hint(f"body: the key {others[0]!r} means nothing to the server, which ignores it without a word")
    signature = body.get("signature_name", DEFAULT_SIGNATURE)
    if signature != DEFAULT_SIGNATURE:
        raise Hint(
            f"signature_name: found {kind(signature)}; encoded pictures go to {DEFAULT_SIGNATURE!r}, or leave it out"
        )


def _refuse_other_inputs(where: str, value: Mapping[str, object]) -> None:
    others = [name for name in value if name not in INPUTS]
    if others:
        raise Hint(f"{where}: {others[0]!r} is no input of this model; its inputs are {' and '.join(INPUTS)}")


def _rows(instances: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(instances, list | tuple):
        raise Hint(f"instances: found {kind(instances)}, expected a list with one dict a house")
    for place, row in enumerate(instances):
        if isinstance(row, dict) and set(row) == {"b64"}:
            raise Hint(f"instance {place}: the numbers are missing; name both inputs, as in the request above")
        if isinstance(row, dict):
            _refuse_other_inputs(f"instance {place}", row)
        if not isinstance(row, dict) or set(row) != set(INPUTS):
            raise Hint(f"instance {place}: found {kind(row)}, expected a dict with the keys image and features")
    return instances


def _columns(inputs: object) -> Sequence[Mapping[str, object]]:
    if isinstance(inputs, dict):
        _refuse_other_inputs("inputs", inputs)
    if not isinstance(inputs, dict) or set(inputs) != set(INPUTS):
        raise Hint(f"inputs: found {kind(inputs)}, expected a dict with the keys image and features")
    image, features = inputs[IMAGE], inputs[FEATURES]
    if isinstance(features, np.ndarray):
        raise Hint(f"inputs: {NO_ARRAYS}")
    if not isinstance(image, list | tuple) or not isinstance(features, list | tuple) or len(image) != len(features):
        raise Hint("inputs: expected two lists of the same length, one value a house in each")
    return [{IMAGE: one, FEATURES: numbers} for one, numbers in zip(image, features, strict=True)]


def _refuse_other_picture(place: int, image: object, picture: bytes, pictures: Sequence[bytes]) -> None:
    if isinstance(image, str):
        raise Hint(f'house {place}: text alone is taken as it is; {{"b64": ...}} says that it stands for bytes')
    if not isinstance(image, dict) or set(image) != {"b64"}:
        raise Hint(f'house {place}: image: found {kind(image)}, expected {{"b64": ...}}')
    text = image["b64"]
    if not isinstance(text, str):
        raise Hint(f"house {place}: found {kind(text)}; JSON has no bytes, so decode the base64 bytes to text")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        reason = "leave out what stands before the comma" if text.startswith("data:") else "use base64.b64encode"
        raise Hint(f"house {place}: found {kind(text)}, expected the base64 form of the bytes; {reason}") from None
    if content == picture:
        return
    if base64.b64encode(picture) == content:
        raise Hint(f"house {place}: it is base64 of base64; encode once")
    if content in pictures:
        raise Hint(f"house {place}: this is the picture of another house; keep the order")
    raise Hint(f"house {place}: found bytes that begin with {content[:4]!r}, expected its picture, as it is")


def _refuse_other_numbers(place: int, found: object, expected: Sequence[float]) -> None:
    if isinstance(found, np.ndarray):
        raise Hint(f"house {place}: {NO_ARRAYS}")
    if not isinstance(found, list | tuple) or len(found) != len(expected):
        raise Hint(f"house {place}: features: found {kind(found)}, expected a list of {len(expected)} numbers")
    numbers = [_json_number(f"house {place}, feature {place_}", value) for place_, value in enumerate(found)]
    if np.allclose(numbers, expected, rtol=1e-6):
        return
    if np.allclose(sorted(numbers), sorted(expected), rtol=1e-6):
        raise Hint(f"house {place}: the right numbers in another order, which no server can notice")
    raise Hint(f"house {place}: found {kind(numbers)}, expected its numbers as they are; the model scales them itself")


def _json_number(name: str, value: object) -> float:
    plain = number(name, value)
    if not isinstance(value, int | float):  # NumPy's float64 is one of Python's floats, its other types are not
        raise Hint(f"{name}: found {kind(value)}; JSON does not know numbers of NumPy; .tolist() makes those of Python")
    return plain


@exercise("8.2")
def refusals(answer: object) -> str:
    """Of each refused call its canonical code, and whether it is asked again."""
    found = fields(answer, tuple(CODES))
    for call, said in found.items():
        if not isinstance(said, tuple | list) or len(said) != 2:
            raise Hint(f"{call}: found {kind(said)}, expected the code and True or False")
        code, again = said
        if not isinstance(code, str):
            raise Hint(f"{call}: found {kind(code)}, expected a code such as 'NOT_FOUND'; RpcError has it as .code")
        if code != CODES[call]:
            raise Hint(f"{call}: found {code!r}, which is not what comes back; make the call and print error.code")
        if not isinstance(again, bool | np.bool_):
            raise Hint(f"{call}: found {kind(again)}, expected True if it is asked again, else False")
        if again and call != AGAIN:
            raise Hint(f"{call}: not again: {WHY_NOT[call]}")
        if not again and call == AGAIN:
            raise Hint(
                f"{call}: nobody took the request, so sending it again does nothing twice; a server that "
                "restarts is there in a moment"
            )
    return "five refusals: four want a repair, one wants patience"


@exercise("8.3")
def clients_within(answer: object) -> str:
    """How many clients give the most requests/s with p99 within the limit, by a measured curve."""
    found = fields(answer, ("curve", "limit", "clients"))
    curve, limit = _curve(found["curve"]), number("limit", found["limit"])
    clients = number("clients", found["clients"])
    if clients not in curve:
        raise Hint(f"clients: found {kind(found['clients'])}, expected one of {', '.join(map(str, curve))}")
    chosen = curve[clients]
    fitting = [point for point in curve.values() if point["p99"] <= limit]
    if not fitting:
        raise Hint(f"limit: no point of the curve keeps to {limit:.1f} ms; leave curve and limit as they were")
    best = max(point["requests_per_second"] for point in fitting)
    if chosen["p99"] > limit:
        half = ", though half of its calls keep to it: p50 is not the limit" if chosen["p50"] <= limit else ""
        raise Hint(f"clients: with {clients:g} p99 is {chosen['p99']:.1f} ms, over {limit:.1f} ms{half}")
    if chosen["requests_per_second"] < (1 - TOLERANCE) * best:
        raise Hint(
            f"clients: with {clients:g} the limit is kept, but {chosen['requests_per_second']:.0f} requests/s "
            f"are fewer than {best:.0f}, which keep to it too"
        )
    return f"{chosen['requests_per_second']:.0f} requests/s, 99 of 100 within {chosen['p99']:.1f} ms"


POINT = ("requests_per_second", "p50", "p99")


def _curve(value: object) -> dict[float, dict[str, float]]:
    """Clients -> requests/s, p50 and p99 in ms."""
    if not isinstance(value, dict) or not value:
        raise Hint(f"curve: found {kind(value)}; it belongs to the task, leave it as it was")
    return {
        clients: {name: number(f"curve, {name}", fields(point, POINT)[name]) for name in POINT}
        for clients, point in value.items()
    }
