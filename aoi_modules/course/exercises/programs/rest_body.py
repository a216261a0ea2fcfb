"""The body of a REST prediction, in rows or in columns: read, and each known mistake named."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.answers import number
from aoi_modules.modelstore.layout import DEFAULT_SIGNATURE, FEATURES, IMAGE

Row = Mapping[str, Any]


def check_body(content: bytes, pictures: Sequence[bytes], features: Sequence[Sequence[float]] | None = None) -> None:
    """Makes sure that a body asks about these pictures, and about the numbers beside them.

    Args:
        content: the body as it was sent.
        pictures: encoded, in order.
        features: a row of numbers for each picture; None for a model that takes none.

    Raises:
        Hint: it does not; names the mistake.
    """
    names = (IMAGE,) if features is None else (IMAGE, FEATURES)
    rows = _read(content, names)
    if len(rows) != len(pictures):
        raise Hint(f"the body holds {len(rows)} pictures, expected {len(pictures)} in one request")
    for place, (row, picture) in enumerate(zip(rows, pictures, strict=True)):
        _refuse_other_picture(place, row[IMAGE], picture, pictures)
    for place, numbers in enumerate(features if features is not None else ()):
        _refuse_other_numbers(place, rows[place][FEATURES], numbers)


def _read(content: bytes, names: Sequence[str]) -> Sequence[Row]:
    """One row a picture, with exactly these inputs."""
    try:
        body = json.loads(content)
    except ValueError:
        raise Hint(f"the body is no JSON: it begins with {content[:20]!r}; post(..., json=body) writes it") from None
    if not isinstance(body, dict) or ("instances" in body) == ("inputs" in body):
        raise Hint(f'found the body {kind(body)}, expected an object with the key "instances" (rows) or "inputs"')
    _refuse_other_keys(body)
    return _rows(body["instances"], names) if "instances" in body else _columns(body["inputs"], names)


def _refuse_other_keys(body: Mapping[str, object]) -> None:
    others = [name for name in body if name not in ("instances", "inputs", "signature_name")]
    if others:
        raise Hint(f"the key {others[0]!r} means nothing to the server, which ignores it without a word")
    signature = body.get("signature_name", DEFAULT_SIGNATURE)
    if signature != DEFAULT_SIGNATURE:
        raise Hint(
            f"signature_name: found {kind(signature)}; encoded pictures go to {DEFAULT_SIGNATURE!r}, or leave it out"
        )


def _refuse_other_inputs(where: str, value: Mapping[str, object], names: Sequence[str]) -> None:
    others = [name for name in value if name not in names]
    if others:
        raise Hint(f"{where}: {others[0]!r} is no input of this model, which takes {' and '.join(names)}")
    missing = [name for name in names if name not in value]
    if missing:
        raise Hint(f"{where}: the input {missing[0]} is missing; name {' and '.join(names)}")


def _rows(instances: object, names: Sequence[str]) -> Sequence[Row]:
    if not isinstance(instances, list):
        raise Hint(f"instances: found {kind(instances)}, expected a list with one entry a picture")
    return [_row(place, one, names) for place, one in enumerate(instances)]


def _row(place: int, row: object, names: Sequence[str]) -> Row:
    where = f"instance {place}"
    alone = not isinstance(row, dict) or set(row) == {"b64"}
    if alone and len(names) == 1:
        return {names[0]: row}
    if isinstance(row, dict) and alone:
        raise Hint(f"{where}: the numbers are missing; name both inputs, as in the request above")
    if not isinstance(row, dict):
        raise Hint(f"{where}: found {kind(row)}, expected an object with the keys {' and '.join(names)}")
    _refuse_other_inputs(where, row, names)
    return row


def _columns(inputs: object, names: Sequence[str]) -> Sequence[Row]:
    if len(names) == 1 and isinstance(inputs, list):
        inputs = {names[0]: inputs}
    if not isinstance(inputs, dict):
        raise Hint(f"inputs: found {kind(inputs)}, expected an object with the keys {' and '.join(names)}")
    _refuse_other_inputs("inputs", inputs, names)
    columns = [inputs[name] for name in names]
    if not all(isinstance(column, list) for column in columns) or len({len(column) for column in columns}) > 1:
        raise Hint("inputs: expected a list for each input, all of the same length: one value a picture in each")
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _refuse_other_picture(place: int, image: object, picture: bytes, pictures: Sequence[bytes]) -> None:
    where = f"picture {place}"
    if isinstance(image, str):
        raise Hint(f'{where}: text alone is taken as it is; {{"b64": ...}} says that it stands for bytes')
    if not isinstance(image, dict) or set(image) != {"b64"}:
        raise Hint(f'{where}: found {kind(image)}, expected {{"b64": ...}}')
    text = image["b64"]
    if not isinstance(text, str):
        raise Hint(f"{where}: found {kind(text)}, expected the base64 form of the bytes, as text")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        reason = "leave out what stands before the comma" if text.startswith("data:") else "use base64.b64encode"
        raise Hint(f"{where}: found {kind(text)}, expected the base64 form of the bytes; {reason}") from None
    if content == picture:
        return
    if base64.b64encode(picture) == content:
        raise Hint(f"{where}: it is base64 of base64; encode once")
    if content in pictures:
        raise Hint(f"{where}: this is another one of the pictures; keep the order")
    raise Hint(
        f"{where}: found bytes that begin with {content[:4]!r}, expected the picture that your function was given, "
        "as it is"
    )


def _refuse_other_numbers(place: int, found: object, expected: Sequence[float]) -> None:
    where = f"features {place}"
    if not isinstance(found, list) or len(found) != len(expected):
        raise Hint(f"{where}: found {kind(found)}, expected a list of {len(expected)} numbers")
    refuse_other_numbers(where, [number(where, value) for value in found], expected)


def refuse_other_numbers(where: str, numbers: Sequence[float], expected: Sequence[float]) -> None:
    """Makes sure that the numbers beside a picture are sent as they are.

    Args:
        where: to name in the hint.
        numbers: that were sent, as many as expected.
        expected: that the client was given.

    Raises:
        Hint: they are others; names the mistake.
    """
    if np.allclose(numbers, expected, rtol=1e-6):
        return
    if np.allclose(sorted(numbers), sorted(expected), rtol=1e-6):
        raise Hint(f"{where}: the right numbers in another order, which no server can notice")
    raise Hint(f"{where}: found {kind(list(numbers))}, expected the numbers as they are; the model scales them itself")
