"""A picture that arrives by HTTP: bounded in bytes and in time, whatever the headers say."""

import asyncio
import random

from starlette.requests import Request

from aoi_modules.errors import AoiError, BadParameter, SlowUpload, TooLarge
from aoi_modules.gateway.doors.forms import headers_of, is_form, parameters_of
from aoi_modules.gateway.doors.shot_form import FORM_BYTES, shot_of
from aoi_modules.gateway.doors.whole_numbers import whole_number
from aoi_modules.gateway.shots import Shot
from aoi_modules.logs import checked_id
from aoi_modules.results.record import Origin

ORIGIN = ("unit", "position", "product", "lot", "station")
"""What a request may say about where its pictures come from: by a parameter of this name or by `X-Aoi-Name`."""
ORIGIN_HEADERS = "X-Aoi-"
"""What their headers begin with."""
_ORIGIN_HEADERS = {name: f"{ORIGIN_HEADERS}{name}".lower() for name in ORIGIN}
KEY_HEADER = "Idempotency-Key"
MAX_NAME = 200
"""Characters of a name of any kind, and of a key."""
MOST_MILLISECONDS = 999_999_999
"""That a request may want; no route gives as many."""
_DISCARD_BYTES = 64 * 1024 * 1024
_DISCARD_SECONDS = 2.0


class Upload:
    """One request for an inspection; nothing of it is read before it is asked for.

    Args:
        request: of HTTP.
        max_bytes: of the body, or of the one picture in it.
        timeout_ms: how long the body may take to arrive.
        request_id: by which the log knows the request.
    """

    def __init__(self, request: Request, max_bytes: int, timeout_ms: int, request_id: str = "") -> None:
        self.request_id = request_id
        self._request = request
        self._max_bytes = max_bytes
        self._timeout_ms = timeout_ms

    def wanted_ms(self) -> int | None:
        """Reads how long the inspection may take; see the function of this name."""
        return wanted_ms(self._request)

    def origin(self) -> Origin:
        """Reads where the picture comes from; see the function `origin_of`."""
        return origin_of(self._request)

    def key(self) -> str | None:
        """Reads the header `Idempotency-Key`; None if there is none.

        Raises:
            BadParameter: it is empty, too long, or holds a control character.
        """
        text = headers_of(self._request).get(KEY_HEADER.lower())
        return None if text is None else name_of(KEY_HEADER, text)

    async def shot(self) -> Shot:
        """Receives one picture, and what goes beside it.

        Raises:
            TooLarge, SlowUpload, ClientDisconnect: as `body`.
            BadParameter, NoPicture: as `shot_form.shot_of`.
        """
        body = await self._received(self._max_bytes + (FORM_BYTES if is_form(self._request) else 0))
        shot = await shot_of(self._request, body)
        if len(shot.content) > self._max_bytes:
            raise TooLarge(self._max_bytes, "bytes", found=f"{len(shot.content)} bytes")
        return shot

    async def body(self) -> bytes:
        """Receives the body of the request.

        Raises:
            TooLarge: it is, by its Content-Length or by what arrives.
            SlowUpload: it did not arrive in time.
            ClientDisconnect: the client hung up.
        """
        return await self._received(self._max_bytes)

    async def _received(self, max_bytes: int) -> bytes:
        announced = headers_of(self._request).get("content-length", "")
        if announced.isdigit() and int(announced) > max_bytes:
            raise await self._after_discarding(TooLarge(self._max_bytes, "bytes", found=f"{announced} bytes"))
        content = bytearray()
        try:
            async with asyncio.timeout(self._timeout_ms / 1000):
                async for chunk in self._request.stream():
                    content += chunk
                    if len(content) > max_bytes:
                        break
        except TimeoutError:
            raise SlowUpload(self._timeout_ms) from None
        if len(content) > max_bytes:
            found = f"more than {self._max_bytes} bytes"
            raise await self._after_discarding(TooLarge(self._max_bytes, "bytes", found=found))
        return bytes(content)

    async def _after_discarding(self, refusal: AoiError) -> AoiError:
        """Lets the client finish sending, within bounds: closing in its face would lose the answer that says why.

        A client that asked first, by `Expect: 100-continue`, has sent nothing and is answered at once.
        """
        if headers_of(self._request).get("expect", "").lower() == "100-continue":
            return refusal
        discarded = 0
        try:
            async with asyncio.timeout(_DISCARD_SECONDS):
                while discarded < _DISCARD_BYTES:
                    message = await self._request.receive()
                    discarded += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            pass
        return refusal


def origin_of(request: Request) -> Origin:
    """Reads where pictures come from: from the parameters of `ORIGIN`, or else the headers; None where it is silent.

    Raises:
        BadParameter: a name is empty, too long, or holds a control character.
    """
    headers, parameters = headers_of(request), parameters_of(request)
    for name, header in _ORIGIN_HEADERS.items():  # a header, too, where the parameter wins
        if (text := headers.get(header)) is not None:
            name_of(f"{ORIGIN_HEADERS}{name.title()}", text)
    given = {name: parameters.get(name, headers.get(header)) for name, header in _ORIGIN_HEADERS.items()}
    return Origin(**{name: name_of(name, text) for name, text in given.items() if text is not None})


def said_of(request: Request, name: str) -> str | None:
    """Reads one of `ORIGIN`, or what else may be a parameter or a header, as it came; None where nothing is said."""
    return parameters_of(request).get(name, headers_of(request).get(f"{ORIGIN_HEADERS}{name}".lower()))


def name_of(what: str, text: str) -> str:
    """Gives a name as it came.

    Raises:
        BadParameter: it is empty, longer than any serial number, or holds a control character.
    """
    if not 0 < len(text) <= MAX_NAME or not text.isprintable():
        raise BadParameter(what, expected=f"1 to {MAX_NAME} printable characters", found=text[:40])
    return text


def request_id_of(given: str) -> str:
    """Gives the client's own id, if it is one that cannot disturb a log; else a new one."""
    return checked_id(given) or f"{random.getrandbits(128):032x}"  # no secret: it tells requests apart


def wanted_ms(request: Request) -> int | None:
    """Reads how long an inspection may take, in milliseconds; None if the request does not say.

    Raises:
        BadParameter: it says something else.
    """
    text = parameters_of(request).get("timeout_ms")
    if text is None:
        return None
    return whole_number("timeout_ms", text, MOST_MILLISECONDS, expected="whole milliseconds over 0")
