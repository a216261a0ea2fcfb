"""A picture that somebody sends to have its part inspected, before and after it is there. Knows no HTTP."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aoi_modules.errors import BadParameter, NoPicture, TooLarge
from aoi_modules.gateway.shots import FrameSize, Shot
from aoi_modules.pictures.decoding import decode, read_header
from aoi_modules.results.record import Origin, Picture, given_key, now, picture_key

LIGHT_PIXELS = 2**16
"""A picture of up to so many pixels is decoded in the event loop: that takes less time than to hand it to a thread."""
_KINDS = {"PNG": "png", "JPEG": "jpg", "BMP": "bmp"}


class Arrival(Protocol):
    """A picture on its way; nothing of it is read before it is asked for."""

    @property
    def request_id(self) -> str:
        """By which the log knows the request."""

    def wanted_ms(self) -> int | None:
        """Reads how long the inspection may take, in milliseconds; None leaves it to the route."""

    def origin(self) -> Origin:
        """Reads where the picture comes from, as far as the sender says."""

    def key(self) -> str | None:
        """Reads by which key the sender marks repeats of the same request; None if there is none."""

    async def shot(self) -> Shot:
        """Receives the picture, and what goes beside it."""


@dataclass(frozen=True)
class Arrived:
    """A picture that is there and can be asked about.

    Args:
        component: whose picture it is.
        shot: the picture, and what goes beside it.
        picture: what is known of it.
        origin: where it comes from.
        key: by which its repeats are known; None if nothing tells them.
        request_id: by which the log knows the request.
        stages: milliseconds by stage; grows.
        time: when it was there.
    """

    component: str
    shot: Shot
    picture: Picture
    origin: Origin
    key: str | None
    request_id: str
    stages: dict[str, float]
    time: datetime = field(default_factory=now)


async def receive(
    component: str, arrival: Arrival, origin: Origin, *, most_pixels: int, stages: dict[str, float]
) -> Arrived:
    """Receives a picture, and makes sure that it is a whole one of a bearable size.

    Raises:
        NoPicture, NotAPicture, TooLarge: it is not.
        TooManyPixels: no part of the line reads so many.
        BadParameter: a raw frame has another size than was said.
        NotInspected: it did not arrive, or its key makes no sense.
    """
    given = arrival.key()
    shot = await arrival.shot()
    if not shot.content:
        raise NoPicture
    picture = await _looked_at(shot, most_pixels)
    key = picture_key(component, origin, picture.sha256, shot.beside) if given is None else given_key(component, given)
    return Arrived(component, shot, picture, origin, key, arrival.request_id, stages)


async def _looked_at(shot: Shot, most_pixels: int) -> Picture:
    if shot.frame is None:
        return await _checked(shot.content, most_pixels)
    return await _raw(shot.content, shot.frame, most_pixels)


async def _raw(content: bytes, frame: FrameSize, most_pixels: int) -> Picture:
    """What is known of a raw frame, of which every byte is a level of gray or of a colour."""
    size = f"{frame.width} x {frame.height}"
    if frame.width * frame.height > most_pixels:
        raise TooLarge(most_pixels, "pixels", found=size)
    if len(content) != frame.length:
        expected = f"{size} x {frame.channels} = {frame.length} bytes"
        raise BadParameter("body", expected=expected, found=f"{len(content)} bytes")
    if frame.width * frame.height <= LIGHT_PIXELS:
        digest = _sha256(content)
    else:
        digest = await asyncio.to_thread(_sha256, content)
    return Picture(sha256=digest, size=len(content), width=frame.width, height=frame.height, kind="raw")


async def _checked(content: bytes, most_pixels: int) -> Picture:
    header = read_header(content)
    if header.height * header.width > most_pixels:
        raise TooLarge(most_pixels, "pixels", found=f"{header.width} x {header.height}")
    if header.height * header.width <= LIGHT_PIXELS:
        digest = _digest(content)
    else:
        digest = await asyncio.to_thread(_digest, content)  # milliseconds, in which the loop serves others
    kind = _KINDS[header.format]
    return Picture(sha256=digest, size=len(content), width=header.width, height=header.height, kind=kind)


def _digest(content: bytes) -> str:
    """The SHA-256 of a picture that can be decoded."""
    decode(content)
    return _sha256(content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
