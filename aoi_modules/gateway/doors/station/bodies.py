"""Bodies of requests that are JSON."""

from typing import TypeVar

import msgspec
from starlette.requests import Request

from aoi_modules.errors import BadParameter
from aoi_modules.gateway.doors.uploads import Upload

JSON = "application/json"
MOST_BYTES = 64 * 1024
Body = TypeVar("Body", bound=msgspec.Struct)


async def read_json(request: Request, kind: type[Body], timeout_ms: int, *, most_bytes: int = MOST_BYTES) -> Body:
    """Reads the body.

    The content type has to be said: a page of somebody else cannot send this one from a browser without being asked.

    Args:
        request: of HTTP.
        kind: of the body.
        timeout_ms: how long it may take to arrive.
        most_bytes: that it may have.

    Raises:
        BadParameter: it is no JSON, or none of this kind.
        TooLarge, SlowUpload, ClientDisconnect: as `Upload.body`.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != JSON:
        raise BadParameter("Content-Type", expected=JSON, found=said[:40])
    body = await Upload(request, most_bytes, timeout_ms).body()
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        reason, _, place = str(error).partition(" - at `$.")
        name = place.rstrip("`") or "body"
        raise BadParameter(name, expected="another value", found=reason[:200]) from None
