"""A picture of one part as HTTP carries it: the bare bytes of a file or a frame, or a form with features beside it."""

from collections.abc import Mapping

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request

from aoi_modules.errors import BadParameter, NoPicture
from aoi_modules.gateway.doors.forms import form_of, headers_of, is_form, media_type_of, parameters_of
from aoi_modules.gateway.doors.whole_numbers import whole_number
from aoi_modules.gateway.shots import Features, FrameSize, Shot, checked_features

PICTURES = ("image/png", "image/jpeg", "image/bmp")
"""Files that are read; the gateway goes by their first bytes, whatever the header says."""
RAW = "image/x-raw"
"""The media type of a raw frame: uint8, row after row. Its parameters say width, height and channels."""
FORM_BYTES = 64 * 1024
"""Of a form, in addition to its picture."""
IMAGE, FEATURES = "image", "features"
"""The fields of a form."""
FEATURES_HEADER = "X-Aoi-Features"
MOST_SIDE = 65535
CHANNELS = (1, 3)
SIZES = {"width": MOST_SIDE, "height": MOST_SIDE, "channels": max(CHANNELS)}
"""What says how a raw frame is read, and the largest number of each."""
FeaturesJson = dict[str, float] | list[float]
"""Features as JSON: a number for each name, or in the order of the model's manifest."""
_FEATURES_JSON = msgspec.json.Decoder(FeaturesJson)


async def shot_of(request: Request, body: bytes) -> Shot:
    """Reads what a request brings.

    Args:
        request: whose headers and parameters say how the body is read.
        body: all of it.

    Raises:
        BadParameter: the form has other fields, or size or features make no sense.
        NoPicture: the form has no picture.
    """
    given_beside, headers = parameters_of(request), headers_of(request)
    for name in given_beside.keys() & SIZES.keys():  # where nobody reads them, too
        _size(name, given_beside[name])
    beside = given_beside.get(FEATURES, headers.get(FEATURES_HEADER.lower()))
    if not is_form(request):
        return _shot(request, body, headers.get("content-type", ""), beside)
    expected = f"a form with {IMAGE} and {FEATURES}"
    async with form_of(request, body, expected=expected, max_files=2, max_fields=2) as fields:
        for name in fields.keys() - {IMAGE, FEATURES}:
            raise BadParameter(name[:40], expected=f"{IMAGE} and {FEATURES} in the form", found="another field")
        if len(fields.multi_items()) > len(fields.keys()):
            raise BadParameter("body", expected="each field once in the form", found="a field twice")
        image, given = fields.get(IMAGE), fields.get(FEATURES, beside)
        if image is None:
            raise NoPicture
        if not isinstance(image, UploadFile):
            raise BadParameter(IMAGE, expected="a file", found="text")
        text = await given.read() if isinstance(given, UploadFile) else given
        return _shot(request, await image.read(), image.content_type or "", text)


def features_of(text: str | bytes) -> Features:
    """Reads features from JSON: an object, name -> number, or a list of numbers.

    Raises:
        BadParameter: it is something else, or a number is not finite.
    """
    try:
        found = _FEATURES_JSON.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        shown = text.decode(errors="replace") if isinstance(text, bytes) else text
        expected = "JSON, a number for each name or a list of numbers"
        raise BadParameter(FEATURES, expected=expected, found=shown[:40]) from None
    return checked_features(tuple(found) if isinstance(found, list) else found)


def _shot(request: Request, content: bytes, media_type: str, features: str | bytes | None) -> Shot:
    kind, parameters = media_type_of(media_type)
    frame = _frame(parameters, parameters_of(request)) if kind == RAW else None
    return Shot(content, frame, None if features is None else features_of(features))


def _frame(parameters: Mapping[str, str], query: Mapping[str, str]) -> FrameSize:
    return FrameSize(*(_size(name, parameters.get(name, query.get(name, ""))) for name in SIZES))


def _size(name: str, text: str) -> int:
    number = whole_number(name, text, SIZES[name], expected=f"1 to {SIZES[name]}, for a raw frame")
    if name == "channels" and number not in CHANNELS:
        raise BadParameter(name, expected=" or ".join(map(str, CHANNELS)), found=text[:40])
    return number
