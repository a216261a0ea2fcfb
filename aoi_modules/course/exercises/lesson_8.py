"""Exercises of lesson 8, asking a model server."""

import base64
import binascii
import json

from aoi_modules.course.checks import Hint, exercise, kind

SIGNATURES = (b"\x89PNG", b"\xff\xd8", b"BM")
CODES = {"version 99": "NOT_FOUND", "signature heatmap": "FAILED_PRECONDITION", "not a picture": "INVALID_ARGUMENT"}


@exercise("8.1")
def request_body(answer: object) -> str:
    """The body of a REST prediction of two pictures."""
    if not isinstance(answer, dict) or "instances" not in answer:
        raise Hint(f'found {kind(answer)}, expected a dict with the key "instances"')
    instances = answer["instances"]
    if not isinstance(instances, list) or len(instances) != 2:
        raise Hint(f"instances: found {kind(instances)}, expected a list of two, one for each picture")
    for number, instance in enumerate(instances):
        if not isinstance(instance, dict) or set(instance) != {"b64"}:
            raise Hint(f'instance {number}: found {kind(instance)}, expected {{"b64": ...}}')
        _refuse_no_picture(number, instance["b64"])
    json.dumps(answer)
    return "two pictures as text, a third larger than their bytes"


def _refuse_no_picture(number: int, text: object) -> None:
    if not isinstance(text, str):
        raise Hint(f"instance {number}: found {kind(text)}; JSON has no bytes, so decode the base64 bytes to text")
    try:
        picture = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Hint(f"instance {number}: found {kind(text)}, expected the base64 form of the picture's bytes") from None
    if not picture.startswith(SIGNATURES):
        raise Hint(f"instance {number}: found bytes that begin with {picture[:4]!r}, expected the encoded picture")


@exercise("8.2")
def refusals(answer: object) -> str:
    """The canonical code of each refused call."""
    if not isinstance(answer, dict) or set(answer) != set(CODES):
        raise Hint(f"found {kind(answer)}, expected a dict with the keys {', '.join(CODES)}")
    for call, code in answer.items():
        if not isinstance(code, str):
            raise Hint(f"{call}: found {kind(code)}, expected a code such as 'NOT_FOUND'; RpcError has it as .code")
        if code != CODES[call]:
            raise Hint(f"{call}: found {code!r}, which the server does not answer; make the call and print error.code")
    return "absent, not fitting, not readable: three codes, three different repairs"
