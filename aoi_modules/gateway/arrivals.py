"""A picture that somebody sends to have its part inspected, before and after it is there. Knows no HTTP."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from aoi_modules.errors import BadParameter, NoPicture, TooLarge
from aoi_modules.gateway.shots import FrameSize, Shot
from aoi_modules.pictures.decoding import check, read_header
from aoi_modules.pictures.header import Header
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
    if given is None:
        key = picture_key(component, origin, picture.sha256, shot.beside)
    else:
        key = given_key(component, given, shot.beside)
    return Arrived(component, shot, picture, origin, key, arrival.request_id, stages)


async def _looked_at(shot: Shot, most_pixels: int) -> Picture:
    if shot.frame is not None:
        width, height, kind = shot.frame.width, shot.frame.height, "raw"
        digest: Callable[[bytes], str] = _sha256
    else:
        header = read_header(shot.content)
        width, height, kind = header.width, header.height, _KINDS[header.format]
        digest = partial(_sha256_of_decodable, header)
    if width * height > most_pixels:
        raise TooLarge(most_pixels, "pixels", found=f"{width} x {height}")
    if shot.frame is not None:
        _check_length(shot.content, shot.frame)
    if width * height <= LIGHT_PIXELS:
        sha256 = digest(shot.content)
    else:
        sha256 = await asyncio.to_thread(digest, shot.content)  # milliseconds, in which the loop serves others
    return Picture(sha256=sha256, size=len(shot.content), width=width, height=height, kind=kind)


def _check_length(content: bytes, frame: FrameSize) -> None:
    """Makes sure that each byte of a raw frame is a level of gray or of a colour."""
    if len(content) != frame.length:
        expected = f"{frame.width} x {frame.height} x {frame.channels} = {frame.length} bytes"
        raise BadParameter("body", expected=expected, found=f"{len(content)} bytes")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sha256_of_decodable(header: Header, content: bytes) -> str:
    check(content, header)
    return _sha256(content)
